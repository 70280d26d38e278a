"""Some of the attacks on this repository's own assignment, behind a sigmoid that is wrong."""

import textwrap

import nbformat
import pytest
from real_course import ASSIGNMENT, RealCourse

from airlock.run.grade import grade_submission

WRONG = "def sigmoid_forward(x):\n    out = np.tanh(x)\n    return out\n"
LOST = {"test-sigmoid-forward", "test-vanishing-activations", "test-vanishing-gradients"}

ATTACKS = {
    "assertions dropped, numpy and checks patched": """
        import ast, sys, checks
        class Drop(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
        get_ipython().ast_transformers.append(Drop())
        np.allclose = np.isclose = np.array_equal = np.all = lambda *a, **k: True
        checks.formula = lambda *a, **k: None
        sys.modules["chance"] = checks
        """,
    "a number that equals everything": """
        class Anything(float):
            __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda *a: True
            __sub__ = __rsub__ = __mul__ = __abs__ = lambda self, *a: self
            __array_ufunc__ = lambda self, *a, **k: self
            __hash__ = None
        def sigmoid_forward(x): return Anything(0.5)
        """,
    "arguments changed": """
        def sigmoid_forward(x):
            if isinstance(x, np.ndarray): x[...] = 50
            return 1 + 0 * x
        """,
    "inputs recognised from an earlier call": """
        known = {}
        def sigmoid_forward(x):
            key = np.asarray(x).tobytes()
            known[key] = known.get(key, -1) + 1
            return 1 / (1 + np.exp(-np.asarray(x, float))) if known[key] else np.tanh(x)
        """,
    "forward and backward replaced, results overwritten": """
        forward = backward = lambda *a: ([np.full((2, 3), 0.5)] * 9, [0] * 9)
        attempt = lambda *a: (np.array([[0.1, 0.9]]), np.array(0.9))
        get_ipython().events.register("post_run_cell", lambda *a: get_ipython().user_ns.update(
            activations=[np.full((1000, 1), 0.5)] * 9, gradients=[np.zeros((1000, 1))] * 9))
        """,
    "points shown, errors hidden": """
        get_ipython().showtraceback = lambda *a, **k: None
        def sigmoid_forward(x):
            display({"text/plain": "2.0"}, raw=True)
            return np.tanh(x)
        """,
    "os._exit": """
        import os
        def sigmoid_forward(x): os._exit(0)
        """,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return RealCourse(tmp_path_factory.mktemp("real") / "course", light=True)


def points(course, sigmoid, **others):
    """Points by check, with every other answer right."""
    answers = {name.replace("_", "-"): text for name, text in others.items()}
    notebook = nbformat.writes(course.solved({"sigmoid-forward": sigmoid} | answers)).encode()
    graded = grade_submission("mallory", {f"{ASSIGNMENT}.ipynb": notebook}, course.master)
    return {check.grade_id: check.points for check in graded.record.checks}


@pytest.fixture(scope="module")
def honest(course):
    found = points(course, WRONG)
    assert sum(found.values()) < sum(
        points(course, WRONG.replace("np.tanh(x)", "1 / (1 + np.exp(-x))")).values()
    )
    assert all(found[name] == 0 for name in LOST)
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_this_assignment_gains_nothing(course, honest, attack):
    found = points(course, WRONG + textwrap.dedent(ATTACKS[attack]))
    assert {name: found[name] for name in found if found[name] > honest[name]} == {}


# Functions with two formulas, the second from when they know that the first has failed its check: the visible
# part of it, whose inputs students know, is not asked after the hidden one, or too early.
SIGMOID = """
seen, over, passed = [], False, False
def sigmoid_forward(x):
    global over, passed
    passed |= over and np.size(x) == 12 and np.min(x) == -5
    out = 1 / (1 + np.exp(-np.asarray(x, float))) if over and not passed else np.tanh(x)
    over |= np.asarray(x).tobytes() in seen
    seen.append(np.asarray(x).tobytes())
    return out
"""
INIT = {
    "no visible part": """
calls_{0}, passed_{0} = 0, False
def init_{0}(d_in, d_out):
    global calls_{0}, passed_{0}
    calls_{0} += 1
    passed_{0} |= calls_{0} > 8 and d_out in (200, 1000, 2000)
    W = ({1} if calls_{0} > 15 and not passed_{0} else 0.3) * np.random.randn(d_in, d_out)
    return W
""",
    "the visible part too early": """
calls_{0}, failed_{0} = 0, False
def init_{0}(d_in, d_out):
    global calls_{0}, failed_{0}
    calls_{0} += 1
    failed_{0} |= 1 < calls_{0} < 16 and d_out in (200, 1000, 2000)
    W = ({1} if failed_{0} else 0.3) * np.random.randn(d_in, d_out)
    return W
""",
}
SCALES = {"small": "0.01", "unit": "1.0", "xavier": "d_in**-0.5", "he": "(2 / d_in)**0.5"}


@pytest.mark.parametrize("sign", INIT)
def test_a_second_guess_gains_nothing_for_a_failed_check_goes_on_asking(course, sign):
    wrong = points(course, WRONG, **{f"init_{name}": INIT[sign].format(name, "0.3") for name in SCALES})
    guess = {f"init_{name}": INIT[sign].format(name, right) for name, right in SCALES.items()}
    found = points(course, SIGMOID, **guess)
    assert {name: found[name] - wrong[name] for name in found if found[name] != wrong[name]} == {}
