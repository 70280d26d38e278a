"""Two answers on many inputs. Its text is run in a fork of the kernel, where a call costs microseconds.

So it imports nothing of ours, and what it defines begins with ``_airlock``.
"""

import contextlib as _contextlib
import copy as _copy
import io as _io
import math as _math
import random as _random
import time as _time
import warnings as _warnings
from collections.abc import Iterator as _Iterator
from typing import Any as _Any

import numpy as _numpy

_AIRLOCK_SIGMAS = 6  # of the difference of two means or spreads, for answers that draw random numbers
_AIRLOCK_DRAWS, _AIRLOCK_KEPT = 60, 20_000  # results with random numbers that are enough, and numbers of each


def _airlock_compare(reference: str, mutant: str, calls: list, inputs: int, seconds: float) -> bool:
    """Whether two texts' functions give the same for ``calls``, and for random ones like them.

    ``calls``: (name of the function, arguments, keywords). So many ``inputs`` at most, and no more than fit
    into so many seconds of computing. A function that draws random numbers is compared by what it draws.
    """
    right, other = _airlock_space(reference), _airlock_space(mutant)
    if right is None or other is None:
        return False
    drawn = []
    end = _time.process_time() + seconds
    for number, (name, arguments, keywords) in enumerate(_airlock_inputs(calls, inputs)):
        one = _airlock_result(right, name, arguments, keywords, number)
        two = _airlock_result(other, name, arguments, keywords, number)
        if not _airlock_same(one, two):
            again = _airlock_result(right, name, arguments, keywords, number + 10**6)
            if _airlock_same(one, again):  # nothing is drawn in it: they differ
                return False
            if (pair := _airlock_draw(one, two)) is None:
                return False
            drawn.append(pair)
        if len(drawn) >= _AIRLOCK_DRAWS or _time.process_time() > end:
            break
    return not drawn or _airlock_same_draws(drawn)


def _airlock_space(text: str) -> dict[str, _Any] | None:
    """The globals after a cell."""
    space = dict(globals())
    shell = get_ipython()  # type: ignore[name-defined]  # noqa: F821
    try:
        exec(shell.transform_cell(text), space)
    except Exception:
        return None
    return space


def _airlock_inputs(calls: list, number: int) -> _Iterator[tuple]:
    """The calls themselves, and then like ones with other numbers of the same shape, kind and scale."""
    yield from calls
    generator = _numpy.random.default_rng(1)
    for count in range(number - len(calls)):
        name, arguments, keywords = calls[count % len(calls)]
        yield name, _airlock_varied(arguments, generator), _airlock_varied(keywords, generator)


def _airlock_varied(value: _Any, generator: _numpy.random.Generator) -> _Any:
    if isinstance(value, _numpy.ndarray) and value.dtype.kind == "f" and value.size:
        if generator.random() < 0.5:  # the same numbers elsewhere
            return generator.permuted(value.ravel()).reshape(value.shape)
        low, high = float(value.min()), float(value.max())
        if low == high:
            low, high = low - 1, high + 1
        if not _math.isfinite(low + high):
            return value.copy()
        return _numpy.asarray(generator.uniform(low, high, value.shape), value.dtype)
    if isinstance(value, _numpy.ndarray) and value.dtype.kind in "iu" and value.size:
        return generator.permuted(value.ravel()).reshape(value.shape)
    if type(value) is int:  # of the same sign: it may be a size
        other = int(generator.integers(0, 2 * min(abs(value), 10**9) + 4))
        return (max(1, other) if value > 0 else -other) if value else other
    if type(value) is float and _math.isfinite(value):
        return value * float(generator.uniform(0.5, 1.5))
    if type(value) is str and len(value) > 1:
        return "".join(generator.permuted(list(value))) if generator.random() < 0.5 else value
    if type(value) in (list, tuple):
        return type(value)(_airlock_varied(one, generator) for one in value)
    if type(value) is dict:
        return {key: _airlock_varied(one, generator) for key, one in value.items()}
    return value


def _airlock_result(space: dict, name: str, arguments: tuple, keywords: dict, seed: int) -> tuple:
    """What a call gives and how its arguments are afterwards, or what it raises."""
    _random.seed(seed)
    _numpy.random.seed(seed)
    try:
        arguments, keywords = _copy.deepcopy((arguments, keywords))
        with _warnings.catch_warnings(), _contextlib.redirect_stdout(_io.StringIO()):
            _warnings.simplefilter("ignore")
            return space[name](*arguments, **keywords), arguments, keywords
    except Exception as error:
        return "raised", type(error).__name__


def _airlock_same(one: _Any, other: _Any) -> bool:
    """Whether two results are the same, but for rounding and the kind of numbers, or what an array is in."""
    if isinstance(one, _numpy.ndarray | _numpy.generic) or isinstance(other, _numpy.ndarray | _numpy.generic):
        return _airlock_same_arrays(one, other)
    if isinstance(one, float) and isinstance(other, float):
        return _math.isclose(one, other, rel_tol=1e-9) or one != one and other != other
    if type(one) is not type(other):
        numbers = int | float | complex
        return isinstance(one, numbers) and isinstance(other, numbers) and one == other
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_airlock_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(_airlock_same(one[key], other[key]) for key in one)
    if callable(one):
        return getattr(one, "__qualname__", None) == getattr(other, "__qualname__", None)
    if hasattr(one, "equals"):  # tables
        return bool(one.equals(other))
    if type(one).__eq__ is object.__eq__:  # type: ignore[comparison-overlap]
        return _airlock_same(vars(one), vars(other)) if hasattr(one, "__dict__") else True
    return bool(one == other)


def _airlock_same_arrays(one: _Any, other: _Any) -> bool:
    try:
        one, other = _numpy.asarray(one), _numpy.asarray(other)
    except ValueError:
        return False
    if one.shape != other.shape or "O" in (one.dtype.kind, other.dtype.kind):
        return False
    if one.dtype.kind in "biufc" and other.dtype.kind in "biufc":
        size = float(_numpy.max(_numpy.abs(one))) if one.size and one.dtype.kind in "fc" else 0.0
        least = 1e-12 * size if _math.isfinite(size) else 0
        return bool(_numpy.allclose(one, other, 1e-9, least, equal_nan=True))
    return bool(_numpy.array_equal(one, other))


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
        if abs(first.mean() - second.mean()) > _AIRLOCK_SIGMAS * error:
            return False
    return True
