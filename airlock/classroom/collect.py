"""``airlock collect``: a learning platform's archive becomes folders in ``submitted/``; no attempt is lost.

Every attempt is kept in ``downloaded/ASSIGNMENT/attempts/STUDENT/TIME/``; the latest of a student is what
``submitted/STUDENT/ASSIGNMENT/`` holds, with its time in ``timestamp.txt``, where nbgrader looks for it. What
cannot be matched lies in ``downloaded/ASSIGNMENT/unmatched/``.
"""

import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from airlock.classroom.roster import FILE, Person, Roster, read_roster
from airlock.course.application import CourseDirectory
from airlock.handin.filenames import printable, storable
from airlock.handin.platforms import HandedIn, read_archive
from airlock.handin.slim import MAX_STORED
from airlock.model.errors import AirlockError
from airlock.model.record import Incident

TIME = "%Y-%m-%dT%H-%M-%S"
STAMP = "timestamp.txt"
STAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"


@dataclass
class Collected:
    """What became of an archive: students placed, their attempts, and what could not be matched."""

    placed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    attempts: int = 0
    unmatched: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Collector:
    """Places the files of archives in a course."""

    def __init__(self, coursedir: CourseDirectory, assignment: str, roster: Roster | None):
        self.coursedir, self.assignment, self.roster = coursedir, assignment, roster
        self.downloaded = Path(coursedir.root) / "downloaded" / assignment

    def collect(self, archive: Path) -> Collected:
        """Take one archive in.

        Raises AirlockError where it cannot be read, or is no platform's.
        """
        found: dict = {}
        outcome = Collected()
        try:
            with zipfile.ZipFile(archive) as opened:
                for one in read_archive(opened, archive.name):
                    if isinstance(one, str):
                        self._unmatched(opened, one, outcome)
                    else:
                        found.setdefault((one.who, one.attempt), []).append(one)
                for (who, _), files in found.items():
                    self._take(opened, who, files, outcome)
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            reason = getattr(error, "strerror", None) or error
            raise AirlockError(f"{archive} is no zip archive that can be read ({reason}).") from None
        for student in {path.name for path in (self.downloaded / "attempts").glob("*") if path.is_dir()}:
            (outcome.placed if self._place(student) else outcome.unchanged).append(student)
        outcome.placed.sort()
        return outcome

    def _take(
        self, opened: zipfile.ZipFile, who: tuple[str, ...], files: list[HandedIn], outcome: Collected
    ) -> None:
        """Keep one attempt of one student."""
        person = self.roster.find(*who) if self.roster else Person(_slug(who))
        if person is None:
            for one in files:
                self._unmatched(opened, one.member.filename, outcome)
            return
        time = max(one.time for one in files)
        incidents: list[Incident] = []
        kept = storable({one.path: one.member for one in files}, incidents)
        outcome.remarks += [f"{person.id}: {incident.message}" for incident in incidents]
        target = self.downloaded / "attempts" / person.id / time.strftime(TIME)
        _write(opened, kept, target)
        outcome.attempts += 1

    def _place(self, student: str) -> bool:
        """Put the latest attempt of a student into ``submitted/``; whether anything changed."""
        attempts = self.downloaded / "attempts" / student
        target = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, student, self.assignment)
        )
        if target.is_dir() and not any(_same(target, path) for path in attempts.iterdir()):
            _copy(target, attempts / _time_of(target).strftime(TIME))  # put there by hand: an attempt too
        latest = max(attempts.iterdir(), key=lambda path: path.name)
        if target.is_dir() and _same(target, latest):
            return False
        time = datetime.strptime(latest.name[: len("2026-01-31T23-59-59")], TIME).replace(tzinfo=UTC)
        _copy(latest, target, time.strftime(STAMP_FORMAT))
        return True

    def _unmatched(self, opened: zipfile.ZipFile, name: str, outcome: Collected) -> None:
        outcome.unmatched.append(name)
        kept = storable({re.sub(r"^[/\\.]+|\.\.+", "", name): opened.getinfo(name)}, [])
        for path, member in kept.items():
            place = self.downloaded / "unmatched" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            _extract(opened, member, place)


def find_roster(root: str) -> Roster | None:
    """The class of a course, where there is a file that says who it is."""
    path = Path(root) / FILE
    return read_roster(path) if path.exists() else None


def tell(outcome: Collected) -> str:
    """What became of an archive, for the terminal."""
    lines = [f"{len(outcome.placed)} placed or renewed, {len(outcome.unchanged)} as before;"
             f" attempts in the archive: {outcome.attempts}."]  # fmt: skip
    lines += [printable(remark) for remark in outcome.remarks]
    if outcome.unmatched:
        lines.append(f"Not matched, add them to {FILE} or place them by hand from downloaded/:")
        lines += [f"  {printable(name)}" for name in outcome.unmatched]
    return "\n".join(lines)


def _slug(who: tuple[str, ...]) -> str:
    """A folder's name for a student of whom only the archive tells."""
    name = next((word for word in who if not word.isdecimal()), who[0]).partition("@")[0]
    return re.sub(r"[^\w.-]+", "-", name).strip("-.").lower() or who[0]


def _write(opened: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], target: Path) -> None:
    """Write the files of an attempt into a folder, in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as part:
        folder = Path(part) / "files"
        folder.mkdir()
        for path, member in members.items():
            if ".." not in PurePosixPath(path).parts and not path.startswith("/"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                _extract(opened, member, folder / path)
        number, free = 1, target
        while free.is_dir() and not _same(folder, free):  # another attempt of the same second
            number += 1
            free = target.with_name(f"{target.name}-{number}")
        if not free.is_dir():
            folder.rename(free)


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Write one file, cut where it is larger than a submission may have."""
    with opened.open(member) as source, open(path, "wb") as file:
        room = MAX_STORED
        while room > 0 and (data := source.read(min(room, 2**20))):
            file.write(data)
            room -= len(data)


def _copy(source: Path, target: Path, stamp: str = "") -> None:
    """Copy a folder in one step, with the time of the attempt in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(".part-*"):  # by a run that was killed here
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as part:
        folder, old = Path(part) / "files", Path(part) / "old"
        shutil.copytree(source, folder, symlinks=True)
        if stamp:
            (folder / STAMP).write_text(stamp + "\n", encoding="utf-8")
        if target.exists():
            target.rename(old)
        folder.rename(target)


def _time_of(folder: Path) -> datetime:
    """When what lies in a folder was handed in: by its time stamp, else by its files."""
    try:
        return datetime.strptime((folder / STAMP).read_text().strip(), STAMP_FORMAT).replace(tzinfo=UTC)
    except (OSError, ValueError):
        changed = [path.lstat().st_mtime for path in folder.rglob("*") if not path.is_dir()]
        return datetime.fromtimestamp(max(changed, default=folder.stat().st_mtime), UTC)


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files, time stamps aside."""
    return _content(one) == _content(other)


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
