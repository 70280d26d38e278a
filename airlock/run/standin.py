"""Objects of the student as a test sees them.

Each class there has a class here, a real one: ``type``, ``isinstance``, ``issubclass``, ``except`` and
``callable`` answer by themselves. It has the special methods that the class there has, and each asks.

What a test compares is compared here. The student's side is told no value of a test that is compared with
an object of its own, nor is it asked what the comparison says; between two objects of its own it is, and
the check is marked.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from airlock.run.functions import RemoteFunction
from airlock.run.leaving import leave
from airlock.run.remote_class import (
    COPYING,
    TAKEN_OVER,
    RemoteClass,
    bounded,
    known_self,
    mark_made,
    number_of,
)
from airlock.wire import special

ERROR = {"args", "with_traceback", "add_note", "raised_by", "__traceback__", "__context__", "__cause__"}
ERROR |= {"__suppress_context__", "__notes__"}
DRIVING = ("send", "throw", "close")  # what an event loop does with a coroutine
MUTABLE = (list, dict, set)
MISSING: Any = object()


class StandIn:
    """What every object of the student's side can do; not made but through its class."""

    __slots__ = ()
    # Of its class, see make_class.
    _standin_bridge: Any
    _standin_like: type | None
    _standin_special: frozenset[str]
    _standin_own: frozenset[str]

    def __init_subclass__(cls) -> None:
        """Nothing: what a library does when its classes are extended was done in the kernel."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return type(self)._standin_like or _class_of(self)
        if name in COPYING or name in DRIVING and "__await__" in type(self)._standin_special:
            return object.__getattribute__(self, name)
        if name in TAKEN_OVER:
            raise AttributeError(name)
        if name.startswith("_standin") or name in ERROR and isinstance(self, BaseException):
            return object.__getattribute__(self, name)
        return self._standin_bridge.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ERROR and isinstance(self, BaseException):
            return object.__setattr__(self, name, value)
        self._standin_bridge.operate("set attribute", self, name, (value,))

    def __delattr__(self, name: str) -> None:
        self._standin_bridge.operate("delete attribute", self, name)

    def __repr__(self) -> str:
        return _text(self, "__repr__")

    def __str__(self) -> str:
        return _text(self, "__str__")

    def __format__(self, wanted: str) -> str:
        return _plain(self, "__format__", str, wanted)

    def __dir__(self) -> list[str]:
        return list(self._standin_bridge.operate("special", self, "__dir__"))

    def __hash__(self) -> int:
        if type(self)._standin_special.isdisjoint({"__hash__", "__eq__"}):
            return object.__hash__(self)
        return _plain(self, "__hash__", int)

    def __copy__(self) -> Any:
        return self._standin_bridge.operate("special", self, "__copy__")

    def __deepcopy__(self, _memory: Any) -> Any:
        return self._standin_bridge.operate("special", self, "__deepcopy__")

    def __reduce_ex__(self, _protocol: Any) -> Any:
        """A pickle that the test makes holds the place of a copy in the kernel, nothing of the student's."""
        _pickled.append(copy.deepcopy(self))
        return _unpickled, (len(_pickled) - 1,)

    def send(self, _value: Any) -> None:
        """Of a coroutine: it runs to its end in the kernel."""
        raise StopIteration(self._standin_bridge.operate("special", self, "__await__"))

    def throw(self, *error: Any) -> None:
        """Of a coroutine: it has not begun."""
        raise error[0]

    def close(self) -> None:
        """Of a coroutine: nothing of it is here."""

    def __eq__(self, other: object) -> Any:
        return _compare(self, "__eq__", other)

    def __ne__(self, other: object) -> Any:
        if "__ne__" in type(self)._standin_own:
            return _compare(self, "__ne__", other)
        found = _compare(self, "__eq__", other)
        return found if found is NotImplemented else not found

    def __lt__(self, other: object) -> Any:
        return _compare(self, "__lt__", other)

    def __le__(self, other: object) -> Any:
        return _compare(self, "__le__", other)

    def __gt__(self, other: object) -> Any:
        return _compare(self, "__gt__", other)

    def __ge__(self, other: object) -> Any:
        return _compare(self, "__ge__", other)


def _class_of(value: Any) -> type:
    """The class here; of a library's object that library's own, which may have been imported since."""
    kind: Any = type(value)
    known = known_self(kind) if kind.__module__ != "__main__" else ()
    return known if known and not type.__subclasscheck__(known, kind) else kind


