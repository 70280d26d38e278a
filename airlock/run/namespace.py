"""The globals of a notebook's test cells: where each name of a test comes from."""

import builtins
import functools
import types
from collections import Counter
from typing import Any

from airlock.model.assignment import MasterNotebook
from airlock.model.origins import Binding
from airlock.run.again import Again
from airlock.run.bridge import Bridge
from airlock.run.functions import RemoteFunction
from airlock.run.shell import Shell

GIVEN = "<given cell>"  # file name of the instructor's definitions


class Builtins(dict[str, Any]):
    """Python's own names, and behind them those of a namespace.

    In the body of a class, and for ``eval`` in a function, Python looks into globals as if they were a dict
    and nothing more, and then here.
    """

    def __init__(self, namespace: "TestNamespace"):
        super().__init__(__import__=builtins.__import__, __build_class__=builtins.__build_class__)
        self._namespace = namespace

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) and not self._namespace.is_bound(name):
            return getattr(builtins, name)
        return self._namespace[name]


class TestNamespace(dict):
    """The globals of the test cells of one notebook: what they bind stays for those that follow.

    What the reference solution reads of it, the student's functions can read until the test ends.
    Any other name is the assignment's: what its last binding before the test is, decides. What the
    instructor's text defines is made again here; what students are to define is asked of their kernel,
    also where Python has such a name. No other name is asked of it. ``shared`` are classes of the
    instructor's that the kernel is asked for, because their objects go through the student's functions.
    """

    __test__ = False  # not for pytest

    def __init__(self, bridge: Bridge, notebook: MasterNotebook, shared: frozenset[str] = frozenset()):
        super().__init__(__name__="__main__", __builtins__=Builtins(self))
        self._notebook, self._shared = notebook, shared
        self._place, self._making = 0, False
        self._under: Counter[str] = Counter()  # how many statements that bind a name are being run
        self._since: dict[str, int] = {}  # place of the test that bound a name, or made it
        self._fetched: dict[str, Any] = {}  # what was asked of the kernel for this test
        self._made: set[str] = set()  # by a statement of the instructor's, in no test
        self._deleted: dict[str, Any] = {}
        self._stars: dict[str, dict[str, Any]] = {}
        self.attach(bridge)

    def attach(self, bridge: Bridge) -> None:
        """From now on, what is asked of the kernel is asked through this bridge."""
        self._bridge, self.shell = bridge, Shell(bridge, self)
        bridge.exception = self.exception
        self._again = Again(bridge, self)
        bridge.stale = self._again.stale

    def begin(self, place: int, released: str) -> None:
        """The test at ``place`` begins: what was asked of the kernel, or bound anew since, is forgotten."""
        for name, value in [*self.items()]:
            if self._is_fetched(name, value):
                self.pop(name)
                continue
            found = self._notebook.binding(name, place)
            # Python stores what a function calls global behind the back of this class: the last test did.
            since = self._since.setdefault(name, self._place)
            if found and found.owner != "test" and found.place > since:
                self.pop(name)
        self._place, self.shell.released = place, released
        self._fetched.clear()
        self._again.begin()

    def _is_fetched(self, name: str, value: Any) -> bool:
        return name in self._fetched and self._fetched[name] is value

    def lend(self) -> None:
        """What earlier tests have set of what the reference reads is in force in the kernel again."""
        for name in self._notebook.read_by_answers.intersection(self):
            if name not in self._made and not self._is_fetched(name, self[name]):
                self._bridge.names.lend(name, self[name])

    def is_bound(self, name: str) -> bool:
        """Whether the assignment binds a name somewhere."""
        return name in self._notebook.bindings

    def keep(self) -> dict[str, Any]:
        """What is there now, for :meth:`restore`."""
        names = {name: value for name, value in self.items() if not self._is_fetched(name, value)}
        return {"names": names, "since": dict(self._since), "deleted": dict(self._deleted)}

    def restore(self, kept: dict[str, Any]) -> None:
        """As it was, for the same test once more."""
        self.clear()
        self.update(kept["names"])
        self._since, self._deleted = dict(kept["since"]), dict(kept["deleted"])
        self._fetched.clear()
        self._again.begin()

    def __missing__(self, name: str) -> Any:
        if name in self._deleted:
            raise KeyError(name)
        if name in self._again:
            value = self._again.ask(name)
            super().__setitem__(name, value)
            self._fetched.update({name: value} if name in self._fetched else {})
            return value
        found = self._notebook.binding(name, self._place, self._under[name])
        for star in reversed(self._notebook.bindings.get("*", ())):
            if star.place < self._place and (found is None or star.place > found.place):
                values = self._star(star)
                if name in values:
                    return self._hold(name, values[name])
        if found is None:
            if name == "get_ipython":
                return self.shell.get_ipython
            known = hasattr(builtins, name) or name.startswith("__")
            if known or not self._notebook.is_open(self._place):
                raise KeyError(name)
            return self._ask(name)
        return self._found(name, found)

    def _found(self, name: str, found: Binding) -> Any:
        if found.owner == "answer":
            if found.kind != "import":
                return self._ask(name)
            if not self._bridge.names.has(name):  # the student was to import it
                raise KeyError(name)
        elif found.kind == "value" or found.kind == "class" and name in self._shared:
            if found.owner == "test":  # which did not get as far
                raise KeyError(name)
            value = self._ask(name)
            if not callable(value) or found.kind == "class":
                return value
            # What compares for a test is never one of the student's.
            self.pop(name)
            self._fetched.pop(name, None)
        return self._make(name, found)

    def _make(self, name: str, found: Binding) -> Any:
        self._making, making = True, self._making
        self._under[name] += 1  # in ``f = wrapped(f)`` it is what it was before
        try:
            exec(_compiled(found.source), self)
        finally:
            self._under[name] -= 1
            self._making = making
        self._made.add(name)
        return dict.__getitem__(self, name)

    def _star(self, star: Binding) -> dict[str, Any]:
        if star.source not in self._stars:
            values: dict[str, Any] = {}
            exec(_compiled(star.source), values)
            values.pop("__builtins__", None)
            self._stars[star.source] = values
        return self._stars[star.source]

    def _hold(self, name: str, value: Any) -> Any:
        super().__setitem__(name, value)
        self._since[name] = self._place
        self._made.add(name)
        return value

    def _ask(self, name: str) -> Any:
        value = self._bridge.copies.keep(None, name, self._bridge.get(name))
        super().__setitem__(name, value)
        self._fetched[name] = value
        self._again.keep(name, value)
        return value

    def exception(self, name: str) -> type | None:
        """The exception class of this name, Python's or the instructor's."""
        found = self._notebook.binding(name, self._place)
        given = found is not None and found.owner != "answer" and found.kind != "value"
        value = self[name] if given else getattr(builtins, name, None)
        return value if isinstance(value, type) and issubclass(value, BaseException) else None

    def __contains__(self, name: object) -> bool:
        """What a test finds in ``globals()``: the student's names too, once they were asked for."""
        try:
            self[name]
        except KeyError:
            return False
        return True

    def get(self, name: str, default: Any = None) -> Any:
        """As of any dict."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> Any:
        """What ``dir()`` shows: also what the cells before have bound, and students if they have."""
        return [*super().keys(), *(name for name in self._notebook.bindings if self._is_unseen(name))]

    def _is_unseen(self, name: str) -> bool:
        if super().__contains__(name) or name in self._deleted or name == "*":
            return False
        found = self._notebook.binding(name, self._place)
        return found is not None and (found.owner != "answer" or self._bridge.names.has(name))

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._deleted:
            gone = self._deleted.pop(name)
            if type(value) is RemoteFunction:
                self._bridge.names.bind(name, value)
            elif value is gone:
                self._bridge.names.put_back(name)
        self._fetched.pop(name, None)
        self._again.forget(name)
        self._made.discard(name)
        self._since[name] = self._place
        super().__setitem__(name, value)
        if name in self._notebook.read_by_answers and not self._making:
            self._bridge.names.lend(name, value)
            if name in self._notebook.set_by_answers:
                self._again.keep(name, value)

    def __delitem__(self, name: str) -> None:
        """A name of the notebook's cells goes for the student's functions too: a test sees what uses it."""
        found = self._notebook.binding(name, self._place)
        bound = super().__contains__(name) and name not in self._fetched and name not in self._made
        if found is not None and found.owner != "test" and not bound:
            self._deleted[name] = self[name]
            if self._bridge.names.has(name):
                self._bridge.names.delete(name)
            self._fetched.pop(name, None)
            self.pop(name, None)
        else:
            super().__delitem__(name)


@functools.lru_cache(maxsize=256)
def _compiled(source: str) -> types.CodeType:
    return compile(source, GIVEN, "exec", optimize=0, dont_inherit=True)
