"""What nbgrader's gradebook says of the submissions of an assignment, in a few queries for a class."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader import api
from sqlalchemy import Select, select

Cell = tuple[str, str]  # notebook and grade_id


@dataclass(frozen=True)
class Grade:
    """One graded cell of a submission; None where there is no such score."""

    automatic: float | None
    by_hand: float | None
    extra: float
    review: bool  # a person is asked to look, by nbgrader's own flag
    max_points: float

    @property
    def points(self) -> float | None:
        """What counts, by nbgrader's rule: a mark by hand before the automatic one, and extra credit."""
        base = self.automatic if self.by_hand is None else self.by_hand
        return None if base is None else base + self.extra


@dataclass
class Entry:
    """One submission in the gradebook."""

    grades: dict[Cell, Grade] = field(default_factory=dict)
    comments: dict[Cell, str] = field(default_factory=dict)  # written by a person
    handed_in: datetime | None = None  # UTC
    late: float = 0.0  # seconds past the due date and the extension
    penalty: float = 0.0  # points

    @property
    def marked(self) -> bool:
        """Whether a person has given points."""
        return any(grade.by_hand is not None or grade.extra for grade in self.grades.values())


def read_entries(
    book: api.Gradebook, assignment: str, students: Iterable[str] | None = None
) -> dict[str, Entry]:
    """Return the entries of an assignment by student, of all or of some ``students``."""
    found = book.find_assignment(assignment)
    most = {
        cell.id: cell.max_score
        for notebook in found.notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells)
    }
    submitted, part = api.SubmittedAssignment, api.SubmittedNotebook

    def of_class(*columns: Any) -> Select:
        query = select(submitted.student_id, *columns).where(submitted.assignment_id == found.id)
        return query if students is None else query.where(submitted.student_id.in_(list(students)))

    entries = {}
    for student, handed_in, extension in book.db.execute(of_class(submitted.timestamp, submitted.extension)):
        entries[student] = entry = Entry(handed_in=handed_in)
        if handed_in and found.duedate:
            due = found.duedate + extension if extension else found.duedate
            entry.late = max(0.0, (handed_in - due).total_seconds())
    penalties = of_class(part.late_submission_penalty).join(part, part.assignment_id == submitted.id)
    for student, penalty in book.db.execute(penalties):
        entries[student].penalty += penalty or 0.0

    def of_cells(kind: Any, *columns: Any) -> Select:
        query = of_class(api.Notebook.name, api.BaseCell.name, api.BaseCell.id, *columns)
        query = query.join(part, part.assignment_id == submitted.id).join(kind, kind.notebook_id == part.id)
        return query.join(api.BaseCell, api.BaseCell.id == kind.cell_id).join(
            api.Notebook, api.Notebook.id == part.notebook_id
        )

    grade = api.Grade
    scores = of_cells(
        grade, grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade
    )
    for student, notebook, name, cell, automatic, by_hand, extra, review in book.db.execute(scores):
        entries[student].grades[notebook, name] = Grade(
            automatic, by_hand, extra or 0.0, review, most.get(cell, 0.0)
        )
    for student, notebook, name, _, text in book.db.execute(
        of_cells(api.Comment, api.Comment.manual_comment)
    ):
        if text and text.strip():
            entries[student].comments[notebook, name] = text
    return entries
