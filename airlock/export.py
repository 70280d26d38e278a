"""Grades for a learning platform, in the columns that its import documents, in the roster's order.

``nbgrader export --exporter airlock.export.CanvasExporter --assignment="['ps1']" --to=canvas.csv``, or
``MoodleExporter``; ``airlock return ps1`` makes both. The score is the gradebook's, with marks given by hand
and less the late penalty. Where there is no score there is no number, neither for a submission that failed
nor for one not made: nbgrader's own export has a 0 there, which a platform would take for a mark.
"""

import csv
import html
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from nbgrader.api import Assignment, Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Enum, Unicode

from airlock.course.results import as_field, write_whole
from airlock.course.roster import Person
from airlock.course.roster_file import find_roster
from airlock.course.standing import standing
from airlock.model.record import Record
from airlock.model.text import count, number, one_line
from airlock.pages.shared import human

NAMED = 5  # students in a sentence, at most


class PlatformExporter(ExportPlugin):
    """What the platforms have in common; a subclass gives the rows."""

    columns = Dict(
        help="Assignment -> its name on the platform, where that differs; in Canvas as 'Title (id)'"
    ).tag(config=True)
    reports = Unicode("reports", help="Folder of results.json, as seen from the course's").tag(config=True)
    file = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the file, and say so; called by ``nbgrader export``."""
        wanted = {str(name) for name in self.assignment}
        names = [one.name for one in gradebook.assignments if not wanted or one.name in wanted]
        found = {name: standing(gradebook, self.config, name, self._reports) for name in names}
        people = self.write(gradebook, found)
        self.log.info("Grades of %s written to %s", count(people, "student"), self.target)
        for assignment, records in found.items():
            if sentence := still_waiting(records.values()):
                self.log.warning("%s: %s", assignment, sentence)

    def write(self, gradebook: Gradebook, found: dict[str, dict[str, Record]]) -> int:
        """Write the file, ``target`` from then on; of how many students. ``found``: records by assignment."""
        self._standing = found
        assignments = [one for one in gradebook.assignments if one.name in found]
        chosen = {str(name) for name in self.student}
        people = [one for one in self._people(gradebook) if not chosen or one.id in chosen]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.rows(assignments, people))
        folder = self._reports / assignments[0].name if len(assignments) == 1 else self._reports
        self.target = Path(self.to or folder / self.file)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.target, text.getvalue())
        return len(people)

    def rows(self, assignments: list[Assignment], people: list[Person]) -> Iterator[list[str]]:
        """Yield the file's rows, the header first."""
        raise NotImplementedError

    def score(self, assignment: str, student: str) -> float | None:
        """Return the score, less the late penalty, or None where there is none."""
        record = self._standing[assignment].get(student)
        return None if record is None else record.score

    def column(self, assignment: str) -> str:
        """Return the assignment's name on the platform."""
        return as_field(self.columns.get(assignment, assignment))

    def _people(self, gradebook: Gradebook) -> list[Person]:
        """The roster's, in its order, then who is in the gradebook alone; each as both know them."""
        roster = find_roster(self._root)
        found = {one.id: one for one in roster.people} if roster else {}
        for student in gradebook.students:
            first, last = student.first_name or "", student.last_name or ""
            known = found.get(student.id, Person(student.id))
            number = student.lms_user_id or ""
            found[student.id] = replace(
                known,
                first=known.first or first,
                last=known.last or last,
                email=known.email or student.email or "",
                platform=known.platform or number,
                canvas=known.canvas or number,
            )
        return [_named(one) for one in found.values() if not one.excluded]

    @property
    def _root(self) -> Path:
        course = getattr(self.parent, "coursedir", None)
        return Path(course.root if course else ".")

    @property
    def _reports(self) -> Path:
        return self._root / self.reports


def _named(person: Person) -> Person:
    """A person with first and last name, where only the whole is known."""
    if person.first or person.last:
        return person
    first, _, last = person.name.rpartition(" ")
    return replace(person, first=first, last=last)


class CanvasExporter(PlatformExporter):
    """For Canvas: Grades, Import. Students are found by Canvas id, else by SIS id or login, else by name."""

    login = Enum(
        ["id", "email"], "id", help="What students log in with: nbgrader's student id, or the email address"
    ).tag(config=True)
    file = "canvas.csv"

    def rows(self, assignments: list[Assignment], people: list[Person]) -> Iterator[list[str]]:
        """Yield header, points possible, and one row per student; an empty field leaves Canvas as it is."""
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        yield [*header, *(self.column(a.name) for a in assignments)]
        yield ["    Points Possible", "", "", "", "", *(number(a.max_score) for a in assignments)]
        for one in people:
            name = ", ".join(part for part in (one.last, one.first) if part) or one.id
            login = (one.email if self.login == "email" else None) or one.id
            scores = (self.score(a.name, one.id) for a in assignments)
            yield [
                as_field(name),
                one.canvas if one.canvas.isdecimal() else "",  # Canvas would read the digits out of anything
                as_field(one.sis),
                as_field(login),
                as_field(one.section),
                *("" if score is None else number(score) for score in scores),
            ]


class MoodleExporter(PlatformExporter):
    """For Moodle: Grades, Import, CSV file; map from Username, ID number or Email address."""

    file = "moodle.csv"

    def rows(self, assignments: list[Assignment], people: list[Person]) -> Iterator[list[str]]:
        """Yield header and one row per student with a submission; a dash is Moodle's word for no grade."""
        header = ["Username", "First name", "Last name", "ID number", "Email address"]
        for assignment in assignments:
            header += [self.column(assignment.name), f"{self.column(assignment.name)} (feedback)"]
        yield header
        handed_in = {one.student.id for assignment in assignments for one in assignment.submissions}
        for one in people:
            if one.id not in handed_in and not any(one.id in self._standing[a.name] for a in assignments):
                continue
            row = [as_field(field) for field in (one.id, one.first, one.last, one.platform, one.email)]
            for assignment in assignments:
                score = self.score(assignment.name, one.id)
                row += ["-" if score is None else number(score), self._feedback(assignment, one.id)]
            yield row

    def _feedback(self, assignment: Assignment, student: str) -> str:
        """What the checks said and people wrote, as text; Moodle shows feedback as HTML."""
        record = self._standing[assignment.name].get(student)
        if record is None:
            return ""
        said = [f"{human(check.grade_id)}: {check.message}" for check in record.checks if check.message]
        said += [incident.message for incident in record.incidents]
        said += [comment.text for comment in record.comments]
        return as_field(html.escape("\n".join(said), quote=False))


def export_grades(app: NbGrader, assignment: str, records: dict[str, Record]) -> list[Path]:
    """Write everybody's ``records`` for both platforms into the assignment's folder of reports; where."""
    written = []
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
        for kind in (CanvasExporter, MoodleExporter):
            exporter = kind(parent=app)
            exporter.to = str(Path(app.coursedir.root, exporter.reports, assignment, kind.file))
            exporter.write(gradebook, {assignment: records})
            written.append(exporter.target)
    return written


def still_waiting(records: Iterable[Record]) -> str:
    """A sentence on marks that are still to be given by hand; nothing where there are none."""
    waiting = [record for record in records if record.to_mark]
    if not waiting:
        return ""
    names = ", ".join(one_line(record.student) for record in waiting[:NAMED])
    more = f" and {len(waiting) - NAMED} more" if len(waiting) > NAMED else ""
    answers = count(sum(record.to_mark for record in waiting), "answer")
    return f"{answers} without a mark by hand, and without points in these files: {names}{more}."