_pickled: list[Any] = []


def _unpickled(place: int) -> Any:
    return copy.deepcopy(_pickled[place])


def refresh(made: Any, base: Any) -> None:
    """Have the object hold what it is worth now."""
    object.__setattr__(made, "_standin_base", base)
    if isinstance(made, list):
        list.__init__(made, base)
    elif isinstance(made, dict | set):
        kind: Any = dict if isinstance(made, dict) else set
        kind.clear(made)
        kind.update(made, base)


def method(name: str) -> Callable[..., Any]:
    """A special method that has the kernel's do it."""

    def ask(self: Any, *arguments: Any, **keywords: Any) -> Any:
        bridge = self._standin_bridge
        if name == "__contains__":
            return _contains(self, *arguments)
        if name in special.ARITHMETIC:
            mine = all(number_of(other) is not None for other in arguments)
            if not mine and not self._standin_made:
                bridge.refuse(f"{type(self).__name__}.{name} would see a value of the test")
        if name == "__await__":
            return _awaited(self)
        if name == "__exit__":
            return leave(self, name, *arguments[1:])
        if name in special.AWAITED:
            return _awaited_step(self, name, *arguments[1:])
        made, bridge.stand_ins.new = self._standin_made, None
        found = bridge.operate("special", self, name, arguments, keywords)
        if made and name in special.ARITHMETIC:
            if found is self:
                object.__setattr__(self, "_standin_made", True)
            return mark_made(found)
        if name in ("__iter__", "__reversed__"):
            return found if found is self else bounded(found, bridge)
        if name == "__next__":
            bridge.count()
        return found

    ask.__name__ = name
    return ask


class Inherited:
    """What ``super()`` finds in a class of the student's for the test's own class that extends it."""

    def __init__(self, number: int, name: str):
        self._number, self._name = number, name

    def __get__(self, value: Any, kind: Any = None) -> Any:
        lineage = (type(value) if kind is None else kind).__mro__
        owner: Any = next(one for one in lineage if number_of(one) == self._number)
        found = owner._standin_bridge.attribute(owner, self._name)
        if value is None:
            return found
        return found.__get__(value, kind) if type(found) is RemoteFunction else found.fget(value)


def _awaited(self: Any) -> Iterator[Any]:
    return self._standin_bridge.operate("special", self, "__await__")
    yield


async def _awaited_step(self: Any, name: str, *error: Any) -> Any:
    self._standin_bridge.count()
    return leave(self, name, *error) if error else self._standin_bridge.operate("special", self, name)


def _contains(self: Any, item: Any) -> bool:
    if number_of(item) is not None:
        self._standin_bridge.decided(type(self).__name__, "__contains__")
        return bool(self._standin_bridge.operate("special", self, "__contains__", (item,)))
    if "__contains__" in type(self)._standin_own:
        self._standin_bridge.refuse(f"{type(self).__name__}.__contains__ would see a value of the test")
    return any(one is item or one == item for one in self)


def _compare(self: Any, name: str, other: Any) -> Any:
    kind, bridge = type(self), self._standin_bridge
    if name not in kind._standin_own and self._standin_base is not MISSING:
        if isinstance(self, MUTABLE):
            refresh(self, bridge.operate("base", self))
        other_base = (
            getattr(other, "_standin_base", MISSING) if isinstance(type(other), RemoteClass) else other
        )
        return getattr(type(self._standin_base), name)(self._standin_base, other_base)
    if name not in kind._standin_special:
        return NotImplemented
    if number_of(other) is None:
        bridge.refuse(f"{kind.__name__}.{name} would see a value of the test")
    bridge.decided(kind.__name__, name)
    return bridge.operate("special", self, name, (other,))


def _text(self: Any, name: str) -> str:
    own = type(self)._standin_own
    if isinstance(self, BaseException) and own.isdisjoint({name, "__str__"}):
        return str(getattr(BaseException, name)(self))
    return _plain(self, name, str)


def _plain(self: Any, name: str, kind: type, *arguments: Any) -> Any:
    found = self._standin_bridge.operate("special", self, name, arguments)
    if type(found) is not kind:
        raise TypeError(f"{name} returned no {kind.__name__}")
    return found
