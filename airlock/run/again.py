"""Names that a test looks at again: what a call may have changed meanwhile, in the kernel, is there then."""

from typing import Any

from airlock.model.names import inner_reads
from airlock.run.remote_class import number_of
from airlock.wire.changes import restore
from airlock.wire.values import encode

LARGEST = 1 << 20  # bytes of a value that is asked for again and again


class Again:
    """The plain values of names that the student's functions read or bind, as they were when asked."""

    def __init__(self, bridge: Any, namespace: dict[str, Any]):
        self._bridge, self._namespace = bridge, namespace
        sources = bridge.references.sources
        self._touched = {name for one in sources for name in inner_reads(one)}
        self._known: dict[str, tuple[Any, list[bytes]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def begin(self) -> None:
        """A test begins."""
        self._known.clear()

    def forget(self, name: str) -> None:
        """The test has bound a name itself."""
        self._known.pop(name, None)

    def keep(self, name: str, value: Any) -> None:
        """A test has a value of the student's, or has lent one, which a function of theirs may change."""
        self._known.pop(name, None)
        if name in self._touched and number_of(value) is None and not callable(value):
            frames = self._frames(value)
            if sum(map(len, frames)) <= LARGEST:
                self._known[name] = value, frames

    def stale(self) -> None:
        """Code of the student's has run: what a test looks at from now on is asked for."""
        for name, (value, _) in self._known.items():
            if dict.get(self._namespace, name) is value:
                dict.pop(self._namespace, name)

    def ask(self, name: str) -> Any:
        """The value as it is now: the very object that the test has, if it can be changed to it."""
        value, before = self._known.pop(name)
        found = self._bridge.copies.keep(None, name, self._bridge.get(name))
        now = self._frames(found)
        if now != before and found is not value:
            restore(value, found)
            value = value if self._frames(value) == now else found
        self._known[name] = value, now
        return value

    def _frames(self, value: Any) -> list[bytes]:
        try:
            return encode(value, self._bridge.callbacks.refer)
        except (TypeError, ValueError):
            return [b""]  # it has come, so it does not go anywhere
