"""Inputs like those of a test's calls. Its text is run in a fork of the kernel, too.

So it imports nothing of ours, and what it defines begins with ``_airlock``.
"""

import math as _math
from collections.abc import Iterator as _Iterator
from typing import Any as _Any

import numpy as _numpy


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
