"""What grading again would change, without a word written: ``airlock grade --dry-run``."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from airlock.classroom.classroom import Classroom
from airlock.classroom.dispatch import Dispatcher
from airlock.classroom.jobs import followed, jobs, sender
from airlock.course.gradebook import Book
from airlock.course.journal import Journal
from airlock.model.record import Record


def preview(
    room: Classroom,
    make_executor: Callable[[], Executor],
    slots: int,
    students: list[str],
    force: bool,
    listener: Any,
) -> list[Record]:
    """Grade what is not graded yet; the records that it would leave, with their ``changes``.

    What cannot be read or graded is left out: nothing would be known of its score either way.
    """
    book = Book(room.coursedir, room.config, room.assignment, room.settings.gradebook_seconds)
    entries = book.entries()
    book.close()
    known = Journal(room.reports).records
    wanted = jobs(room, students, force, known, entries, lambda student, error: None, listener)
    found: list[Record] = []
    with Dispatcher(make_executor, slots, sender(room, feedback=False)) as dispatcher:
        for job, result in dispatcher.results(lambda: next(wanted, None)):
            if not isinstance(result, BaseException):
                before = known.get(job.student), entries.get(job.student)
                found.append(followed(job, result.record, *before))
                listener.done(found[-1])
    return sorted(found, key=lambda record: record.student)
