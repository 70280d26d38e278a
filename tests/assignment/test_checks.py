"""The ladder of checks.py and the statistics of chance.py and experiment.py, rung by rung."""

import ast
import contextlib
import re
from collections import Counter

import cases
import chance
import checks
import experiment
import network
import numpy as np
import pytest
import rungs
from closeness import CLOSE
from notebook_code import CHECKS_OF, SOURCE, Notebook, may_lose


def double(result=None, **keywords):
    """Run the check of an imaginary function whose right answer is 2 x, on three cases."""
    x = np.arange(1.0, 7).reshape(2, 3)
    function = result if callable(result) else lambda x: result
    inputs = [("", (x,)), ("negative numbers", (x - 7.5,)), ("inputs that came before", (x,))]
    checks.formula("double", function, inputs, lambda x: 2 * x, ("y",), {}, **keywords)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (..., "double: y is still blank"),
        (lambda x: x * ..., "double: y is still blank"),
        (lambda x: np.array(...), "double: y is still blank"),
        (lambda x: double_trouble(x), "raised NameError"),  # noqa: F821
        (lambda x: [1][2], "double: y cannot be checked, the function raised IndexError"),
        (None, "double: y is None, expected an array of numbers"),
        ("2 x", "of type str"),
        (lambda x: {"y": x}, "of type dict"),
        (lambda x: 2j * x, "expected an array of numbers"),
        (lambda x: [[1, 2], [3]], "of type list"),
        (lambda x: 2 * x[:1], r"y has shape \(1, 3\), expected \(2, 3\)"),
        (lambda x: 2 * x.T, "transposed"),
        (lambda x: x / 0, "not finite: 6 of 6"),
        (lambda x: np.multiply(x, 2, out=x), "by changing x in place"),
        (lambda x: -2 * x, "sign is flipped"),
        (lambda x: x, "x, unchanged"),
        (lambda x: 3 * x, "y is x times a constant|it is x times a constant number"),
        (lambda x: 2 * x + 1, "constant is added"),
        (lambda x: np.where(x > 4.5, 0, 2 * x), "values are off only where x is large"),
        (lambda x: 2 * x + np.random.rand(), "another one when the function is called again"),
        (lambda x: np.asmatrix(2 * x), "y is a matrix, expected an array of numbers"),
        (lambda x: np.ma.masked_array(2 * x), "y is a MaskedArray, expected"),
        (lambda x: np.array(2 * x, dtype=object), "y is of dtype object"),
        (lambda x: np.float16(2.001 * x), "float16|same factor"),
        (lambda x: np.abs(2 * x), "the sign is lost"),
        (lambda x: np.maximum(2 * x, 0), "what should be negative is zero"),
        (lambda x: np.clip(2 * x, -9, 9), "cut off below -9 and above 9"),
        (
            lambda x: np.sort(2 * x, axis=None).reshape(x.shape)[:, ::-1],
            "columns are in reversed order|wrong places",
        ),
    ],
)
def test_the_first_rung_that_fails_speaks(result, message):
    with pytest.raises(AssertionError, match=message):
        double(result)


@pytest.mark.parametrize(
    "result",
    [lambda x: x * 2, lambda x: np.float32(x * 2), lambda x: (2 * x).tolist()],
)
def test_what_is_close_and_of_the_right_shape_passes(result):
    double(result)


def test_a_missing_function_is_named():
    with pytest.raises(AssertionError, match="double: it is missing"):
        rungs.call("double", "y", lambda: exec("double()", {}))


def test_warnings_and_prints_of_a_student_do_not_get_through(capfd):
    def noisy(x):
        import sys
        import warnings

        warnings.warn("look here", stacklevel=1)
        print("and here")
        print("and there", file=sys.stderr)
        return 2 * x

    double(noisy)
    assert capfd.readouterr() == ("", "")


