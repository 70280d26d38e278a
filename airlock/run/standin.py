"""Objects, classes and functions of the student as a test sees them.

Each class there has a class here, a real one: ``type``, ``isinstance``, ``issubclass``, ``except`` and
``callable`` answer by themselves. It has the special methods that the class there has, and each asks.

What a test compares is compared here. The student's side is told no value of a test that is compared with
an object of its own, nor is it asked what the comparison says; between two objects of its own it is, and
the check is marked.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from airlock.run.functions import RemoteFunction
from airlock.wire import special
from airlock.wire.standard import namedtuple_class

LOCAL = {"__name__", "__qualname__", "__module__", "__mro__", "__class__", "__dict__", "mro"}
LOCAL |= {"__subclasses__", "__flags__", "__basicsize__", "__itemsize__", "__dictoffset__", "__weakref__"}
ERROR = {"args", "with_traceback", "add_note", "raised_by", "__traceback__", "__context__", "__cause__"}
ERROR |= {"__suppress_context__", "__notes__"}
# numpy would hand what is compared, both sides of it, to whatever an object's class has by these names.
TAKEN_OVER = {"__array_function__", "__array_ufunc__", "__array_priority__", "__array_wrap__"}
TAKEN_OVER |= {"__array_finalize__", "__array_prepare__", "__array_interface__", "__array_struct__"}
BASES = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset)
COPYING = ("__copy__", "__deepcopy__", "__reduce_ex__")
DRIVING = ("send", "throw", "close")  # what an event loop does with a coroutine
MUTABLE = (list, dict, set)
EXTENSIBLE = 1 << 10  # Py_TPFLAGS_BASETYPE
MISSING: Any = object()


class RemoteClass(type):
    """A class of the student's side; made by :func:`make_class`."""

    def mro(cls) -> list[type]:
        """Called while the class is made: what it extends there, as far as this side knows it."""
        return [cls, *cls.__dict__.get("_standin_mro", ()), *_without(cls.__dict__.get("_standin_mro", ()))]

    def __getattribute__(cls, name: str) -> Any:
        if name in LOCAL or name in COPYING or name.startswith("_standin"):
            return super().__getattribute__(name)
        if name in TAKEN_OVER:
            raise AttributeError(name)
        return cls._standin_bridge.attribute(cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        cls._standin_bridge.operate("set attribute", cls, name, (value,))

    def __delattr__(cls, name: str) -> None:
        cls._standin_bridge.operate("delete attribute", cls, name)

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """An object that the kernel makes."""
        made = cls._standin_bridge.operate("special", cls, "__call__", arguments, keywords)
        if isinstance(type(made), RemoteClass):
            object.__setattr__(made, "_standin_made", True)
        return made

    def __instancecheck__(cls, value: Any) -> bool:
        fields = cls._standin_fields
        if fields is not None and type(value) is namedtuple_class(cls.__name__, fields):
            return True
        return type.__instancecheck__(cls, value) or _is_library(cls) and isinstance(value, _known_self(cls))

    def __subclasscheck__(cls, other: type) -> bool:
        return type.__subclasscheck__(cls, other) or _is_library(cls) and issubclass(other, _known_self(cls))

    def __eq__(cls, other: object) -> bool:
        if isinstance(other, type) and not isinstance(other, RemoteClass) and cls.__module__ != "__main__":
            return (cls.__module__, cls.__qualname__) == (other.__module__, other.__qualname__)
        return cls is other

    __hash__ = type.__hash__

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__qualname__}'>"

    def __bool__(cls) -> bool:
        return True

    def __iter__(cls) -> Iterator[Any]:
        return _bounded(cls._standin_bridge.operate("special", cls, "__iter__"), cls._standin_bridge)

    def __len__(cls) -> int:
        return int(cls._standin_bridge.operate("special", cls, "__len__"))

    def __getitem__(cls, key: Any) -> Any:
        return cls._standin_bridge.operate("special", cls, "__getitem__", (key,))

    def __dir__(cls) -> list[str]:
        return list(cls._standin_bridge.operate("special", cls, "__dir__"))


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
            return type(self)._standin_like or type(self)
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
        raise TypeError("an object of the submission cannot be pickled")

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


