"""Whether a surviving mutant is wrong at all: it and the reference on inputs like those of the checks."""

import math
import time
from collections.abc import Iterator

import numpy as np

from airlock.check.workbench import Workbench, copied
from airlock.run.bridge import Bridge, Lost

SECONDS = 20  # of one comparison, by the clock: with large inputs it is as many as fit
INPUTS = 2000  # of one comparison, at most
SEED = """import random as _r
_r.seed(7)
try:
    import numpy as _n
    _n.random.seed(7)
except ImportError:
    pass"""
SIGMAS = 6  # of the difference of two means or spreads, for answers that draw random numbers


def is_equivalent(
    bench: Workbench, position: int, source: str, tests: list[int], inputs: int = INPUTS
) -> bool:
    """Whether a text gives what the reference gives, for the calls of ``tests`` and random ones like them.

    Where the tests call none of the answer's functions, whether its variables have the same values.
    """
    names = bench.dependence.names(position)
    for place in tests:
        calls = [call for call in bench.first[place].calls if call[0] in names]
        reference = bench.references[bench.notebook.cells[position].grade_id or ""]
        with (
            bench.forked(place, position, reference) as right,
            bench.forked(place, position, source) as other,
        ):
            if not calls:
                if not _same_values(right, other, sorted(names)):
                    return False
                continue
            with bench.forked(place, position, reference) as again:
                for bridge in (right, other):
                    bridge.kernel.run_cell(SEED, lambda _: None, 5)
                again.kernel.run_cell(SEED.replace("7", "8"), lambda _: None, 5)
                if not _same_results(right, other, again, calls, inputs):
                    return False
    return True


def _same_values(right: Bridge, other: Bridge, names: list[str]) -> bool:
    return all(same(_result(right, name, None), _result(other, name, None)) for name in names)


def _same_results(right: Bridge, other: Bridge, again: Bridge, calls: list[tuple], inputs: int) -> bool:
    drawn: list[tuple] = []
    end = time.monotonic() + SECONDS
    for name, arguments, keywords in _inputs(calls, inputs):
        found = [_result(bridge, name, (arguments, keywords)) for bridge in (right, other)]
        if same(*found):
            if time.monotonic() > end:
                break
            continue
        if same(found[0], _result(again, name, (arguments, keywords))):  # no draw in it: they differ
            return False
        drawn.append((found[0][0], found[1][0]))
        if len(drawn) >= 60 or time.monotonic() > end:
            break
    return not drawn or _same_draws(drawn)


def _inputs(calls: list[tuple], number: int) -> Iterator[tuple]:
    """The calls themselves, and then like ones with other numbers of the same shape, kind and scale."""
    yield from calls
    generator = np.random.default_rng(1)
    for count in range(number - len(calls)):
        name, arguments, keywords = calls[count % len(calls)]
        yield name, _varied(arguments, generator), _varied(keywords, generator)


def _varied(value: object, generator: np.random.Generator) -> object:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
        if generator.random() < 0.5:  # the same numbers elsewhere
            return generator.permuted(value.ravel()).reshape(value.shape)
        low, high = float(value.min()), float(value.max())
        if low == high:
            low, high = low - 1, high + 1
        if not math.isfinite(low + high):
            return value.copy()
        return generator.uniform(low, high, value.shape).astype(value.dtype)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.size:
        return generator.permuted(value.ravel()).reshape(value.shape)
    if type(value) is int:  # of the same sign: it may be a size
        other = int(generator.integers(0, 2 * abs(value) + 4))
        return (max(1, other) if value > 0 else -other) if value else other
    if type(value) is float and math.isfinite(value):
        return value * float(generator.uniform(0.5, 1.5))
    if type(value) in (list, tuple):
        return type(value)(_varied(one, generator) for one in value)
    if type(value) is dict:
        return {key: _varied(one, generator) for key, one in value.items()}
    return copied(value)


def _result(bridge: Bridge, name: str, call: tuple | None) -> tuple:
    """What a call gives and how its arguments are afterwards, or what it raises."""
    bridge.begin()
    try:
        found = bridge.get(name)
        if call is None:
            return ("a function" if callable(found) else found,)
        arguments, keywords = copied(call[0]), copied(call[1])
        return found(*arguments, **keywords), arguments, keywords
    except Lost as error:
        return "lost", str(error)[:40]
    except Exception as error:
        return "raised", type(error).__name__


def same(one: object, other: object) -> bool:
    """Whether two results are the same, but for rounding and the kind of numbers, or what an array is in."""
    if isinstance(one, np.ndarray | np.generic) or isinstance(other, np.ndarray | np.generic):
        try:
            one, other = np.asarray(one), np.asarray(other)
        except ValueError:
            return False
        if one.shape != other.shape or "O" in (one.dtype.kind, other.dtype.kind):
            return False
        if one.dtype.kind in "biufc" and other.dtype.kind in "biufc":
            size = float(np.max(np.abs(one))) if one.size and one.dtype.kind in "fc" else 0.0
            return bool(np.allclose(one, other, 1e-9, 1e-12 * size if math.isfinite(size) else 0, True))
        return bool(np.array_equal(one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9) or one != one and other != other
    if type(one) is not type(other):
        numbers = int | float | complex
        return isinstance(one, numbers) and isinstance(other, numbers) and one == other
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if type(one).__name__ == "RemoteFunction":
        return one.__name__ == other.__name__
    return bool(one == other)


def _same_draws(pairs: list[tuple]) -> bool:
    """Whether random numbers are of one distribution, as far as mean, spread, skew and tails tell."""
    ratios = []
    for one, other in pairs:
        if type(one) is not type(other) or np.shape(one) != np.shape(other):
            return False
        if not isinstance(one, np.ndarray | np.generic | float | int):
            return False
        scale = float(np.std(one)) or 1.0
        ratios.append((np.ravel(one) / scale, np.ravel(other) / scale))
    left, right = (np.concatenate(side) for side in zip(*ratios, strict=True))
    for power in (1, 2, 3, 4):
        first, second = left**power, right**power
        error = math.sqrt((first.var() + second.var()) / len(first)) + 1e-12
        if abs(first.mean() - second.mean()) > SIGMAS * error:
            return False
    return True
