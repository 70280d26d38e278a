"""What stands in the kernel for an object of a test's own class: what is done with it, the grader does."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from airlock.wire import special
from airlock.wire.changes import restore

CONTAINERS = (list, dict, set, deque, Counter, OrderedDict, defaultdict)
PLAIN = (bool, int, float, complex, str, bytes, type(None))
MOST = 20  # containers of the test's that are looked after in one call
CallBack = Callable[[Any, tuple, dict], Any]


class GivenClass(type):
    """A class of the test's: calling it has the grader make an object."""

    _airlock: tuple[CallBack, Any] = (lambda *_: None, None)

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """An object that the grader makes."""
        ask, kind = type.__getattribute__(cls, "_airlock")
        return ask(["special", kind, "__call__"], arguments, keywords)

    def __getattr__(cls, name: str) -> Any:
        ask, kind = type.__getattribute__(cls, "_airlock")
        if kind is None:
            raise AttributeError(name)
        return ask(["get", kind, name], (), {})

    def __setattr__(cls, name: str, value: Any) -> None:
        ask, kind = type.__getattribute__(cls, "_airlock")
        ask(["set", kind, name], (value,), {})


class Given(metaclass=GivenClass):
    """An object of the test's; made by :func:`make_given`."""

    _airlock_place: int

    def __getattr__(self, name: str) -> Any:
        return _known(self, name, _ask(self, "get", name))

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "set", name, value)

    def __delattr__(self, name: str) -> None:
        _ask(self, "delete", name)


def _ask(value: Given, what: str, name: str, *arguments: Any, **keywords: Any) -> Any:
    settle()
    return _do(value, what, name, arguments, keywords)


def _known(value: Given, name: str, found: Any) -> Any:
    """What is in an attribute: a container is the one that was there before, as long as a call goes on."""
    if type(found) not in CONTAINERS:
        return found
    key = object.__getattribute__(value, "_airlock_place"), name
    _, known, _ = _fetched.get(key, (value, found, None))
    if known is not found:
        restore(known, found)
    if len(_fetched) < MOST:
        _fetched[key] = value, known, _state(known)
    return known


def settle() -> None:
    """What was put into a container of the test's is there for the test."""
    for key, (value, found, before) in [*_fetched.items()]:
        now = _state(found)
        if now != before:
            _fetched[key] = value, found, now
            _do(value, "fill", key[1], (found,), {})


def forget() -> None:
    """A call has ended."""
    _fetched.clear()


def _state(value: Any) -> Any:
    """Equal as long as a container holds the same."""
    if type(value) in CONTAINERS:
        parts = value.items() if isinstance(value, dict) else value
        return type(value), [_state(part) for part in parts]
    if type(value) is tuple:
        return [_state(part) for part in value]
    return (type(value), value) if type(value) in PLAIN else id(value)


def _do(value: Given, what: str, name: str, arguments: tuple, keywords: dict) -> Any:
    ask, _ = type.__getattribute__(type(value), "_airlock")
    return ask([what, object.__getattribute__(value, "_airlock_place"), name], arguments, keywords)


_fetched: dict[tuple[int, str], tuple[Given, Any, Any]] = {}


def _method(name: str) -> Callable[..., Any]:
    def method(self: Given, *arguments: Any, **keywords: Any) -> Any:
        if name == "__exit__":  # a test's own context, to which an answer's error is told
            arguments = tuple(one for one in arguments[1:2] if one is not None)
        return _ask(self, "special", name, *arguments, **keywords)

    return method


def make_class(node: dict, bases: tuple[type, ...], call_back: CallBack) -> GivenClass:
    """The class here for a class of the test's."""
    told = set(node["special"])
    space: dict[str, Any] = {name: _method(name) for name in told & special.ALL.keys()}
    space |= {"_airlock": (call_back, node["kind"]), "__module__": "__main__"}
    return GivenClass(str(node["name"]), bases or (Given,), space)


def make_given(kind: type, place: int) -> Any:
    """The object here for an object of the test's."""
    made: Any = object.__new__(kind)
    object.__setattr__(made, "_airlock_place", place)
    return made


def place_of(value: Any) -> int | None:
    """Where the grader keeps what stands for this; None for anything else."""
    if isinstance(value, GivenClass):
        found = type.__getattribute__(value, "_airlock")[1]
    elif isinstance(type(value), GivenClass):
        found = object.__getattribute__(value, "_airlock_place")
    else:
        return None
    return found if type(found) is int else None
