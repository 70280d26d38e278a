"""What crosses by value arrives as itself, of the same type; nothing else is built from what arrives."""

import array
import dataclasses
import datetime as dt
import io
import random
import types
import typing
import uuid
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from airlock.wire.changes import restore
from airlock.wire.values import Malformed, decode, encode

pd = pytest.importorskip("pandas")
Point = namedtuple("Point", "x y")


class Row(NamedTuple):
    a: int
    b: float = 2.0


class Shown(NamedTuple):
    a: int

    def __repr__(self):
        return "something else"


TYPING = vars(typing)
DAYS = pd.date_range("2020", periods=3)
RECORDS = np.array([(1, 2.5, "a")], dtype=[("x", int), ("y", float, (2,)), ("s", "U3")])
STANDARD = [
    *(frozenset({1, 2}), range(3, 20, 4), slice(1, None, 2), bytearray(b"ab"), array.array("d", [1, 2])),
    *(Counter("abca"), OrderedDict([(2, 1), (1, 3)]), defaultdict(list, {1: [2]}), deque([1, 2], 5)),
    *(ChainMap({1: 2}, {3: 4}), {1: 2}.keys(), {1: 2}.items(), {1: 2}.values()),
    *(dt.date(2020, 1, 2), dt.time(3, 4), dt.timedelta(1, 2, 3), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    dt.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=ZoneInfo("Europe/Berlin")),
    *(Decimal("1.50"), Decimal("NaN"), Fraction(3, 4), uuid.UUID(int=7), types.SimpleNamespace(a=1)),
    types.MappingProxyType({1: 2}),
    *(Path("a/b"), Point(1, 2), Row(3), list[int], int | None, NotImplemented, int, dict, type(None)),
    *(TYPING["List"], TYPING["List"][int], TYPING["Optional"][str], TYPING["Dict"][str, TYPING["List"][int]]),
    *(typing.Any, typing.Callable[[int], str], TYPING["Tuple"], dataclasses.MISSING, KeyError, SystemExit),
    *(np.float64, np.int32, np.ndarray, ValueError("x", 3), 1 + 2j, b"x", 10**30, float("inf"), ...),
]
NUMPY = [
    *(np.datetime64("2020-01-01"), np.timedelta64(3, "D"), RECORDS, RECORDS[0], RECORDS.dtype),
    *(np.polynomial.Polynomial([1, 2, 3]), np.polynomial.Chebyshev([1, 2]), np.poly1d([1, 2])),
    *(np.matrix([[1, 2]]), np.ma.masked_array([1, 2], [True, False])),
    *(np.array(["a", None, 1.5], object), np.rec.array([(1, 2.0)], dtype=[("a", int), ("b", float)])),
]
TABLES = [
    *(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), pd.DataFrame(np.eye(3)), pd.DataFrame()),
    *(pd.DataFrame(columns=["a", "b"]), pd.DataFrame([[1, "x"], [3, "y"]], columns=["a", "a"])),
    pd.DataFrame({"t": DAYS.tz_localize("UTC"), "u": DAYS}, index=DAYS),
    pd.DataFrame({"a": [1, 2, 3], "g": [1, 1, 2]}).groupby("g").agg(["sum", "mean"]),
    *(pd.DataFrame({"a": [1.0, None]}).describe(), pd.Series([1.5, 2], name="s", index=["a", "b"])),
    *(pd.Series(pd.Categorical(["a", "b", "a"])), pd.Series([1, None], dtype="Int64")),
    *(pd.Series([True, None], dtype="boolean"), pd.Series(["a", None]), pd.Series([[1], {2: 3}])),
    *(pd.Series(["a", None], dtype="string"), pd.Series(pd.period_range("2020-01", periods=3, freq="M"))),
    *(pd.DataFrame({"a": [1]}).dtypes, pd.Series(dtype=float), pd.cut(pd.Series([1, 2, 3]), 2)),
    pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["p", "q"]),
    *(pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-01", tz="Europe/Paris"), pd.Timedelta("1D")),
    *(pd.NaT, pd.NA, pd.Period("2020-01"), pd.Interval(0, 1), pd.CategoricalDtype(["a", "b"])),
]


