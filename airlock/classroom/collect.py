"""Put the hand-ins of a platform's archive where they are graded, each in the folder of its student.

Every attempt is kept in ``downloaded/ASSIGNMENT/attempts/STUDENT/``; the last is put into ``submitted/``.
"""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dateutil import parser as dates

from airlock.course.folders import replace_folder
from airlock.course.roster import Roster, read_roster, table
from airlock.handin.archives import Archive, Attempt, read_archive
from airlock.handin.files import digest_of, is_notebook, read_submission
from airlock.model.errors import AirlockError
from airlock.model.people import Identity, Names, Person

FORMAT = "%Y-%m-%dT%H%M%SZ"  # of the time in the name of a kept attempt; sorts by time
TIME = "timestamp.txt"  # nbgrader reads from it when a submission was handed in


@dataclass
class Collected:
    """What became of an archive, each a list of sentences or ids."""

    platform: str = ""
    placed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    timeless: list[str] = field(default_factory=list)  # the platform says late, and not how late


class Collector:
    """Collects archives of one assignment into a course."""

    def __init__(self, coursedir, assignment: str, roster: Roster | None):
        self.coursedir, self.assignment, self.roster = coursedir, assignment, roster
        self.kept = Path(coursedir.root) / "downloaded" / assignment / "attempts"
        self.times: dict[str, datetime] = {}
        self.participants = Names()

    def read_times(self, path: Path) -> None:
        """Read Moodle's grading worksheet: who is which participant, and when they handed in."""
        worksheet = read_roster(path)
        for person in worksheet.people:
            self.participants.add(person)
        for (_, row), person in zip(table(path), worksheet.people, strict=True):
            time = _worksheet_time(row.get("time", ""))
            if time:
                self.times[person.participant] = time

    def collect(self, path: Path) -> Collected:
        """Collect one archive. Raises AirlockError where it cannot be read."""
        archive = read_archive(path)
        done = Collected(archive.platform)
        done.trouble += [f"{name}: not a file that was handed in; left out." for name in archive.left]
        if not archive.attempts:
            raise AirlockError(
                f"There is no hand-in in {path}: expected an archive of Moodle, Canvas or Gradescope."
            )
        for attempt in archive.attempts:
            self._collect(archive, attempt, done)
        return done

    def _collect(self, archive: Archive, attempt: Attempt, done: Collected) -> None:
        names = ", ".join(map(str, attempt.people)) or "nobody"
        if not any(is_notebook(name) or name.lower().endswith(".zip") for name in attempt.members):
            done.trouble.append(f"{names}: no notebook among {', '.join(list(attempt.members)[:3])}.")
            return
        try:
            files = archive.files(attempt)
        except AirlockError as error:
            done.trouble.append(f"{names}: {error}")
            return
        for identity in attempt.people:
            person = self._who(identity, done)
            if person is None:
                continue
            time = attempt.time or self.times.get(identity.participant)
            if attempt.late and time is None:
                done.timeless.append(person.id)
            self._place(person.id, files, time, done)

    def _who(self, identity: Identity, done: Collected) -> Person | None:
        if identity.participant and (
            known := self.participants.find(Identity(participant=identity.participant))
        ):
            one = known[0]
            identity = Identity(
                one.name, (), tuple(filter(None, (one.login, one.email))), identity.participant
            )
        if self.roster is None:
            logins = [login.split("@")[0] for login in identity.logins]
            name = (
                re.sub(r"[^\w.@-]+", "-", (logins or [identity.name or str(identity)])[0]).strip("-.").lower()
            )
            return Person(name) if name else None
        found = self.roster.find(identity)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(person.id for person in found)
            done.trouble.append(f"{identity}: could be {ids}; put it into the right folder by hand.")
            return None
        close = self.roster.closest(identity.name) if identity.name else None
        hint = f"; perhaps {close.id} ({close.name})" if close else ""
        done.trouble.append(
            f"{identity}: not in {self.roster.path.name}{hint}; add or correct the line there."
        )
        return None

    def _place(self, student: str, files: dict[str, bytes], time: datetime | None, done: Collected) -> None:
        files = {name: data for name, data in files.items() if name != TIME}
        if time is not None:
            files[TIME] = f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()
        folder = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, student, self.assignment)
        )
        kept = self.kept / student
        if folder.is_dir():
            self._keep(kept, read_submission(folder)[0])  # also what was put there by hand
        self._keep(kept, files)
        newest = self._newest(kept, files)
        if folder.is_dir() and digest_of(read_submission(folder)[0]) == digest_of(newest):
            (done.same if newest == files else done.older).append(student)
            return
        replace_folder(folder, newest, writable=True)
        done.placed.append(student)

    def _keep(self, kept: Path, files: dict[str, bytes]) -> None:
        """Keep an attempt under its time, or under when it was collected; one that is known is kept once."""
        wanted = _without_time(files)
        for old in kept.glob("*"):
            if old.is_dir() and _without_time(read_submission(old)[0]) == wanted:
                if TIME in files:  # the time became known
                    (old / TIME).write_bytes(files[TIME])
                return
        time = _time_of(files) or datetime.now(UTC)
        number, name = 1, time.strftime(FORMAT)
        while (kept / name).exists():
            number += 1
            name = f"{time.strftime(FORMAT)}-{number}"
        replace_folder(kept / name, files, writable=True)

    def _newest(self, kept: Path, last: dict[str, bytes]) -> dict[str, bytes]:
        """The attempt to grade: the latest by time; without one, the last that was collected."""
        if _time_of(last) is None:
            return last
        attempts = [read_submission(folder)[0] for folder in sorted(kept.iterdir()) if folder.is_dir()]
        timed = [files for files in attempts if _time_of(files)]
        return max(timed, key=lambda files: _time_of(files) or datetime.min.replace(tzinfo=UTC))


def _without_time(files: dict[str, bytes]) -> str:
    return digest_of({name: data for name, data in files.items() if name != TIME})


def _time_of(files: dict[str, bytes]) -> datetime | None:
    text = files.get(TIME, b"").decode(errors="replace").strip().removesuffix(" UTC")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _worksheet_time(text: str) -> datetime | None:
    """A time as Moodle writes it, "Friday, 1 May 2026, 11:05 PM", in this computer's zone; None for none."""
    try:
        return dates.parse(text).astimezone(UTC) if text.strip(" -") else None
    except (ValueError, OverflowError):
        return None


def collect(coursedir, assignment: str, roster: Roster | None, paths: Iterable[Path]) -> Collected:
    """Collect archives, and Moodle's grading worksheets (CSV) that say when; what became of all together."""
    collector, together = Collector(coursedir, assignment, roster), Collected()
    tables = [path for path in paths if path.suffix.lower() == ".csv"]
    for path in tables:
        collector.read_times(path)
    for path in (path for path in paths if path not in tables):
        if not path.is_file():
            raise AirlockError(f"{path} is not there: give the archive that the platform made.")
        done = collector.collect(path)
        together.platform = done.platform
        for name in ("placed", "same", "older", "trouble", "timeless"):
            getattr(together, name).extend(getattr(done, name))
        store = Path(coursedir.root) / "downloaded" / assignment / "archive"
        store.mkdir(parents=True, exist_ok=True)
        if path.resolve().parent != store.resolve():
            shutil.copy(path, store / path.name)
    return together
