"""One of three gradients computed without the lines for the other two: how the notebook judges them apart."""

import itertools

import numpy as np
import pytest
from notebook_code import SOURCE, Notebook

NOTEBOOK = Notebook(SOURCE)
RNG = np.random.default_rng()
X, W, B, DOUT = (RNG.standard_normal(shape) for shape in ((8, 3), (3, 4), (1, 4), (8, 4)))
RIGHT = {"dW": X.T @ DOUT, "db": DOUT.sum(axis=0, keepdims=True), "dx": DOUT @ W.T}
LINES = {"dW": "dW = x.T @ dout", "db": "db = dout.sum(axis=0, keepdims=True)", "dx": "dx = dout @ W.T"}
RETURN = "return dW, db, dx"


def alone(name, *lines):
    """What the notebook's helper finds for one gradient in a function of these lines."""
    text = "\n    ".join(["def affine_backward(dout, cache):", "x, W, b = cache", *lines])
    return NOTEBOOK.namespace({"affine_backward": text})["alone"][name](DOUT.copy(), (X, W, B))


def others(name, line):
    """The right lines, but that all other gradients are computed by ``line``."""
    return [LINES[name] if one == name else line.format(one) for one in LINES]


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(
    "line",
    [
        "{} = nothing",
        "{} = 1 / 0",
        "{} = dout.sum(axis=7)",
        "{} = dout; dout[:] = 0",
        "{} = np.linalg.norm(\n        x, axis=9,\n    )",
        "for _ in range(3):\n        {} = dout[99]",
        "x = W = b = dout = {} = None",
    ],
)
def test_a_mistake_in_the_other_lines_changes_nothing(name, line):
    assert np.array_equal(alone(name, *others(name, line), RETURN), RIGHT[name])


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(
    "end",
    [
        "return (dW, db, dx)",
        "return [dW, db, dx]",
        "return (\n        dW,\n        db,\n        dx,\n    )",
        "grads = dW, db, dx\n    return grads",
    ],
)
def test_what_is_returned_may_be_written_in_any_way(name, end):
    assert np.array_equal(alone(name, *LINES.values(), end), RIGHT[name])


@pytest.mark.parametrize("name", LINES)
def test_expressions_in_the_line_that_returns_are_the_answer(name):
    end = "return x.T @ dout, dout.sum(axis=0, keepdims=True), dout @ W.T"
    assert np.array_equal(alone(name, end), RIGHT[name])
    wrong = {"dW": "return 2 * dW, db, dx", "db": "return dW, 2 * db, dx", "dx": "return dW, db, 2 * dx"}
    assert np.array_equal(alone(name, *LINES.values(), wrong[name]), 2 * RIGHT[name])


@pytest.mark.parametrize("name", LINES)
def test_a_line_for_several_gradients_belongs_to_each(name):
    again = "dW, db, dx = 2 * dW, 2 * db, 2 * dx"
    assert np.array_equal(alone(name, *LINES.values(), again, RETURN), 2 * RIGHT[name])


CHANGES = "{0}[abs({0}) > 0] = 5", "{0}[:] = 5", "{0} *= 0; {0} += 5", "{0}.fill(5)"


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", LINES)
def test_what_is_changed_afterwards_counts(name, change):
    """Right behind its line, whatever is called on the way."""
    after = {one: [LINES[one], *([change.format(one)] if one == name else [])] for one in LINES}
    found = alone(name, *itertools.chain(*after.values()), RETURN)
    assert np.array_equal(found, np.full(RIGHT[name].shape, 5.0))


LOOPS = [
    "dW, db, dx = 0 * W, 0 * b, 0 * x",
    "for n in range(len(x)):",
    "    dW += np.outer(x[n], dout[n])",
    "    db += dout[n]",
    "    dx[n] = W @ dout[n]",
]


@pytest.mark.parametrize("name", LINES)
def test_a_loop_may_add_up_all_three(name):
    """Such a loop is one: what a line raises is raised for each gradient, and nothing half done is judged."""
    assert np.allclose(alone(name, *LOOPS, RETURN), RIGHT[name])
    with pytest.raises(NameError):
        alone(name, *LOOPS, "    db += nothing", RETURN)


@pytest.mark.parametrize("name", LINES)
def test_a_loop_for_each_is_apart_from_the_others(name):
    start = {"dW": "dW = 0 * W", "db": "db = 0 * b", "dx": "dx = 0 * x"}
    lines = {one: [start[one], LOOPS[1], line] for one, line in zip(LINES, LOOPS[2:], strict=True)}
    for one in lines.keys() - {name}:
        lines[one].append("    nothing()")
    assert np.allclose(alone(name, *itertools.chain(*lines.values()), RETURN), RIGHT[name])


@pytest.mark.parametrize(("name", "instead"), [("dW", "db"), ("db", "dx"), ("dx", "dW")])
def test_the_order_of_what_is_returned_counts(name, instead):
    """Who returns db, dx, dW has three right lines and no right gradient."""
    assert np.array_equal(alone(name, *LINES.values(), "return db, dx, dW"), RIGHT[instead])
