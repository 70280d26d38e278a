"""What is wrong with values, in words. The rule that every message keeps to:

- A slip is named only if it explains every case, to every digit. Else what is seen is described, and a
  description holds for every case as well.
- No message gives an answer away: none holds a right value, says how far off a value is, or whether it is too
  large or too small; nor does any change as a guess comes nearer. Who tries numbers learns right or wrong.
"""

import contextlib
from dataclasses import dataclass

import numpy as np

CLOSE = 1e-5  # largest error over largest magnitude: float32 stays below 1e-6, slips are far above
EXACT, SINGLE = 1e-10, 2e-6  # the same for a slip that is to explain every digit, in float64 and in float32


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


def _same(case, value):
    """Whether this value is what came back in a case, to every digit."""
    got = case.got if case.array is None else case.array
    with contextlib.suppress(TypeError, ValueError):
        room = SINGLE if getattr(case.got, "dtype", None) == np.float32 else EXACT
        value = np.asarray(value, float)
        if case.array is not None and value.size == got.size and value.ndim != got.ndim:
            value = value.reshape(got.shape)
        finite = np.isfinite(value)
        got = np.asarray(got, float)
        return got.shape == value.shape and (
            np.array_equal(finite, np.isfinite(got)) and close(got[finite], value[finite], room, case.floor)
        )
    return False


def slip(found, variable, slips):
    """Return the known mistake that explains every case: what came back, or that an exception did."""
    for phrase, formula in slips.items():
        values = 0
        for case in found:
            try:
                with np.errstate(all="ignore"):
                    value = formula(*case.inputs.values())
            except Exception as error:
                if type(error) is not type(case.error):
                    break
                continue
            if case.error is not None or not _same(case, value):
                break
            values += 1
        else:
            if values:
                return phrase
    return ""


def describe(found, variable, slips):
    """Say what is wrong with the values of ``variable``: the sentence after "but"."""
    if name := slip(found, variable, slips):
        return f"it looks like {name}"
    pairs = [(case.array, np.asarray(case.want[variable], float)) for case in found]
    for label in found[0].inputs:
        if all(_same(case, case.inputs[label]) for case in found):
            return f"it looks like {label}, unchanged"
    for label in found[0].want:
        if label != variable and all(_same(case, case.want[label]) for case in found):
            return f"it holds what {label} should hold"
    for phrase, change in RELATIONS.items():
        if all(_same(case, change(want)) for case, (_, want) in zip(found, pairs, strict=True)):
            return phrase
    for label in found[0].inputs:
        if all(_factor(case.array, np.asarray(case.inputs[label], float)) for case in found):
            return f"it is {label} times a constant number"
    for phrase, holds in SEEN.items():
        if all(holds(got, want) for got, want in pairs):
            return phrase
    return (
        _cut(pairs)
        or _dtype(found)
        or _line(found)
        or _where(found, pairs)
        or _cases(found, pairs)
        or _places(found, pairs)
        or _signs(pairs)
        or _off(found, pairs)[1]
    )


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


def _spread(values, axis=None):
    """Whether all values are the same, along an axis."""
    return not values.size or np.ptp(values, axis=axis).max() <= EXACT * max(np.abs(values).max(), 1e-300)


def _constant(got, want):
    return got.size < 2 or np.ptp(got) == 0


def _added(got, want):
    difference = got - want
    return difference.size < 2 or bool(np.ptp(difference) <= 1e-9 * np.abs(got).max())


def _factor(got, want):
    if got.shape != want.shape:
        return False
    if not want.any():
        return not got.any()
    top = np.argmax(np.abs(want))
    factor = got.flat[top] / want.flat[top] if want.flat[top] else 0.0
    return close(got, factor * want, SINGLE) and factor != 0


