"""Assignments with faults, which a check of them finds; and a sound one, where it finds none."""

import pytest
from planted import CARELESS, KERNEL, SETUP, answer, sound, test, trial_of

from airlock.check.checker import Checker
from airlock.check.command import summary
from airlock.check.page import render
from airlock.check.readiness import failures, notes
from airlock.classroom.pool import LocalWorkers
from airlock.model.errors import AirlockError
from airlock.model.limits import Limits

WIDE = "x = np.random.randn(4)\nassert np.allclose({0}(x), 2 * x, 1, 1)"
# What is wrong: answer cells and check, as (name, formula, inputs) and the check's text.
FAULTY = {
    "wide": (answer("wide", "2 * x"), test("wide", WIDE.format("wide"))),
    "square": (
        answer("square", "x @ w", "x, w"),
        test("square", "d = np.diag([1.0, 2.0, 3.0])\nassert np.allclose(square(d, d + 1 - 1), d**2)"),
    ),
    "itself": (answer("itself", "[2 * x]"), test("itself", "made = itself(3)\nassert made == made")),
    "nan": (
        answer("nan", "2 * x"),
        test("nan", "x = np.arange(3.0)\nassert not (np.abs(nan(x) - 2 * x) > 1e-9).any()"),
    ),
    "seeded": (
        answer("seeded", "x.sum()"),
        test("seeded", "np.random.seed(1)\nx = np.random.randn(2)\nassert abs(seeded(x) - 1.0125889) < 1e-6"),
    ),
    "any": (
        answer("any", "2 * x"),
        test("any", "x = np.random.randn(5)\nassert np.isclose(any(x), 2 * x).any()"),
    ),
    "offset": (
        answer("offset", "x + 0.5"),
        test("offset", "x = 1e6 + np.random.randn(5)\nassert np.allclose(offset(x), x + 0.5, 1e-5)"),
    ),
    "symmetric": (
        answer("symmetric", "w @ x", "w, x"),
        test(
            "symmetric",
            "w = np.random.randn(3, 3)\nw, x = w + w.T, np.ones(3)\n"
            "assert np.allclose(symmetric(w, x), w @ x)",
        ),
    ),
    "ones": (
        answer("ones", "x ** 3"),
        test("ones", "for x in np.ones(4), np.zeros(4):\n    assert np.allclose(ones(x), x ** 3)"),
    ),
    "twice": (
        answer("twice", "2 * x"),
        ("once-more", "answer", answer("twice", "x + x")[2]),
        test("twice", "assert twice(2) == 4"),
    ),
}


@pytest.fixture(scope="module")
def executor():
    with LocalWorkers(1) as workers, workers.executor() as executor:
        yield executor


@pytest.fixture
def look(executor, tmp_path):
    def look(*cells, times=1, mutants=0, **options):
        trial = trial_of([SETUP, *cells], tmp_path, **options)
        checker = Checker(trial, Limits(), executor, 1, lambda *_: None)
        return checker.run(times, 2, mutants, seed=1, inputs=30)

    return look


@pytest.fixture(scope="module")
def faulty(executor, tmp_path_factory):
    """What a check finds where wrong answers can keep their points."""
    cells = [SETUP, *(one for part in FAULTY.values() for one in part)]
    trial = trial_of(cells, tmp_path_factory.mktemp("faulty"))
    return Checker(trial, Limits(), executor, 1, lambda *_: None).run(1, 2, 500, seed=1, inputs=30)


@pytest.fixture(scope="module")
def careless(executor, tmp_path_factory):
    """What a check finds where reference, release and blanks show the faults."""
    trial = trial_of(CARELESS, tmp_path_factory.mktemp("careless"))
    return Checker(trial, Limits(), executor, 1, lambda *_: None).run(1, 2, 0)


