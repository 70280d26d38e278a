"""Value types of the standard library: each taken apart into simpler values, and put together again.

Nothing is looked up by a name that the other side sends, but in the tables below, so that putting together
runs no code but these constructors.
"""

import array
import datetime
import io
import pathlib
import random
import types
import uuid
import zoneinfo
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

LONGEST_RANGE = 2_000_000  # a longer one would keep whoever sums it up busy for ever
LARGEST_EXPONENT = 10_000  # int(Decimal("1e999999999")) has a billion digits
LARGEST_FRACTION = 100_000  # bits of numerator and denominator
MAX_FIELDS = 1_000

# Types that cross as themselves: what a function may name as the type of something.
TYPES: dict[str, type] = {
    str(kind.__name__): kind
    for kind in (
        *(bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, object, type),
        *(type(None), type(...), slice, bytearray, types.FunctionType, types.ModuleType),
        *(types.GeneratorType, types.MethodType, types.BuiltinFunctionType),
        *(Counter, OrderedDict, defaultdict, deque, Decimal, Fraction),
        *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta),
    )
}
NAMES = {kind: name for name, kind in TYPES.items()}
PATHS = {
    kind.__name__: kind
    for kind in (pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.PosixPath, pathlib.WindowsPath)
}
KEYS: type = type({}.keys())
VALUES: type = type({}.values())
ITEMS: type = type({}.items())


class NotPlain(TypeError):
    """One of these types, holding something that cannot be taken apart."""


def reduce(value: Any) -> tuple[str, Any] | None:
    """The tag of a value's type, and simpler values that it is made of; None for any other type."""
    kind = type(value)
    take = TAKE_APART.get(kind)
    if take is not None:
        return take(value)
    if is_named_tuple(kind):
        return "namedtuple", (kind.__name__, list(kind._fields), list(tuple.__iter__(value)))
    return None


def rebuild(tag: str, content: Any) -> Any:
    """The value of ``tag`` and ``content``; KeyError for an unknown tag, other errors for false content."""
    return PUT_TOGETHER[tag](content)


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
    """The class that stands here for every namedtuple of this name and these fields."""
    made: type = namedtuple(name, fields)  # type: ignore[misc]  # it refuses what is no identifier
    made.__module__ = "__main__"
    return made


def _is_field(name: Any) -> bool:
    return type(name) is str and name.isidentifier() and not name.startswith("_")


def _take_range(value: range) -> tuple[str, Any]:
    length = (value.stop - value.start) // value.step
    if length > LONGEST_RANGE:
        raise NotPlain("a very long range")
    return "range", (value.start, value.stop, value.step)


def _make_range(content: Any) -> range:
    made = range(*map(_integer, content))
    if made and abs(made[-1] - made[0]) // abs(made.step) > LONGEST_RANGE:
        raise ValueError("a very long range")
    return made


def _take_decimal(value: Decimal) -> tuple[str, Any]:
    _check_exponent(value)
    return "decimal", str(value)


def _check_exponent(value: Decimal) -> None:
    if value.is_finite() and abs(value.adjusted()) > LARGEST_EXPONENT:
        raise NotPlain("a Decimal of a huge exponent")


def _make_decimal(text: str) -> Decimal:
    made = Decimal(_text(text))
    _check_exponent(made)
    return made


def _make_fraction(content: Any) -> Fraction:
    above, below = map(_integer, content)
    if max(above.bit_length(), below.bit_length()) > LARGEST_FRACTION:
        raise NotPlain("a huge Fraction")
    return Fraction(above, below)


def _take_fraction(value: Fraction) -> tuple[str, Any]:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST_FRACTION:
        raise NotPlain("a huge Fraction")
    return "fraction", (value.numerator, value.denominator)


def _take_time(value: datetime.datetime | datetime.time) -> tuple[str, Any]:
    tag = "datetime" if type(value) is datetime.datetime else "time"
    return tag, (value.replace(tzinfo=None).isoformat(), value.fold, value.tzinfo)


def _make_time(kind: type[datetime.datetime] | type[datetime.time]) -> Callable[[Any], Any]:
    def make(content: Any) -> Any:
        text, fold, zone = content
        if zone is not None and type(zone) not in (datetime.timezone, zoneinfo.ZoneInfo):
            raise TypeError("not a time zone")
        return kind.fromisoformat(text).replace(fold=fold, tzinfo=zone)

    return make


def _take_defaultdict(value: defaultdict) -> tuple[str, Any]:
    factory = value.default_factory
    if factory is not None and factory not in NAMES:
        raise NotPlain("a defaultdict with a function of its own")
    return "defaultdict", (factory, dict(value))


def _make_defaultdict(content: Any) -> defaultdict:
    factory, items = content
    if factory is not None and factory not in NAMES:
        raise TypeError("not a type")
    return defaultdict(factory, items)


def _take_stream(value: io.StringIO | io.BytesIO) -> tuple[str, Any]:
    if value.closed:
        raise NotPlain("a closed stream")
    return type(value).__name__.lower(), (value.getvalue(), value.tell())


def _make_stream(kind: type) -> Callable[[Any], Any]:
    def make(content: Any) -> Any:
        text, place = content
        made = kind(text)
        made.seek(min(place, len(text)))
        return made

    return make


