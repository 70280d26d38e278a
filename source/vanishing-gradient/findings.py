"""What is wrong with values, in words. The rule that every message keeps to:

- A slip is named only if it explains every case, to every digit. Else what is seen is described, and a
  description holds for every case as well.
- No message gives an answer away: none holds a right value, says how far off a value is, or whether it is too
  large or too small; nor does any change as a guess comes nearer. Who tries numbers learns right or wrong,
  and what everyone may know: whether a sign, or the interval that values lie in, can be right.
"""

import looks
import numpy as np
import places
import relations
from closeness import EXACT, factor, room, same, wrong


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
            if case.error is not None or not same(case, value):
                break
            values += 1
        else:
            if values:
                return phrase
    return ""


def _with(right, variable, place, change):
    """Return the right formula of a variable with one input changed."""
    return lambda *inputs: right(*inputs[:place], change(inputs[place]), *inputs[place + 1 :])[variable]


def changed(found, variable, right):
    """Say which change of which input explains every case; ``right`` maps inputs to results by name."""
    for place, label in enumerate(found[0].inputs):
        for phrase, change in relations.INPUTS.items():
            if slip(found, variable, {phrase: _with(right, variable, place, change)}):
                return phrase.format(label)
    return ""


def describe(found, variable, slips, right):
    """Say what is wrong with the values of ``variable``: the sentence after "but"."""
    if name := slip(found, variable, slips):
        return f"it looks like {name}"
    pairs = [(case.array, np.asarray(case.want[variable], float)) for case in found]
    for label in found[0].inputs:
        if all(same(case, case.inputs[label]) for case in found):
            return f"it looks like {label}, unchanged"
    for label in found[0].want:
        if label != variable and all(same(case, case.want[label]) for case in found):
            return f"it holds what {label} should hold"
    for phrase, change in relations.RELATIONS.items():
        if all(same(case, change(want)) for case, (_, want) in zip(found, pairs, strict=True)):
            return phrase
    if phrase := changed(found, variable, right):
        return phrase
    for label in found[0].inputs:
        if all(factor(case.array, np.asarray(case.inputs[label], float)) for case in found):
            return f"it is {label} times a constant number"
    judged = found, pairs
    exact = [pair for pair in zip(found, pairs, strict=True) if room(pair[0]) == EXACT]
    if any(
        wrong(case, got, want).any() for case, (got, want) in exact
    ):  # single precision blurs what is seen
        judged = tuple(list(part) for part in zip(*exact, strict=True))
    elif exact:
        return "it is right but for single precision"
    return _seen(*judged) or places.cases(found, pairs) or places.rows(*judged) or looks.signs(*judged)


def _seen(found, pairs):
    """Say what all cases show alike."""
    for phrase, holds in relations.SEEN.items():
        if all(holds(got, want) for got, want in pairs):
            return phrase
    return looks.cut(pairs) or looks.dtype(found) or looks.line(found, pairs) or places.where(found, pairs)
