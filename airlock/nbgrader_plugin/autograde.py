"""airlock inside ``nbgrader autograde``, the Formgrader's button and ``NbGraderAPI``.

nbgrader reads each notebook twice with the exporter of ``c.Autograde.exporter_class``: as it was
submitted, to sanitise it, and again from ``autograded/``, to execute it. The exporter mends at the first
reading; at the second, :mod:`airlock.nbgrader_plugin.preprocessors` execute, and have the record kept.
"""

import fnmatch
import os
import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.converters import NbGraderException

from airlock.course.entries import read_entries
from airlock.course.folders import find_submissions, reports_of
from airlock.course.journal import Journal, append, only_one
from airlock.course.load import load_master
from airlock.course.marked import follow
from airlock.course.results import OF_THE_CLASS, read_results, write_results
from airlock.course.standing import standing
from airlock.handin.blanks import blanks_left
from airlock.handin.choice import choose_notebooks
from airlock.handin.files import digest_of, read_submission
from airlock.handin.mend import Mended, mend
from airlock.model.assignment import Master
from airlock.model.errors import AirlockError
from airlock.model.record import Record
from airlock.run import records
from airlock.run.rehearsal import rehearse, remarks
from airlock.settings import Airlock
from airlock.undocumented import is_sanitizing

WRITE_SHARE = 0.05  # of the time that writing results may take; the journal is written each time


@dataclass
class Submission:
    """A submission while nbgrader has it in hand."""

    files: dict[str, bytes]
    chosen: dict[str, str]  # notebook of the assignment -> file of the submission
    record: Record
    mended: dict[str, Mended] = field(default_factory=dict)
    following: Record | None = None  # the record, with what it owes to the one before
    before: tuple | None = None  # that one, and what the gradebook had
    done: set[str] = field(default_factory=set)  # notebooks that have been executed


class SubmissionExporter(NotebookExporter):
    """Reads what was submitted, in whatever shape it is, as a notebook that nbgrader can sanitise."""

    converter: Any  # nbgrader's Autograde

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.converter = self.parent
        self.coursedir = self.converter.coursedir
        self.settings = Airlock(config=self.config)
        self._masters: dict[str, Master] = {}
        self.submissions: dict[str, Submission] = {}
        self._next_write = 0.0
        if not self.config.get("Execute", {}).get("enabled", True):
            self.log.warning(
                "Notebooks are executed all the same: outputs that were handed in prove nothing."
            )
        self._refuse_beside_another_run()
        # A renamed notebook goes by its own name from here on.
        for folder in list(self.converter.assignments):
            student, assignment = self._whose(folder)
            try:
                submission = self._open(folder, student, assignment)
            except AirlockError:
                continue  # told when the converter comes to it
            names = sorted(fnmatch.filter(submission.chosen, self.coursedir.notebook_id))
            self.converter.assignments[folder] = [os.path.join(folder, f"{name}.ipynb") for name in names]

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[Any, dict]:
        """Called by the converter, twice for each notebook; no other run grades the assignment meanwhile."""
        with only_one(self.reports(resources["nbgrader"]["assignment"]), wait=True):
            if is_sanitizing(self.converter):
                return self._from_submission(filename, resources, **options)
            return super().from_filename(filename, resources, **options)

    def _from_submission(self, filename: str, resources: dict, **options: Any) -> tuple[Any, dict]:
        where = resources["nbgrader"]
        folder = os.path.dirname(filename)
        record = self._ungraded(where["student"], where["assignment"])
        try:
            submission = self.submissions.get(folder) or self._open(
                folder, where["student"], where["assignment"]
            )
            record, name = submission.record, where["notebook"]
            master = self.master(where["assignment"]).notebooks[name]
            source = submission.chosen[name]
            mended = mend(submission.files[source], master, source)
        except AirlockError as error:
            self.keep(records.failed(record, error.kind, str(error)))
            raise
        submission.mended[name] = mended
        record.incidents += [replace(incident, notebook=name) for incident in mended.incidents]
        record.blanks += blanks_left(mended.notebook, master)
        resources.setdefault("metadata", {}).update(name=name, path=folder)
        return self.from_notebook_node(mended.notebook, resources, **options)

    def master(self, assignment: str) -> Master:
        """The assignment, read once, with what its reference solution shows; warnings of that are told."""
        if assignment not in self._masters:
            master, limits = load_master(self.coursedir, assignment), self.settings.as_limits()
            master, warnings = rehearse(master, self.reports(assignment), limits, records.versions())
            for warning in warnings:
                self.converter.log.warning(warning)
            self._masters[assignment] = master
        return self._masters[assignment]

    def submission_of(self, where: dict) -> Submission:
        """The submission that resources["nbgrader"] is about."""
        folder = self.converter.coursedir.format_path(
            self.coursedir.submitted_directory, where["student"], where["assignment"]
        )
        return self.submissions[folder]

    def keep(self, record: Record) -> None:
        """Write a record down beside those of other runs; renew the results, unless that takes too long."""
        folder, started = self.reports(record.assignment), time.monotonic()
        append(folder, record)
        last = self._whose(max(self.converter.assignments))
        if started < self._next_write and last != (record.student, record.assignment):
            return
        meta = {"assignment": record.assignment, "confinement": record.confinement}
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            here = find_submissions(self.coursedir, record.assignment)
            records = standing(book, self.config, record.assignment, folder.parent, here)
        told = remarks(self._masters[record.assignment]) if record.assignment in self._masters else []
        before = read_results(folder) if (folder / "results.json").is_file() else {}
        more = {name: before[name] for name in OF_THE_CLASS if name in before}
        more |= {"versions": record.versions, "reference": told}
        write_results(folder, records.values(), {**meta, **more})
        now = time.monotonic()
        self._next_write = now + (now - started) / WRITE_SHARE

    def reports(self, assignment: str) -> Path:
        """Where journal and results of an assignment are."""
        return reports_of(self.coursedir, assignment)

    def _refuse_beside_another_run(self) -> None:
        try:
            for _, assignment in set(map(self._whose, self.converter.assignments)):
                with only_one(self.reports(assignment)):
                    pass
        except AirlockError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from None

    def following(self, submission: Submission) -> Record:
        """The record with what it owes to the one before; before nbgrader writes anything about it."""
        record = submission.record
        record.hand_in, master = digest_of(submission.files), self.master(record.assignment)
        if submission.done == submission.chosen.keys():  # else there is more to grade
            record.digest = records.grading_digest(record.hand_in, master, self.settings.as_limits())
        if submission.before is None:
            known = Journal(self.reports(record.assignment)).records
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
                entries = read_entries(book, record.assignment, [record.student])
            submission.before = known.get(record.student), entries.get(record.student)
        return follow(record, *submission.before)

    def _open(self, folder: str, student: str, assignment: str) -> Submission:
        files, found = read_submission(folder)
        chosen, more = choose_notebooks(files, self.master(assignment))
        record = self._ungraded(student, assignment)
        record.incidents += found + more
        record.checks = records.not_handed_in(self.master(assignment), chosen)
        self.submissions[folder] = Submission(files, chosen, record)
        return self.submissions[folder]

    def _ungraded(self, student: str, assignment: str) -> Record:
        return records.ungraded_record(student, self.master(assignment), self.settings.as_limits())

    def _whose(self, folder: str) -> tuple[str, str]:
        pattern = self.coursedir.format_path(
            self.coursedir.submitted_directory, "(?P<student>.*)", "(?P<assignment>.*)", escape=True
        )
        match = re.match(pattern, folder)
        assert match is not None, "nbgrader found the folder by the same pattern"
        return match["student"], match["assignment"]
