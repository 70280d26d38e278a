"""Right solutions keep every point, wrong ones lose their own and no other, and are told why."""

import ast
import re

import pytest
from notebook_code import CHAIN, CHECKS_OF, FUNCTION_OF, SOURCE, VANISHING, Notebook, may_lose
from solutions_right import RIGHT
from solutions_wrong import WRONG

NOTEBOOK = Notebook(SOURCE)
REPEATS = 10


def names(code):
    """Return every name that a cell mentions."""
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def short(solution):
    return re.sub(r"\s+", " ", solution.code)[-90:]


def own_check(blank):
    return next(check for check in CHECKS_OF[blank] if "experiment" not in check)


def test_a_check_reaches_no_function_but_those_of_its_blanks():
    """So a wrong function needs trying only on the checks of its own cell.

    An experiment reaches an activation too, which costs it nothing: see test_checks.
    """
    for check in NOTEBOOK.points:
        functions = names(NOTEBOOK.code[check]) & set(FUNCTION_OF.values())
        if "experiment" in check:
            functions -= {"tanh_forward", "relu_forward"}
        allowed = {blank.split()[0] for blank, checks in CHECKS_OF.items() if check in checks}
        assert functions <= CHAIN if check in VANISHING else functions == allowed, check


def test_the_reference_gets_every_point_again_and_again():
    """Ten fresh draws of every check: at 1e-9 a check, a failure here is no bad luck."""
    namespace = NOTEBOOK.namespace()
    for _ in range(REPEATS):
        for check in NOTEBOOK.points:
            assert NOTEBOOK.check(namespace, check) is None, check


def test_there_are_enough_solutions():
    assert len(RIGHT) >= 40
    assert len(WRONG) >= 60
    assert {solution.blank for solution in WRONG} == {solution.blank for solution in RIGHT} == set(CHECKS_OF)


@pytest.mark.parametrize("right", RIGHT, ids=short)
def test_right_is_right(right):
    assert NOTEBOOK.lost({right.function: right.code}, may_lose(right.blank)) == {}


@pytest.mark.parametrize("wrong", WRONG, ids=short)
def test_wrong_is_wrong_and_only_that(wrong):
    same_function = set().union(*(may_lose(blank) for blank in CHECKS_OF if blank.startswith(wrong.function)))
    lost = NOTEBOOK.lost({wrong.function: wrong.code}, same_function)
    # Nothing comes back from a function that never returns: then its other blanks are lost with it.
    never = wrong.function == "affine_backward" and all("cannot be checked" in str(e) for e in lost.values())
    assert own_check(wrong.blank) in lost
    assert never or set(lost) <= may_lose(wrong.blank)
    for check, error in lost.items():
        assert type(error) is AssertionError, (check, error)
    message = str(lost[own_check(wrong.blank)])
    assert message.startswith(f"{wrong.function}: ")
    assert wrong.slip in message
    assert len(message.splitlines()) <= 3


def test_four_in_five_wrong_solutions_are_told_their_slip():
    assert sum(bool(wrong.slip) for wrong in WRONG) >= 0.8 * len(WRONG)


def test_an_unfilled_blank_is_called_blank_by_every_check_that_it_fails():
    blanks = {"affine_forward": "v", "sigmoid_backward": "ds_"}
    blanks |= {f"{name}_forward": "out" for name in ("sigmoid", "tanh", "relu")}
    blanks |= {f"init_{name}": "W" for name in ("small", "unit", "xavier", "he")}
    for function, variable in blanks.items():
        code = NOTEBOOK.code[NOTEBOOK.answers[function]]
        code = re.sub(r" *### BEGIN SOLUTION.*?### END SOLUTION\n", "", code, flags=re.S)
        for stub in ("", "    raise NotImplementedError()\n"):
            text = code.replace("# ??\n", "# ??\n" + stub)
            for check, error in NOTEBOOK.lost({function: text}, may_lose(function)).items():
                named = rf"{function}: (ds_|dout|{variable}) is still blank"
                pattern = named.replace(" is", r"( of layer \d)? is") if check in VANISHING else named
                assert re.fullmatch(pattern, str(error)), (check, error)


def test_a_missing_function_is_called_missing():
    for function in FUNCTION_OF.values():
        for check, error in NOTEBOOK.lost({function: f"def {function}(:\n"}).items():
            assert f"{function}: it is missing" in str(error), (check, error)
