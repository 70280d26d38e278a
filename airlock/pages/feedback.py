"""The page that a student gets back: score, checks, and the notebook, in one file that needs nothing else."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from nbformat import NotebookNode

from airlock.model.assignment import HIDDEN
from airlock.model.record import NO_ANSWER, Check, Record
from airlock.pages.cells import Reader, View
from airlock.pages.shared import environment
from airlock.pages.slips import SUBJECT

# What of a record a page shows, beside checks, incidents and comments.
SHOWN = ("student", "assignment", "status", "score", "max_score", "blanks", "late", "penalty")

# The reports of numpy.testing and unittest, which quote what was expected.
QUOTES_VALUES = re.compile(
    r"^[ \t]*(Not equal to|Arrays are not|Items are not equal|Mismatch|Max absolute|Max relative"
    r"|ACTUAL|DESIRED|First differing|x and y |X and Y ).*",
    re.MULTILINE | re.DOTALL,
)
COMPARES_VALUES = re.compile(
    r"""(?:[-+.\d'"(\[{]|array\(|True|False|None|nan|inf).* (?:[!=]=|not \w+ than|(?:not )?found in) """
    r".*?(?: : (?P<words>.*))?",
    re.DOTALL,
)


def render_feedback(
    notebooks: dict[str, NotebookNode],
    record: Record,
    hidden: Mapping[str, str] = HIDDEN,
    folder: Path | None = None,
) -> str:
    """Return the page of one submission."""
    reader = Reader(hidden, 4 if len(notebooks) > 1 else 3, folder)
    views = {}
    for name, notebook in notebooks.items():
        checks = {check.grade_id: check for check in record.checks if check.notebook == name}
        comments = {one.grade_id: one.text for one in record.comments if one.notebook == name}
        views[name] = reader.read(notebook, checks, comments)
    anchors = {(name, view.name): view.number for name, seen in views.items() for view in seen if view.check}
    return environment.get_template("feedback.html.j2").render(
        record=record,
        notebooks=views,
        anchors=anchors,
        lost=[
            (check, _own(check, views.get(check.notebook, [])))
            for check in record.checks
            if not _passed(check)
        ],
        passed=[check for check in record.checks if _passed(check)],
        parts={name: _parts(cells) for name, cells in views.items()},
        comments=[view.number for cells in views.values() for view in cells if view.comment],
        stamp=stamp(record),
    )


def _passed(check: Check) -> bool:
    return check.points is not None and check.points >= check.max_points


def _own(check: Check, views: list[View]) -> View | None:
    """The student's own lines that a check is about: of the function that its message names, or else what
    was answered last before it.
    """
    place = next((view.number for view in views if view.check is check), 0)
    answers = [view for view in views if view.role == "answer" and not view.prose and view.body]
    if subject := SUBJECT.match(check.message):
        defines = re.compile(rf"^\s*(?:async\s+)?(?:def|class)\s+{re.escape(subject[1])}\b", re.MULTILINE)
        found = [view for view in answers if defines.search(view.source)]
        if found:
            return found[-1]
    before = [view for view in answers if view.number < place]
    return before[-1] if before else None


def _parts(views: list[View]) -> list[list[View]]:
    """Cells in order, those that are folded together in one part, each of the others in its own."""
    parts: list[list[View]] = []
    for view in views:
        if view.folded and parts and parts[-1][0].folded:
            parts[-1].append(view)
        else:
            parts.append([view])
    return parts


def stamp(record: Record) -> str:
    """Equal for records of which a page says the same; a page carries it, to be told from one out of date."""
    shown = [getattr(record, name) for name in SHOWN]
    parts = [asdict(record)[name] for name in ("checks", "incidents", "comments")]
    return (
        "airlock-" + hashlib.sha256(repr((shown, parts)).encode(errors="backslashreplace")).hexdigest()[:24]
    )


def message_of(cell: NotebookNode) -> str:
    """Return why a graded test cell lost points, in the words of its error; expected values are cut out."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            text = QUOTES_VALUES.sub("", output.get("evalue", "")).strip()
            if output.get("ename") == "AssertionError":
                compared = COMPARES_VALUES.fullmatch(text)
                return (compared["words"] if compared else text) or "What was checked does not hold."
            return f"{output.get('ename')}: {text}" if text else output.get("ename", "")
        if output.output_type == "stream" and output.get("name") == "stderr":
            return "Something was written to the error stream during the check."
    return NO_ANSWER if cell.metadata.nbgrader.get("comment") == NO_ANSWER else ""
