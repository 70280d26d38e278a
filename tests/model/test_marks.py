"""A cell is worth to airlock what it is worth to nbgrader."""

import itertools

import pytest
from nbformat import v4
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

from airlock.model import marks
from airlock.model.assignment import HIDDEN
from airlock.run.records import checks_of

FLAGS = [
    dict(zip(("grade", "solution", "locked", "task"), values, strict=True))
    for values in itertools.product((False, True), repeat=4)
]
OUTPUTS = {
    "none": [],
    "printed": [v4.new_output("stream", name="stdout", text="hello")],
    "warned": [v4.new_output("stream", name="stderr", text="hello")],
    "error": [v4.new_output("error", ename="E", evalue="e", traceback=[])],
    "printed, then an error": [
        v4.new_output("stream", name="stdout", text="1"),
        v4.new_output("error", ename="E", evalue="e", traceback=[]),
    ],
    "a value, then an error": [
        v4.new_output("execute_result", data={"text/plain": "1"}),
        v4.new_output("error", ename="E", evalue="e", traceback=[]),
    ],
    "a picture": [v4.new_output("display_data", data={"image/png": ""})],
} | {
    f"value {value}": [v4.new_output("execute_result", data={"text/plain": value})]
    for value in ("0", "1.5", "2", "-1", "nan", "True", "'2'", "[1]", ["1"], ["1", "2"], ["x"])
}


def cell(kind, flags, outputs=()):
    new = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}[kind]
    made = new("x = 1  # ä", metadata={"nbgrader": flags | {"grade_id": "a", "points": 2}})
    if kind == "code":
        made.outputs = list(outputs)
    return made


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_the_flags_and_the_checksum_are_read_as_nbgrader_reads_them(kind):
    for flags in FLAGS:
        one = cell(kind, flags)
        for name in ("is_grade", "is_solution", "is_task", "is_locked", "compute_checksum"):
            assert getattr(marks, name)(one) == getattr(utils, name)(one), (name, flags)
    bare = v4.new_code_cell("x")
    for name in ("is_grade", "is_solution", "is_task", "is_locked"):
        assert getattr(marks, name)(bare) == getattr(utils, name)(bare)


@pytest.mark.parametrize("outputs", OUTPUTS)
def test_the_grade_is_the_one_that_nbgrader_determines(outputs):
    for flags in FLAGS:
        if flags["grade"]:
            one = cell("code", flags, OUTPUTS[outputs])
            assert marks.determine_grade(one) == utils.determine_grade(one), flags


def test_a_task_waits_for_a_person_whatever_was_put_out():
    for kind in ("code", "markdown"):
        one = cell(kind, {"grade": False, "solution": False, "locked": True, "task": True})
        assert marks.has_points(one) and marks.determine_grade(one) == (None, 2)
        (check,) = checks_of(v4.new_notebook(cells=[one]), "n")
        assert (check.points, check.max_points, check.message) == (None, 2, "")


def test_an_untouched_answer_is_worth_nothing_and_another_waits():
    one = cell("markdown", {"grade": True, "solution": True})
    one.metadata.nbgrader.checksum = utils.compute_checksum(one)
    assert marks.determine_grade(one) == utils.determine_grade(one) == (0, 2)
    one.source = "mine"
    assert marks.determine_grade(one) == utils.determine_grade(one) == (None, 2)


def test_more_than_all_points_are_refused_by_both():
    one = cell("code", {"grade": True}, [v4.new_output("execute_result", data={"text/plain": "3"})])
    for module in (marks, utils):
        with pytest.raises(ValueError, match="partial credit"):
            module.determine_grade(one)


def test_what_is_hidden_is_marked_by_nbgraders_own_words():
    tests, scheme = ClearHiddenTests(), ClearMarkScheme()
    assert {
        tests.begin_test_delimeter: tests.end_test_delimeter,
        scheme.begin_mark_scheme_delimeter: scheme.end_mark_scheme_delimeter,
    } == HIDDEN


def test_a_worker_does_not_import_nbgrader():
    import subprocess
    import sys

    code = "import sys, airlock.run.grade, airlock.pages.feedback; print('nbgrader' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_the_command_that_waits_for_workers_does_not_import_what_runs_tests():
    import subprocess
    import sys

    code = (
        "import sys, airlock.classroom.classroom, airlock.classroom.preview, airlock.classroom.table\n"
        "print({'numpy', 'airlock.run.bridge', 'airlock.kernel', 'airlock.wire'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
