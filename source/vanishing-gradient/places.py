"""Where values are wrong: in which cases, for which inputs, in which rows and columns."""

import numpy as np
from closeness import EXACT, spread, wrong


def cases(found, pairs):
    """Say in which cases the values are right and in which they are not, if that can be said at once."""
    bad = [bool(missed.any()) for missed in off(found, pairs)]
    if all(bad):
        return ""
    special = {case.special for case, missed in zip(found, bad, strict=True) if missed}
    fine = {case.special for case, missed in zip(found, bad, strict=True) if not missed}
    special, fine = special - {""}, fine - {""}
    for phrase, holds in SHAPES.items():
        kinds = [holds([np.shape(value) for value in case.inputs.values()]) for case in found]
        if kinds == bad:
            return f"it is right but {phrase}"
        if kinds == [not missed for missed in bad]:
            return f"it is right only {phrase}"
    if bad[0] is False and len(special) <= 2 and not special & fine:
        return "it is right for most inputs, but not for " + " and ".join(sorted(special))
    fine = {kind for kind in fine if not kind.startswith("the number")}
    if fine <= SIZES:
        return ""
    if 0 < len(fine) <= 2 and not special & fine and bad[0]:
        return "it is right only for " + " and ".join(sorted(fine))
    return ""


# Where numbers of one size alone are right, that is no hint: there the mistake is too small to show.
SIZES = {"tiny numbers", "small numbers", "large numbers", "zeros", "tiny gradients", "large gradients"}
SHAPES = {
    "where the first input is square": lambda shapes: len(set(shapes[0])) == 1 and len(shapes[0]) == 2,
    "where the second input is square": lambda shapes: len(shapes) > 1 and len(set(shapes[1])) == 1,
    "where there is one sample": lambda shapes: bool(shapes[0]) and shapes[0][0] == 1,
    "where there are more than 100 numbers": lambda shapes: int(np.prod(shapes[0])) > 100,
    "for plain numbers": lambda shapes: shapes[0] == (),
}


def off(found, pairs):
    """Return which values of each case are wrong: a list of arrays of yes and no."""
    return [wrong(case, got, want) for case, (got, want) in zip(found, pairs, strict=True)]


def where(found, pairs):
    """Say where the wrong values are, in terms of an input of the same shape."""
    missed = off(found, pairs)
    flat = np.concatenate([part.ravel() for part in missed])
    right = np.concatenate([np.isclose(got, want, rtol=EXACT, atol=0).ravel() for got, want in pairs])
    clear = flat | right  # a difference that is small beside other values of its case is neither
    flat = flat[clear]
    if not flat.any() or flat.all():
        return ""
    for label in found[0].inputs:
        values = [np.asarray(case.inputs[label], float) for case in found]
        if any(value.shape != part.shape for value, part in zip(values, missed, strict=True)):
            continue
        x = np.concatenate([value.ravel() for value in values])[clear]
        for name, holds in {
            f"{label} is negative": x < 0,
            f"{label} is positive": x > 0,
            f"{label} is zero": x == 0,
            f"{label} is not positive": x <= 0,
        }.items():
            if np.array_equal(flat, holds):
                return f"values are off only where {name}"
        mixed = any(part.any() and not part.all() for part in missed)
        for name, size in (f"|{label}|", np.abs(x)), (label, x):
            if size[flat].min() > size[~flat].max() > 0:
                return f"values are off only where {name} is large"
            if mixed and size[flat].max() < size[~flat].min():
                return f"values are off only where {name} is small"
        if flat[(x >= x[flat].min()) & (x <= x[flat].max())].all():
            return f"values are off only where {label} lies in a certain interval"
    return ""


def rows(found, pairs):
    """Say where the wrong values are: in terms of rows, columns, or signs."""
    missed = off(found, pairs)
    flat = np.concatenate([part.ravel() for part in missed])
    if not flat.any():
        return ""
    want = np.concatenate([want.ravel() for _, want in pairs])
    for name, sign in {"negative": -1, "positive": 1}.items():
        if (sign * want < 0).any() and not flat[sign * want <= 0].any():
            return f"values are off only where a {name} number is expected"
    tables = [part for part in missed if part.ndim == 2 and part.shape[0] > 1]
    first = {int(np.argmax(part.any(axis=1))) for part in tables if part.any()}
    if len(first) == 1 and first != {0}:
        return f"no value is off in the first {first.pop()} rows, but values after these are"
    for axis, line in enumerate(("row", "column")):
        lines = [np.moveaxis(part, axis, 0) for part in missed if part.ndim == 2 and part.shape[axis] > 1]
        if lines and not any(part[1:].any() for part in lines):
            return f"values are off only in the first {line}"
        if lines and not any(part[:-1].any() for part in lines):
            return f"values are off only in the last {line}"
    got = np.concatenate([got.ravel() for got, _ in pairs])
    if spread(got[flat]):
        return "all values that are off hold one and the same number"
    return ""
