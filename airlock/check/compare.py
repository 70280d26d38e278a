"""Two answers on many inputs. Its text is run in a fork of the kernel, where a call costs microseconds.

So it imports nothing of ours that is not there, and what it defines begins with ``_airlock``.
"""

import contextlib as _contextlib
import copy as _copy
import io as _io
import itertools as _itertools
import math as _math
import random as _random
import time as _time
import warnings as _warnings
from collections.abc import Iterator as _Iterator
from typing import Any as _Any

import numpy as _numpy

from airlock.sandbox.operating import operate as _airlock_operate

_AIRLOCK_SIGMAS = 6  # of the difference of two means or spreads, for answers that draw random numbers
_AIRLOCK_DRAWS, _AIRLOCK_KEPT = 60, 20_000  # results with random numbers that are enough, and numbers of each
_AIRLOCK_SINGLE = 5e-7  # of the largest number: two right answers in single precision are so far apart
_AIRLOCK_FAR = 0.2  # a share of the size of what is right, from which on an error is large
_AIRLOCK_ITEMS = 1000  # of a generator
_AIRLOCK_BYTES = 1 << 27  # of inputs and results that are kept
_airlock_known: dict[str, _Any] = {}


def _airlock_learn(reference: str, calls: list, inputs: int, seconds: float) -> bool:
    """Keep what a text's functions give for ``calls``, and for random ones like them.

    ``calls``: (name of the function, arguments, keywords). So many ``inputs`` at most, and no more than fit
    into so many seconds of computing. False for a text that cannot be run.
    """
    space, left = _airlock_space(reference), _AIRLOCK_BYTES
    if space is None:
        return False
    cases = []
    end = _time.process_time() + seconds
    for number, case in enumerate(_airlock_inputs(calls, inputs)):
        name, arguments, keywords = case
        given = _airlock_result(space, name, arguments, keywords, number)
        cases.append((*case, given))
        left -= _airlock_size(case) + _airlock_size(given)
        if number >= len(calls) - 1 and (left < 0 or _time.process_time() > end):
            break
    _airlock_known.update(space=space, cases=cases, asked=len(calls), seconds=2 * seconds)
    return True


def _airlock_likeness(text: str) -> str:
    """Whether another text's functions give what was learnt: "same", or else how far off they are.

    "far": in most of the calls learnt, by a fifth of the size of what is right or more, or in kind. A
    function that draws random numbers is compared by what it draws.
    """
    other, known = _airlock_space(text), _airlock_known
    if other is None:
        return "far"
    gaps: list[float] = []
    drawn: list[tuple] = []
    end = _time.process_time() + known["seconds"]
    for number, case in enumerate(known["cases"]):
        if number == known["asked"] and any(gaps):
            break
        gap = _airlock_apart(known["space"], other, case, number)
        if isinstance(gap, tuple):
            drawn.append(gap)
        elif number < known["asked"]:
            gaps.append(gap)
        elif gap:
            return "near"
        if number >= known["asked"] and (len(drawn) >= _AIRLOCK_DRAWS or _time.process_time() > end):
            break
    if not any(gaps):
        if not drawn or _airlock_same_draws(drawn):
            return "same"
        gaps += [_airlock_drawn_apart(*pair) for pair in drawn]
    return "far" if sum(gap > _AIRLOCK_FAR for gap in gaps) > len(gaps) / 2 else "near"


def _airlock_apart(space: dict, other: dict, case: tuple, number: int) -> float | tuple:
    """How far apart what two cells give for a case is: 0 where it is the same; of random numbers, both."""
    name, arguments, keywords, one = case
    two = _airlock_result(other, name, arguments, keywords, number)
    if _airlock_same(one, two):
        return 0.0
    again = _airlock_result(space, name, arguments, keywords, number + 10**6)
    if not _airlock_same(one, again) and (pair := _airlock_draw(one, two)):  # something is drawn in it
        return pair
    return max(_airlock_gap(one[0], two[0]), 1e-9) if len(one) == len(two) == 3 else _math.inf


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
        if name:
            yield name, _airlock_varied(arguments, generator), _airlock_varied(keywords, generator)
        else:
            varied = ([_airlock_varied(one, generator) for one in step[3:]] for step in arguments)
            steps = [(*step[:3], *given) for step, given in zip(arguments, varied, strict=True)]
            yield name, tuple(steps), keywords


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
    if type(value) is dict and "_airlock_from" not in value:
        return {key: _airlock_varied(one, generator) for key, one in value.items()}
    return value


def _airlock_size(value: _Any) -> int:
    """Bytes of the arrays in a value, about."""
    if isinstance(value, tuple | list):
        return sum(map(_airlock_size, value)) + 8 * len(value)
    if isinstance(value, dict):
        return sum(map(_airlock_size, value.values())) + 8 * len(value)
    return int(getattr(value, "nbytes", 64)) if type(value).__module__ == "numpy" else 64


def _airlock_result(space: dict, name: str, arguments: tuple, keywords: dict, seed: int) -> tuple:
    """What a call gives and how its arguments are afterwards, or what it raises."""
    _random.seed(seed)
    _numpy.random.seed(seed)
    try:
        arguments, keywords = _copy.deepcopy((arguments, keywords))
        with _warnings.catch_warnings(), _contextlib.redirect_stdout(_io.StringIO()):
            _warnings.simplefilter("ignore")
            made = space[name](*arguments, **keywords) if name else _airlock_session(space, arguments)
            return _airlock_drained(made), arguments, keywords
    except Exception as error:
        return "raised", type(error).__name__


def _airlock_drained(value: _Any) -> _Any:
    """What a generator yields, in its place."""
    return list(_itertools.islice(value, _AIRLOCK_ITEMS)) if hasattr(type(value), "__next__") else value


def _airlock_session(space: dict, steps: tuple) -> list:
    """What comes of each step, done one after the other with classes of a cell and with their objects.

    A step: what is done, with what (["name", its name] or ["step", the number of the step that gave it]), the
    name of an attribute or special method, arguments, keywords.
    """
    made: list[_Any] = []

    def find(origin: list) -> _Any:
        kind, key = origin
        return space[key] if kind == "name" else made[key]

    def given(value: _Any) -> _Any:
        if type(value) in (tuple, list):
            return type(value)(map(given, value))
        if type(value) is dict:
            if "_airlock_from" in value:
                return find(value["_airlock_from"])
            return {key: given(one) for key, one in value.items()}
        return value

    for what, origin, name, arguments, keywords in steps:
        try:
            value, arguments, keywords = find(origin), given(arguments), given(keywords)
            made.append(_airlock_done(what, value, name)(*arguments, **keywords))
        except Exception as error:
            made.append(("raised", type(error).__name__))
    return made


def _airlock_done(what: str, value: _Any, name: str) -> _Any:
    """What a step does, as a function of its arguments; what a test reads of a text is not compared."""
    if what in ("signature", "code"):
        return lambda: None
    return value if what == "call" else _airlock_operate(what, value, name)


def _airlock_same(one: _Any, other: _Any) -> bool:
    """Whether two results are the same, but for what single precision loses, and what numbers are in."""
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
        if abs(first.mean() - second.mean()) > _AIRLOCK_SIGMAS * error:
            return False
    return True
