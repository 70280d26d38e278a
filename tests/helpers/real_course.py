"""The course of this repository in a folder of its own: source, configuration, a fresh release, hand-ins."""

import os
import re
import shutil
import sys
from pathlib import Path
from unittest.mock import patch

import nbformat
from notebook_code import ASSIGNMENT, ROOT, make_light

from airlock.course.application import load_course
from airlock.course.load import load_master

SOLUTION = re.compile(r"[ ]*### BEGIN SOLUTION\n(.*?)[ ]*### END SOLUTION\n", re.DOTALL)


class RealCourse:
    """A copy of the course at ``root``, and its assignment in memory.

    ``light``: the given cells that no check needs, experiments and pictures, compute nothing.
    """

    def __init__(self, root: Path, light: bool = False):
        from nbgrader.apps import NbGraderAPI

        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / "source", root / "source", ignore=ignore)
        if light:
            make_light(root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        shutil.copy(ROOT / "nbgrader_config.py", root)
        app = load_course(root)
        self.coursedir, self.config = app.coursedir, app.config
        self.api = NbGraderAPI(self.coursedir, config=self.config)
        with patch.dict(os.environ, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"):
            outcome = self.api.generate_assignment(ASSIGNMENT, force=True, create=True)  # calls alembic
        assert outcome["success"], outcome["log"]
        self.master = load_master(self.coursedir, ASSIGNMENT)

    @property
    def released(self) -> nbformat.NotebookNode:
        """The notebook that students get."""
        return nbformat.read(self.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)

    def solved(self, answers: dict[str, str] | None = None) -> nbformat.NotebookNode:
        """The released notebook with the reference solution, but for ``answers`` (cell text by grade_id)."""
        source = nbformat.read(self.root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        texts = {cell.id: SOLUTION.sub(r"\1", cell.source) for cell in source.cells if is_answer(cell)}
        notebook = self.released
        for cell in notebook.cells:
            if is_answer(cell):
                cell.source = (answers or {}).get(cell.metadata.nbgrader.grade_id, texts[cell.id])
        return notebook

    def hand_in(self, student: str, notebook: nbformat.NotebookNode) -> Path:
        """Put a notebook, and the files of the release beside it, where it is graded; return the folder."""
        folder = self.root / "submitted" / student / ASSIGNMENT
        ignore = shutil.ignore_patterns("*.ipynb", "__pycache__")
        shutil.copytree(self.root / "release" / ASSIGNMENT, folder, ignore=ignore, dirs_exist_ok=True)
        nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
        return folder


def is_answer(cell) -> bool:
    """Whether students write into this cell."""
    return cell.metadata.get("nbgrader", {}).get("solution", False)
