"""An assignment generated in a course of its own, so that trying it touches neither gradebook nor release."""

import contextlib
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from traitlets.config import Config

from airlock.course.load import header_and_footer, load_master
from airlock.model.assignment import Master
from airlock.model.errors import AirlockError

RAISED = re.compile(r"^\s*[\w.]*(?:Error|Exception): (.+)$", re.MULTILINE)  # the first line of what it raised
LOGGED = re.compile(r"^\[ERROR\] (.+?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Gap:
    """One blank of several in an answer cell."""

    text: str  # of the cell, with the reference but for this blank
    lines: range  # of the reference's text, from 1, that are not there then


@dataclass(frozen=True)
class Trial:
    """What checking an assignment needs of it. Texts of answer cells are by notebook and grade_id."""

    master: Master
    released: dict[str, bytes]  # notebooks as students get them, by name
    files: dict[str, bytes]  # what students get beside them
    references: dict[str, dict[str, str]]
    blanks: dict[str, dict[str, list["Gap"]]]  # where an answer cell has several
    hidden: dict[str, list[tuple[str, str, str]]]  # grade_id, "solution" or "hidden test", and the line


def generate(coursedir: CourseDirectory, config: Config, assignment: str, folder: Path) -> Trial:
    """Generate an assignment of a course in ``folder``, which must be empty.

    Raises AirlockError when there is none, or when nbgrader cannot generate it.
    """
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    if not list(source.glob("*.ipynb")):
        raise AirlockError(f"{source} has no notebook: put the assignment's source there.")
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(source, folder / coursedir.source_directory / assignment, ignore=ignore)
    own = Config(config)
    own.CourseDirectory.root = str(folder)
    own.CourseDirectory.db_url = f"sqlite:///{folder / 'gradebook.db'}"
    own.Exchange.root = str(folder / "exchange")
    own.IncludeHeaderFooter.update(header_and_footer(coursedir))
    trial = CourseDirectory(config=own)
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    with contextlib.chdir(folder):  # where a hook of the course's looks for what was generated
        outcome = NbGraderAPI(trial, config=own).generate_assignment(assignment, force=True, create=True)
    if not outcome["success"]:
        raise AirlockError(f"nbgrader cannot generate {assignment}: {_reason(outcome)}.")
    master = load_master(trial, assignment)
    release = Path(trial.format_path(trial.release_directory, ".", assignment))
    released = {name: (release / f"{name}.ipynb").read_bytes() for name in master.notebooks}
    files = {
        path.relative_to(release).as_posix(): path.read_bytes()
        for path in sorted(release.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb"
    }
    references, blanks, hidden = {}, {}, {}
    for name in master.notebooks:
        notebook = nbformat.read(source / f"{name}.ipynb", as_version=4)
        references[name], blanks[name], hidden[name] = _texts(notebook, own)
    return Trial(master, released, files, references, blanks, hidden)


def _reason(outcome: dict[str, Any]) -> str:
    """Why nbgrader could not: the first error that it tells of, in one line."""
    log, error = outcome.get("log", ""), outcome.get("error", "")
    found = RAISED.search(log) or LOGGED.search(log) or RAISED.search(error)
    return " ".join((found[1] if found else log or error).split()).rstrip(".")


def _texts(
    notebook: NotebookNode, config: Config
) -> tuple[dict[str, str], dict[str, list[Gap]], list[tuple[str, str, str]]]:
    solutions, tests = ClearSolutions(config=config), ClearHiddenTests(config=config)
    begin, end = solutions.begin_solution_delimeter, solutions.end_solution_delimeter
    pairs = {begin: end, tests.begin_test_delimeter: tests.end_test_delimeter}
    references: dict = {}
    blanks: dict = {}
    hidden = []
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        name = nbgrader.get("grade_id", cell.get("id", ""))
        for kind, line in _hidden_lines(cell.source, pairs):
            hidden.append((name, "solution" if kind == begin else "hidden test", line))
        if cell.cell_type == "code" and nbgrader.get("solution"):
            lines = cell.source.split("\n")
            references[name] = "\n".join(ln for ln in lines if begin not in ln and end not in ln)
            starts = [at for at, line in enumerate(lines) if begin in line]
            several = starts if len(starts) > 1 else []
            blanks[name] = [_gap(cell, start, solutions, notebook.metadata) for start in several]
    return references, blanks, hidden


def _gap(cell: NotebookNode, start: int, solutions: ClearSolutions, metadata: NotebookNode) -> Gap:
    """The blank that begins with the marker on line ``start`` of a cell."""
    begin, end = solutions.begin_solution_delimeter, solutions.end_solution_delimeter
    lines, others = cell.source.split("\n"), []
    for at, line in enumerate(lines):
        other = begin in line and at != start or end in line and _belongs(lines, at, begin) != start
        others += [] if other else [line]
    piece = nbformat.v4.new_code_cell("\n".join(others), metadata=cell.metadata)
    language = {"language": metadata.get("kernelspec", {}).get("language", "python")}
    first = 1 + sum(begin not in line and end not in line for line in lines[:start])
    length = next((at for at, line in enumerate(lines[start + 1 :]) if end in line), 0)
    return Gap(solutions.preprocess_cell(piece, language, 0)[0].source, range(first, first + length))


def _belongs(lines: list[str], at: int, begin: str) -> int:
    """The line on which the region began that ends at a line."""
    return max((place for place in range(at) if begin in lines[place]), default=-1)


def _hidden_lines(source: str, pairs: dict[str, str]) -> Iterator[tuple[str, str]]:
    inside = None
    for line in source.split("\n"):
        if inside is None:
            inside = next((begin for begin in pairs if begin in line), None)
        elif pairs[inside] in line:
            inside = None
        elif line.strip():
            yield inside, line.strip()
