"""What the hidden tests are made of: a ladder of rungs, and messages that name the mistake.

The first rung that fails speaks: still blank, missing, raised an exception, wrong type, wrong shape, not
finite, changed an argument, wrong values. Wrong values that a known slip explains are answered with the slip.
No right answer is in this file: the hidden tests bring the arithmetic, and inputs are drawn afresh each time.
"""

import contextlib
import copy
import io
import re
import warnings

import numpy as np

BLANK = re.compile(r"'ellipsis'|type ellipsis|NotImplementedError|still blank")
CLOSE = 1e-5  # largest error over largest magnitude: float32 stays below 1e-6, slips are far above


def fail(subject, problem):
    """End the check; the message begins with the function that it is about."""
    raise AssertionError(f"{subject}: {problem}") from None


def normal(*shapes):
    """Return a tuple of arrays of normal numbers, one of each shape, never the same twice."""
    return tuple(np.random.default_rng().standard_normal(shape) for shape in shapes)


def uniform(shape):
    """Return an array of numbers between 0 and 1."""
    return np.random.default_rng().uniform(0.02, 0.98, shape)


def call(name, blank, function, *inputs):
    """Call a student's function, or several named with commas between: (result, None) or (None, exception).

    Warnings and prints on the way are nobody's business.
    """
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(action="ignore"),
            np.errstate(all="ignore"),
        ):
            return function(*inputs), None
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}"
        missing = re.search(r"NameError: name '(\w+)' is not defined", text)
        if missing and missing[1] in name.split(", "):
            fail(missing[1], "it is missing. Run the cell that defines it; does that cell raise an error?")
        if known := re.search(r"\w+: \w+ is still blank", text):
            fail(*known.group().split(": "))
        if BLANK.search(text):
            fail(name, f"{blank} is still blank")
        return None, error


def report(name, variable, error, inputs):
    """End the check with the exception and the shapes that led to it."""
    text = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    kinds = {
        label: f"of shape {np.shape(value)}" if np.ndim(value) else "a plain number"
        for label, value in inputs.items()
    }
    shapes = ", ".join(f"{label} {kind}" for label, kind in kinds.items()) or "two sizes"
    fail(name, f"{variable} cannot be checked, the function raised {text}\nIt was given {shapes}.")


def numbers(name, variable, got, shape, explain=lambda got: ""):
    """Climb the rungs from blank to finite; return ``got`` as floats of the wanted shape."""
    if got is ... or (isinstance(got, np.ndarray) and got.dtype == object and ... in got.ravel().tolist()):
        fail(name, f"{variable} is still blank")
    try:
        array = np.asarray(None if isinstance(got, tuple) else got)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        kind = "None" if got is None else f"of type {type(got).__name__}"
        fail(name, f"{variable} is {kind}, expected {'an array of numbers' if shape else 'a number'}")
    array = array.astype(float, copy=False)
    accepted = [shape, shape or (1,)] + [shape[1:]] * (
        shape[:1] == (1,)
    )  # (M,) for (1, M), (1,) for a number
    if array.shape not in accepted:
        hint = explain(array) or ("a transposed matrix" if array.shape == shape[::-1] else "")
        fail(
            name,
            f"{variable} has shape {array.shape}, expected {shape}"
            + (f". It looks like {hint}" if hint else ""),
        )
    if not np.isfinite(array).all():
        wrong = np.count_nonzero(~np.isfinite(array))
        fail(name, f"{variable} is not finite: {wrong} of {array.size} values are nan or infinite")
    return array.reshape(shape)


def close(got, want):
    """Whether two arrays of numbers have the same shape and agree to ``CLOSE``."""
    with contextlib.suppress(TypeError, ValueError):
        got, want = np.asarray(got, float), np.asarray(want, float)
        return got.shape == want.shape and bool(np.abs(got - want).max() <= CLOSE * np.abs(want).max())
    return False


def slip(got, want, slips, inputs, others):
    """Name the mistake that explains ``got``: the known ones first, then those that any formula can have."""
    with np.errstate(all="ignore"):
        for phrase, formula in slips.items():
            with contextlib.suppress(Exception):
                if close(got, formula(*inputs.values())):
                    return phrase
    for label, value in inputs.items():
        if np.size(value) > 1 and close(got, value):
            return f"{label}, unchanged"
    for label, value in others.items():
        if close(got, value):
            return f"{label}: mind the order of what is returned"
    if close(got, want.T):
        return "a transposed matrix: rows and columns are swapped"
    if got.shape != want.shape:
        return ""
    if want.size > 1 and np.ptp(got) == 0:
        return "one and the same value everywhere"
    for phrase, other in {
        "the sign is flipped": -want,
        "the sign is lost": np.abs(want),
        "negative values are cut off": np.maximum(want, 0),
        "it is squared": want**2,
        **{
            f"values rounded to {digits} decimals: keep all digits": np.round(want, digits)
            for digits in range(5)
        },
    }.items():
        if close(got, other):
            return phrase
    if want.size > 2:
        if close(got, want + np.mean(got - want)):
            return "a constant is added everywhere"
        if close(got, (factor := np.sum(got * want) / np.sum(want**2)) * want):
            return f"everything is multiplied by {factor:.3g}"
    return straight(got, inputs)


