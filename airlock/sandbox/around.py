"""What a test has in force around a call: captured prints, replaced functions, random states, warnings."""

import contextlib
import importlib
import io
import logging
import os
import random
import sys
import warnings
from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from airlock.wire.settings import in_force

LONGEST = 1_000_000  # characters of what was printed
MOST_WARNINGS = 100  # and records of loggers
LONGEST_MESSAGE = 1_000


class Around:
    """A context manager; ``told`` has what the grader learns afterwards, beside what the call returned.

    ``wanted`` may have ``printed``, to hear of prints, ``warned``, to hear of warnings, ``patched``, a list
    of module, attribute and what stands for it, ``settings`` that differ, and ``random`` or ``numpy``, states
    of their generators.
    """

    def __init__(self, wanted: dict | None, objects: Any):
        self.wanted, self.objects = wanted, objects
        self.told: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        if not self.wanted:
            return self
        if self.wanted.get("printed"):
            self._out, self._error = io.StringIO(), io.StringIO()
            self._stack.enter_context(contextlib.redirect_stdout(self._out))
            self._stack.enter_context(contextlib.redirect_stderr(self._error))
        if self.wanted.get("warned"):
            self._warnings = self._stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
        for module, name, node in self.wanted.get("patched", ()):
            stand_in = self.objects.find(node, lambda part: part)
            self._stack.enter_context(_replaced(importlib.import_module(module), name, stand_in))
        if "settings" in self.wanted:
            self._stack.enter_context(in_force(self.wanted["settings"]))
        if "environ" in self.wanted:
            self._stack.enter_context(_environment(self.wanted["environ"]))
        if "argv" in self.wanted:
            self._stack.enter_context(_replaced(sys, "argv", self.wanted["argv"]))
        if "stdin" in self.wanted:
            self._in = io.StringIO(self.wanted["stdin"])
            self._stack.enter_context(_replaced(sys, "stdin", self._in))
        if "logged" in self.wanted:
            self._heard: dict[int, logging.LogRecord] = {}  # each once, though two loggers may hear it
            for name, level in self.wanted["logged"]:
                self._stack.enter_context(_listening(name, level, self._heard))
        if "random" in self.wanted:
            version, words, gauss = self.wanted["random"]
            random.setstate((version, tuple(words), gauss))
        if "numpy" in self.wanted:
            np.random.set_state(tuple(self.wanted["numpy"]))
        return self

    def __exit__(self, *_: Any) -> None:
        self._stack.close()
        if not self.wanted:
            return
        if self.wanted.get("printed"):
            self.told["printed"] = [one.getvalue()[:LONGEST] for one in (self._out, self._error)]
        if self.wanted.get("warned"):
            self.told["warned"] = [
                ([kind.__name__ for kind in one.category.__mro__], str(one.message)[:LONGEST_MESSAGE])
                for one in self._warnings[:MOST_WARNINGS]
            ]
        if "stdin" in self.wanted and not self._in.closed:
            self.told["stdin"] = self._in.tell()
        if "logged" in self.wanted:
            self.told["logged"] = [
                [one.name[:200], one.levelno, one.getMessage()[:LONGEST_MESSAGE]]
                for one in [*self._heard.values()][:MOST_WARNINGS]
            ]
        if "random" in self.wanted:
            self.told["random"] = random.getstate()
        if "numpy" in self.wanted:
            self.told["numpy"] = np.random.get_state()


@contextlib.contextmanager
def _environment(changes: dict[str, str | None]) -> Iterator[None]:
    before = dict(os.environ)
    try:
        for name, value in changes.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _listening(name: str, level: int, heard: dict[int, logging.LogRecord]) -> Iterator[None]:
    """What a logger is told is heard, from the level on that it has in the test."""
    logger, handler = logging.getLogger(None if name == "root" else name), logging.Handler()
    handler.emit = lambda record: heard.update({id(record): record})  # type: ignore[method-assign]
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level or before)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