def _make_error(content: Any) -> BaseException:
    name, arguments = content
    made = ERRORS[name](*arguments)
    return made


def _take_error(value: BaseException) -> tuple[str, Any]:
    if value.__dict__:
        raise NotPlain("an exception with attributes")
    return "error", (type(value).__name__, value.args)


def _make_random(content: Any) -> random.Random:
    made = random.Random(0)
    version, state, gauss = content
    made.setstate((version, tuple(state), gauss))
    return made


def _union(members: Any) -> Any:
    first, *others = members
    for other in others:
        first = first | other
    return first


def _alias(content: Any) -> Any:
    origin, arguments = content
    if origin not in NAMES:
        raise TypeError("not a type")
    return types.GenericAlias(origin, tuple(arguments))


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("not a text")
    return value


def _items(kind: type) -> Callable[[Any], tuple[str, Any]]:
    return lambda value: (kind.__name__.lower(), list(value.items()))


ERRORS = {
    kind.__name__: kind
    for kind in vars(__import__("builtins")).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, ExceptionGroup)
}
TAKE_APART: dict[type, Callable[[Any], tuple[str, Any]]] = {
    frozenset: lambda value: ("frozenset", list(value)),
    range: _take_range,
    slice: lambda value: ("slice", (value.start, value.stop, value.step)),
    bytearray: lambda value: ("bytearray", bytes(value)),
    array.array: lambda value: ("stdarray", (value.typecode, value.tolist())),
    Counter: _items(Counter),
    OrderedDict: _items(OrderedDict),
    defaultdict: _take_defaultdict,
    deque: lambda value: ("deque", (list(value), value.maxlen)),
    ChainMap: lambda value: ("chainmap", value.maps),
    types.MappingProxyType: lambda value: ("mappingproxy", dict(value)),
    KEYS: lambda value: ("keys", list(value)),
    VALUES: lambda value: ("values", list(value)),
    ITEMS: lambda value: ("items", dict(value)),
    datetime.date: lambda value: ("date", value.isoformat()),
    datetime.datetime: _take_time,
    datetime.time: _take_time,
    datetime.timedelta: lambda value: ("timedelta", (value.days, value.seconds, value.microseconds)),
    datetime.timezone: lambda value: ("timezone", value.__getinitargs__()),
    zoneinfo.ZoneInfo: lambda value: ("zoneinfo", value.key),
    Decimal: _take_decimal,
    Fraction: _take_fraction,
    uuid.UUID: lambda value: ("uuid", value.hex),
    types.SimpleNamespace: lambda value: ("namespace", dict(vars(value))),
    io.StringIO: _take_stream,
    io.BytesIO: _take_stream,
    random.Random: lambda value: ("random", value.getstate()),
    types.GenericAlias: lambda value: ("alias", (value.__origin__, list(value.__args__))),
    types.UnionType: lambda value: ("union", list(value.__args__)),
    type(NotImplemented): lambda value: ("notimplemented", None),
}
TAKE_APART |= {kind: lambda value: (f"path {type(value).__name__}", str(value)) for kind in PATHS.values()}
TAKE_APART |= dict.fromkeys(ERRORS.values(), _take_error)

PUT_TOGETHER: dict[str, Callable[[Any], Any]] = {
    "frozenset": frozenset,
    "range": _make_range,
    "slice": lambda content: slice(*content),
    "bytearray": lambda content: bytearray(memoryview(content)),  # of an integer it would be as long
    "stdarray": lambda content: array.array(content[0], list(content[1])),
    "counter": lambda content: Counter(dict(content)),
    "ordereddict": OrderedDict,
    "defaultdict": _make_defaultdict,
    "deque": lambda content: deque(list(content[0]), content[1]),
    "chainmap": lambda content: ChainMap(*content),
    "mappingproxy": lambda content: types.MappingProxyType(dict(content)),
    "keys": lambda content: dict.fromkeys(list(content)).keys(),
    "values": lambda content: dict(enumerate(list(content))).values(),
    "items": lambda content: dict(content).items(),
    "date": datetime.date.fromisoformat,
    "datetime": _make_time(datetime.datetime),
    "time": _make_time(datetime.time),
    "timedelta": lambda content: datetime.timedelta(*map(_integer, content)),
    "timezone": lambda content: datetime.timezone(*content),
    "zoneinfo": lambda content: zoneinfo.ZoneInfo(_text(content)),
    "decimal": _make_decimal,
    "fraction": _make_fraction,
    "uuid": lambda content: uuid.UUID(hex=content),
    "namespace": lambda content: types.SimpleNamespace(**content),
    "stringio": _make_stream(io.StringIO),
    "bytesio": _make_stream(io.BytesIO),
    "random": _make_random,
    "error": _make_error,
    "alias": _alias,
    "union": _union,
    "notimplemented": lambda content: NotImplemented,
    "namedtuple": lambda content: namedtuple_class(content[0], tuple(content[1]))(*content[2]),
    "type": TYPES.__getitem__,
}
PUT_TOGETHER |= {f"path {name}": kind for name, kind in PATHS.items()}
