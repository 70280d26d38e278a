"""What a test has in force when it calls: captured output, replaced functions, seeds, settings, warnings."""

import builtins
import contextlib
import io
import logging
import os
import random
import sys
import time
import types
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from airlock.undocumented import watched_patches
from airlock.wire.generators import follow
from airlock.wire.settings import settings

# What a test may replace in this process, and means in the student's.
REPLACED = [(builtins, "print"), (builtins, "input"), (time, "sleep")]
ORIGINALS = {(module, name): getattr(module, name) for module, name in REPLACED}
AT_FIRST = settings()  # before any test of this process: as a kernel has them
LIBRARY: Any = random  # a module of which a function is replaced for a while
CATEGORIES = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Warning)
}


class Surroundings:
    """Compares what is in force with what was when the test began, so that a call tells only what differs."""

    def __init__(self, bridge: Any):
        self._bridge = bridge
        self.patched: dict[tuple[str, str], Any] = {}  # by a patch of a module that both sides have
        self.begin()

    def begin(self) -> None:
        """A test begins: its output goes where the grader collects it, its generators are drawn anew."""
        self._streams: tuple[Any, Any] | None = None
        self.source = ""
        self.names: dict[str, Any] = {}
        self._seeded: set[str] = set()
        self._sent: dict[str, Any] = {}
        self.patched.clear()

    def home(self, namespace: dict, source: str) -> None:
        """The test's first line is about to run, with these globals."""
        self.source = source
        self._streams, self.names = (sys.stdout, sys.stderr), namespace
        self._filters = list(warnings.filters)
        self._showing = warnings.showwarning
        self._process = dict(os.environ), list(sys.argv), sys.stdin
        self._logging = {logger.name: (logger.level, [*logger.handlers]) for logger in _loggers()}
        # Looking at all of these for each call would take longer than most calls do.
        self._may_differ = any(word in source for word in ("environ", "argv", "stdin", "env("))
        self._may_log = "log" in source.lower()

    def seeded(self, which: str) -> None:
        """The test has seeded a global generator, ``random`` or ``numpy``."""
        self._seeded.add(which)

    def now(self) -> dict:
        """What the student's side must know for a call; nothing in most tests."""
        wanted: dict[str, Any] = {}
        if self._streams is None:
            return wanted
        if (sys.stdout, sys.stderr) != self._streams:
            wanted["printed"] = True
        if warnings.showwarning is not self._showing or warnings.filters != self._filters:
            wanted["warned"] = True
        if (now := settings()) != AT_FIRST:
            wanted["settings"] = {name: one for name, one in now.items() if one != AT_FIRST[name]}
        environ, argv, stdin = self._process
        if self._may_differ and os.environ != environ:
            changed = dict(os.environ.items() ^ environ.items())
            wanted["environ"] = {name: os.environ.get(name) for name in changed}
        if sys.argv != argv:
            wanted["argv"] = [str(one) for one in sys.argv]
        if sys.stdin is not stdin and type(sys.stdin) is io.StringIO:
            wanted["stdin"] = sys.stdin.getvalue()[sys.stdin.tell() :]
        heard = [
            [logger.name, logger.level]
            for logger in (_loggers() if self._may_log else ())
            if logger.handlers and (logger.level, logger.handlers) != self._logging.get(logger.name)
        ]
        if heard:
            wanted["logged"] = heard
        patched = [
            [module, name, self._bridge.callbacks.replacing(function)]
            for module, name, function in self._replaced()
        ]
        if patched:
            wanted["patched"] = patched
        for which in self._seeded:
            state = _state(which)
            if repr(state) != self._sent.get(which):
                wanted[which] = state
        return wanted

    def _replaced(self) -> Any:
        for (module, name), before in ORIGINALS.items():
            found = getattr(module, name)
            if module is builtins:
                found = dict.get(self.names, name, found)
            if found is not before:
                yield module.__name__, name, found
        for place, function in self.patched.items():
            if place not in {(module.__name__, name) for module, name in ORIGINALS}:
                yield *place, function

    def take(self, told: Any) -> None:
        """What the call printed, warned of and drew, for the test to see."""
        if type(told) is not dict:
            return
        printed = told.get("printed")
        if type(printed) is list and len(printed) == 2:
            sys.stdout.write(str(printed[0]))
            sys.stderr.write(str(printed[1]))
        read = told.get("stdin")
        if type(read) is int and type(sys.stdin) is io.StringIO:
            sys.stdin.seek(sys.stdin.tell() + max(0, min(read, len(sys.stdin.getvalue()) - sys.stdin.tell())))
        logged = told.get("logged")
        for name, level, message in logged if type(logged) is list else ():
            logger = logging.getLogger(str(name)[:200] if name != "root" else None)
            record = logger.makeRecord(logger.name, int(level), "<answer>", 1, str(message), (), None)
            logger.handle(record)
        for which in self._seeded & told.keys():
            _follow(which, told[which])
            self._sent[which] = repr(_state(which))
        warned = told.get("warned")
        for kinds, message in warned if type(warned) is list else ():
            category = next((CATEGORIES[kind] for kind in kinds if kind in CATEGORIES), UserWarning)
            warnings.warn_explicit(str(message), category, "<answer>", 1)


def _loggers() -> list[logging.Logger]:
    return [
        logging.getLogger(),
        *(one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)),
    ]


def _state(which: str) -> Any:
    if which == "random":
        version, words, gauss = random.getstate()
        return [version, list(words), gauss]
    state: Any = np.random.get_state()
    name, words, place, *more = state
    return [name, words.tolist(), place, *more]


def _follow(which: str, state: Any) -> None:
    """Go on drawing where the call has stopped, if it is a state that drawing leads to."""
    try:
        if which == "random":
            ours, theirs = random.Random(), random.Random()
            ours.setstate(random.getstate())
            theirs.setstate(state)
            follow(ours, theirs)
            random.setstate(ours.getstate())
        else:
            generator, other = np.random.RandomState(), np.random.RandomState()
            generator.set_state(np.random.get_state())
            other.set_state(state)
            follow(generator, other)
            np.random.set_state(generator.get_state())
    except (TypeError, ValueError, KeyError):
        return


@contextlib.contextmanager
def watched(surroundings: Surroundings) -> Iterator[None]:
    """Patches of modules and seeds of the global generators are noticed within."""

    def patched(target: Any, name: str) -> None:
        if isinstance(target, types.ModuleType) and callable(getattr(target, name, None)):
            surroundings.patched[target.__name__, name] = getattr(target, name)

    def put_back(target: Any, name: str) -> None:
        if isinstance(target, types.ModuleType):
            surroundings.patched.pop((target.__name__, name), None)

    def noticing(which: str, seed: Any) -> Any:
        def seeding(*arguments: Any, **keywords: Any) -> Any:
            surroundings.seeded(which)
            return seed(*arguments, **keywords)

        return seeding

    before = LIBRARY.seed, np.random.seed
    LIBRARY.seed, np.random.seed = noticing("random", random.seed), noticing("numpy", np.random.seed)
    try:
        with watched_patches(patched, put_back):
            yield
    finally:
        LIBRARY.seed, np.random.seed = before
