"""Value types of the standard library: each taken apart into simpler values, and put together again.

Nothing is looked up by a name that the other side sends, but in the table below, so that putting together
runs no code but these constructors. A further type is a row of it.
"""

import array
import builtins
import datetime
import io
import pathlib
import random
import types
import uuid
import zoneinfo
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from airlock.wire.namedtuples import is_named_tuple, namedtuple_class

LONGEST_RANGE = 2_000_000  # a longer one would keep whoever sums it up busy for ever
LARGEST_EXPONENT = 10_000  # int(Decimal("1e999999999")) has a billion digits
LARGEST_FRACTION = 100_000  # bits of numerator and denominator
MOST_MEMBERS = 100  # of a union, which compares each with all others
MAX_EQUAL_HASHES = 100  # in one set or dict: more of them take quadratic time to insert

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
TYPES |= {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException) and kind.__name__ == name
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
    if kind in ROWS:
        tag, take, _ = ROWS[kind]
        return tag, take(value)
    if is_named_tuple(kind):
        return "namedtuple", (kind.__name__, list(kind._fields), list(tuple.__iter__(value)))
    return None


def distinct(keys: list) -> list:
    """The keys, if a table takes them in linear time; who sends them may have chosen them to collide."""
    if len(keys) - len(Counter(map(hash, keys))) > MAX_EQUAL_HASHES:
        raise ValueError("too many keys of the same hash")
    return keys


def table(items: Any) -> dict:
    """A dict of pairs, or of a dict."""
    if type(items) is dict:
        return items
    pairs = [(key, value) for key, value in items]
    distinct([key for key, _ in pairs])
    return dict(pairs)


def _take_range(value: range) -> tuple[int, int, int]:
    if (value.stop - value.start) // value.step > LONGEST_RANGE:
        raise NotPlain("a very long range")
    return value.start, value.stop, value.step


def _make_range(content: Any) -> range:
    made = range(*map(_integer, content))
    if made and abs(made[-1] - made[0]) // abs(made.step) > LONGEST_RANGE:
        raise ValueError("a very long range")
    return made


def _bounded(value: Decimal) -> Decimal:
    if value.is_finite() and abs(value.adjusted()) > LARGEST_EXPONENT:
        raise NotPlain("a Decimal of a huge exponent")
    return value


def _make_fraction(content: Any) -> Fraction:
    return Fraction(*_small(*map(_integer, content)))


def _small(above: int, below: int) -> tuple[int, int]:
    if max(above.bit_length(), below.bit_length()) > LARGEST_FRACTION:
        raise NotPlain("a huge Fraction")
    return above, below


def _take_time(value: datetime.datetime | datetime.time) -> tuple[str, int, datetime.tzinfo | None]:
    return value.replace(tzinfo=None).isoformat(), value.fold, value.tzinfo


def _make_time(kind: type[datetime.datetime] | type[datetime.time]) -> Callable[[Any], Any]:
    def make(content: Any) -> Any:
        text, fold, zone = content
        if zone is not None and type(zone) not in (datetime.timezone, zoneinfo.ZoneInfo):
            raise TypeError("not a time zone")
        return kind.fromisoformat(text).replace(fold=fold, tzinfo=zone)

    return make


def _take_defaultdict(value: defaultdict) -> tuple[type | None, dict]:
    factory = value.default_factory
    if factory is not None and factory not in NAMES:
        raise NotPlain("a defaultdict with a function of its own")
    return factory, dict(value)


def _make_defaultdict(content: Any) -> defaultdict:
    factory, items = content
    if factory is not None and factory not in NAMES:
        raise TypeError("not a type")
    return defaultdict(factory, table(items))


def _take_stream(value: io.StringIO | io.BytesIO) -> tuple[str | bytes, int]:
    if value.closed:
        raise NotPlain("a closed stream")
    return value.getvalue(), value.tell()


def _make_stream(kind: type) -> Callable[[Any], Any]:
    def make(content: Any) -> Any:
        text, place = content
        made = kind(text)
        made.seek(min(place, len(text)))
        return made

    return make


def _make_error(content: Any) -> BaseException:
    name, arguments = content
    return ERRORS[name](*arguments)


def _take_error(value: BaseException) -> tuple[str, tuple]:
    if value.__dict__:
        raise NotPlain("an exception with attributes")
    return type(value).__name__, value.args


