"""A bridge that remembers what a test asks of the student's side: names, and calls with their arguments."""

from typing import Any

from airlock.run.bridge import Bridge
from airlock.run.standin import RemoteFunction

MOST_CALLS = 400  # of one test that are kept
Call = tuple[str, tuple[Any, ...], dict[str, Any]]  # name of the function, arguments, keywords


class Listening(Bridge):
    """As any bridge; ``asked`` and ``calls`` are what went across."""

    def __init__(self, *arguments: Any):
        self.asked: set[str] = set()
        self.calls: list[Call] = []
        super().__init__(*arguments)

    def get(self, name: str) -> Any:
        """As any bridge."""
        self.asked.add(name)
        return super().get(name)

    def call(self, function: RemoteFunction, arguments: Any, keywords: Any) -> Any:
        """As any bridge."""
        if len(self.calls) < MOST_CALLS:
            self.calls.append((function.__name__, tuple(map(copied, arguments)), copied(keywords)))
        return super().call(function, arguments, keywords)


def copied(value: Any) -> Any:
    """A copy of arguments, at least of what a call could change."""
    if type(value) in (tuple, list):
        return type(value)(copied(one) for one in value)
    if type(value) is dict:
        return {key: copied(one) for key, one in value.items()}
    return value.copy() if hasattr(value, "copy") and hasattr(value, "dtype") else value


def same_calls(one: list[Call], other: list[Call]) -> bool:
    """Whether a test has asked the same twice."""
    return repr(one) == repr(other)
