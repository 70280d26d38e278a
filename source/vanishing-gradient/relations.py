"""What all values of an array show beside the right ones: a sign lost, a constant added, rows reversed.

``RELATIONS`` change the right result, ``INPUTS`` one of the inputs that it is computed from.
"""

import numpy as np
from closeness import SINGLE, close, factor


def _reversed(axis):
    return lambda want: np.flip(want, axis) if want.ndim > axis else want


RELATIONS = {
    "the sign is flipped": lambda want: -want,
    "the sign is lost: what should be negative is positive": np.abs,
    "what should be negative is zero": lambda want: np.maximum(want, 0),
    "what should be positive is zero": lambda want: np.minimum(want, 0),
    "it is squared": lambda want: want**2,
    "a root is taken": lambda want: np.sqrt(np.abs(want)),
    "only signs are left": np.sign,
    "it is a logical value: yes or no, where numbers are meant": lambda want: want > 0,
    "all fractions are cut off": np.trunc,
    "it is rounded down to whole numbers": np.floor,
    **{f"it is rounded to {digits} decimals: keep all digits": lambda want, d=digits: np.round(want, d)
       for digits in range(9)},
    "rows are in reversed order": _reversed(0),
    "columns are in reversed order": _reversed(1),
    "rows and columns are swapped": lambda want: want.T,
    "each row is sorted": lambda want: np.sort(want, axis=-1) if want.ndim else want,
    "each column is sorted": lambda want: np.sort(want, axis=0) if want.ndim else want,
    "it is run through a sigmoid": lambda want: 1 / (1 + 1 / np.exp(want)),
    "it is run through a tanh": np.tanh,
}  # fmt: skip


INPUTS = {
    "the signs of {} are lost": np.abs,
    "what is negative in {} is lost": lambda value: np.maximum(value, 0),
    "what is positive in {} is lost": lambda value: np.minimum(value, 0),
    "only the signs of {} count": np.sign,
    "{} is squared": np.square,
    "{} is rounded": np.round,
    "the mean of {} is taken off": lambda value: value - np.mean(value, axis=0),
    "the rows of {} are in reversed order": lambda value: np.flip(value, 0),
    "the columns of {} are in reversed order": lambda value: np.flip(value, 1),
    "the columns of {} are sorted": lambda value: np.sort(value, axis=0),
    "the rows of {} are sorted": lambda value: np.sort(value, axis=1),
}


def _constant(got, want):
    return got.size < 2 or np.ptp(got) == 0


def _added(got, want):
    difference = got - want
    return difference.size < 2 or bool(np.ptp(difference) <= 1e-9 * np.abs(got).max())


def _by(axis):
    def holds(got, want):
        if got.ndim < 2:
            return True
        got, want = (np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1) for array in (got, want))
        return all(factor(one, other) or close(one, other) for one, other in zip(got, want, strict=True))

    return holds


def _added_by(axis):
    def holds(got, want):
        if got.ndim < 2:
            return True
        difference = got - want
        return bool(np.ptp(difference, axis=axis).max() <= 1e-9 * np.abs(got).max())

    return holds


def _reordered(got, want):
    return close(np.sort(got, axis=None), np.sort(want, axis=None), SINGLE)


SEEN = {
    "it is zero everywhere": lambda got, want: not got.any(),
    "it is one and the same value everywhere": _constant,
    "a constant is added everywhere": _added,
    "every value is off by the same factor": factor,
    "each row is off by a factor of its own": _by(0),
    "each column is off by a factor of its own": _by(-1),
    "something is added to each row that is the same in all its columns": _added_by(-1),
    "something is added to each column that is the same in all its rows": _added_by(0),
    "the right values stand in the wrong places": _reordered,
    "the size of every value is right, the sign of some is not": lambda got, want: close(
        np.abs(got), np.abs(want)
    ),
}
