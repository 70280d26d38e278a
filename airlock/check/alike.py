"""Whether two results are the same, and how far apart; its text is run in a fork of the kernel, too.

So it imports nothing of ours, and what it defines begins with ``_airlock``.
"""

import itertools as _itertools
import math as _math
from typing import Any as _Any

import numpy as _numpy

_AIRLOCK_SIGMAS = 6  # of the difference of two means or spreads, for answers that draw random numbers
_AIRLOCK_KEPT = 20_000  # numbers of each result that draws some
_AIRLOCK_SINGLE = 5e-7  # of the largest number: two right answers in single precision are so far apart


def _airlock_same(one: _Any, other: _Any) -> bool:
    """Whether two results are the same, but for what single precision loses, and what numbers are in."""
    if type(one) is type(other) is _numpy.ndarray and (one.dtype, one.shape) == (other.dtype, other.shape):
        same = one.dtype.kind != "O" and one.tobytes() == other.tobytes()  # soon told, and most are
        return same or _airlock_same_arrays(one, other)
    if isinstance(one, _numpy.ndarray | _numpy.generic) or isinstance(other, _numpy.ndarray | _numpy.generic):
        return _airlock_same_arrays(one, other)
    if isinstance(one, float) and isinstance(other, float):
        return _math.isclose(one, other, rel_tol=_AIRLOCK_SINGLE) or one != one and other != other
    if _airlock_is_own(one) and _airlock_is_own(other):
        alike = type(one).__qualname__ == type(other).__qualname__
        return alike and _airlock_same(_airlock_state(one), _airlock_state(other))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_airlock_same, one, other))
    if type(one) is not type(other):
        numbers = int | float | complex
        return isinstance(one, numbers) and isinstance(other, numbers) and one == other
    if isinstance(one, dict):
        return list(one) == list(other) and all(_airlock_same(one[key], other[key]) for key in one)
    if callable(one):
        return getattr(one, "__qualname__", None) == getattr(other, "__qualname__", None)
    if hasattr(one, "equals"):  # tables
        return bool(one.equals(other))
    if type(one).__eq__ is object.__eq__:  # type: ignore[comparison-overlap]
        return _airlock_same(vars(one), vars(other)) if hasattr(one, "__dict__") else True
    return bool(one == other)


def _airlock_is_own(value: _Any) -> bool:
    """Whether an object is of a class that a cell has made: each of two texts makes its own."""
    return not isinstance(value, type) and type(value).__module__ == "__main__"


def _airlock_state(value: _Any) -> list:
    """What an object holds: its attributes, and its items if it is a collection."""
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    held = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    base = next((kind for kind in (list, tuple, dict, set, str, int, float) if isinstance(value, kind)), None)
    return [held | getattr(value, "__dict__", {}), base(value) if base else None]


def _airlock_same_arrays(one: _Any, other: _Any) -> bool:
    try:
        one, other = _numpy.asarray(one), _numpy.asarray(other)
    except ValueError:
        return False
    shapes = [_airlock_shape(array) for array in (one, other)]
    if shapes[0] != shapes[1] or "O" in (one.dtype.kind, other.dtype.kind):
        return False
    if one.dtype == other.dtype and one.tobytes() == other.tobytes():
        return True
    one, other = one.reshape(shapes[0]), other.reshape(shapes[0])
    if one.dtype.kind in "biufc" and other.dtype.kind in "biufc":
        size = float(_numpy.max(_numpy.abs(one))) if one.size and one.dtype.kind in "fc" else 0.0
        least = _AIRLOCK_SINGLE * size if _math.isfinite(size) else 0
        return bool(_numpy.allclose(one, other, 1e-9, least, equal_nan=True))
    return bool(_numpy.array_equal(one, other))


def _airlock_shape(array: _Any) -> tuple:
    """Without axes of length 1 in front, which broadcasting adds where there are none."""
    return tuple(_itertools.dropwhile(lambda length: length == 1, array.shape))


def _airlock_draw(one: tuple, other: tuple) -> tuple[_Any, _Any] | None:
    """Some of the numbers that two results have drawn, on one scale; None where they differ in kind."""
    if len(one) != 3 or len(other) != 3 or not _airlock_same(one[1:], other[1:]):  # one has raised
        return None
    first, second = one[0], other[0]
    if type(first) is not type(second) or _numpy.shape(first) != _numpy.shape(second):
        return None
    if not isinstance(first, _numpy.ndarray | _numpy.generic | float | int):
        return None
    left, right = (_numpy.ravel(value).astype(float) for value in (first, second))
    scale, step = float(_numpy.std(left)) or 1.0, max(1, left.size // _AIRLOCK_KEPT)
    return left[::step] / scale, right[::step] / scale


def _airlock_same_draws(pairs: list[tuple]) -> bool:
    """Whether random numbers are of one distribution, as far as mean, spread, skew and tails tell."""
    left, right = (_numpy.concatenate(side) for side in zip(*pairs, strict=True))
    for power in (1, 2, 3, 4):
        first, second = left**power, right**power
        error = _math.sqrt((first.var() + second.var()) / len(first)) + 1e-12
        if not abs(first.mean() - second.mean()) <= _AIRLOCK_SIGMAS * error:  # it may be no number
            return False
    return True


def _airlock_gap(one: _Any, other: _Any) -> float:
    """The largest difference of two results as a share of the first's size; infinite if it is in kind."""
    if isinstance(one, tuple | list) and isinstance(other, tuple | list) and len(one) == len(other):
        return max(map(_airlock_gap, one, other), default=0.0)
    try:
        first, second = _numpy.asarray(one, float), _numpy.asarray(other, float)
        gap = float(_numpy.abs(first - second).max() / (_numpy.abs(first).max() or 1.0))
    except (TypeError, ValueError):
        return 0.0 if _airlock_same(one, other) else _math.inf
    return gap if first.shape == second.shape and _math.isfinite(gap) else _math.inf


def _airlock_drawn_apart(left: _Any, right: _Any) -> float:
    """How far apart spread and mean of random numbers are, on the scale of the first."""
    return max(abs(float(right.std()) - float(left.std())), abs(float(right.mean() - left.mean())))
