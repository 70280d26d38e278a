"""Courses to try things on: this one, and the one that ``nbgrader quickstart`` makes."""

import os
import re
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import nbformat
import nbgrader
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
PROGRAMS = Path(sys.executable).parent
os.environ["PATH"] = os.pathsep.join([str(PROGRAMS), os.environ["PATH"]])  # nbgrader runs alembic
COURSES = {"vanishing-gradient": ROOT / "source", "ps1": GUIDE}


@cache
def course(assignment):
    """The directory of a course of its own in which the assignment was generated; for reading only."""
    root = Path(tempfile.mkdtemp(prefix="course-"))
    ignore = shutil.ignore_patterns("*.html", "ps1_autotest", ".ipynb_checkpoints", "__pycache__")
    shutil.copytree(COURSES[assignment] / assignment, root / "source" / assignment, ignore=ignore)
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "course"
    if assignment == "ps1":
        shutil.copy(GUIDE / "header.ipynb", root / "source")
        config.IncludeHeaderFooter.header = str(root / "source" / "header.ipynb")
    else:
        config.ClearSolutions.code_stub = {"python": ""}
    coursedir = CourseDirectory(config=config)
    result = NbGraderAPI(coursedir, config=config).generate_assignment(assignment)
    assert result["success"], result
    return coursedir


def release(assignment, notebook):
    """The notebook as students receive it."""
    path = Path(course(assignment).root, "release", assignment, f"{notebook}.ipynb")
    return nbformat.read(path, as_version=4)


def solved(assignment, notebook):
    """The same with the instructor's answers in it."""
    path = Path(course(assignment).root, "source", assignment, f"{notebook}.ipynb")
    answers = {
        cell.metadata.nbgrader.grade_id: re.sub(r".*(BEGIN|END) SOLUTION.*\n?", "", cell.source).rstrip("\n")
        for cell in nbformat.read(path, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    handed_in = release(assignment, notebook)
    for cell in handed_in.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return handed_in
