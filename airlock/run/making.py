"""Makes what stands for a class or an object of the student, from what the kernel tells of it."""

from typing import Any

from airlock.run.remote_class import RemoteClass, find_class
from airlock.run.standin import DRIVING, ERROR, MISSING, MUTABLE, Inherited, StandIn, method, refresh
from airlock.wire import special

BASES = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset)
MOST_METHODS = 500
LOCAL = {*ERROR, *DRIVING}  # what a stand-in itself looks for in its class
EXTENSIBLE = 1 << 10  # Py_TPFLAGS_BASETYPE


def make_class(bridge: Any, number: int, about: dict, parents: list) -> RemoteClass:
    """The class here for a class there; ``parents`` are classes, or module and name of classes."""
    known = [found for parent in parents if (found := find_class(parent)) is not None and found is not object]
    has, own = frozenset(about["special"]), frozenset(about["own"])
    space: dict[str, Any] = {
        "_standin_bridge": bridge,
        "_standin_number": number,
        "_standin_special": has,
        "_standin_own": own,
        "_standin_fields": tuple(map(str, about["fields"])) if "fields" in about else None,
        "_standin_made": False,
        "_standin_abstract": about.get("abstract") is True,
        "_standin_base": MISSING,
        "__module__": str(about["module"]),
        "__qualname__": str(about["qualname"]),
    }
    if any(hasattr(one, "__del__") for one in known if not isinstance(one, RemoteClass)):
        space["__del__"] = _end  # a library's own would end the object there, when it has gone here
    base = next((one for one in BASES if one in known), None)
    errors = [one for one in known if _is_error(one)]
    for name in special.PLAIN | special.ARITHMETIC | special.MEMBERSHIP:
        if name in has and (base is None or base in MUTABLE or name in own):
            space[name] = method(name)
    for name in about.get("methods", ())[:MOST_METHODS]:
        if type(name) is str and name not in LOCAL and (name[:1] != "_" or name == "__init__"):
            space.setdefault(name, Inherited(number, name))
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


def _end(_: Any) -> None:
    """Nothing: the object in the kernel stays."""


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


def _is_closed(kind: type) -> bool:
    """Whether nothing can extend a class, so that it can only be told as what an object says it is."""
    return not isinstance(kind, RemoteClass) and not kind.__flags__ & EXTENSIBLE


def _ordered(known: list) -> list[type]:
    """Stand-ins first, then what answers for them, then the classes of this side."""
    ours = [one for one in known if isinstance(one, RemoteClass)]
    return [*ours, StandIn, *(one for one in known if not isinstance(one, RemoteClass))]


def _is_error(kind: type) -> bool:
    return not isinstance(kind, RemoteClass) and issubclass(kind, BaseException)
