"""Grades for a learning platform, in the columns that its import documents.

``nbgrader export --exporter airlock.export.CanvasExporter --assignment="['ps1']" --to=canvas.csv``, or
``MoodleExporter``. The score is the gradebook's, with marks given by hand and less the late penalty.
Where there is no score there is no number, neither for a submission that failed nor for one not made:
nbgrader's own export has a 0 there, which a platform would take for a mark.
"""

import csv
import html
import io
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, Student
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Enum, Unicode

from airlock.course.results import as_field, write_whole
from airlock.course.standing import standing
from airlock.pages.shared import human, number


class PlatformExporter(ExportPlugin):
    """What the platforms have in common; a subclass gives the rows."""

    columns = Dict(
        help="Assignment -> its name on the platform, where that differs; in Canvas as 'Title (id)'"
    ).tag(config=True)
    reports = Unicode("reports", help="Folder of results.json, as seen from the course's").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file; called by ``nbgrader export``."""
        wanted = {str(name) for name in self.assignment}
        assignments = [one for one in gradebook.assignments if not wanted or one.name in wanted]
        chosen = {str(name) for name in self.student}
        students = [one for one in gradebook.students if not chosen or one.id in chosen]
        self._standing = {
            one.name: standing(gradebook, self.config, one.name, self._reports) for one in assignments
        }
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.rows(gradebook, assignments, students))
        target = Path(self.to or "grades.csv")
        write_whole(target, text.getvalue())
        self.log.info("Grades of %d students written to %s", len(students), target)

    def rows(
        self, gradebook: Gradebook, assignments: list[Assignment], students: list[Student]
    ) -> Iterator[list[str]]:
        """Yield the file's rows, the header first."""
        raise NotImplementedError

    def score(self, assignment: str, student: str) -> float | None:
        """Return the score, less the late penalty, or None where there is none."""
        record = self._standing[assignment].get(student)
        if record is None:
            return None
        if any(check.points is None for check in record.checks):
            self.log.warning("%s of %s still waits for marks by hand; exported as it is", assignment, student)
        return record.score

    def column(self, assignment: str) -> str:
        """Return the assignment's name on the platform."""
        return as_field(self.columns.get(assignment, assignment))

    @property
    def _reports(self) -> Path:
        course = getattr(self.parent, "coursedir", None)
        return Path(course.root if course else ".") / self.reports


class CanvasExporter(PlatformExporter):
    """For Canvas: Grades, Import. Students are found by Canvas id, else by SIS login, else by name."""

    login = Enum(
        ["id", "email"], "id", help="What students log in with: nbgrader's student id, or the email address"
    ).tag(config=True)

    def rows(
        self, gradebook: Gradebook, assignments: list[Assignment], students: list[Student]
    ) -> Iterator[list[str]]:
        """Yield header, points possible, and one row per student; an empty field leaves Canvas as it is."""
        yield [
            "Student",
            "ID",
            "SIS User ID",
            "SIS Login ID",
            "Section",
            *(self.column(a.name) for a in assignments),
        ]
        yield ["    Points Possible", "", "", "", "", *(number(a.max_score) for a in assignments)]
        for student in students:
            name = ", ".join(part for part in (student.last_name, student.first_name) if part) or student.id
            canvas_id = student.lms_user_id or ""
            login = (student.email if self.login == "email" else None) or student.id
            scores = (self.score(a.name, student.id) for a in assignments)
            yield [
                as_field(name),
                canvas_id if canvas_id.isdecimal() else "",  # Canvas would read the digits out of anything
                "",
                as_field(login),
                "",
                *("" if score is None else number(score) for score in scores),
            ]


class MoodleExporter(PlatformExporter):
    """For Moodle: Grades, Import, CSV file; map from Username, ID number or Email address."""

    def rows(
        self, gradebook: Gradebook, assignments: list[Assignment], students: list[Student]
    ) -> Iterator[list[str]]:
        """Yield header and one row per student with a submission; a dash is Moodle's word for no grade."""
        header = ["Username", "First name", "Last name", "ID number", "Email address"]
        for assignment in assignments:
            header += [self.column(assignment.name), f"{self.column(assignment.name)} (feedback)"]
        yield header
        for student in students:
            here = {submission.name for submission in student.submissions}
            if not any(a.name in here or student.id in self._standing[a.name] for a in assignments):
                continue
            person = (student.id, student.first_name, student.last_name, student.lms_user_id, student.email)
            row = [as_field(field or "") for field in person]
            for assignment in assignments:
                score = self.score(assignment.name, student.id)
                row += [
                    "-" if score is None else number(score),
                    self._feedback(assignment, student),
                ]
            yield row

    def _feedback(self, assignment: Assignment, student: Student) -> str:
        """What the checks said and people wrote, as text; Moodle shows feedback as HTML."""
        record = self._standing[assignment.name].get(student.id)
        if record is None:
            return ""
        said = [f"{human(check.grade_id)}: {check.message}" for check in record.checks if check.message]
        said += [incident.message for incident in record.incidents]
        said += [comment.text for comment in record.comments]
        return as_field(html.escape("\n".join(said), quote=False))
