"""What wrong values look like by themselves: cut off, a straight line, without signs."""

import numpy as np
from closeness import SINGLE, close, spread, wrong


def cut(pairs):
    """Recognise right values that are cut off below or above."""
    low, high = min(got.min() for got, _ in pairs), max(got.max() for got, _ in pairs)
    if all(close(got, np.clip(want, low, high), SINGLE) for got, want in pairs):
        least, most = min(want.min() for _, want in pairs), max(want.max() for _, want in pairs)
        ends = [f"below {low:.4g}"] * bool(low > least) + [f"above {high:.4g}"] * bool(high < most)
        return f"it is cut off {' and '.join(ends)}" if ends else ""
    return ""


def dtype(found):
    """Recognise numbers of too few digits."""
    if all(getattr(case.got, "dtype", None) == np.float16 for case in found):
        return "it holds float16 numbers, which have three digits only"
    return ""


def line(found, pairs):
    """Recognise a straight line, bent or cut off, as a cheap stand-in for a curve."""
    x = [np.ravel(next(iter(case.inputs.values()))) for case in found]
    sizes = [got.size for got, _ in pairs]
    if len(found[0].inputs) > 1 or [part.size for part in x] != sizes:
        return ""
    x = np.concatenate(x)
    got, want = (np.concatenate([values.ravel() for values in part]) for part in zip(*pairs, strict=True))
    kind = _straight(x, got)
    return f"it is a straight line{kind}" if kind is not None and _straight(x, want) is None else ""


def _straight(x, y):
    """Return how y is a straight line of x between its ends: "", or ", cut off ..."; None if it is none."""
    inside = (y > y.min()) & (y < y.max())
    if np.count_nonzero(inside) < 20 or np.ptp(x[inside]) < 1e-3:
        return None
    slope, shift = np.polyfit(x[inside], y[inside], 1)
    if abs(slope) < 1e-6 or not close(slope * x[inside] + shift, y[inside], 1e-9):
        return None
    return "" if np.count_nonzero(~inside) <= 2 else ", cut off at its ends"


def signs(found, pairs):
    """Say what the signs or the range of the values show, where nothing sharper can be said."""
    got = np.concatenate([got.ravel() for got, _ in pairs])
    want = np.concatenate([want.ravel() for _, want in pairs])
    if got.min() >= 0 > want.min():
        return "none of its values is negative, and some should be"
    if got.max() <= 0 < want.max():
        return "none of its values is positive, and some should be"
    if got.min() < 0 <= want.min():
        return "some of its values are negative, and none should be"
    if np.array_equal(got, np.round(got)):
        return "it holds whole numbers only"
    if want.max() <= 1 < got.max():
        return "some of its values are outside the interval that they should lie in"
    for axis, lines in enumerate(("rows", "columns")):
        if all(got.ndim < 2 or got.shape[axis] == 1 or spread(got, axis) for got, _ in pairs):
            return f"all its {lines} are the same"
    if wrong(found[0], *pairs[0]).mean() > 0.5:
        return "next to no value is right"
    return "not every value is right"
