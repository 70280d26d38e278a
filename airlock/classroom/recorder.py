"""Write down how submissions ended: folder, gradebook, journal, results, in an order that survives a kill."""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from traitlets.log import get_logger

from airlock.classroom.jobs import Job, followed
from airlock.classroom.renewed_pages import renew_pages
from airlock.course.folders import replace_folder
from airlock.course.gradebook import Book, handed_in_at
from airlock.course.journal import Journal
from airlock.course.marked import everybody, follow, marked
from airlock.course.results import write_results
from airlock.course.unforeseen import keep_traceback
from airlock.handin.files import lay_over
from airlock.model.errors import AirlockError, MachineError
from airlock.model.record import Graded, Record
from airlock.run.records import failed, ungraded_record

if TYPE_CHECKING:
    from airlock.classroom.classroom import Classroom

WRITE_SECONDS = 2  # results.json and grades.csv are at most so old while submissions finish,
WRITE_SHARE = 0.02  # unless writing them would take more than this share of the time
KEPT = 50  # results that wait in memory for a gradebook or a disk that cannot be written


class Recorder:
    """Takes results, one at a time; a context manager. What is in the journal is not graded again."""

    def __init__(self, room: "Classroom", listener: Any):
        self.room, self.listener = room, listener
        self._second: list[tuple[Job, Graded]] | None = []
        self._next_write = time.monotonic() + WRITE_SECONDS

    def __enter__(self) -> Self:
        room = self.room
        self.book = Book(room.coursedir, room.config, room.assignment, room.settings.gradebook_seconds)
        self.entries = self.book.entries()
        with self._writing():
            self.journal = Journal(room.reports)
            self.journal.keep(room.submissions)
        self.records = self.journal.records
        return self

    def __exit__(self, *_: Any) -> None:
        self.book.close()

    def take(self, job: Job, result: Any) -> None:
        """Write down what :func:`airlock.classroom.pool.grade_job` returned, or its exception.

        What cannot be written is kept for :meth:`take_again`, as far as memory allows.
        """
        if isinstance(result, BaseException):
            self.fail(job.student, "machine", self._reason(job.student, result), job.hand_in)
            return
        before = self.records.get(job.student), self.entries.get(job.student)
        record = followed(job, result.record, *before)
        if record.status != "failed":
            try:
                self._keep(job, result, record)
            except Exception as error:  # whatever it was, it is this submission's, and no other's
                if self._second is not None and len(self._second) < KEPT:
                    self._second.append((job, result))
                    return
                record = failed(record, "machine", self._reason(job.student, error))
        self._finish(record)

    def take_again(self) -> None:
        """Write down, or fail, what could not be written at first."""
        second, self._second = self._second or [], None
        for job, result in second:
            self.take(job, result)

    def fail(self, student: str, kind: str, sentence: str, hand_in: str = "") -> None:
        """Record that a submission could not be graded."""
        record = failed(ungraded_record(student, self.room.master, self.room.limits), kind, sentence)
        record.hand_in = hand_in
        self._finish(follow(record, self.records.get(student), self.entries.get(student)))

    def unreadable(self, student: str, error: AirlockError) -> None:
        """Record that a submission could not even be read."""
        self.fail(student, error.kind, str(error))

    def standing(self) -> list[Record]:
        """Everybody as the gradebook has them, and whoever is in the gradebook alone."""
        here = self.room.submissions
        waiting = here.keys() - self.records.keys()  # what the gradebook has of them is about to change
        entries = {student: one for student, one in self.entries.items() if student not in waiting}
        found = everybody(self.room.assignment, self.records, entries, here, self.room.excluded)
        return [*found.values()]

    def settle(self) -> list[Record]:
        """Renew penalties and pages, after all is graded or marks were given by hand; everybody's record."""
        try:
            self.book.renew_penalties(self.room.extensions)
            self.entries = self.book.entries()
        except AirlockError:
            if not any(record.status == "failed" for record in self.records.values()):
                raise  # else it was told already, and what is known is written down
        records = self.standing()
        with self._writing():
            if self.room.settings.feedback:
                room = self.room
                renew_pages(
                    room.coursedir, room.assignment, list(room.master.notebooks), room.master.hidden, records
                )
        return records

    def write_results(self) -> None:
        """``results.json`` and ``grades.csv``, of what is graded so far."""
        with self._writing():
            write_results(self.room.reports, self.standing(), self.room.meta())

    def _keep(self, job: Job, graded: Graded, record: Record) -> None:
        files, folder = self.room.master.files, self.room.folder
        other = {path: data for path, data in job.files.items() if not path.lower().endswith(".ipynb")}
        notebooks = {f"{name}.ipynb": data for name, data in graded.notebooks.items()}
        replace_folder(folder("autograded", job.student), lay_over(other, files | notebooks))
        if graded.pages:
            feedback = {f"{name}.html": page.encode() for name, page in graded.pages.items()}
            replace_folder(folder("feedback", job.student), feedback)
        known = self.records.get(job.student)
        anew = known is None or known.hand_in != job.hand_in
        self.book.write(record, graded.unanswered, handed_in_at(job.files, record), anew)
        self.entries |= self.book.entries(job.student)

    def _reason(self, student: str, error: BaseException) -> str:
        """Why there is no score; of what nobody foresaw the traceback is kept."""
        kept = keep_traceback(self.room.reports, f"grading {student}", error)
        return _sentence(error) + (f"; the traceback is in {kept.name}, beside the results." if kept else "")

    def _finish(self, record: Record) -> None:
        get_logger().debug("%s is %s: %s", record.student, record.status, record.seconds)
        if record.status == "failed" and record.student in self.entries:
            with contextlib.suppress(MachineError):  # is told already, or comes again with the next
                self.book.forget_score(record.student)
                self.entries |= self.book.entries(record.student)
        with self._writing():
            self.journal.add(record)
        self.listener.done(marked(record, self.entries.get(record.student)))
        started = time.monotonic()
        if started >= self._next_write:
            self.write_results()
            now = time.monotonic()
            self._next_write = now + max(WRITE_SECONDS, (now - started) / WRITE_SHARE)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MachineError(
                f"{error.filename or self.room.reports} cannot be written ({error.strerror}): "
                "mend that, and give the same command again; it goes on from here."
            ) from error


def _sentence(error: BaseException) -> str:
    if isinstance(error, MachineError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'The result'} could not be written ({error.strerror or error})."
    return f"Grading it failed with {type(error).__name__}: {error}"
