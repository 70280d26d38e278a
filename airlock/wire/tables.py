"""pandas tables: columns cross as arrays, and the other side's own pandas builds the table; no pickle.

pandas is imported where a table arrives, and only there: an assignment without tables does without it. What
has a column or an index that is none of those below does not cross as a value.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from airlock.wire.numbers import PLAIN_KINDS
from airlock.wire.standard import LONGEST_RANGE, NotPlain

MASKED = {f"{sign}Int{bits}": "IntegerArray" for sign in ("", "U") for bits in (8, 16, 32, 64)} | {
    "Float32": "FloatingArray",
    "Float64": "FloatingArray",
    "boolean": "BooleanArray",
}


def reduce(value: Any) -> tuple[str, Any] | None:
    """As :func:`airlock.wire.standard.reduce`; None where pandas is not loaded."""
    pd = sys.modules.get("pandas")
    if pd is None or type(value).__module__.partition(".")[0] != "pandas":
        return None
    kind = type(value)
    if kind is getattr(pd, "DataFrame", None):
        return "pd.DataFrame", _take_frame(value)
    if kind is pd.Series:
        return "pd.Series", (_take_index(value.index), value.name, _take_column(value.array))
    if isinstance(value, pd.Index):
        return "pd.Index", _take_index(value)
    if kind is pd.Timestamp:
        return "pd.Timestamp", (value.asm8, _zone(value.tz))
    if kind is pd.Timedelta:
        return "pd.Timedelta", value.asm8
    if kind is pd.Period:
        return "pd.Period", (value.ordinal, value.freqstr)
    if kind is pd.Interval:
        return "pd.Interval", (value.left, value.right, value.closed)
    if value is pd.NaT or value is pd.NA:
        return "pd.missing", "NaT" if value is pd.NaT else "NA"
    if kind is pd.Categorical or isinstance(value, pd.api.extensions.ExtensionArray):
        return "pd.array", _take_column(value)
    if isinstance(value, pd.api.extensions.ExtensionDtype):
        return "pd.dtype", _take_column(pd.array([], dtype=value))
    return None


def _take_frame(frame: Any) -> tuple:
    kinds = set(frame.dtypes)
    if len(kinds) == 1 and isinstance(kind := kinds.pop(), np.dtype) and kind.kind in PLAIN_KINDS:
        data: Any = frame.to_numpy()
    else:
        data = [_take_column(frame.iloc[:, place].array) for place in range(frame.shape[1])]
    return _take_index(frame.columns), _take_index(frame.index), data


def _make_frame(pd: Any, content: Any) -> Any:
    columns, index, data = content
    columns, index = _make_index(pd, columns), _make_index(pd, index)
    if isinstance(data, np.ndarray):
        return pd.DataFrame(data, index=index, columns=columns)
    made = pd.DataFrame({place: _make_column(pd, one) for place, one in enumerate(data)}, index=None)
    if len(data) == 0:
        return pd.DataFrame(index=index, columns=columns)
    made.index, made.columns = index, columns
    return made


def _make_series(pd: Any, content: Any) -> Any:
    index, name, column = content
    return pd.Series(_make_column(pd, column), index=_make_index(pd, index), name=name)


def _take_index(index: Any) -> tuple:
    pd, kind = sys.modules["pandas"], type(index)
    if kind is pd.RangeIndex:
        if len(index) > 50 * LONGEST_RANGE:
            raise NotPlain("a very long index")
        return "range", index.name, (index.start, index.stop, index.step)
    if kind is pd.MultiIndex:
        levels = [_take_index(level) for level in index.levels]
        return "multi", list(index.names), (levels, [np.asarray(codes) for codes in index.codes])
    if kind in (pd.DatetimeIndex, pd.TimedeltaIndex):
        return "dated", index.name, (_take_column(index.array), index.freqstr)
    if kind in (pd.Index, pd.CategoricalIndex, pd.PeriodIndex, pd.IntervalIndex):
        return "plain", index.name, _take_column(index.array)
    raise NotPlain(f"an index of type {kind.__name__}")


def _make_index(pd: Any, content: Any) -> Any:
    kind, name, data = content
    if kind == "range":
        start, stop, step = data
        made = range(start, stop, step)
        if made and abs(made[-1] - made[0]) // abs(step) > 50 * LONGEST_RANGE:
            raise ValueError("a very long index")
        return pd.RangeIndex(start, stop, step, name=name)
    if kind == "multi":
        levels, codes = data
        return pd.MultiIndex([_make_index(pd, one) for one in levels], list(codes), names=name)
    if kind == "dated":
        column, frequency = data
        made = pd.Index(_make_column(pd, column), name=name)
        made.freq = frequency
        return made
    if kind == "plain":
        column = _make_column(pd, data)
        return pd.Index(column, name=name, dtype=column.dtype)
    raise KeyError(kind)


def _take_column(array: Any) -> tuple:
    pd = sys.modules["pandas"]
    dtype = getattr(array.dtype, "numpy_dtype", array.dtype) if _is_numpy(array) else array.dtype
    if isinstance(dtype, np.dtype):
        if dtype.kind == "O":
            return "objects", list(array)
        if dtype.kind in PLAIN_KINDS:
            return "numpy", np.asarray(array)
    elif isinstance(dtype, pd.StringDtype):
        missing = "NA" if dtype.na_value is pd.NA else "NaN"
        texts = [None if absent else text for text, absent in zip(array, array.isna(), strict=True)]
        return "texts", (dtype.storage, missing, texts)
    elif isinstance(dtype, pd.CategoricalDtype):
        return "categories", (np.asarray(array.codes), _take_index(array.categories), bool(array.ordered))
    elif isinstance(dtype, pd.DatetimeTZDtype):
        return "zoned", (np.asarray(array.tz_convert("UTC").tz_localize(None)), _zone(dtype.tz))
    elif isinstance(dtype, pd.PeriodDtype):
        return "periods", (np.asarray(array.asi8), dtype.name)
    elif isinstance(dtype, pd.IntervalDtype):
        return "intervals", (_take_index(array.left), _take_index(array.right), array.closed)
    elif dtype.name in MASKED:
        absent = np.asarray(array.isna())
        return "masked", (dtype.name, array.to_numpy(dtype.numpy_dtype, na_value=dtype.type(0)), absent)
    raise NotPlain(f"a column of dtype {dtype}")


def _is_numpy(array: Any) -> bool:
    return type(array).__name__ in ("NumpyExtensionArray", "PandasArray")


def _make_column(pd: Any, content: Any) -> Any:
    kind, data = content
    if kind == "objects":
        made = np.empty(len(data), object)
        for place, item in enumerate(data):
            made[place] = item
        return pd.Series(made, dtype=object).array
    if kind == "numpy":
        if not isinstance(data, np.ndarray) or data.ndim != 1:
            raise TypeError("not a column")
        return pd.Series(data).array if data.dtype.kind not in "US" else pd.Series(data, dtype=object).array
    if kind == "texts":
        storage, missing, texts = data
        return pd.array(texts, dtype=_string_dtype(pd, storage, missing))
    if kind == "categories":
        codes, categories, ordered = data
        return pd.Categorical.from_codes(codes, _make_index(pd, categories), ordered=ordered)
    if kind == "zoned":
        moments, zone = data
        return pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(zone).array
    if kind == "periods":
        ordinals, frequency = data
        frequency = frequency.removeprefix("period[").removesuffix("]")
        return pd.PeriodIndex.from_ordinals(ordinals, freq=frequency).array
    if kind == "intervals":
        left, right, closed = data
        left, right = _make_index(pd, left), _make_index(pd, right)
        return pd.arrays.IntervalArray.from_arrays(left, right, closed=closed)
    if kind == "masked":
        name, values, absent = data
        return getattr(pd.arrays, MASKED[name])(values.copy(), absent.copy())
    raise KeyError(kind)


def _string_dtype(pd: Any, storage: str, missing: str) -> Any:
    if missing == "NA":
        return pd.StringDtype(storage)
    return pd.StringDtype(storage, na_value=np.nan)


def _zone(zone: Any) -> Any:
    """A time zone as pandas reads it; UTC has several spellings."""
    if zone is None:
        return None
    text = str(zone)
    if not text or len(text) > 100:
        raise NotPlain("a time zone without a name")
    return text


def _make_timestamp(pd: Any, content: Any) -> Any:
    moment, zone = content
    made = pd.Timestamp(moment)
    return made if zone is None else made.tz_localize("UTC").tz_convert(zone)


def _with_pandas(make: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda content: make(importlib.import_module("pandas"), content)


MAKE: dict[str, Callable[[Any, Any], Any]] = {
    "pd.DataFrame": _make_frame,
    "pd.Series": _make_series,
    "pd.Index": _make_index,
    "pd.Timestamp": _make_timestamp,
    "pd.Timedelta": lambda pd, content: pd.Timedelta(content),
    "pd.Period": lambda pd, content: pd.Period(ordinal=content[0], freq=content[1]),
    "pd.Interval": lambda pd, content: pd.Interval(*content),
    "pd.missing": lambda pd, content: {"NaT": pd.NaT, "NA": pd.NA}[content],
    "pd.array": _make_column,
    "pd.dtype": lambda pd, content: _make_column(pd, content).dtype,
}
PUT_TOGETHER = {tag: _with_pandas(make) for tag, make in MAKE.items()}
