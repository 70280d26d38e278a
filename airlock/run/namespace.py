"""The globals of a test cell: where each name of a test comes from."""

import builtins
import functools

from airlock.run.bridge import Bridge
from airlock.run.standin import RemoteFunction

GIVEN = "<given cell>"  # file name of the instructor's definitions


class TestNamespace(dict):
    """The globals of one test cell: its own names, then Python's, the instructor's, and the student's.

    ``trusted`` are definitions (source text by name) of the instructor's own cells; ``answers`` the
    names that the assignment asks the student to define, asked of the student even where Python has
    such a name.
    """

    __test__ = False  # not for pytest

    def __init__(self, bridge: Bridge, trusted: dict[str, str], answers: set[str]):
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._bridge, self._trusted, self._answers = bridge, trusted, answers
        self._fetched: set[str] = set()
        self._deleted: set[str] = set()
        bridge.exception = self.exception  # type: ignore[method-assign]

    def __missing__(self, name):
        if name not in self._answers:
            if hasattr(builtins, name) or name.startswith("__"):
                raise KeyError(name)
            if name in self._trusted:
                exec(_compiled(self._trusted[name]), self)
                return self[name]
        value = self._bridge.get(name)
        super().__setitem__(name, value)
        self._fetched.add(name)
        return value

    def exception(self, name: str) -> type | None:
        """The exception class of this name, Python's or the instructor's."""
        given = name in self._trusted and name not in self._answers
        found = self[name] if given else getattr(builtins, name, None)
        return found if isinstance(found, type) and issubclass(found, BaseException) else None

    def __contains__(self, name):
        """What a test finds in ``globals()``: the student's names too, once they were asked for."""
        try:
            self[name]
        except KeyError:
            return False
        return True

    def get(self, name, default=None):
        """As of any dict."""
        try:
            return self[name]
        except KeyError:
            return default

    def __setitem__(self, name, value):
        if name in self._deleted and type(value) is RemoteFunction:
            self._bridge.bind(name, value)
            self._deleted.discard(name)
        self._fetched.discard(name)
        super().__setitem__(name, value)

    def __delitem__(self, name):
        if name in self._fetched or not super().__contains__(name):
            self._bridge.delete(name)
            self._deleted.add(name)
            self._fetched.discard(name)
            self.pop(name, None)
        else:
            super().__delitem__(name)


@functools.lru_cache(maxsize=256)
def _compiled(source: str):
    return compile(source, GIVEN, "exec", optimize=0, dont_inherit=True)
