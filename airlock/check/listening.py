"""A bridge that remembers what a test asks of the student's side: names, and calls with their arguments."""

from typing import Any

import numpy as np

from airlock.model.limits import MIB
from airlock.run.bridge import Bridge
from airlock.run.functions import RemoteFunction
from airlock.run.remote_class import number_of

MOST_CALLS, MOST_BYTES = 400, 16 * MIB  # of one test that are kept
Call = tuple[str, tuple[Any, ...], dict[str, Any]]  # name of the function, arguments, keywords
# A step of what is done with classes and objects, see :func:`airlock.check.compare._airlock_session`.
Step = tuple[str, list[Any], str, tuple[Any, ...], dict[str, Any]]


class Listening(Bridge):
    """As any bridge; ``asked``, ``calls`` and ``steps`` are what went across: names, calls of functions, and
    all that was done with the answers' functions, classes and objects, in order."""

    def __init__(self, *arguments: Any):
        self.asked: set[str] = set()
        self.calls: list[Call] = []
        self.steps: list[Step] = []
        self._bytes: dict[int, int] = {}
        # Of the kernel's objects, by their numbers: ["name", it] or ["step", the place of one in steps].
        self._origins: dict[int | None, list[Any]] = {}
        super().__init__(*arguments)

    def get(self, name: str) -> Any:
        """As any bridge."""
        self.asked.add(name)
        value = super().get(name)
        self._note(value, ["name", name])
        return value

    def call(self, function: RemoteFunction, arguments: Any, keywords: Any) -> Any:
        """As any bridge."""
        if self._has_room(self.calls, arguments, keywords):
            self.calls.append((function.__name__, tuple(map(copied, arguments)), copied(keywords)))
        self._step("call", function, "", arguments, keywords)
        made = super().call(function, arguments, keywords)
        self._note(made, ["step", len(self.steps) - 1])
        return made

    def operate(
        self, what: str, on: Any, name: str = "", arguments: Any = (), keywords: dict | None = None
    ) -> Any:
        """As any bridge."""
        self._step(what, on, name, arguments, keywords or {})
        made = super().operate(what, on, name, arguments, keywords)
        self._note(made, ["step", len(self.steps) - 1])
        return made

    def _note(self, value: Any, origin: list[Any]) -> None:
        number = number_of(value)
        if number is not None:
            self._origins.setdefault(number, origin)

    def _step(self, what: str, on: Any, name: str, arguments: Any, keywords: dict) -> None:
        """Keep a step, with the kernel's objects in it named by where they come from."""
        if self._has_room(self.steps, arguments, keywords):
            origin = self._origins.get(number_of(on), [])
            given = tuple(map(self._placed, arguments))
            self.steps.append((what, origin, name, given, self._placed(keywords)))

    def _placed(self, value: Any) -> Any:
        if type(value) in (tuple, list):
            return type(value)(map(self._placed, value))
        if type(value) is dict:
            return {key: self._placed(one) for key, one in value.items()}
        number = number_of(value)
        return copied(value) if number is None else {"_airlock_from": self._origins.get(number, [])}

    def _has_room(self, kept: list, arguments: Any, keywords: Any) -> bool:
        size = self._bytes.get(id(kept), 0) + bytes_of((arguments, keywords))
        room = not kept or len(kept) < MOST_CALLS and size < MOST_BYTES
        if room:
            self._bytes[id(kept)] = size
        return room


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
