"""Assignments with one fault each, which a check of them finds; and a sound one, where it finds none."""

from pathlib import Path

import pytest
from nbformat import v4, write
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from airlock.check.checker import Checker
from airlock.check.page import render
from airlock.check.readiness import failures
from airlock.classroom.pool import LocalWorkers
from airlock.course.trial import generate
from airlock.model.errors import AirlockError
from airlock.model.limits import Limits

SETUP = ("setup", "given", "import numpy as np")
DOUBLE = (
    "double",
    "answer",
    'def double(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION',
)
QUADRUPLE = (
    "quadruple",
    "answer",
    "def quadruple(x):\n    ### BEGIN SOLUTION\n    return double(double(x))\n    ### END SOLUTION",
)
PRODUCT = (
    "product",
    "answer",
    "def product(x, w):\n    ### BEGIN SOLUTION\n    return x @ w\n    ### END SOLUTION",
)
HIDDEN = "assert double(1) == 2\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
SOUND = HIDDEN.format(
    "for shape in (3, 4), (5,):\n    x = np.random.randn(*shape)\n    kept = x.copy()\n"
    "    assert type(double(x)) is np.ndarray and double(x).shape == shape, 'double: the shape'\n"
    "    assert np.allclose(double(x), 2 * kept, 1e-9, 0), 'double: the values'\n"
    "    assert np.array_equal(x, kept), 'double: x was changed'\n"
    "assert [double(n) for n in (-3, 0, 12)] == [-6, 0, 24]"
)


def cell(name, kind, text, points=1):
    if kind == "prose":
        return v4.new_markdown_cell(text)
    flags = {"grade_id": name, "schema_version": 3, "locked": kind != "answer", "task": False}
    flags |= {"solution": kind == "answer", "grade": kind == "test"}
    flags |= {"points": points} if kind == "test" else {}
    return v4.new_code_cell(text, metadata={"nbgrader": flags})


