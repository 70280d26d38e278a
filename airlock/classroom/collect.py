"""``airlock collect``: a learning platform's archive becomes folders in ``submitted/``; no attempt is lost.

Every attempt is kept in ``downloaded/ASSIGNMENT/attempts/STUDENT/TIME/``; the latest of a student is what
``submitted/STUDENT/ASSIGNMENT/`` holds. Where the platform tells when it was handed in, ``timestamp.txt`` in
it says so, where nbgrader looks for it; elsewhere TIME is that of the archive, which makes nobody late. What
cannot be matched lies in ``downloaded/ASSIGNMENT/unmatched/``.
"""

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from airlock.classroom.attempts import STAMP, Attempts
from airlock.classroom.owners import Owners
from airlock.classroom.returning import keep_participants
from airlock.course.application import CourseDirectory
from airlock.course.roster import Person, Roster
from airlock.course.roster_file import FILE, read_roster
from airlock.handin.filenames import printable, storable
from airlock.handin.platforms import Archive, Attempt, read_archive
from airlock.model.errors import AirlockError
from airlock.model.record import Incident
from airlock.model.text import count

LISTED = 20  # files that are nobody's, at most


@dataclass
class Collected:
    """What became of an archive: students placed, their attempts, and what could not be matched."""

    platform: str = ""
    placed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    attempts: int = 0
    timeless: list[str] = field(default_factory=list)  # the platform says late, and nobody how late
    unmatched: list[str] = field(default_factory=list)  # names in the archive
    strangers: list[str] = field(default_factory=list)  # not in the roster, and of whom attempts are kept
    remarks: list[str] = field(default_factory=list)


class Collector:
    """Places the files of archives in a course.

    ``worksheet``: Moodle's grading worksheet, which says who is which participant and when they handed in.
    """

    def __init__(
        self,
        coursedir: CourseDirectory,
        assignment: str,
        roster: Roster | None,
        worksheet: Roster | None = None,
    ):
        self.coursedir, self.assignment, self.roster = coursedir, assignment, roster
        self.attempts = Attempts(coursedir, assignment)
        self.owners = Owners(roster, worksheet, self.attempts.kept)

    def collect(self, archive: Path) -> Collected:
        """Take one archive in.

        Raises AirlockError where it cannot be read, or is no platform's.
        """
        if archive.is_dir():
            raise AirlockError(f"{archive} is a folder: give the archive that it was unpacked from.")
        outcome = Collected()
        try:
            with zipfile.ZipFile(archive) as packed:
                found = read_archive(packed, archive.name)
                outcome.platform = found.platform
                for info in found.left:
                    self._unmatched(packed, info, outcome)
                for attempt, people in zip(found.attempts, self.owners.of(found.attempts), strict=True):
                    self._take(packed, found, attempt, people, outcome)
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            reason = getattr(error, "strerror", None) or error
            raise AirlockError(f"{archive} is no zip archive that can be read ({reason}).") from None
        if found.platform == "Moodle":
            keep_participants(Path(self.coursedir.root), self.assignment, self.owners.participants)
        outcome.remarks += dict.fromkeys(self.owners.remarks)
        self.owners.remarks.clear()
        known = {person.id for person in self.roster.people} if self.roster else None
        for student in self.attempts.students():
            if known is not None and student not in known:
                outcome.strangers.append(student)
                continue
            (outcome.placed if self.attempts.place(student) else outcome.unchanged).append(student)
        return outcome

    def _take(
        self,
        packed: zipfile.ZipFile,
        archive: Archive,
        attempt: Attempt,
        people: list[Person],
        outcome: Collected,
    ) -> None:
        """Keep one attempt, for each of its students."""
        for person in people:
            incidents: list[Incident] = []
            members = {path: info for path, info in attempt.members.items() if path != STAMP}
            kept = storable(members, incidents)
            outcome.remarks += [f"{person.id}: {incident.message}" for incident in incidents]
            outcome.attempts += 1
            time = self.owners.time(person.id) or attempt.time
            if attempt.late and time is None:
                outcome.timeless.append(person.id)
            self.attempts.keep(person.id, packed, kept, time, archive.made)
        if not people:
            for info in attempt.members.values():
                self._unmatched(packed, info, outcome)

    def _unmatched(self, packed: zipfile.ZipFile, info: zipfile.ZipInfo, outcome: Collected) -> None:
        outcome.unmatched.append(info.filename)
        name = re.sub(r"^[/\\.]+|\.\.+", "", info.filename).replace("\\", "/")
        self.attempts.put_aside(packed, storable({name: info}, []))


def collect(
    coursedir: CourseDirectory, assignment: str, roster: Roster | None, paths: list[Path]
) -> list[Collected]:
    """Take in archives, and Moodle's grading worksheet (CSV) that says when; what became of each archive.

    Raises AirlockError for what cannot be read.
    """
    tables = [path for path in paths if path.suffix.lower() == ".csv"]
    if len(tables) == len(paths):
        raise AirlockError(f"{tables[-1]} is a table: give the platform's archive (.zip) as well.")
    people = [person for path in tables for person in read_roster(path).people]
    collector = Collector(coursedir, assignment, roster, Roster(people) if people else None)
    return [collector.collect(path) for path in paths if path not in tables]


def tell(outcome: Collected) -> str:
    """What became of an archive, for the terminal."""
    placed, attempts = count(outcome.placed, "student"), count(outcome.attempts, "attempt")
    before = len(outcome.unchanged)
    lines = [f"{outcome.platform}, {attempts}: {placed} placed or renewed, {before} as before."]
    lines += [printable(remark, 200) for remark in outcome.remarks]
    if outcome.timeless:
        names = ", ".join(map(printable, outcome.timeless))
        lines.append(
            f"Late, says {outcome.platform}, and not how late: {names}. Where that is to cost points, "
            f"write the time into {STAMP} beside the notebook."
        )
    if outcome.strangers:
        names = ", ".join(map(printable, outcome.strangers))
        lines.append(f"Not in {FILE}, so their attempts stay in downloaded/: {names}.")
    if outcome.unmatched:
        lines.append(f"Not matched, add them to {FILE} or place them by hand from downloaded/:")
        lines += [f"  {printable(name)}" for name in outcome.unmatched[:LISTED]]
        more = len(outcome.unmatched) - LISTED
        lines += [f"  and {count(more, 'file')} more in downloaded/"] if more > 0 else []
    return "\n".join(lines)
