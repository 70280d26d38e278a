"""Objects of a test's own classes that it gives to an answer: they stay here, and the kernel asks for them.

What an answer may ask is what it could do with the object at home, through its attributes and methods, and
nothing that leads further: no name with two underscores, and nothing by which a mock tells of its calls.
"""

import functools
import inspect
import io
import types
from collections.abc import Callable, Iterable
from typing import Any
from unittest.mock import NonCallableMock

from airlock.run.remote_class import RemoteClass
from airlock.undocumented import wraps_something
from airlock.wire import special
from airlock.wire.changes import restore

ASKED = frozenset(special.ALL) - {"__await__"}
ALWAYS = frozenset({"__str__", "__repr__", "__format__", "__dir__"})
OF_MOCKS = frozenset(dir(NonCallableMock)) | {"mock_calls", "call_args", "call_args_list", "call_count"}
FIXED = (types.FunctionType, classmethod, staticmethod, type)
HARMLESS = {"__main__", "builtins", "abc", "typing", "collections", "collections.abc", "_collections_abc"}
HARMLESS |= {"enum", "datetime", "numbers", "decimal", "fractions", "contextlib"}
PLAIN = (bool, int, float, complex, str, bytes, type(None))


def is_given(value: Any) -> bool:
    """Whether a value is of a class that a test has defined, or such a class, or a mock."""
    kind = type(value)
    if issubclass(kind, NonCallableMock):
        return True
    if isinstance(value, BaseException | types.FunctionType) or issubclass(kind, RemoteClass):
        return False
    own: Any = value if issubclass(kind, type) else kind
    return own.__module__ == "__main__" and not isinstance(own, RemoteClass) and _does_no_harm(own)


@functools.lru_cache(maxsize=1024)
def _does_no_harm(kind: type) -> bool:
    """Whether a class of the test's has no method of a library's, which could write files or run programs."""
    parents = (one.__module__ for one in kind.__mro__ if one not in (io.StringIO, io.BytesIO, io.TextIOBase))
    return HARMLESS.issuperset(parents) and not issubclass(kind, type)


def about(value: Any, place: Callable[[Any], int]) -> dict:
    """What the kernel is told of an object, and of its class; of a class, that it is one."""
    if isinstance(value, type):
        return _about_class(value, place)
    kind = type(value)
    mocked = isinstance(value, NonCallableMock)  # each has a class of its own
    told = {"given": place(value)} | (_about_class(kind, place) if not mocked else {"kind": None})
    return told | {"name": kind.__name__, "special": _special(kind), "bases": told.get("bases", [])}


def _about_class(kind: type, place: Callable[[Any], int]) -> dict:
    bases = [_about_class(base, place) for base in kind.__bases__ if is_given(base)]
    return {"kind": place(kind), "name": kind.__name__, "special": _special(kind), "bases": bases}


def _special(kind: type) -> list[str]:
    found = {name for name in ASKED if getattr(kind, name, None) is not getattr(object, name, None)}
    return sorted(found | ALWAYS)


def operation(value: Any, what: Any, name: Any) -> Callable[..., Any]:
    """What the kernel asks of an object, as a function of what it gives along; raises AttributeError."""
    if type(name) is not str or not is_given(value):
        raise AttributeError("nothing that can be asked")
    if what == "special":
        if name not in ASKED:
            raise AttributeError(name)
        return lambda *arguments, **keywords: special.ALL[name](value, *arguments, **keywords)
    mocked = isinstance(value, NonCallableMock)
    if mocked and wraps_something(value):  # through its children to whatever that leads to
        raise AttributeError(name)
    if not name.isidentifier() or name.startswith("__") or mocked and _tells(name):
        raise AttributeError(name)
    if what == "get":
        return lambda: getattr(value, name)
    if what == "call":
        return lambda *arguments, **keywords: getattr(value, name)(*arguments, **keywords)
    if what == "fill":
        return lambda new: _fill(getattr(value, name), new)
    now = inspect.getattr_static(value, name, None)

    def change(*new: Any) -> None:
        # What a test would call by this name, perhaps with what it expects, stays the test's own.
        if isinstance(now, FIXED) or (mocked or is_given(now)) and not _are_harmless(new):
            raise AttributeError(f"{name} belongs to the test")
        setattr(value, name, *new) if new else delattr(value, name)

    return change


def _fill(container: Any, new: Any) -> None:
    """Have a container of the test's hold what the answer has put in."""
    if any(map(is_given, _parts(container))) and not _are_harmless(_parts(new)):
        raise TypeError("what the test has made belongs to the test")
    restore(container, new)


def _parts(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _are_harmless(values: Iterable[Any]) -> bool:
    return all(type(one) in PLAIN or is_given(one) for one in values)


def _tells(name: str) -> bool:
    return name in OF_MOCKS or name.startswith(("assert", "_mock", "_spec"))
