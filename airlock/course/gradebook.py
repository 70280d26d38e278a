"""Write what grading found into nbgrader's gradebook, as ``nbgrader autograde`` does: manual grades stay."""

import contextlib
from datetime import datetime
from functools import cached_property

from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from airlock.model.errors import AirlockError, MachineError
from airlock.model.record import NO_ANSWER, Incident, Record
from airlock.undocumented import checked_penalty

HURRIED_SECONDS = 1  # to wait for whoever has not let go of the gradebook when waited for in full


class Book:
    """The gradebook of a course, open for a whole run.

    ``wait_seconds``: how long it may be locked by another program until a submission fails. The wait is short
    from then on, until the gradebook can be written again.
    """

    def __init__(self, coursedir, config, assignment: str, wait_seconds: float):
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

    def students(self) -> set[str]:
        """Who has a submission of the assignment in the gradebook."""
        query = select(Student.id).join(SubmittedAssignment, SubmittedAssignment.student_id == Student.id)
        with telling(self.url):
            found = self.book.find_assignment(self.assignment)
            return set(self.book.db.scalars(query.where(SubmittedAssignment.assignment_id == found.id)))

    def record(self, record: Record, handed_in: dict[str, list[str]], timestamp: datetime | None) -> None:
        """Record the automatic grades of a submission.

        ``handed_in``: by notebook, the grade_ids of the cells that were left unanswered; a notebook that is
        not in it was not handed in and counts 0. Raises MachineError when the gradebook cannot be written.
        """
        student = record.student
        with self._writing():
            self.book.update_or_create_student(student)
            extra = {"timestamp": timestamp} if timestamp else {}
            submission = self.book.update_or_create_submission(self.assignment, student, **extra)
            for entry in submission.notebooks:
                points = {one.grade_id: one.points for one in record.checks if one.notebook == entry.name}
                self._record_notebook(entry, points, handed_in.get(entry.name))
            self._assign_penalties(submission)
            self.book.db.commit()

    def forget_score(self, student: str) -> None:
        """A submission that could not be graded keeps no automatic grade of an earlier attempt."""
        with self._writing(), contextlib.suppress(MissingEntry):
            for notebook in self.book.find_submission(self.assignment, student).notebooks:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = None, True
            self.book.db.commit()

    def _assign_penalties(self, submission):
        """As nbgrader's preprocessor of that name does, in the same transaction."""
        late = submission.total_seconds_late > 0
        if not late and all(entry.late_submission_penalty is None for entry in submission.notebooks):
            return
        self.book.db.flush()
        self.book.db.expire_all()  # the scores are sums that the database makes
        penalties = AssignLatePenalties(config=self.config)
        penalties.init_plugin()
        for entry in submission.notebooks:
            penalty = late and penalties.plugin_inst.late_submission_penalty(
                submission.student.id, entry.score, submission.total_seconds_late
            )
            known = late and penalty is not None
            entry.late_submission_penalty = checked_penalty(penalties, entry, penalty) if known else None

    def _record_notebook(self, entry, points, unanswered):
        for grade in entry.grades:
            name = self._names[grade.cell_id]
            if unanswered is None:
                grade.auto_score, grade.needs_manual_grade = 0, False
            elif name in points:
                grade.auto_score = points[name]
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
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
    def _writing(self):
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

    def _is_sqlite(self):
        return self.url.startswith("sqlite")


@contextlib.contextmanager
def telling(url: str):
    """Turn what a database raises into one sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        raise AirlockError(
            f"The gradebook {url} cannot be read ({_reason(error)}): close what else uses it, "
            "or put a backup in its place."
        ) from error


def _reason(error) -> str:
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
