"""What the checks say to a student who works on: they see most mistakes, and never fail what is right."""

import contextlib
import io
import re

import pytest
from notebook_code import CHECKS_OF, RELEASE, SOURCE, Notebook, may_lose, run
from solutions_right import RIGHT
from solutions_wrong import WRONG

SOURCES, RELEASED = Notebook(SOURCE), Notebook(RELEASE)
FEW = 12  # of 244 wrong solutions that only the hidden tests see: eight of today's, and chance
REPEATS = 10


def visible(functions, checks):
    """What the released checks raise, with ``functions`` (text by name) among the reference solution."""
    namespace = SOURCES.namespace(functions)
    raised = {name: RELEASED.check(namespace, name) for name in checks}
    return {name: error for name, error in raised.items() if error is not None}


def own_check(blank):
    return next(check for check in CHECKS_OF[blank] if "experiment" not in check)


def near(solution):
    """The checks that mention a solution's function, and those of the gradients, which also go forward."""
    word = solution.function.replace("_", "-").removeprefix("init-")
    return [
        name
        for name, text in RELEASED.code.items()
        if name in RELEASED.points
        and (word in name or solution.function in text or ("backward" in name and "forward" in word))
    ]


def said(check, functions=None):
    """What a check prints when it passes."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert run(RELEASED.code[check], SOURCES.namespace(functions)) is None, check
    return output.getvalue()


def test_the_reference_passes_again_and_again():
    """Every bound leaves a right solution 7 standard deviations or more: a failure here is no bad luck."""
    namespace = SOURCES.namespace()
    for _ in range(REPEATS):
        for check in RELEASED.points:
            assert RELEASED.check(namespace, check) is None, check


@pytest.mark.parametrize("right", RIGHT, ids=lambda one: re.sub(r"\s+", " ", one.code)[-60:])
def test_right_is_right(right):
    assert visible({right.function: right.code}, RELEASED.points) == {}


def test_few_wrong_solutions_pass_and_none_fails_a_check_but_its_own():
    """The visible part runs when grading, too: there it may cost nothing that the hidden part does not."""
    passed = []
    for wrong in WRONG:
        lost = visible({wrong.function: wrong.code}, near(wrong))
        assert lost.keys() <= may_lose(wrong.blank), (wrong.code, lost)
        if own_check(wrong.blank) not in lost:
            passed.append(wrong.code)
    assert len(passed) <= FEW * len(WRONG) / 244, passed


RAISING = "dW = x @ dout", "dW = nothing", "db = dout.sum(0, keepdim=True)", "dx = W @ dout"


@pytest.mark.parametrize("line", RAISING)
def test_a_line_that_raises_costs_its_own_check_only(line):
    variable = line.split()[0]
    body = {"dW": "dW = x.T @ dout", "db": "db = dout.sum(axis=0)", "dx": "dx = dout @ W.T"}
    body[variable] = line
    lines = "\n    ".join(["x, W, b = cache", *body.values(), "return dW, db, dx"])
    code = f"def affine_backward(dout, cache):\n    {lines}\n"
    checks = [name for name in RELEASED.points if "affine-backward" in name]
    assert visible({"affine_backward": code}, checks).keys() == {f"test-affine-backward-{variable}"}


def test_a_wrong_forward_function_costs_no_backward_one():
    checks = [name for name in RELEASED.points if "backward" in name]
    for wrong in WRONG:
        if wrong.function in ("affine_forward", "sigmoid_forward"):
            assert visible({wrong.function: wrong.code}, checks) == {}, wrong.code


def test_a_check_that_passes_says_in_one_line_what_it_found():
    for check in RELEASED.points:
        text = said(check)
        assert text.count("\n") == 1, text
        assert re.match(r"\w+: .*(in order|agrees|right shapes)", text), text


def test_a_gradient_waits_where_the_forward_function_is_wrong():
    missing_bias = "def affine_forward(x, W, b):\n    return x @ W, (x, W, b)\n"
    assert "wait" in said("test-affine-backward-dW", {"affine_forward": missing_bias})
    straight = "def sigmoid_forward(x):\n    return x\n"
    assert "wait" in said("test-sigmoid-backward", {"sigmoid_forward": straight})


def test_single_precision_is_never_differentiated():
    single = "def affine_forward(x, W, b):\n    return (x @ W + b).astype('float32'), (x, W, b)\n"
    assert "wait" in said("test-affine-backward-dx", {"affine_forward": single})