def _by(axis):
    def holds(got, want):
        if got.ndim < 2:
            return True
        got, want = (np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1) for array in (got, want))
        return all(_factor(one, other) or close(one, other) for one, other in zip(got, want, strict=True))

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
    "every value is off by the same factor": _factor,
    "each row is off by a factor of its own": _by(0),
    "each column is off by a factor of its own": _by(-1),
    "something is added to each row that is the same in all its columns": _added_by(-1),
    "something is added to each column that is the same in all its rows": _added_by(0),
    "the right values stand in the wrong places": _reordered,
    "the size of every value is right, the sign of some is not": lambda got, want: close(
        np.abs(got), np.abs(want)
    ),
}


def _wrong(got, want, floor=0.0):
    return np.abs(got - want) > CLOSE * max(np.abs(want).max(), floor)


def _cut(pairs):
    """Recognise right values that are cut off below or above."""
    low, high = min(got.min() for got, _ in pairs), max(got.max() for got, _ in pairs)
    if all(close(got, np.clip(want, low, high), SINGLE) for got, want in pairs):
        least, most = min(want.min() for _, want in pairs), max(want.max() for _, want in pairs)
        ends = [f"below {low:.4g}"] * bool(low > least) + [f"above {high:.4g}"] * bool(high < most)
        return f"it is cut off {' and '.join(ends)}" if ends else ""
    return ""


def _dtype(found):
    if all(getattr(case.got, "dtype", None) == np.float16 for case in found):
        return "it holds float16 numbers, which have three digits only"
    return ""


def _line(found):
    """Recognise a straight line, bent or cut off, as a cheap stand-in for a curve."""
    x = [np.ravel(next(iter(case.inputs.values()))) for case in found]
    if len(found[0].inputs) > 1 or any(
        part.size != case.array.size for part, case in zip(x, found, strict=True)
    ):
        return ""
    x, got = np.concatenate(x), np.concatenate([case.array.ravel() for case in found])
    inside = (got > got.min()) & (got < got.max())
    if np.count_nonzero(inside) < 20 or np.ptp(x[inside]) < 1e-3:
        return ""
    slope, shift = np.polyfit(x[inside], got[inside], 1)
    if abs(slope) < 1e-6 or not close(slope * x[inside] + shift, got[inside], 1e-9):
        return ""
    return "it is a straight line, cut off at its ends" if not inside[1:-1].all() else "it is a straight line"


def _cases(found, pairs):
    """Say in which cases the values are right and in which they are not, if that can be said at once."""
    bad = [not close(got, want, CLOSE, found[0].floor) for got, want in pairs]
    if all(bad):
        return ""
    special = {case.special for case, wrong in zip(found, bad, strict=True) if wrong}
    fine = {case.special for case, wrong in zip(found, bad, strict=True) if not wrong}
    special, fine = special - {""}, fine - {""}
    for phrase, holds in SHAPES.items():
        kinds = [holds([np.shape(value) for value in case.inputs.values()]) for case in found]
        if kinds == bad:
            return f"it is right but {phrase}"
        if kinds == [not wrong for wrong in bad]:
            return f"it is right only {phrase}"
    if bad[0] is False and len(special) <= 2 and not special & fine:
        return "it is right for most inputs, but not for " + " and ".join(sorted(special))
    fine = {kind for kind in fine if not kind.startswith("the number")}
    if 0 < len(fine) <= 2 and not special & fine and bad[0]:
        return "it is right only for " + " and ".join(sorted(fine))
    return ""


SHAPES = {
    "where the first input is square": lambda shapes: len(set(shapes[0])) == 1 and len(shapes[0]) == 2,
    "where the second input is square": lambda shapes: len(shapes) > 1 and len(set(shapes[1])) == 1,
    "where there is one sample": lambda shapes: bool(shapes[0]) and shapes[0][0] == 1,
    "where there are more than 100 numbers": lambda shapes: int(np.prod(shapes[0])) > 100,
    "for plain numbers": lambda shapes: shapes[0] == (),
}


