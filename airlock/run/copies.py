"""Lists and other containers of the student's that a test has a copy of, and fills: theirs is filled too."""

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from airlock.wire.changes import restore
from airlock.wire.values import encode

KINDS = (list, dict, set, deque, Counter, OrderedDict, defaultdict, np.ndarray)
LARGEST = 8 << 10  # bytes: each is looked at before each call
MOST = 20
UNUSED = 3  # references to what nobody has but the table here and who looks through it


class Copies:
    """The copies of one test: by the number of an object and an attribute of it, or by None and a name."""

    def __init__(self, bridge: Any):
        self._bridge = bridge
        self.begin()

    def begin(self) -> None:
        """A test begins."""
        self._kept: dict[tuple[int | None, str], tuple[Any, list[bytes]]] = {}

    def keep(self, on: int | None, name: str, value: Any) -> Any:
        """The value of an attribute or a name: the container that the test has of it, up to date."""
        if type(value) not in KINDS:
            return value
        now = self._frames(value)
        known, before = self._kept.pop((on, name), (None, now))
        if type(known) is type(value):
            if now != before:
                restore(known, value)
            value = known if self._frames(known) == now else value
        if sum(map(len, now)) <= LARGEST and len(self._kept) < MOST:
            self._kept[on, name] = value, now
        return value

    def push(self) -> None:
        """Code of the student's is about to run: it finds what the test has filled."""
        if not self._kept:
            return
        kept, self._kept = self._kept, {}
        for (on, name), (value, before) in kept.items():
            now = self._frames(value)
            if now != before:
                self._bridge.refill(on, name, encode(([value], {}), self._bridge.callbacks.refer))
            if sys.getrefcount(value) > UNUSED:
                self._kept[on, name] = value, now

    def _frames(self, value: Any) -> list[bytes]:
        try:
            return encode(value, self._bridge.callbacks.refer)
        except (TypeError, ValueError):
            return [b""]  # it has come, so it need not go back
