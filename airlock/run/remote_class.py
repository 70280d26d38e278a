"""Classes of the student as a test sees them, and the numbers by which the kernel knows its own."""

import sys
from collections.abc import Iterator
from typing import Any

from airlock.run.functions import RemoteFunction, make_signature
from airlock.wire.namedtuples import namedtuple_class

LOCAL = {"__name__", "__qualname__", "__module__", "__class__"}
LOCAL |= {"__basicsize__", "__itemsize__", "__dictoffset__", "__weakref__"}
ABSTRACT = 1 << 20  # Py_TPFLAGS_IS_ABSTRACT, which only the kernel knows
# numpy would hand what is compared, both sides of it, to whatever an object's class has by these names.
TAKEN_OVER = {"__array_function__", "__array_ufunc__", "__array_priority__", "__array_wrap__"}
TAKEN_OVER |= {"__array_finalize__", "__array_prepare__", "__array_interface__", "__array_struct__"}
FROM_A_STATEMENT = {"__module__", "__qualname__", "__classcell__", "__firstlineno__", "__static_attributes__"}
STAND_IN = "airlock.run.standin"  # a class of ours, which a test's question for a class's parents leaves out
COPYING = ("__copy__", "__deepcopy__", "__reduce_ex__")


class RemoteClass(type):
    """A class of the student's side; made by :func:`make_class`."""

    def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> Any:
        """A class of the test's that extends one of the student's: the kernel makes it, and calls back."""
        own = {key: value for key, value in space.items() if key not in FROM_A_STATEMENT}
        base = next(one for one in bases if isinstance(one, RemoteClass))
        made = base._standin_bridge.operate("extend", base, name, ([*bases], own))
        if "__classcell__" in space:
            space["__classcell__"].cell_contents = made
        return made

    def mro(cls) -> list[type]:
        """Called while the class is made: what it extends there, as far as this side knows it."""
        return [cls, *type.__getattribute__(cls, "__dict__")["_standin_mro"], object]

    def __getattribute__(cls, name: str) -> Any:
        if name in LOCAL or name in COPYING[:2] or name.startswith(("_standin", "_registers")):
            return super().__getattribute__(name)
        if name in TAKEN_OVER:
            raise AttributeError(name)
        if name in ("__mro__", "mro"):
            told = [one for one in type.__getattribute__(cls, "__mro__") if one.__module__ != STAND_IN]
            return tuple(told) if name == "__mro__" else told.copy
        if name == "__signature__":
            return make_signature(*cls._standin_bridge.operate("signature", cls))
        found = cls._standin_bridge.attribute(cls, name)
        return type.__getattribute__(cls, name) | found & ABSTRACT if name == "__flags__" else found

    def __setattr__(cls, name: str, value: Any) -> None:
        cls._standin_bridge.operate("set attribute", cls, name, (value,))

    def __delattr__(cls, name: str) -> None:
        cls._standin_bridge.operate("delete attribute", cls, name)

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """An object that the kernel makes."""
        cls._standin_bridge.stand_ins.new = None
        made = cls._standin_bridge.operate("special", cls, "__call__", arguments, keywords)
        return mark_made(made)

    def __instancecheck__(cls, value: Any) -> bool:
        fields = cls._standin_fields
        if fields is not None and type(value) is namedtuple_class(cls.__name__, fields):
            return True
        if type.__instancecheck__(cls, value) or _is_library(cls) and isinstance(value, known_self(cls)):
            return True
        return cls._registers("instance", value)

    def __subclasscheck__(cls, other: type) -> bool:
        if type.__subclasscheck__(cls, other) or _is_library(cls) and issubclass(other, known_self(cls)):
            return True
        return cls._registers("subclass", other)

    def _registers(cls, what: str, other: Any) -> bool:
        """Whether an abstract class of the student's counts another thing of theirs as one of its own."""
        if not cls._standin_abstract or number_of(other) is None:
            return False
        return cls._standin_bridge.operate(what, cls, "", (other,)) is True

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
        return bounded(cls._standin_bridge.operate("special", cls, "__iter__"), cls._standin_bridge)

    def __len__(cls) -> int:
        return int(cls._standin_bridge.operate("special", cls, "__len__"))

    def __getitem__(cls, key: Any) -> Any:
        return cls._standin_bridge.operate("special", cls, "__getitem__", (key,))

    def __dir__(cls) -> list[str]:
        return list(cls._standin_bridge.operate("special", cls, "__dir__"))


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


def mark_made(value: Any) -> Any:
    """A test has made this object, if there was none such before: it may be computed with test's numbers."""
    if isinstance(type(value), RemoteClass) and value is type(value)._standin_bridge.stand_ins.new:
        object.__setattr__(value, "_standin_made", True)
    return value


def bounded(iterator: Any, bridge: Any) -> Iterator[Any]:
    """What an iterator of the student's side yields, not for ever."""
    for item in iterator:
        bridge.count()
        yield item


def _is_library(kind: RemoteClass) -> bool:
    return kind.__module__ != "__main__"


def known_self(kind: RemoteClass) -> Any:
    """The same class of a library, as this side has it; () where it does not."""
    return find_class((kind.__module__, kind.__qualname__)) or ()


def find_class(parent: Any) -> type | None:
    """A class here by module and name, if that module is loaded; a test can only ask for such."""
    if isinstance(parent, type):
        return parent
    module, name = parent
    found = sys.modules.get(module) if not module.startswith("airlock") else None
    for part in name.split("."):
        found = getattr(found, part, None) if part.isidentifier() else None
    return found if isinstance(found, type) and not isinstance(found, RemoteClass) else None
