"""Honest work on the course that ``nbgrader quickstart`` makes gets the marks of stock nbgrader."""

import os
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import nbformat
import pytest
from courses import course as generated
from courses import release, solved
from nbgrader.api import Gradebook

from airlock.cli import main
from airlock.course.results import read_results

pytestmark = pytest.mark.timeout(600)
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "course"
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""
AIRLOCK = CONFIG + "\nfrom airlock.settings import configure\n\nconfigure(c)\n"

# Answers by notebook and grade_id, in place of the instructor's; None leaves the cell as it was handed out.
STUDENTS = {
    "right": {},
    "blank": None,
    "wrong": {
        ("problem1", "squares"): "def squares(n):\n    return [i * i for i in range(n)]",
        ("problem1", "sum_of_squares"): "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6",
    },
    "printing": {
        (
            "problem1",
            "squares",
        ): "def squares(n):\n    print(n)\n    if n < 1:\n        raise ValueError('small')\n"
        "    return [i**2 for i in range(1, n + 1)]",
    },
    "other-error": {
        (
            "problem1",
            "squares",
        ): "def squares(n):\n    assert n > 0\n    return [i**2 for i in range(1, n + 1)]"
    },
    "syntax": {("problem1", "squares"): "def squares(n:\n    return"},
    "essay": {
        ("problem1", "sum_of_squares_equation"): "$\\sum_i i^2$",
        ("problem2", "part-a"): "It is so because of that.",
        ("problem2", "part-b"): "And this.",
    },
    "one-notebook": {"problem2": None},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, handed in by all students."""
    root = tmp_path_factory.mktemp("quickstart") / "course"
    shutil.copytree(generated("ps1").root, root)
    for student, answers in STUDENTS.items():
        folder = root / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        for path in sorted((root / "release" / "ps1").iterdir()):
            if path.suffix != ".ipynb":
                shutil.copy(path, folder)
                continue
            if answers is not None and path.stem in answers:
                continue
            notebook = release("ps1", path.stem) if answers is None else solved("ps1", path.stem)
            for cell in notebook.cells:
                key = path.stem, cell.metadata.get("nbgrader", {}).get("grade_id")
                cell.source = (answers or {}).get(key, cell.source)
            nbformat.write(notebook, folder / path.name)
    return root


def marks(root: Path) -> dict:
    """Automatic score and whether a person is to look, of every graded cell, by student."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {
            submission.student.id: {
                (notebook.name, grade.name): (grade.auto_score, bool(grade.needs_manual_grade))
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.find_assignment("ps1").submissions
        }


def graded(course, root, config, command):
    shutil.copytree(course, root)
    (root / "nbgrader_config.py").write_text(config)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    if command == "autograde":
        words = [sys.executable, "-m", "nbgrader", "autograde", "ps1"]
        run = subprocess.run(words, cwd=root, env=os.environ | {"PATH": path}, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
    else:
        with chdir(root):
            assert main(["grade", "ps1", "--jobs", "2"]) == 0
    return marks(root)


def test_the_same_marks_as_stock_nbgrader(course, tmp_path):
    stock = graded(course, tmp_path / "stock", CONFIG, "autograde")
    assert stock.keys() == STUDENTS.keys()
    totals = {student: sum(score or 0 for score, _ in cells.values()) for student, cells in stock.items()}
    assert totals["right"] > totals["wrong"] > totals["blank"] == 0  # the solutions tell something
    assert any(needs for cells in stock.values() for _, needs in cells.values())
    assert graded(course, tmp_path / "airlock", AIRLOCK, "airlock grade") == stock
    # And so does every page: also of the task, for which only a person gives points.
    results = read_results(tmp_path / "airlock" / "reports" / "ps1")
    found = {
        record["student"]: {(one["notebook"], one["grade_id"]): one["points"] for one in record["checks"]}
        for record in results["records"]
    }
    assert found == {
        student: {cell: score for cell, (score, _) in cells.items()} for student, cells in stock.items()
    }
    with Gradebook(f"sqlite:///{tmp_path / 'airlock' / 'gradebook.db'}") as book:
        assert results["max_score"] == book.find_assignment("ps1").max_score
