"""Write what grading found into nbgrader's gradebook, as ``nbgrader autograde`` does: manual grades stay."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from airlock.course.entries import Entry, read_entries
from airlock.course.lateness import assign_penalties, late_submissions
from airlock.model.errors import AirlockError, MachineError
from airlock.model.record import NO_ANSWER, Incident, Record

HURRIED_SECONDS = 1  # to wait for whoever has not let go of the gradebook when waited for in full


class Book:
    """The gradebook of a course, open for a whole run.

    ``wait_seconds``: how long it may be locked by another program until a submission fails. The wait is short
    from then on, until the gradebook can be written again.
    """

    def __init__(self, coursedir: CourseDirectory, config: Config, assignment: str, wait_seconds: float):
        self.config, self.assignment, self.url = config, assignment, coursedir.db_url
        self.seconds = self.wait_seconds = wait_seconds
        url = self.url
        if self._is_sqlite():
            url += f"{'&' if '?' in url else '?'}timeout={wait_seconds}"
        with telling(self.url):
            self.book = Gradebook(url, coursedir.course_id)

    def close(self) -> None:
        """Let go of the database."""
        self.book.close()

    def entries(self, *students: str) -> dict[str, Entry]:
        """What the gradebook has of the assignment's submissions, by student: of all, or of ``students``."""
        with telling(self.url):
            try:
                return read_entries(self.book, self.assignment, students or None)
            finally:
                self.book.db.rollback()

    def write(
        self, record: Record, handed_in: dict[str, list[str]], timestamp: datetime | None, anew: bool = True
    ) -> None:
        """Write the automatic grades of a submission.

        ``handed_in``: by notebook, the grade_ids of the cells that were left unanswered; a notebook that is
        not in it was not handed in and counts 0. ``anew``: this hand-in was not written before; a person
        then is asked to look again at the marks given by hand.
        Raises MachineError when the gradebook cannot be written.
        """
        student = record.student
        with self._writing():
            self.book.update_or_create_student(student)
            submission = self.book.update_or_create_submission(self.assignment, student)
            if timestamp or anew:
                submission.timestamp = timestamp
            for entry in submission.notebooks:
                points = {one.grade_id: one.points for one in record.checks if one.notebook == entry.name}
                self._write_notebook(entry, points, handed_in.get(entry.name), anew)
            self.book.db.flush()
            assign_penalties(self.book, self.config, [submission])
            self.book.db.commit()

    def renew_penalties(self, extensions: dict[str, timedelta | None]) -> None:
        """Late penalties as they are by now: marks, due date, extensions and plug-in may have changed."""
        with self._writing():
            for student, extension in extensions.items():
                with contextlib.suppress(MissingEntry):
                    self.book.find_submission(self.assignment, student).extension = extension
            self.book.db.flush()
            assign_penalties(self.book, self.config, late_submissions(self.book, self.assignment))
            self.book.db.commit()

    def forget_score(self, student: str) -> None:
        """A submission that could not be graded keeps no automatic grade of an earlier attempt."""
        with self._writing(), contextlib.suppress(MissingEntry):
            for notebook in self.book.find_submission(self.assignment, student).notebooks:
                for grade in notebook.grades:
                    if grade.auto_score is not None or grade.manual_score is None:
                        grade.auto_score, grade.needs_manual_grade = None, True
            self.book.db.commit()

    def _write_notebook(
        self,
        entry: SubmittedNotebook,
        points: dict[str, float | None],
        unanswered: list[str] | None,
        anew: bool,
    ) -> None:
        for grade in entry.grades:
            name = self._names[grade.cell_id]
            before = grade.auto_score
            if unanswered is None:
                grade.auto_score, grade.needs_manual_grade = 0, False
            elif name in points:
                grade.auto_score = points[name]
                if grade.manual_score is None:
                    grade.needs_manual_grade = grade.auto_score is None
                elif anew or grade.auto_score != before:
                    grade.needs_manual_grade = True
        for comment in entry.comments:
            if unanswered is not None:
                empty = self._names[comment.cell_id] in unanswered
                comment.auto_comment = NO_ANSWER if empty else None

    @cached_property
    def _names(self) -> dict[str, str]:
        """grade_id by the gradebook's own id of a cell: asked for once, not for every grade."""
        notebooks = self.book.find_assignment(self.assignment).notebooks
        kinds = [(book.grade_cells, book.solution_cells, book.task_cells) for book in notebooks]
        return {cell.id: cell.name for found in kinds for cells in found for cell in cells}

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that is rolled back, and told in a sentence, when it cannot be written."""
        try:
            if self._is_sqlite():
                self.book.db.execute(text(f"PRAGMA busy_timeout = {int(self.seconds * 1000)}"))
            yield
            self.seconds = self.wait_seconds
        except SQLAlchemyError as error:
            self.seconds = min(HURRIED_SECONDS, self.wait_seconds)
            raise MachineError(
                f"The gradebook could not be written ({_reason(error)}): close what uses it, grade again."
            ) from error
        finally:
            self.book.db.rollback()  # nothing after a commit

    def _is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")


@contextlib.contextmanager
def telling(url: str) -> Iterator[None]:
    """Turn what a database raises into one sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        raise AirlockError(
            f"The gradebook {url} cannot be read ({_reason(error)}): close what else uses it, "
            "or put a backup in its place."
        ) from error


def _reason(error: SQLAlchemyError) -> str:
    return (str(getattr(error, "orig", None) or error).splitlines() or ["no reason given"])[0]


def handed_in_at(files: dict[str, bytes], record: Record) -> datetime | None:
    """When it was handed in, from the file that nbgrader's exchange leaves; None if there is none."""
    written = files.get("timestamp.txt", b"")[:100].decode(errors="replace").strip()
    try:
        return parse_utc(written) if written else None
    except (ValueError, OverflowError, TypeError):
        message = "timestamp.txt holds no time, so lateness was not looked at."
        record.incidents.append(Incident("mended", message))
        record.status = "incident"
        return None
