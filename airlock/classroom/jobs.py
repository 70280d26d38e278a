"""What has to be graded: submissions on their way to workers, but for those that were graded before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airlock.classroom.pool import grade_job
from airlock.course.entries import Entry
from airlock.course.marked import follow, stands
from airlock.handin.files import digest_of, read_submission
from airlock.model.errors import AirlockError
from airlock.model.record import Incident, Record
from airlock.run.records import grading_digest

if TYPE_CHECKING:
    from airlock.classroom.classroom import Classroom


@dataclass
class Job:
    """One submission on its way."""

    student: str
    files: dict[str, bytes]
    incidents: list[Incident]
    digest: str
    hand_in: str


def jobs(
    room: "Classroom",
    students: Iterable[str],
    force: bool,
    records: Mapping[str, Record],
    entries: Mapping[str, Entry],
    unreadable: Callable[[str, AirlockError], None],
    listener: Any,
) -> Iterator[Job]:
    """Yield what is to be graded; ``listener.skip()`` is told of each that is done, unless all are graded by
    ``force``, and ``unreadable`` of what cannot even be read, and why.

    ``records`` and ``entries``: what the journal and the gradebook have, by student.
    """
    for student in students:
        try:
            files, incidents = read_submission(room.submissions[student])
        except AirlockError as error:
            unreadable(student, error)
            continue
        hand_in = digest_of(files)
        job = Job(student, files, incidents, grading_digest(hand_in, room.master, room.limits), hand_in)
        if force or not graded_before(room, job, records.get(student), entries.get(student)):
            yield job
            continue
        room.skipped += 1
        listener.skip()


def graded_before(room: "Classroom", job: Job, known: Record | None, entry: Entry | None) -> bool:
    """Whether this very submission has been graded, and what came of it is still there.

    ``known`` and ``entry``: what the journal and the gradebook have of the student.
    """
    return (
        known is not None
        and known.digest == job.digest
        and known.status != "failed"
        and stands(known, entry)
        and room.folder("autograded", job.student).exists()
    )


def followed(job: Job, record: Record, known: Record | None, entry: Entry | None) -> Record:
    """The record that a worker sent for a job, with what it owes to the one before it."""
    return follow(replace(record, digest=job.digest, hand_in=job.hand_in), known, entry)


def sender(room: "Classroom", feedback: bool) -> Callable[[Executor, Job], Future]:
    """What sends a job to a worker, which makes ``feedback`` pages where they are wanted."""
    master = room.master.to_bytes()

    def send(executor: Executor, job: Job) -> Future:
        wanted = master, room.limits, feedback
        return executor.submit(grade_job, job.student, job.files, job.incidents, *wanted)

    return send