def trial_of(cells, root: Path):
    source = root / "course" / "source" / "ps1"
    source.mkdir(parents=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write(
        v4.new_notebook(cells=[cell(*one) for one in cells], metadata={"kernelspec": kernel}),
        source / "p.ipynb",
    )
    config = Config({"CourseDirectory": {"root": str(root / "course"), "course_id": "course"}})
    (root / "trial").mkdir()
    return generate(CourseDirectory(config=config), config, "ps1", root / "trial")


@pytest.fixture(scope="module")
def executor():
    with LocalWorkers(1) as workers, workers.executor() as executor:
        yield executor


@pytest.fixture
def look(executor, tmp_path):
    def look(*cells, times=1, mutants=5):
        trial = trial_of([SETUP, *cells], tmp_path)
        return Checker(trial, Limits(), executor, lambda *_: None).run(times, 2, mutants, inputs=30)

    return look


def test_a_sound_assignment_is_ready(look):
    found = look(DOUBLE, ("test-double", "test", SOUND), mutants=30)
    assert failures(found, set()) == []
    assert found["faults"] == found["never_lost"] == found["release"]["passes"] == []
    assert found["mutants"]["total"] == 30 and found["mutants"]["caught"] > 20
    assert found["blanks"][0]["lost"] == ["test-double"] and found["blanks"][0]["beyond"] == []
    assert {row["state"] for row in found["guarded"]} == {"guarded"}


def test_a_check_that_cannot_fail(look):
    found = look(DOUBLE, ("test-double", "test", SOUND), ("test-again", "test", "double\nassert True"))
    assert found["never_lost"] == ["test-again"]


def test_a_tolerance_that_is_too_wide(look):
    wide = SOUND.replace("1e-9, 0", "1, 1").replace("assert [", "[").replace("assert double(1) == 2\n", "")
    found = look(DOUBLE, ("test-double", "test", wide), mutants=30)
    alive = found["mutants"]["survived"] + found["mutants"]["luck"]
    assert found["mutants"]["survived"] and failures(found, set())
    assert failures(found, {one["name"] for one in alive}) == []


def test_a_check_that_depends_on_an_earlier_answer(look):
    tests = ("test-double", "test", SOUND), ("test-quadruple", "test", "assert quadruple(3) == 12")
    found = look(DOUBLE, tests[0], QUADRUPLE, tests[1])
    assert [(row["cell"], row["beyond"]) for row in found["blanks"]] == [
        ("double", ["test-quadruple"]),
        ("quadruple", []),
    ]


def test_a_square_symmetric_input_where_the_order_is_the_lesson(look):
    square = "x = np.diag([1.0, 2.0, 3.0])\nassert np.allclose(product(x, x + 1 - 1), x**2)"
    found = look(PRODUCT, ("test-product", "test", square), mutants=50)
    assert any(
        one["after"].strip() == "return (w @ x)" or ".T" in one["after"]
        for one in found["mutants"]["survived"]
    )


def test_a_solution_that_stands_in_the_release(look):
    hint = ("hint", "prose", "Write\n\n    return 2 * x\n\nhere.")
    found = look(DOUBLE, ("test-double", "test", SOUND), hint, mutants=0)
    assert [(leak["cell"], leak["kind"]) for leak in found["release"]["leaks"]] == [("double", "solution")]
    assert failures(found, set())


def test_a_reference_that_fails_now_and_then(look):
    """Each grading passes with a chance of 1 / 8: all ten do once in a billion."""
    text = DOUBLE[2].replace("2 * x", "2 * x if np.random.rand() < 0.5 else 3 * x")
    found = look(
        ("double", "answer", text), ("t", "test", "assert [double(1) for _ in 'abc'] == [2, 2, 2]"), times=10
    )
    assert found["reference"]["checks"][0]["full"] < 10
    assert any("lost t in" in reason or "t cannot be graded" in reason for reason in failures(found, set()))


def test_a_check_that_the_release_passes(look):
    found = look(DOUBLE, ("test-double", "test", "assert callable(double)"), mutants=0)
    assert found["release"]["passes"] == ["test-double"]


def test_a_hidden_marker_that_is_misspelt(look):
    test = SOUND.replace("HIDDEN", "HIDEN")
    found = look(DOUBLE, ("test-double", "test", test), mutants=0)
    assert {leak["kind"] for leak in found["release"]["leaks"]} == {"marker"}


def test_points_of_zero(look):
    found = look(DOUBLE, ("test-double", "test", SOUND, 0), mutants=0)
    assert found["faults"] == ["p.ipynb: test-double is worth 0 points."]


def test_a_duplicated_grade_id_is_named(tmp_path):
    with pytest.raises(AirlockError, match="test-double"):
        trial_of([SETUP, DOUBLE, ("test-double", "test", SOUND), ("test-double", "test", SOUND)], tmp_path)


def test_an_answer_that_is_a_value_and_what_given_cells_make_of_it(look):
    """Nothing is called here: cells behind the answer run again, in the fork of each mutant."""
    cells = (
        ("rate", "answer", "### BEGIN SOLUTION\nrate = 0.25\n### END SOLUTION"),
        ("use", "given", "paid = [100 * rate]\nrate_before, rate = rate, None"),
        ("test-rate", "test", "assert paid == [25.0]"),
    )
    found = look(*cells, mutants=None)
    assert failures(found, set()) == []
    assert found["mutants"]["total"] >= 8 and found["mutants"]["caught"] >= 8


def test_the_page_shows_a_survivor_as_a_diff_and_runs_nothing(look):
    found = look(DOUBLE, ("test-double", "test", "assert double(0) == 0"), mutants=60)
    page = render(found | {"made": "2026-01-01T12:00", "reasons": failures(found, set()), "allowed": []})
    one = found["mutants"]["survived"][0]
    assert one["name"] in page and "<ins>" in page and "<script" not in page
