"""The record of a submission: as it begins, what it learns of graded notebooks, and how it ends."""

import hashlib
import platform
from collections.abc import Container, Iterator
from dataclasses import asdict, replace
from importlib.metadata import version

from nbformat import NotebookNode

from airlock.model.assignment import Master
from airlock.model.limits import Limits
from airlock.model.marks import determine_grade, has_points, is_test
from airlock.model.record import MAX_MESSAGE, Check, Incident, Record
from airlock.sandbox import confine

PACKAGES = ("airlock-grader", "nbgrader", "ipykernel", "numpy")


def ungraded_record(student: str, master: Master, limits: Limits | None = None) -> Record:
    """The record of a submission before it is graded."""
    return Record(
        student=student,
        assignment=master.assignment,
        status="graded",
        max_score=sum(points for _, _, points in _graded_cells(master)),
        score=None,
        confinement=confine.measures((limits or Limits()).network),
        versions=versions(),
    )


def versions() -> dict[str, str]:
    """What decides, beside submission and assignment, what grading finds: by package, and Python's own."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def grading_digest(hand_in: str, master: Master, limits: Limits) -> str:
    """Equal when grading again would do the same: submission, assignment, limits and versions.

    ``hand_in``: digest of the submission's files.
    """
    parts = (master.digest, asdict(limits), versions(), hand_in)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def not_handed_in(master: Master, chosen: Container[str]) -> list[Check]:
    """The checks of the notebooks that are not among the ``chosen``: no points."""
    return [
        Check(notebook, grade_id, points, 0.0, "This notebook was not handed in.")
        for notebook, grade_id, points in _graded_cells(master)
        if notebook not in chosen
    ]


def failed(record: Record, kind: str, sentence: str) -> Record:
    """The record of a submission that could not be graded: no score, neither 0 nor any other."""
    incidents = [*record.incidents, Incident(kind, sentence)]
    return replace(record, status="failed", score=None, checks=[], blanks=[], incidents=incidents)


def conclude(record: Record) -> None:
    """Score and status, from the checks and incidents; points that wait for a person do not count yet."""
    record.score = sum(check.points or 0 for check in record.checks)
    record.status = "incident" if record.incidents else "graded"


def leave_note(notebook: NotebookNode, record: Record) -> None:
    """Leave in a graded notebook what only the grader knows, for whoever makes a feedback page later."""
    notebook.metadata["airlock"] = {
        "blanks": record.blanks,
        "incidents": [asdict(incident) for incident in record.incidents],
        "messages": {check.grade_id: check.message for check in record.checks if check.message},
    }


def checks_of(notebook: NotebookNode, name: str) -> list[Check]:
    """The points of every graded cell of an executed notebook, with the reason where some were lost."""
    checks = []
    for cell in notebook.cells:
        if has_points(cell):
            points, most = determine_grade(cell)
            note = cell.metadata.get("airlock", {})
            message = note.get("waits", "")
            if message:
                points = None
            if is_test(cell) and points is not None and points < most:
                errors = [output for output in cell.outputs if output.output_type == "error"]
                message = errors[0].evalue if errors else _said(cell) or "Part of the points."
            check = Check(name, cell.metadata.nbgrader.grade_id, most, points, message)
            checks.append(replace(check, unguarded=note.get("unguarded", False)))
    return checks


def _said(cell: NotebookNode) -> str:
    """The last line that a check has printed which gave part of the points: what it says of the rest."""
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return lines[-1][:MAX_MESSAGE] if lines else ""


def _graded_cells(master: Master) -> Iterator[tuple[str, str, float]]:
    for name, notebook in master.notebooks.items():
        for cell in notebook.cells:
            if has_points(cell.node):
                nbgrader = cell.node.metadata.nbgrader
                yield name, nbgrader.grade_id, float(nbgrader.points)