def _off(found, pairs):
    """Return where the values of each case are off, and a text that says how many are."""
    wrong = [_wrong(got, want, found[0].floor) for got, want in pairs]
    off, total = sum(int(part.sum()) for part in wrong), sum(part.size for part in wrong)
    return wrong, f"{off} of {total} values are off"


def _where(found, pairs):
    """Say where the wrong values are, in terms of an input of the same shape."""
    wrong, text = _off(found, pairs)
    flat = np.concatenate([part.ravel() for part in wrong])
    for label in found[0].inputs:
        values = [np.asarray(case.inputs[label], float) for case in found]
        if any(value.shape != part.shape for value, part in zip(values, wrong, strict=True)):
            continue
        x = np.concatenate([value.ravel() for value in values])
        for name, holds in {
            f"{label} is negative": x < 0,
            f"{label} is positive": x > 0,
            f"{label} is zero": x == 0,
            f"{label} is not positive": x <= 0,
        }.items():
            if holds.any() and not flat[~holds].any() and flat[holds & (np.abs(x) > 0.1)].all():
                return f"{text}, all of them where {name}"
        for name, size in (label, x), (f"|{label}|", np.abs(x)):
            if flat.any() and not flat.all():
                if size[flat].min() > size[~flat].max():
                    return f"{text}, all of them where {name} is above {size[~flat].max():.2g}"
                if size[flat].max() < size[~flat].min():
                    return f"{text}, all of them where {name} is below {size[~flat].min():.2g}"
    return ""


def _places(found, pairs):
    """Say where the wrong values are: in terms of rows, columns, or signs."""
    wrong, text = _off(found, pairs)
    flat = np.concatenate([part.ravel() for part in wrong])
    off = flat.any()
    want = np.concatenate([want.ravel() for _, want in pairs])
    for name, holds in {"negative": want < 0, "positive": want > 0}.items():
        if holds.any() and not flat[~holds].any() and off:
            return f"{text}, all of them where a {name} number is expected"
    tables = [part for part in wrong if part.ndim == 2 and part.shape[0] > 1]
    first = [int(np.argmax(part.any(axis=1))) for part in tables if part.any()]
    if len(set(first)) == 1 and first[0] > 0:
        return f"{text}, none of them in the first {first[0]} rows"
    if tables and all(not part[1:].any() for part in tables) and off:
        return f"{text}, all of them in the first row"
    if tables and all(not part[:-1].any() for part in tables) and off:
        return f"{text}, all of them in the last row"
    columns = [part for part in wrong if part.ndim == 2 and part.shape[1] > 1]
    if columns and all(not part[:, 1:].any() for part in columns) and off:
        return f"{text}, all of them in the first column"
    if columns and all(not part[:, :-1].any() for part in columns) and off:
        return f"{text}, all of them in the last column"
    got = np.concatenate([got.ravel() for got, _ in pairs])
    if off and _spread(got[flat]):
        return f"{text}, and all of these hold one and the same number"
    return ""


def _signs(pairs):
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
    if all(np.abs(got - want).max() <= 0.02 * np.abs(want).max() for got, want in pairs):
        return "it is only roughly right: keep all digits, and add nothing"
    if want.max() <= 1 < got.max():
        return "some of its values are outside the interval that they should lie in"
    if all(np.array_equal(np.sign(got), np.sign(want)) for got, want in pairs):
        return "every value has the right sign, but not the right size"
    if all(_wrong(got, want).mean() > 0.5 for got, want in pairs if want.size > 3):
        for axis, lines in enumerate(("rows", "columns")):
            if all(got.ndim < 2 or got.shape[axis] == 1 or _spread(got, axis) for got, _ in pairs):
                return f"all its {lines} are the same"
        signs = [np.mean(np.sign(got) == np.sign(want)) for got, want in pairs if want.size > 40]
        if min(signs, default=0) > 0.5:
            return "most signs are right, but next to no value is"
        return "next to no value is right, and signs are not either"
    return ""
