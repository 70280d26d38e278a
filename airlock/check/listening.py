"""A bridge that remembers what a test asks of the student's side: names, and calls with their arguments."""

from typing import Any

import numpy as np

from airlock.model.limits import MIB
from airlock.run.bridge import Bridge
from airlock.run.functions import RemoteFunction

MOST_CALLS, MOST_BYTES = 400, 16 * MIB  # of one test that are kept
Call = tuple[str, tuple[Any, ...], dict[str, Any]]  # name of the function, arguments, keywords


class Listening(Bridge):
    """As any bridge; ``asked`` and ``calls`` are what went across."""

    def __init__(self, *arguments: Any):
        self.asked: set[str] = set()
        self.calls: list[Call] = []
        self._bytes = 0
        super().__init__(*arguments)

    def get(self, name: str) -> Any:
        """As any bridge."""
        self.asked.add(name)
        return super().get(name)

    def call(self, function: RemoteFunction, arguments: Any, keywords: Any) -> Any:
        """As any bridge."""
        size = bytes_of((arguments, keywords))
        if not self.calls or len(self.calls) < MOST_CALLS and self._bytes + size < MOST_BYTES:
            self._bytes += size
            self.calls.append((function.__name__, tuple(map(copied, arguments)), copied(keywords)))
        return super().call(function, arguments, keywords)


def copied(value: Any) -> Any:
    """A copy of arguments, at least of what a call could change."""
    if type(value) in (tuple, list):
        return type(value)(copied(one) for one in value)
    if type(value) is dict:
        return {key: copied(one) for key, one in value.items()}
    return value.copy() if is_table(value) else value


def bytes_of(value: Any) -> int:
    """How large the arrays in arguments are."""
    if isinstance(value, tuple | list):
        return sum(map(bytes_of, value))
    if isinstance(value, dict):
        return sum(map(bytes_of, value.values()))
    return int(getattr(value, "nbytes", 0)) if issubclass(type(value), np.ndarray) else 0


def is_table(value: Any) -> bool:
    """Whether a value is an array or a table, and no stand-in that would have to ask for what it is."""
    return issubclass(type(value), np.ndarray) or type(value).__module__.startswith("pandas.")


def same_calls(one: list[Call], other: list[Call]) -> bool:
    """Whether a test has asked the same twice; of the student's objects, whether they are of one kind."""
    return described(one) == described(other)


def described(value: Any) -> str:
    """Equal for equal arguments; asks nothing of a kernel that is gone by now."""
    if type(value) in (tuple, list):
        return f"[{', '.join(map(described, value))}]"
    if type(value) is dict:
        return described([*value.items()])
    if issubclass(type(value), np.ndarray):
        return f"{value.dtype}{value.shape}{value.tobytes() if value.dtype != object else ''!r}"
    plain = is_table(value) or type(value).__module__ in (
        "builtins",
        "numpy",
        "datetime",
        "fractions",
        "decimal",
    )
    return repr(value) if plain else type(value).__name__