@pytest.mark.parametrize("value", STANDARD + NUMPY + TABLES, ids=lambda value: type(value).__name__)
def test_a_value_arrives_as_itself(value):
    found = decode(encode([value]))[0]
    match value:
        case pd.DataFrame():
            pd.testing.assert_frame_equal(found, value)
        case pd.Series():
            pd.testing.assert_series_equal(found, value)
        case pd.Index():
            pd.testing.assert_index_equal(found, value)
        case Point() | Row():
            assert found == value and repr(found) == repr(value) and found._fields == value._fields
        case _:
            assert type(found) is type(value) and repr(found) == repr(value)


@pytest.mark.parametrize(
    "value",
    [
        *(range(10**12), Decimal("1e999999999"), Fraction(1, 3**100_000), defaultdict(lambda: 1), Shown(1)),
        *(np.poly1d(np.ones(5000)), np.array([object()]), pd.Series([object()]), type("Mine", (int,), {})(3)),
        *(open, len, np.sin, type("Mine", (), {})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_could_do_harm_or_is_no_value_does_not_cross_by_value(value):
    with pytest.raises((TypeError, ValueError)):
        encode(value)


@pytest.mark.parametrize(
    "head",
    [
        '{"range": {"tuple": [0, {"int": "0xffffffffffff"}, 1]}}',
        '{"decimal": "1e999999999"}',
        '{"bytearray": 1000000000}',
        '{"type": "Popen"}',
        '{"scalartype": "load"}',
        '{"namedtuple": {"tuple": ["x", ["a=print(1)"], [1]]}}',
        '{"namedtuple": {"tuple": ["__import__(1)", ["a"], [1]]}}',
        '{"error": {"tuple": ["SystemExit", []]}}',
        '{"zoneinfo": "../../etc/passwd"}',
        '{"defaultdict": {"tuple": [{"type": "list"}, 5]}}',
        '{"generator": {"dict": [["bit_generator", "os.system"]]}}',
        '{"objects": {"tuple": [[1000000000, 1000000000], []]}}',
        '{"pd.Index": {"tuple": ["range", null, {"tuple": [0, {"int": "0xffffffffffffff"}, 1]}]}}',
        '{"pd.array": {"tuple": ["masked", {"tuple": ["load", 1, 2]}]}}',
        '{"typing": {"tuple": ["get_type_hints", null]}}',
        '{"typing": {"tuple": ["List", [5, 6]]}}',
        '{"field": "_FIELDS"}',
        '{"reference": "no"}',
        '{"nothing": 1}',
    ],
)
def test_what_no_honest_side_sends_is_refused(head):
    with pytest.raises(Malformed):
        decode([head.encode()])


@pytest.mark.parametrize(
    "make, draw",
    [
        (lambda: random.Random(1), lambda g: [g.random() for _ in range(1001)]),
        (lambda: np.random.RandomState(1), lambda g: g.rand(5001)),
        (lambda: np.random.default_rng(1), lambda g: (g.normal(size=9), g.integers(0, 9, 7, dtype=np.int32))),
    ],
    ids=["random", "RandomState", "Generator"],
)
def test_a_generator_goes_on_where_the_other_side_left_it_and_nowhere_else(make, draw):
    ours, theirs, expected = make(), decode(encode(make())), make()
    draw(theirs)
    draw(expected)
    restore(ours, decode(encode(theirs)))
    assert repr(draw(ours)) == repr(draw(expected))
    chosen, before = type(make())(5) if type(make()) is not np.random.Generator else None, make()
    ours = make()
    restore(ours, chosen if chosen is not None else np.random.default_rng(5))
    assert repr(draw(ours)) == repr(draw(before))


def test_what_a_call_changed_is_changed_for_the_caller():
    frame, queue, text = pd.DataFrame({"a": [1, 2]}), deque([1]), io.StringIO("a")
    other = frame.copy()
    other["b"] = [3, 4]
    restore([frame, queue, text], [other.drop(index=0), deque([1, 2]), io.StringIO("b")])
    assert list(frame.columns) == ["a", "b"] and len(frame) == 1
    assert list(queue) == [1, 2] and text.getvalue() == "b"