def test_what_fails_with_other_lines_is_asked_alone():
    inputs = [("", (np.arange(6.0).reshape(2, 3),))] * 2
    right = lambda x: (x @ x.T, x.sum(axis=0))  # noqa: E731
    raising = lambda x: (x @ x, x.sum(axis=0))  # noqa: E731

    def run(judged, alone):
        checks.formula("pair", raising, inputs, right, ("a", "b"), {}, (judged,), alone)

    run("b", lambda x: x.sum(axis=0))
    with pytest.raises(AssertionError, match="pair: a cannot be checked, the function raised ValueError"):
        run("a", lambda x: x @ x)
    with pytest.raises(AssertionError, match="right shape, but not the right values"):
        run("b", lambda x: x.max(axis=0))


@pytest.mark.parametrize("make", [np.float64, np.float32, lambda v: np.array([v]), float])
def test_a_number_may_come_as_any_kind_of_number(make):
    checks.formula("double", lambda x: make(2 * x), [("", (1.5,))], lambda x: 2 * x, ("y",), {})


@pytest.mark.parametrize("shape", [(3,), (1, 3)])
def test_a_row_may_be_flat(shape):
    row = lambda x: x.sum(axis=0, keepdims=True)  # noqa: E731
    checks.formula("row", lambda x: x.sum(axis=0).reshape(shape), [("", (np.ones((2, 3)),))], row, ("y",), {})


def draw(change=lambda W: W):
    """Run the check of W on normal numbers that ``change`` has spoiled."""
    rng = np.random.default_rng()
    chance.weights("init", lambda i, o: change(rng.standard_normal((i, o))), lambda i, o: 1.0, {})


def test_normal_weights_pass():
    for _ in range(20):
        draw()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda W: W * 1.02, "another standard deviation"),
        (lambda W: W / 1.02, "another standard deviation"),
        (lambda W: W + 0.06, "mean"),
        (lambda W: np.sqrt(12) * (np.random.rand(*W.shape) - 0.5), "uniform"),
        (lambda W: np.where(np.random.rand(*W.shape) < 0.01, 0, W), "exactly zero"),
        (
            lambda W: np.repeat(W[::2], 2, axis=0)[: len(W)] if len(W) % 2 == 0 else W,
            "many times|depend|related",
        ),
        (lambda W: W * np.linspace(0.2, 1.6, len(W))[:, None] / 1.0, "scale|normal"),
        (lambda W: W / np.linalg.norm(W, axis=1, keepdims=True) * np.sqrt(W.shape[1]), "same length"),
        (lambda W: W[:-1], "shape"),
        (lambda W: W * np.nan, "not finite"),
    ],
)
def test_a_flaw_in_weights_is_seen(change, message):
    for _ in range(3):
        with pytest.raises(AssertionError, match=message):
            draw(change)


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.42, 2.0])
@pytest.mark.parametrize("key", experiment.BOUNDS)
def test_an_experiment_sees_weights_of_another_scale(key, factor):
    init, activation = key.split(", ")
    scale = {"init_small": lambda n: 0.01, "init_unit": lambda n: 1, "init_xavier": lambda n: n**-0.5}
    scale["init_he"] = lambda n: (2 / n) ** 0.5
    act = {"tanh_forward": np.tanh, "relu_forward": lambda v: np.maximum(v, 0)}[activation]
    rng = np.random.default_rng()

    def run(factor):
        weights = lambda i, o: factor * scale[init](i) * rng.standard_normal((i, o))  # noqa: E731
        experiment.check(act, **{init: weights, activation: lambda v: (act(v), v)})

    run(1)
    with pytest.raises(AssertionError, match="not spread as it should be"):
        run(factor)


def test_a_wrong_activation_costs_an_experiment_nothing_and_is_told(capsys):
    weights = lambda *size: 0.01 * np.random.standard_normal(size)  # noqa: E731
    for wrong in (lambda v: (v, v), lambda v: nothing, lambda v: ...):  # noqa: F821
        experiment.check(np.tanh, init_small=weights, tanh_forward=wrong)
        assert "tanh_forward is not right yet" in capsys.readouterr().out
    experiment.check(np.tanh, init_small=weights, tanh_forward=lambda v: (np.tanh(v), v))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["init_small", "init_unit", "init_xavier", "init_he"])
