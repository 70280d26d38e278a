"""What nbgrader does with each notebook that was mended: execute it, write its grades, keep its record."""

import time
from dataclasses import replace

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from airlock.handin.files import beside, lay_over
from airlock.model.errors import MachineError
from airlock.run import grade, records


class ExecuteApart(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: the tests run in a child of this process, the code confined."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Called by the exporter for each sanitised notebook; outputs and verdicts are written into it."""
        exporter, where = self.parent, resources["nbgrader"]
        submission, name = exporter.submission_of(where), where["notebook"]
        master = exporter.master(where["assignment"])
        own = lay_over(beside(submission.files, submission.chosen[name]), master.files)
        mended = replace(submission.mended[name], notebook=nb)
        record, limits = submission.record, exporter.settings.as_limits()
        started, cpu = time.monotonic(), time.process_time()
        try:
            found, seconds = grade.run_twice(
                mended, master.notebooks[name], own, master.files, limits, master.observed.get(name)
            )
        except (MachineError, OSError, MemoryError) as error:
            exporter.keep(records.failed(record, "machine", str(error)))
            raise
        record.incidents += [replace(incident, notebook=name) for incident in found]
        record.checks = [check for check in record.checks if check.notebook != name]
        record.checks += records.checks_of(nb, name)
        record.checks.sort(key=lambda check: [*master.notebooks].index(check.notebook))
        submission.done.add(name)
        used = {"cpu": seconds + time.process_time() - cpu, "wall": time.monotonic() - started}
        record.seconds = {key: round(record.seconds.get(key, 0) + value, 3) for key, value in used.items()}
        records.conclude(record)
        records.leave_note(nb, record)
        submission.following = exporter.following(submission)
        return nb, resources


class Keep(NbGraderPreprocessor):
    """Comes last: writes the record down, once nbgrader has written its grades and penalties."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Called by the exporter for each graded notebook."""
        exporter = self.parent
        exporter.keep(exporter.submission_of(resources["nbgrader"]).following)
        return nb, resources


class SaveGrades(SaveAutoGrades):
    """Takes the place of nbgrader's SaveAutoGrades: a check that waits for a person has no score."""

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        """Called for each graded cell."""
        super()._add_score(cell, resources)
        if "waits" in cell.metadata.get("airlock", {}):
            where = [self.notebook_id, self.assignment_id, self.student_id]
            grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *where)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()
