"""Tests that a course runs as nbgrader does: they count, are labelled, and reach no other check."""

import functools
from dataclasses import replace

from small_course import QUICK
from test_names import a_master

from airlock.course.results import to_csv
from airlock.model.assignment import Master
from airlock.run.grade import grade_submission
from airlock.run.rehearsal import observe, reference_notebook

POINT = """class P:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return self.x == other.x"""
SQUARE = "def f(x):\n    return x * x"
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
CELLS = [
    ("answer", POINT, ""),
    ("test", "class Q:\n    x = 3\nfirst = Q()\nassert P(3).x == 3"),
    ("test", "assert P(3) == first and P(4) != first"),
    ("answer", SQUARE, ""),
    ("test", HIDDEN.format("expected = int('876543') - 876534\nassert f(3) == expected, f'not {expected}'")),
    ("test", "2 * (f(2) == 4)"),
    ("test", "assert f(5) == 25"),
]


@functools.cache
def master() -> Master:
    """The assignment with three of its tests unguarded, as a worker gets it."""
    made = a_master(*CELLS)
    notebook = replace(made.notebooks["n"], unguarded=("c2", "c4", "c5"))
    made = replace(made, notebooks={"n": notebook})
    return replace(
        Master.from_bytes(made.to_bytes()), solutions=made.solutions, observed=observe(made, QUICK)
    )


def graded(**answers):
    """Points, messages and record of a submission."""
    data = reference_notebook(master().notebooks["n"], master().solutions["n"] | answers)
    record = grade_submission("s", {"n.ipynb": data}, master(), replace(QUICK, cell_seconds=1)).record
    points = {check.grade_id: check.points for check in record.checks}
    return points, {check.grade_id: check.message for check in record.checks}, record


def test_what_only_the_students_class_can_decide_is_decided_where_a_course_wants_it():
    assert a_master(*CELLS).observed["n"].waits.keys() == {"c2"}
    points, _, record = graded()
    assert points == {"c1": 2, "c2": 2, "c4": 2, "c5": 2, "c6": 2}
    assert {check.grade_id for check in record.checks if check.unguarded} == {"c2", "c4", "c5"}
    assert to_csv([record]).splitlines()[0].split(",")[4:9] == [
        "c1",
        "c2 (unguarded)",
        "c4 (unguarded)",
        "c5 (unguarded)",
        "c6",
    ]


def test_a_wrong_answer_loses_the_points_and_learns_nothing_that_is_hidden():
    points, messages, _ = graded(c3="def f(x):\n    return x + 1", c0=POINT.replace("==", "!="))
    assert points == {"c1": 2, "c2": 0, "c4": 0, "c5": 0, "c6": 0}
    assert messages["c4"] == "A hidden test failed."


def test_what_the_code_learns_in_an_unguarded_test_is_gone_with_it():
    spy = """seen = []
def f(x):
    seen.append(globals().get("expected"))
    return seen[0] or 0"""
    points, _, _ = graded(c3=spy)
    assert points["c4"] == 2, "no more than with nbgrader"
    assert points["c6"] == 0


def test_code_that_ends_or_never_ends_costs_the_unguarded_test_alone():
    for line, kind in (("while x == 3: pass", "time-limit"), ("if x == 3: os._exit(0)", "kernel-died")):
        points, _, record = graded(c3=f"import os\ndef f(x):\n    {line}\n    return x * x")
        assert points == {"c1": 2, "c2": 2, "c4": 0, "c5": 2, "c6": 2}
        assert [(incident.kind, incident.cell) for incident in record.incidents] == [(kind, "c4")]


def test_an_unguarded_check_counts_though_the_one_before_it_waits():
    waits = "class Q:\n    x = 3\nassert P(3) == Q()"
    made = a_master(("answer", POINT, ""), ("test", waits), ("test", "assert P(3).x == 3"))
    notebook = replace(made.notebooks["n"], unguarded=("c2",))
    unknown = replace(made, notebooks={"n": notebook}, observed={})  # the reference could not be graded
    data = reference_notebook(notebook, made.solutions["n"])
    record = grade_submission("s", {"n.ipynb": data}, unknown, QUICK).record
    assert {check.grade_id: check.points for check in record.checks} == {"c1": None, "c2": 2}
