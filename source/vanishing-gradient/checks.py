"""What the hidden tests are made of: a ladder of rungs, climbed by every case of a check.

The first rung that fails speaks: still blank, missing, raised an exception, wrong type, wrong shape, not
finite, changed an argument, another answer when asked again, wrong values. Cases are in ``cases``, and how
a wrong value is put into words in ``findings``. No right answer is in these files: the hidden tests bring the
arithmetic.
"""

import contextlib
import copy
import io
import re
import warnings

import findings
import numpy as np
from closeness import CLOSE, Case, close

BLANK = re.compile(r"'ellipsis'|type ellipsis|NotImplementedError|still blank")


def fail(subject, problem):
    """End the check; the message begins with the function that it is about."""
    raise AssertionError(f"{subject}: {problem}") from None


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
        if BLANK.search(text):
            fail(name, f"{blank} is still blank")
        return None, error


def report(name, variable, error, inputs, hint=""):
    """End the check with the exception and the shapes that led to it."""
    text = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    kinds = {
        label: f"{label} of shape {np.shape(value)}" if np.ndim(value) else f"{label} = {value!r}, a number"
        for label, value in inputs.items()
    }
    shapes = ", ".join(kinds.values())
    hint = f" It looks like {hint}." if hint else ""
    fail(name, f"{variable} cannot be checked, the function raised {text}\nIt was given {shapes}.{hint}")


def numbers(name, variable, got, shape, explain=lambda: ""):
    """Climb the rungs from blank to finite; return ``got`` as floats of the wanted shape.

    Plain numbers, lists of them and numpy's own arrays are taken. Subclasses of arrays are not: their
    operators mean something else (``*`` of a matrix), and an object array holds anything.
    """
    if got is ... or (isinstance(got, np.ndarray) and got.dtype == object and ... in got.ravel().tolist()):
        fail(name, f"{variable} is still blank")
    wanted = "an array of numbers" if shape else "a number"
    if isinstance(got, np.ndarray) and type(got) is not np.ndarray:
        fail(name, f"{variable} is a {type(got).__name__}, expected {wanted}: np.asarray makes it one")
    try:
        array = np.asarray(None if isinstance(got, tuple) else got)
    except (ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        kind = "None" if got is None else f"of type {type(got).__name__}"
        if isinstance(got, np.ndarray):
            kind = f"an array of {got.dtype} numbers" if got.dtype.kind == "c" else f"of dtype {got.dtype}"
        fail(name, f"{variable} is {kind}, expected {wanted}")
    array = array.astype(float)
    accepted = [shape, shape or (1,)] + [shape[1:]] * (
        shape[:1] == (1,)
    )  # (M,) for (1, M), (1,) for a number
    if array.shape not in accepted:
        transposed = len(shape) == 2 and array.shape == shape[::-1]
        hint = explain() or ("a transposed matrix" if transposed else "")
        fail(
            name,
            f"{variable} has shape {array.shape}, expected {shape}"
            + (f". It looks like {hint}" if hint else ""),
        )
    if not np.isfinite(array).all():
        wrong = np.count_nonzero(~np.isfinite(array))
        hint = f". It looks like {explain()}" if explain() else ""
        fail(name, f"{variable} is not finite: {wrong} of {array.size} values are nan or infinite{hint}")
    return array.reshape(shape)


def formula(name, function, cases, right, variables, slips, judged=None, alone=None, before=None, floor=0.0):
    """Check what a function returns against the check's own arithmetic, in every case.

    ``function`` and ``right`` take the inputs of a case by position and return ``variables`` (a tuple, if
    several). ``judged``: the variables that this check is about; all of them unless said otherwise.
    ``slips``: for a variable, phrases and the formula of the mistake that each describes. ``alone``: the
    judged variable by itself, without the lines for the others, asked where the whole function fails.
    ``before``: a blank that is computed with before the judged variable, so that it shows as an exception.
    ``floor``: errors are compared with this where all right values are smaller.
    """
    labels = right.__code__.co_varnames[: right.__code__.co_argcount]
    judged = judged or variables

    def outcomes(ask):
        found = []
        for special, inputs in cases:
            given = copy.deepcopy(inputs)
            result, error = call(name, before or judged[0], ask, *given)
            changed = [
                label
                for label, one, other in zip(labels, inputs, given, strict=True)
                if type(one) is not type(other) or not np.array_equal(one, other)
            ]
            found.append(
                Case(
                    special,
                    dict(zip(labels, inputs, strict=True)),
                    _named(variables, right(*inputs)),
                    result,
                    error,
                    changed,
                    floor=floor,
                )
            )
        return found

    def judge(found, names):
        for variable in names:
            _judge(name, variable, variables, found, slips.get(variable, {}))

    if alone is None:
        return judge(outcomes(function), judged)
    (variable,) = judged
    with contextlib.suppress(AssertionError):  # as where another line computes with what is still blank
        found = outcomes(function)
        if not any(case.changed for case in found):
            return judge(found, judged)
    apart, index = [], variables.index(variable)
    with contextlib.suppress(AssertionError):
        apart = outcomes(alone)
    if not apart or all(isinstance(case.error, LookupError | NameError) for case in apart):
        return judge(outcomes(function), judged)  # it has no line of its own
    for case in apart:
        others = [None] * len(variables)
        others[index] = case.result
        case.result = tuple(others)
    return judge(apart, judged)


def _named(variables, result):
    return dict(zip(variables, result if len(variables) > 1 else (result,), strict=True))


def _judge(name, variable, variables, found, slips):
    """Climb the rungs for one returned variable."""
    for case in found:
        case.got = case.error or _pick(name, variable, variables, case.result)

    def explain():
        return findings.slip(found, variable, slips)

    for case in found:
        want = case.want[variable]
        if case.error is not None:
            report(name, variable, case.error, case.inputs, explain())
        if isinstance(want, tuple):
            parts = case.got if isinstance(case.got, tuple | list) else ()
            if case.changed:
                fail(name, f"{case.changed[0]} is changed in place: whoever passed it still needs it")
            if len(parts) != len(want) or not all(map(close, parts, want)):
                labels = ", ".join(case.inputs)
                fail(name, f"{variable} should hold {labels} as they were given, in this order")
        else:
            case.array = numbers(name, variable, case.got, np.shape(want), explain)
        if case.changed:
            fail(
                name,
                f"{variable} is computed by changing {case.changed[0]} in place: "
                "whoever passed it still needs it",
            )
    if isinstance(found[0].want[variable], tuple):
        return
    if not close(found[0].array, found[-1].array, CLOSE, found[0].floor):  # the last inputs are the first
        fail(name, f"{variable} is another one when the function is called again with the same inputs")
    if not all(close(case.array, case.want[variable], CLOSE, floor=case.floor) for case in found):
        problem = findings.describe(found, variable, slips)
        fail(name, f"{variable} has the right shape, but not the right values: {problem}.")


def _pick(name, variable, variables, result):
    """Return one variable of what a function returned."""
    if len(variables) == 1:
        return result
    if not isinstance(result, tuple | list) or len(result) != len(variables):
        if result is ...:
            fail(name, f"{variable} is still blank")
        kind = f"{len(result)} values" if isinstance(result, tuple) else f"one {type(result).__name__}"
        fail(name, f"it returned {kind}, expected {len(variables)}: {', '.join(variables)}")
    return result[variables.index(variable)]
