"""The sample class under stock nbgrader with real kernels, and in a course that knows nothing of this one."""

import re
import shutil
import subprocess
import sys

import hand_in
import nbformat
import pytest
from nbgrader.api import Gradebook
from notebook_code import ASSIGNMENT, ROOT, SOURCE, make_lean, with_path

# Sofia loses the way back of the network too: every layer is compared, so a wrong slope is seen there.
# Kurt's endless loop is for a grader with limits: stock nbgrader waits for every cell that calls it.
SCORES = {
    "ada": 25, "emmy": 25, "grace": 25, "leonhard": 25, "blaise": 24, "kaiming": 23, "sofia": 16, "pierre": 0,
    "carl": 16, "alan": 20, "felix": 23, "maria": 18,
}  # fmt: skip
TRAVELLERS = ("sofia",)


def nbgrader(course, *arguments):
    command = [sys.executable, "-m", "nbgrader", *arguments]
    run = subprocess.run(command, cwd=course, env=with_path(), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def copy_source(course):
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE.parent, course / "source" / ASSIGNMENT, ignore=caches)


def graded(course, students):
    """Hand in the samples, grade with plain nbgrader, return each student's points by check."""
    nbgrader(course, "generate_assignment", ASSIGNMENT)
    for student in students:
        hand_in.hand_in(course, student, (ROOT / "samples" / f"{student}.py").read_text())
    nbgrader(course, "autograde", ASSIGNMENT)
    points = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for student in students:
            notebook = gradebook.find_submission(ASSIGNMENT, student).notebooks[0]
            points[student] = {grade.cell.name: grade.score for grade in notebook.grades}
    return points


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """Points of the whole class in our course, and the course."""
    course = tmp_path_factory.mktemp("our course")
    config = (ROOT / "nbgrader_config.py").read_text()
    # Stock nbgrader: without the lines that switch the airlock on.
    ours = re.compile("airlock|configure")
    kept = [line for line in config.splitlines() if not ours.search(line)]
    (course / "nbgrader_config.py").write_text("\n".join(kept))
    copy_source(course)
    make_lean(course / "source" / ASSIGNMENT / SOURCE.name)  # the whole notebook travels, below
    return course, graded(course, SCORES)


@pytest.mark.timeout(900)
def test_every_sample_gets_its_score_from_stock_nbgrader(stock):
    _, points = stock
    assert {student: sum(checks.values()) for student, checks in points.items()} == SCORES


@pytest.mark.timeout(900)
def test_what_was_lost_is_explained_in_the_graded_notebook(stock):
    course, points = stock
    for student, checks in points.items():
        path = course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and checks.get(cell.id) == 0:
                (error,) = [output for output in cell.outputs if output.output_type == "error"]
                assert error.ename == "AssertionError", (student, cell.id)


@pytest.mark.timeout(900)
def test_it_travels_to_a_course_without_our_configuration(stock, tmp_path):
    course = tmp_path / "elsewhere"
    nbgrader(tmp_path, "quickstart", "elsewhere")
    copy_source(course)
    points = graded(course, TRAVELLERS)
    assert points == {student: stock[1][student] for student in TRAVELLERS}