def straight(got, inputs):
    """Recognise a straight line that is cut off at its ends, a cheap stand-in for a curve."""
    x = next(iter(inputs.values()))
    inside = (got > got.min()) & (got < got.max())
    if np.shape(x) != got.shape or np.count_nonzero(inside) < 4:
        return ""
    line = np.polynomial.Polynomial.fit(x[inside], got[inside], 1)
    return "a straight line, cut off at its ends" if close(line(x[inside]), got[inside]) else ""


def where(got, want, inputs):
    """Say how many values are off and where, in terms of an input of the same shape."""
    wrong = np.abs(got - want) > CLOSE * np.abs(want).max()
    text = f"{wrong.sum()} of {wrong.size} values are off"
    for label, x in inputs.items():
        if np.shape(x) == wrong.shape != () and not wrong.all():
            for name, size in (label, x), (f"|{label}|", np.abs(x)):
                if size[wrong].min() > size[~wrong].max():
                    return f"{text}, all of them where {name} is above {size[~wrong].max():.2g}"
                if size[wrong].max() < size[~wrong].min():
                    return f"{text}, all of them where {name} is below {size[~wrong].min():.2g}"
    return text


def formula(
    name, function, cases, right, variables, slips, judged=None, rescue=None, guards=None, before=None
):
    """Check what a function returns against the check's own arithmetic.

    ``function`` and ``right`` take the inputs of a case by position and return ``variables`` (a tuple, if
    several). ``judged``: the variables that this check is about; all of them unless said otherwise.
    ``slips``: for a variable, phrases and the formula of the mistake that each describes. ``rescue``: a case
    of square matrices, tried when a case raises. A mistake in one blank may be visible only as an exception:
    on the rescue case it is named by its values, and the other blanks keep their points. ``guards``: the
    inputs that this check wants unchanged, if another check answers for the others. ``before``: a blank that
    is computed with before the judged variable, so that it shows as an exception.
    """
    labels = right.__code__.co_varnames[: right.__code__.co_argcount]
    judged = judged or variables
    blank = before or judged[0]
    for case in cases:
        result, error = call(name, blank, function, *(given := copy.deepcopy(case)))
        first, shown = error, case
        if error is not None and rescue is not None:
            case = rescue
            result, error = call(name, blank, function, *(given := copy.deepcopy(case)))
        if error is not None:
            report(name, judged[0], first, dict(zip(labels, shown, strict=True)))
        inputs, want = dict(zip(labels, case, strict=True)), right(*case)
        if len(variables) == 1:
            result, want = (result,), (want,)
        if not isinstance(result, tuple | list) or len(result) != len(variables):
            if result is ...:
                fail(name, f"{judged[0]} is still blank")
            kind = f"{len(result)} values" if isinstance(result, tuple) else f"one {type(result).__name__}"
            fail(name, f"it returned {kind}, expected {len(variables)}: {', '.join(variables)}")
        got, want = dict(zip(variables, result, strict=True)), dict(zip(variables, want, strict=True))
        changed = [
            label
            for label, after in zip(labels, given, strict=True)
            if not np.array_equal(after, inputs[label])
        ]
        for variable in judged:
            others = {label: value for label, value in want.items() if label != variable}
            judge(
                name,
                variable,
                got[variable],
                want[variable],
                slips.get(variable, {}),
                inputs,
                others,
                blamed(changed, dict(zip(labels, given, strict=True)), got, variable, guards),
            )
        if first is not None and all(
            close(np.reshape(got[other], np.shape(want[other])), want[other]) for other in got
        ):
            report(name, judged[0], first, dict(zip(labels, shown, strict=True)))


def blamed(changed, given, got, variable, guards):
    """Return the changed input for which ``variable`` answers: written there, or among its guards."""
    for label in changed:
        owner = next((other for other, value in got.items() if close(value, given[label])), None)
        if owner == variable or (owner is None and (guards is None or label in guards)):
            return label
    return None


def judge(name, variable, got, want, slips, inputs, others, changed):
    """Climb the rungs for one returned variable."""
    if not isinstance(want, tuple):
        explain = lambda array: slip(array, want, slips, inputs, others)  # noqa: E731
        got = numbers(name, variable, got, np.shape(want), explain)
    if changed:
        fail(
            name,
            f"{variable} is computed by changing {changed} in place: whoever passed it still needs it",
        )
    if isinstance(want, tuple):
        if not isinstance(got, tuple | list) or len(got) != len(want) or not all(map(close, got, want)):
            fail(name, f"{variable} should hold {', '.join(inputs)} as they were given, in this order")
    elif not close(got, want):
        hint = slip(got, np.asarray(want), slips, inputs, others)
        kind = (
            f"{variable} has shape {got.shape} as it should"
            if got.shape
            else f"{variable} is a number as it should be"
        )
        fail(name, f"{kind}, but " + (f"looks like {hint}." if hint else f"{where(got, want, inputs)}."))