def _make_random(content: Any) -> random.Random:
    made = random.Random(0)
    version, state, gauss = content
    made.setstate((version, tuple(state), gauss))
    return made


def _union(members: Any) -> Any:
    if len(members) > MOST_MEMBERS:
        raise ValueError("a union of too many types")
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


def _items(value: dict) -> list:
    return list(value.items())


ERRORS = {
    kind.__name__: kind
    for kind in vars(__import__("builtins")).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, ExceptionGroup)
}
# Type -> its tag, how a value is taken apart, and how one is put together again.
ROWS: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    frozenset: ("frozenset", list, lambda keys: frozenset(distinct(list(keys)))),
    range: ("range", _take_range, _make_range),
    slice: ("slice", lambda one: (one.start, one.stop, one.step), lambda parts: slice(*parts)),
    # Of a number, bytearray() would make one of that length.
    bytearray: ("bytearray", bytes, lambda content: bytearray(memoryview(content))),
    array.array: (
        "stdarray",
        lambda one: (one.typecode, one.tolist()),
        lambda parts: array.array(parts[0], list(parts[1])),
    ),
    Counter: ("counter", _items, lambda items: Counter(table(items))),
    OrderedDict: ("ordereddict", _items, lambda items: OrderedDict(table(items))),
    defaultdict: ("defaultdict", _take_defaultdict, _make_defaultdict),
    deque: ("deque", lambda one: (list(one), one.maxlen), lambda parts: deque(list(parts[0]), parts[1])),
    ChainMap: ("chainmap", lambda one: one.maps, lambda maps: ChainMap(*maps)),
    types.MappingProxyType: ("mappingproxy", dict, lambda items: types.MappingProxyType(table(items))),
    KEYS: ("keys", list, lambda keys: dict.fromkeys(distinct(list(keys))).keys()),
    VALUES: ("values", list, lambda values: dict(enumerate(list(values))).values()),
    ITEMS: ("items", dict, lambda items: table(items).items()),
    datetime.date: ("date", lambda one: one.isoformat(), datetime.date.fromisoformat),
    datetime.datetime: ("datetime", _take_time, _make_time(datetime.datetime)),
    datetime.time: ("time", _take_time, _make_time(datetime.time)),
    datetime.timedelta: (
        "timedelta",
        lambda one: (one.days, one.seconds, one.microseconds),
        lambda parts: datetime.timedelta(*map(_integer, parts)),
    ),
    datetime.timezone: (
        "timezone",
        lambda one: one.__getinitargs__(),
        lambda parts: datetime.timezone(*parts),
    ),
    zoneinfo.ZoneInfo: ("zoneinfo", lambda one: _text(one.key), lambda key: zoneinfo.ZoneInfo(_text(key))),
    Decimal: ("decimal", lambda one: str(_bounded(one)), lambda text: _bounded(Decimal(_text(text)))),
    Fraction: ("fraction", lambda one: _small(one.numerator, one.denominator), _make_fraction),
    uuid.UUID: ("uuid", lambda one: one.hex, lambda text: uuid.UUID(hex=text)),
    types.SimpleNamespace: (
        "namespace",
        lambda one: dict(vars(one)),
        lambda names: types.SimpleNamespace(**names),
    ),
    io.StringIO: ("stringio", _take_stream, _make_stream(io.StringIO)),
    io.BytesIO: ("bytesio", _take_stream, _make_stream(io.BytesIO)),
    random.Random: ("random", lambda one: one.getstate(), _make_random),
    types.GenericAlias: ("alias", lambda one: (one.__origin__, list(one.__args__)), _alias),
    types.UnionType: ("union", lambda one: list(one.__args__), _union),
    type(NotImplemented): ("notimplemented", lambda _: None, lambda _: NotImplemented),
}
ROWS |= {kind: (f"path {name}", str, kind) for name, kind in PATHS.items()}
ROWS |= dict.fromkeys(ERRORS.values(), ("error", _take_error, _make_error))

# Tag -> how a value is put together; KeyError for a type or an error that is not in these tables.
PUT_TOGETHER: dict[str, Callable[[Any], Any]] = {tag: make for tag, _, make in ROWS.values()} | {
    "namedtuple": lambda content: namedtuple_class(content[0], tuple(content[1]))(*content[2]),
    "type": TYPES.__getitem__,
}
