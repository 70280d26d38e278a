"""When values are the same: to a tolerance, to every digit, up to a factor."""

import contextlib
from dataclasses import dataclass

import numpy as np

CLOSE = 1e-5  # largest error over largest magnitude: float32 stays below 1e-6, slips are far above
EXACT, SINGLE = 1e-10, 2e-6  # the same for a slip that is to explain every digit, in float64 and in float32
ROUNDING = 1e-5  # smaller numbers may be what is left of larger ones: np.exp(x) - 1 has lost digits


@dataclass
class Case:
    """One call of the function: what was special, inputs and right results by name, and what came back."""

    special: str
    inputs: dict
    want: dict
    result: object
    error: Exception | None
    changed: list  # inputs that are not as they were
    got: object = None  # of the judged variable
    array: object = None  # the same as floats, of the right shape
    floor: float = 0.0  # errors count in comparison with this, where all right values are smaller


def close(got, want, room=CLOSE, floor=0.0):
    """Whether two arrays have the same shape and agree to ``room`` of the largest number, or of ``floor``."""
    with contextlib.suppress(TypeError, ValueError):
        got, want = np.asarray(got, float), np.asarray(want, float)
        if got.shape != want.shape or not np.isfinite(got).all():
            return False
        return not got.size or bool(np.abs(got - want).max() <= room * max(np.abs(want).max(), floor))
    return False


def room(case):
    """How far apart two values of a case may be that agree to every digit they have."""
    single = any(getattr(value, "dtype", None) == np.float32 for value in (case.got, *case.inputs.values()))
    return SINGLE if single else EXACT


def same(case, value):
    """Whether this value is what came back in a case, to every digit."""
    got = case.got if case.array is None else case.array
    with contextlib.suppress(TypeError, ValueError):
        value = np.asarray(value, float)
        if case.array is not None and value.size == got.size and value.ndim != got.ndim:
            value = value.reshape(got.shape)
        finite = np.isfinite(value)
        got = np.asarray(got, float)
        return got.shape == value.shape and (
            np.array_equal(finite, np.isfinite(got))
            and close(got[finite], value[finite], room(case), max(case.floor, ROUNDING))
        )
    return False


def factor(got, want):
    """Whether ``got`` is a constant times ``want``, and not zero."""
    if got.shape != want.shape:
        return False
    if not want.any():
        return not got.any()
    top = np.argmax(np.abs(want))
    factor = got.flat[top] / want.flat[top] if want.flat[top] else 0.0
    return close(got, factor * want, SINGLE) and factor != 0


def spread(values, axis=None):
    """Whether all values are the same, along an axis."""
    return not values.size or np.ptp(values, axis=axis).max() <= EXACT * max(np.abs(values).max(), 1e-300)


def wrong(case, got, want):
    """Return which values are not right to every digit: an array of yes and no.

    Sharper than what a check lets pass, so that no description changes as a guess comes nearer.
    """
    return np.abs(got - want) > room(case) * max(np.abs(want).max(), case.floor)