@pytest.mark.parametrize("fault", FAULTY)
def test_wrong_answers_that_keep_their_points_are_shown(faulty, fault):
    alive = faulty["mutants"]["survived"] + faulty["mutants"]["luck"]
    assert any(one["cell"] == fault for one in alive)


def test_survivors_are_no_reason_once_they_are_allowed(faulty):
    alive = faulty["mutants"]["survived"] + faulty["mutants"]["luck"] + faulty["mutants"]["beyond"]
    about = [reason for reason in failures(faulty, set()) if "wrong answers" in reason]
    assert about and not any(
        "wrong answers" in reason for reason in failures(faulty, {one["name"] for one in alive})
    )


@pytest.mark.parametrize(
    "fault, part",
    [
        ("always", "test-always gives its points to who hands in nothing"),
        ("caught", "test-caught gives its points to who hands in nothing"),
        ("callable", "test-callable gives its points to who hands in nothing"),
        ("never", "test-never gives its points to who hands in nothing"),
        ("loop", "test-loop gives its points to who hands in nothing"),
        ("tuple", "p.ipynb: test-tuple has a line that may not do what it seems to: assert (double(1) == 3,"),
        ("capitals", "The release gives a line of p.ipynb away: # BEGN HIDDEN TESTS"),
        ("free", "test-free is worth 0 points"),
        ("misspelt", "The release gives a line of p.ipynb away: ### BEGIN HIDEN TESTS"),
        ("file", "The reference lost test-file in 1 of 1 grading."),
        ("file", "test-file cannot be graded"),
        ("leak", "The release gives a line of double away: return 2 * x"),
        ("quoted", "The release gives a line of quadruple away: return double(double(x))"),
        ("triple", "test-triple gives its points to who hands in nothing"),
    ],
)
def test_what_reference_and_release_show_is_a_reason(careless, fault, part):
    assert any(part in reason for reason in failures(careless, set())), failures(careless, set())


def test_a_sound_check_beside_them_is_no_reason(careless):
    assert not any("test-double" in reason for reason in failures(careless, set()))


@pytest.mark.parametrize(
    "note",
    [
        "Left empty, these cost nothing, so no check marks them: unchecked.",
        "Left empty, double costs test-quadruple",
        "The empty release stops at stops: NotImplementedError",
        "test-table is decided in part by the student's own code: It uses table",
    ],
)
def test_what_may_be_meant_is_told_in_terminal_and_on_the_page(careless, note):
    page = render(
        careless | {"made": "2026-01-01T12:00", "reasons": [], "allowed": [], "notes": notes(careless)}
    )
    assert f"To know: {note}" in summary(careless, [])
    assert note.replace("'", "&#39;") in page


def test_a_check_that_depends_on_an_earlier_answer_shows_in_the_table_of_blanks(careless):
    beyond = {row["cell"]: row["beyond"] for row in careless["blanks"]}
    assert "test-quadruple" in beyond["double"] and beyond["quadruple"] == []


def test_a_check_that_takes_what_to_expect_from_the_student_is_not_guarded(careless):
    states = {row["check"]: (row["state"], row["reason"]) for row in careless["guarded"]}
    assert states["test-double"] == ("guarded", "")
    assert states["test-table"][0] == "decided in part by the student's own code"
    assert "table" in states["test-table"][1]
    assert states["test-file"][0] == "cannot be graded" and "values.txt" in states["test-file"][1]


def test_where_the_empty_release_stops_is_said(careless):
    assert [stop["cell"] for stop in careless["release"]["stops"]] == ["stops"]


def test_a_sound_assignment_is_ready(look):
    found = look(answer("double", "2 * x"), sound("double"), mutants=30)
    assert failures(found, set()) == []
    assert found["mutants"]["total"] == 30 < found["mutants"]["possible"]
    assert found["mutants"]["caught"] > 20
    assert found["blanks"][0]["lost"] == ["test-double"] and found["blanks"][0]["beyond"] == []