def make_class(bridge: Any, number: int, about: dict, parents: list) -> RemoteClass:
    """The class here for a class there; ``parents`` are classes, or module and name of classes."""
    known = [found for parent in parents if (found := _known(parent)) is not None and found is not object]
    has, own = frozenset(about["special"]), frozenset(about["own"])
    space: dict[str, Any] = {
        "_standin_bridge": bridge,
        "_standin_number": number,
        "_standin_special": has,
        "_standin_own": own,
        "_standin_fields": tuple(map(str, about["fields"])) if "fields" in about else None,
        "_standin_made": False,
        "_standin_base": MISSING,
        "__module__": str(about["module"]),
        "__qualname__": str(about["qualname"]),
    }
    base = next((one for one in BASES if one in known), None)
    errors = [one for one in known if _is_error(one)]
    for name in special.PLAIN | special.ARITHMETIC | special.MEMBERSHIP:
        if name in has and (base is None or base in MUTABLE or name in own):
            space[name] = _method(name)
    if "__hash__" not in has and "__eq__" in own:
        space["__hash__"] = None
    real = errors[0] if errors else base
    space["_standin_like"] = next((one for one in known if _is_closed(one)), None)
    known = [one for one in known if not _is_closed(one)]
    for mro in (known, [one for one in known if isinstance(one, RemoteClass) or one is real], []):
        lineage = [*mro, StandIn] if not mro else _ordered(mro)
        try:
            bases = (StandIn, real) if real else (StandIn,)
            space["_standin_mro"] = tuple(lineage)
            return type.__new__(RemoteClass, str(about["name"]), bases, dict(space))
        except TypeError:  # layouts that do not go together
            continue
    raise TypeError("a class that cannot be one")


def _is_closed(kind: type) -> bool:
    """Whether nothing can extend a class, so that it can only be told as what an object says it is."""
    return kind.__module__ == "builtins" and not kind.__flags__ & EXTENSIBLE


def _ordered(known: list) -> list[type]:
    """Stand-ins first, then what answers for them, then the classes of this side."""
    ours = [one for one in known if isinstance(one, RemoteClass)]
    return [*ours, StandIn, *(one for one in known if not isinstance(one, RemoteClass))]


def _without(mro: Any) -> list[type]:
    return [object] if mro else [StandIn, object]


def _is_library(kind: RemoteClass) -> bool:
    return kind.__module__ != "__main__"


def _known_self(kind: RemoteClass) -> Any:
    """The same class of a library, as this side has it; () where it does not."""
    return _known((kind.__module__, kind.__qualname__)) or ()


def _known(parent: Any) -> type | None:
    """A class here by module and name, if that module is loaded; a test can only ask for such."""
    if isinstance(parent, type):
        return parent
    module, name = parent
    found = sys.modules.get(module) if not module.startswith("airlock") else None
    for part in name.split("."):
        found = getattr(found, part, None) if part.isidentifier() else None
    return found if isinstance(found, type) and not isinstance(found, RemoteClass) else None


def make_object(kind: RemoteClass, number: int, base: Any = MISSING) -> Any:
    """The object here for an object there of a class; ``base`` is its value as a plain list, number, ..."""
    real = next((one for one in BASES if issubclass(kind, one)), None)
    new: Any = (real or object).__new__
    made: Any
    if issubclass(kind, BaseException):
        error: Any = next(one for one in kind.__mro__ if _is_error(one))
        made = error.__new__(kind, *(base if type(base) is tuple else ()))
        BaseException.__setattr__(made, "args", tuple(base) if type(base) is tuple else ())
        base = MISSING
    elif real is not None and type(base) is real:
        made = new(kind, base) if real not in (list, dict, set) else new(kind)
    else:
        made, base = new(kind), MISSING
    object.__setattr__(made, "_standin_number", number)
    if base is not MISSING:
        refresh(made, base)
    return made


def _is_error(kind: type) -> bool:
    return not isinstance(kind, RemoteClass) and issubclass(kind, BaseException)


def refresh(made: Any, base: Any) -> None:
    """Have the object hold what it is worth now."""
    object.__setattr__(made, "_standin_base", base)
    if isinstance(made, list):
        list.__init__(made, base)
    elif isinstance(made, dict | set):
        kind: Any = dict if isinstance(made, dict) else set
        kind.clear(made)
        kind.update(made, base)


def _method(name: str) -> Callable[..., Any]:
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
        found = bridge.operate("special", self, name, arguments, keywords)
        if name in ("__iter__", "__reversed__"):
            return found if found is self else _bounded(found, bridge)
        if name == "__next__":
            bridge.count()
        return found

    ask.__name__ = name
    return ask


def _awaited(self: Any) -> Iterator[Any]:
    return self._standin_bridge.operate("special", self, "__await__")
    yield


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


def number_of(value: Any) -> int | None:
    """The number of what stands for something of the student's side; None for anything else."""
    kind = type(value)
    if kind is RemoteFunction:
        return int(value._number)
    if isinstance(kind, RemoteClass):
        return int(object.__getattribute__(value, "_standin_number"))
    if kind is RemoteClass:
        return int(value._standin_number)
    return None


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


def _bounded(iterator: Any, bridge: Any) -> Iterator[Any]:
    """What an iterator of the student's side yields, not for ever."""
    for item in iterator:
        bridge.count()
        yield item
