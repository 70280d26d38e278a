"""What the hidden tests of the layers are made of: a ladder of rungs, climbed by every case of a check.

The first rung that fails speaks: those of ``rungs``, then changed an argument, another answer when asked
again, wrong values. Cases are in ``cases``, and how a wrong value is put into words in ``findings``. No right
answer is in these files: the hidden tests bring the arithmetic.
"""

import contextlib
import copy

import findings
import numpy as np
from closeness import CLOSE, Case, close
from rungs import call, fail, numbers, report


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

    def results(*inputs):
        found = right(*inputs)
        return dict(zip(variables, found if len(variables) > 1 else (found,), strict=True))

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
                    results(*inputs),
                    result,
                    error,
                    changed,
                    floor=floor,
                )
            )
        return found

    def judge(found, names):
        for variable in names:
            _judge(name, variable, variables, found, slips.get(variable, {}), results)

    if alone is None:
        return judge(outcomes(function), judged)
    (variable,), found = judged, []
    with contextlib.suppress(AssertionError):  # as where another line computes with what is still blank
        found = outcomes(function)
        if not any(case.changed for case in found):
            return judge(found, judged)
    apart, index = [], variables.index(variable)
    with contextlib.suppress(AssertionError):
        apart = outcomes(alone)
    if not apart or all(isinstance(case.error, LookupError | NameError) for case in apart):
        return judge(found or outcomes(function), judged)  # it has no line of its own
    for case in apart:
        others = [None] * len(variables)
        others[index] = case.result
        case.result = tuple(others)
    return judge(apart, judged)


def _judge(name, variable, variables, found, slips, right):
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
        problem = findings.describe(found, variable, slips, right)
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