def test_a_reference_that_fails_now_and_then(look):
    """Each grading passes with a chance of 3 / 4: all thirty do, or airlock seems to blame, once in 1,100."""
    text = answer("double", "2 * x if np.random.rand() < 0.91 else 3 * x")
    found = look(text, test("double", "assert [double(1) for _ in 'abc'] == [2, 2, 2]"), times=30)
    assert found["reference"]["checks"][0]["full"] < 30
    assert any("The reference lost test-double" in reason for reason in failures(found, set()))


def test_a_reference_that_fails_seldom(look):
    """One grading of fifteen is lost: 200 quick ones show it, and 300 slow ones have one."""
    text = answer("double", "2 * x if np.random.rand() < 14 / 15 else 3 * x")
    reasons = failures(look(text, test("double", "assert double(1) == 2")), set())
    assert any("The reference lost test-double in 1 of" in reason for reason in reasons)


def test_an_answer_that_writes_a_file_and_one_that_reads_it(look):
    """Their files cross to the checks; what a wrong answer wrote is gone before the next is tried."""
    lines = ["def save(numbers):", "    ### BEGIN SOLUTION", "    with open('sum.txt', 'w') as file:"]
    lines += ["        file.write(str(sum(numbers)))", "    ### END SOLUTION"]
    saved = "for many in ([1, 2], [-3, 4, 12], [0, 0, 50], [7]):\n    save(list(many))\n"
    saved += "    assert open('sum.txt').read() == str(sum(many))"
    read = "for text in ('3', '-7', '120'):\n    with open('given.txt', 'w') as file:\n"
    read += "        file.write(text)\n"
    read += "    assert load('given.txt') == int(text)"
    cells = (("save", "answer", "\n".join(lines)), test("save", saved))
    cells += (answer("load", "int(open(name).read())", "name"), test("load", read))
    found = look(*cells, mutants=60)
    assert {row["state"] for row in found["guarded"]} == {"guarded"}
    alive = found["mutants"]["survived"] + found["mutants"]["luck"]
    assert found["mutants"]["caught"] > 25 and not alive, alive


def test_what_a_check_binds_a_later_cell_may_use(look):
    cells = (answer("double", "2 * x"), test("double", "limit = 3\nassert double(limit) == 6"))
    cells += (("use", "given", "reached = double(limit)"), test("reached", "assert reached == 6"))
    assert "cannot be graded" not in str(look(*cells)["guarded"])


def test_an_answer_that_is_a_value_and_what_given_cells_make_of_it(look):
    """Nothing is called here: cells behind the answer run again, in the fork of each mutant."""
    cells = (
        ("rate", "answer", "### BEGIN SOLUTION\nrate = 0.25\n### END SOLUTION"),
        ("use", "given", "paid = [100 * rate]\nrate_before, rate = rate, None"),
        test("rate", "assert paid == [25.0]"),
    )
    found = look(*cells, mutants=20)
    assert found["mutants"]["survived"] == found["mutants"]["luck"] == found["mutants"]["beyond"] == []
    assert found["mutants"]["caught"] >= 8


def test_an_answer_that_is_a_class(look):
    """Its objects are compared by what they hold and what is done with them."""
    lines = ["class Pair:", "    def __init__(self, one, two):", "        self.one, self.two = one, two"]
    lines += ["    def total(self):", "        ### BEGIN SOLUTION", "        return self.one + self.two"]
    text = "\n".join([*lines, "        ### END SOLUTION"])
    check = "for one, two in ((1, 2), (5, 1), (-40, 7), (0, 50), (30, 4)):\n    pair = Pair(one, two)\n"
    check += "    assert (pair.one, pair.two, pair.total()) == (one, two, one + two)"
    found = look(("pair", "answer", text), test("pair", check), mutants=60)
    assert found["mutants"]["survived"] == found["mutants"]["luck"] == []
    assert found["mutants"]["equivalent"] >= 3 and found["mutants"]["caught"] >= 20