def test_who_tries_factors_learns_nothing_of_how_near_they_are(name):
    """A student who bisects gets the same message far below, just below, just above and far above."""
    scale = {"init_small": lambda i, o: 0.01, "init_unit": lambda i, o: 1.0}
    scale |= {"init_xavier": lambda i, o: i**-0.5, "init_he": lambda i, o: (2 / i) ** 0.5}
    messages = set()
    for factor in (0.17, 0.5, 0.9, 0.97, 1.03, 1.1, 1.9, 6.0):
        weights = lambda i, o, f=factor: f * scale[name](i, o) * np.random.standard_normal((i, o))  # noqa: E731
        with pytest.raises(AssertionError) as error:
            chance.weights(name, weights, scale[name], {})
        messages.add(str(error.value))
    assert len(messages) == 1, messages


def test_who_tries_factors_of_a_formula_learns_nothing_either():
    messages = set()
    for factor in (0.1, 0.9, 0.99, 1.01, 1.1, 30):
        with pytest.raises(AssertionError) as error:
            double(lambda x, f=factor: 2 * f * x)
        messages.add(str(error.value))
    assert len(messages) == 1, messages


def test_released_files_hold_no_answer():
    """The modules bring no arithmetic: that is in the hidden tests alone."""
    text = "".join(
        (SOURCE.parent / name).read_text()
        for name in ("checks.py", "rungs.py", "chance.py", "experiment.py", "network.py")
    )
    for answer in r"np\.tanh", r"np\.exp\(", r"maximum\(0", r"randn\(", r"d_in\*\*-", r"2 / d_in", r"[xW]\.T":
        assert not re.search(answer, text), answer


def test_single_precision_stays_far_from_the_tolerance_in_every_case():
    """Where a sum nearly cancels its error is large beside it: no case may draw such sums."""
    for _ in range(200):
        for special, inputs in cases.affine():
            x, W, b, dout = inputs
            x_, W_, b_, dout_ = map(np.float32, inputs)
            rights = (x @ W + b, x.T @ dout, dout.sum(axis=0), dout @ W.T)
            singles = (x_ @ W_ + b_, x_.T @ dout_, dout_.sum(axis=0), dout_ @ W_.T)
            for right, single in zip(rights, singles, strict=True):
                assert np.abs(single - right).max() < CLOSE / 4 * np.abs(right).max(), special


def test_single_precision_stays_far_from_the_tolerance_in_every_layer_of_the_network():
    """By chance the last unit's sum is next to nothing: its error counts beside the usual size."""
    for _ in range(300):
        H, _, weights, biases = network.chain()
        for W, b in zip(weights, biases, strict=True):
            right, single = H @ W + b, np.float32(H) @ np.float32(W) + np.float32(b)
            assert np.abs(single - right).max() < CLOSE / 4 * max(np.abs(right).max(), network.USUAL)
            H = 1 / (1 + np.exp(-right))


def asked(function, factor):
    """How often each check calls a function whose results are so many times what they should be."""
    notebook, calls = Notebook(SOURCE), Counter()
    namespace = notebook.namespace()
    right = namespace[function]

    def counted(*inputs):
        calls[name] += 1
        out = right(*inputs)
        return (factor * out[0], *out[1:]) if isinstance(out, tuple) else factor * out

    namespace[function] = counted
    for name in notebook.points:
        for statement in ast.parse(notebook.code[name]).body:  # a failed test goes on with the others
            with contextlib.suppress(AssertionError, NameError), contextlib.redirect_stdout(None):
                exec(ast.unparse(statement), namespace)
    return calls


@pytest.mark.parametrize("blank", sorted(blank for blank in CHECKS_OF if "affine_backward" not in blank))
def test_no_function_learns_that_it_is_wrong_from_how_often_it_is_called(blank):
    """By a check that it can lose. A wrong line of affine_backward is asked by itself as well."""
    right, wrong = asked(blank, 1), asked(blank, 1.3)
    assert all(right[check] > 0 for check in CHECKS_OF[blank])
    assert {check: wrong[check] for check in may_lose(blank)} == {
        check: right[check] for check in may_lose(blank)
    }
