"""What annotations hold beside classes, as ``typing.List[int]``, and what tells of a dataclass's fields."""

import dataclasses
import typing
from collections.abc import Callable
from typing import Any

from airlock.wire import standard

NAMES = vars(typing)
SAMPLES: list[Any] = [NAMES["List"], NAMES["Tuple"], typing.Callable, typing.Any]
SAMPLES += [NAMES["List"][int], NAMES["Optional"][int], typing.Callable[[int], int]]
KINDS = {type(one) for one in SAMPLES} - standard.ROWS.keys()
KNOWN = {"Union", *(name for name, one in NAMES.items() if type(one) in KINDS and name in typing.__all__)}
# What a field of a dataclass is, by identity: dataclasses.fields() looks for it.
FIELDS = {str(one): one for one in vars(dataclasses).values() if type(one).__name__ == "_FIELD_BASE"}


def reduce(value: Any) -> tuple[str, Any] | None:
    """As :func:`airlock.wire.standard.reduce`."""
    if value is dataclasses.MISSING:
        return "missing", None
    if type(value) in KINDS:
        return "typing", _take(value)
    return next((("field", name) for name, one in FIELDS.items() if one is value), None)


def _take(value: Any) -> tuple[str, list | None]:
    """The name in ``typing`` and the arguments, if these are types that cross."""
    name = "Union" if getattr(value, "__origin__", None) is typing.Union else getattr(value, "_name", "Any")
    if NAMES.get(name) is value:
        return name, None
    arguments = [*value.__args__]
    if not all(one in standard.NAMES or type(one) in KINDS | standard.ROWS.keys() for one in arguments):
        raise standard.NotPlain("a type of another's")
    return name, arguments


def _make(content: Any) -> Any:
    name, arguments = content
    if name not in KNOWN:
        raise TypeError("not a type")
    found = NAMES[name]
    if arguments is None:
        return found
    *parameters, last = arguments
    return found[parameters, last] if name == "Callable" else found[tuple(arguments)]


PUT_TOGETHER: dict[str, Callable[[Any], Any]] = {
    "typing": _make,
    "field": FIELDS.__getitem__,
    "missing": lambda _: dataclasses.MISSING,
}