def test_what_a_test_of_before_has_bound_asks_the_answer_that_is_graded(look):
    """A function that an earlier check defines looks the student's function up where it is asked for."""
    helper = "def asked(value):\n    return globals()['double'](value)\nassert asked(2) == 4"
    found = look(
        answer("double", "2 * x"), test("first", helper), test("second", "assert asked(3) == 6"), mutants=20
    )
    assert found["mutants"]["equivalent"] > 0
    assert all("lost" not in row["message"] for row in found["mutants"]["messages"])


@pytest.mark.parametrize(
    "cells, kernel, sentence",
    [
        ([answer("d", "2 * x"), sound("d"), sound("d")], KERNEL, "test-d"),
        (
            [("d", "answer", "### BEGIN SOLUTION\nd = 1"), test("d", "assert d == 1")],
            KERNEL,
            "no end solution",
        ),
        ([answer("d", "2 * x"), sound("d")], {"name": "ir", "display_name": "R", "language": "R"}, "Python"),
    ],
    ids=["a duplicated grade_id", "a region without end", "another language"],
)
def test_what_cannot_be_generated_is_said_in_a_sentence(look, cells, kernel, sentence):
    with pytest.raises(AirlockError, match=sentence):
        look(*cells, kernel=kernel)


def test_an_answer_without_a_region_is_gone_when_it_is_emptied(look):
    """nbgrader then takes all of the cell, and what stands there instead raises before it defines it."""
    whole = ("double", "answer", "def double(x):\n    return 2 * x")
    found = look(whole, sound("double"), mutants=10)
    assert found["blanks"][0]["lost"] == ["test-double"]
    assert failures(found, set()) == []


def test_an_answer_that_only_the_check_of_another_needs_is_marked_by_that(look):
    """A check that names it and cannot lose decides nothing."""
    cells = (
        answer("double", "2 * x"),
        test("named", "kept = double"),
        answer("quadruple", "double(double(x))"),
    )
    found = look(
        *cells, test("quadruple", "assert [quadruple(n) for n in (-3, 0, 7)] == [-12, 0, 28]"), mutants=40
    )
    assert found["mutants"]["caught"] > 20
    assert not [one for one in found["mutants"]["survived"] if one["after"].strip() == "return x"]


def test_a_wrong_line_is_compared_with_its_own_blank_and_not_with_the_whole_cell(look):
    """Two blanks, each with its check; the second check also fails when the first line raises."""
    text = (
        "def both(x):\n    a = ...\n    ### BEGIN SOLUTION\n    a = 2 * x\n    ### END SOLUTION\n"
        "    b = ...\n    ### BEGIN SOLUTION\n    b = 3 * x\n    ### END SOLUTION\n    return a, b"
    )
    first = "assert [both(n)[0] for n in (-3, 0, 12)] == [-6, 0, 24]"
    second = "assert [both(n)[1] for n in (-3, 0, 12)] == [-9, 0, 36]"
    found = look(("both", "answer", text), test("first", first), test("second", second), mutants=60, stub="")
    lost = {row["blank"]: row["lost"] for row in found["blanks"]}
    assert lost == {"": ["test-first", "test-second"], "1": ["test-first"], "2": ["test-second"]}
    raises = [one for one in found["mutants"]["beyond"] if one["line"] == 3]
    assert {one["before"].strip() for one in raises} == {"a = 2 * x"}
    assert all("test-second" in one["beyond"] for one in raises)


def test_the_page_shows_a_survivor_as_a_diff_and_runs_nothing(faulty):
    reasons = {"reasons": failures(faulty, set()), "notes": notes(faulty), "allowed": []}
    page = render(faulty | reasons | {"made": "2026-01-01T12:00"})
    one = faulty["mutants"]["survived"][0]
    assert one["name"] in page and "<ins>" in page and "<script" not in page
