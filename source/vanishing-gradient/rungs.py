"""The rungs of a check's ladder up to values: blank, missing, raised, wrong type, wrong shape, not finite.

Each ends the check with one sentence that begins with the function it is about.
"""

import contextlib
import io
import re
import warnings

import numpy as np

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
    accepted = [shape, shape or (1,)] + [shape[1:]] * (shape[:1] == (1,))  # (M,) is (1, M), (1,) a number
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
