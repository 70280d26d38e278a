"""Grade a class: what has to be graded goes out to workers, and what comes back is written down here."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from airlock.classroom.attendance import Attendance
from airlock.classroom.dispatch import Dispatcher
from airlock.classroom.jobs import jobs, sender
from airlock.classroom.pool import observe_job
from airlock.classroom.recorder import Recorder
from airlock.course.application import NbGrader
from airlock.course.folders import find_submissions, folder_of, reports_of
from airlock.course.gradebook import telling
from airlock.course.journal import only_one
from airlock.course.lateness import longer
from airlock.course.load import load_master
from airlock.course.roster_file import find_roster
from airlock.model.assignment import Master, Observed
from airlock.model.limits import Limits
from airlock.model.record import Record
from airlock.outcome import write_outcome
from airlock.run.records import ungraded_record
from airlock.run.rehearsal import rehearse, remarks
from airlock.settings import Airlock


class Classroom:
    """All submissions of one assignment in a course: what is there, what is graded, and the rest to do."""

    def __init__(self, app: NbGrader, assignment: str):
        self.config, self.coursedir, self.assignment = app.config, app.coursedir, assignment
        self.settings = Airlock(config=app.config)
        self.limits = self.settings.as_limits()
        with telling(self.coursedir.db_url):
            self.master = load_master(self.coursedir, assignment)
        self.ungraded = ungraded_record("", self.master, self.limits)
        roster = find_roster(self.coursedir.root)
        self.excluded = sorted(roster.excluded) if roster else []
        found = find_submissions(self.coursedir, assignment)
        self.submissions = {name: folder for name, folder in found.items() if name not in self.excluded}
        # Who has longer is not the roster's to say where it does not speak of it.
        people = roster.people if roster and roster.extends else []
        self.extensions = {one.id: longer(one.id, one.extension) if one.extension else None for one in people}
        self.attendance = Attendance(self.coursedir, assignment, set(self.submissions), roster)
        self.reports = reports_of(self.coursedir, assignment)
        self.seconds = {"wall": 0.0, "coordinator": 0.0}
        self.skipped = 0

    def rehearse(self, make_executor: Callable, keep: bool = True) -> list[str]:
        """Have a worker grade the reference solution, once for each state of the source; returns warnings.

        Without ``keep`` nothing is written, and the next run grades it again.
        """

        def grade(master: Master, limits: Limits) -> dict[str, Observed]:
            with make_executor() as executor:
                return executor.submit(observe_job, master.to_bytes(), master.solutions, limits).result()

        started = time.monotonic()
        wanted = self.master, self.reports, self.limits, self.ungraded.versions
        self.master, warnings = rehearse(*wanted, grade, keep)
        self.seconds["reference"] = round(time.monotonic() - started, 3)
        return warnings

    def grade(
        self, make_executor: Callable, slots: int, students: list[str], force: bool, listener: Any
    ) -> list[Record]:
        """Grade what is not graded yet, and return the records of all submissions found.

        ``slots`` submissions are out at a time. ``listener.done(record)`` is told each that is done,
        ``listener.skip()`` of each that was done before.

        Raises MachineError when the records cannot be written down.
        """
        started, cpu = time.monotonic(), time.process_time()
        with only_one(self.reports), Recorder(self, listener) as recorder:
            known = recorder.records, recorder.entries
            wanted = jobs(self, students, force, *known, recorder.unreadable, listener)
            with Dispatcher(make_executor, slots, sender(self, self.settings.feedback)) as dispatcher:
                for job, result in dispatcher.results(lambda: next(wanted, None)):
                    recorder.take(job, result)
            recorder.take_again()
            self.seconds["wall"] = round(time.monotonic() - started, 3)
            self.seconds["coordinator"] = round(time.process_time() - cpu, 3)
            records = recorder.settle()
            write_outcome(self.coursedir, self.reports, records, self.meta(), self.master.notebooks)
        return records

    def folder(self, kind: str, student: str) -> Path:
        """Where a student's part of this assignment is, see :func:`airlock.course.folders.folder_of`."""
        return folder_of(self.coursedir, kind, student, self.assignment)

    def meta(self) -> dict:
        """What is true of the run as a whole, see :func:`airlock.course.results.write_results`."""
        return {
            "assignment": self.assignment,
            "max_score": self.ungraded.max_score,
            "confinement": self.ungraded.confinement,
            "versions": self.ungraded.versions,
            "seconds": self.seconds,
            "reference": remarks(self.master),
            "absent": [{"id": one.id, "name": one.name} for one in self.attendance.absent],
            "excluded": self.excluded,
            "people": self.attendance.people,
            "notes": self.attendance.notes,
            "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }
