"""Classes of namedtuple's making: what has the same name and the same fields is one class on this side."""

from collections import namedtuple
from functools import lru_cache
from typing import Any

MAX_FIELDS = 1_000
MOST_CLASSES = 2_000  # made in one process


def is_named_tuple(kind: type) -> bool:
    """Whether a class is one of namedtuple's making, without a method of its own."""
    fields = getattr(kind, "_fields", None)
    if kind.__bases__ != (tuple,) or type(fields) is not tuple or len(fields) > MAX_FIELDS:
        return False
    made = vars(namedtuple_class(kind.__name__, fields)) if all(map(_is_field, fields)) else {}
    shown = getattr(vars(kind).get("__repr__"), "__globals__", {}).get("__name__")
    return shown == "collections" and vars(kind).keys() - made.keys() <= {"__annotations__", "__orig_bases__"}


@lru_cache(maxsize=256)
def namedtuple_class(name: str, fields: tuple[str, ...]) -> type:
    """The class that stands here for every namedtuple of this name and these fields.

    Raises ValueError where so many were made that making them takes the time of whoever asks.
    """
    if namedtuple_class.cache_info().misses > MOST_CLASSES:
        raise ValueError("too many classes of named tuples")
    made: type = namedtuple(name, fields)  # type: ignore[misc]  # it refuses what is no identifier
    made.__module__ = "__main__"
    return made


def _is_field(name: Any) -> bool:
    return type(name) is str and name.isidentifier() and not name.startswith("_")
