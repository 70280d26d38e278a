"""What grading again would change, without a word written: ``airlock grade --dry-run``."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

from airlock.classroom.classroom import Classroom
from airlock.classroom.dispatch import Dispatcher
from airlock.classroom.pool import grade_task
from airlock.classroom.recorder import Task
from airlock.course.gradebook import Book
from airlock.course.journal import Journal
from airlock.course.marked import follow, stands
from airlock.handin.files import digest_of, read_submission
from airlock.model.errors import AirlockError
from airlock.model.record import Record
from airlock.run.records import grading_digest


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
    known, waiting = Journal(room.reports).records, deque(students)
    assignment = room.master.to_bytes()

    def next_task() -> Task | None:
        while waiting:
            student = waiting.popleft()
            try:
                files, incidents = read_submission(room.submissions[student])
            except AirlockError:
                continue
            hand_in = digest_of(files)
            task = Task(student, files, incidents, grading_digest(hand_in, room.master, room.limits), hand_in)
            before = known.get(student)
            done = before and before.digest == task.digest and stands(before, entries.get(student))
            if force or not done:
                return task
            listener.skip()
        return None

    def send(executor: Executor, task: Task) -> Future:
        wanted = assignment, room.limits, False
        return executor.submit(grade_task, task.student, task.files, task.incidents, *wanted)

    found: list[Record] = []
    with Dispatcher(make_executor, slots, send) as dispatcher:
        for task, result in dispatcher.results(next_task):
            if not isinstance(result, BaseException):
                graded, _ = result
                record = replace(graded.record, digest=task.digest, hand_in=task.hand_in)
                found.append(follow(record, known.get(task.student), entries.get(task.student)))
                listener.done(record)
    return sorted(found, key=lambda record: record.student)
