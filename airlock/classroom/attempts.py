"""All that was ever handed in: kept by student and time, the latest of each where it is graded."""

import re
import shutil
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from airlock.course.application import CourseDirectory
from airlock.course.folders import folder_of
from airlock.handin.slim import MAX_STORED

TIME = "%Y-%m-%dT%H-%M-%S"  # in the names of folders; sorts by time
NAME = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)(?:-(?P<number>\d+))?")
STAMP = "timestamp.txt"  # nbgrader reads from it when a submission was handed in
STAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"


class Attempts:
    """The attempts at one assignment in ``downloaded/``, and the folders of those who are handed in."""

    def __init__(self, coursedir: CourseDirectory, assignment: str):
        self.coursedir, self.assignment = coursedir, assignment
        self.downloaded = Path(coursedir.root) / "downloaded" / assignment
        self.kept = self.downloaded / "attempts"

    def students(self) -> list[str]:
        """Of whom there are attempts."""
        return sorted(path.name for path in self.kept.glob("*") if path.is_dir() and self._of(path.name))

    def keep(
        self,
        student: str,
        packed: zipfile.ZipFile,
        files: dict[str, zipfile.ZipInfo],
        time: datetime | None,
        seen: datetime,
    ) -> None:
        """Keep what was handed in at ``time`` or, where that is not known, was there when ``seen``.

        What was there before, and is so still, is one attempt.
        """
        place = self.kept / student
        place.mkdir(parents=True, exist_ok=True)
        _clear(place)
        with tempfile.TemporaryDirectory(dir=place, prefix=".part-") as part:
            folder = Path(part) / "files"
            folder.mkdir()
            for path, member in files.items():
                _extract(packed, member, folder, path)
            same = [one for one in self._of(student) if _same(one, folder)]
            timeless = [one for one in same if not (one / STAMP).exists()]
            if time is not None:
                (folder / STAMP).write_text(f"{time.strftime(STAMP_FORMAT)}\n", encoding="utf-8")
                if timeless:  # its time has become known
                    (folder / STAMP).replace(timeless[-1] / STAMP)
                    return
            name = (time or seen).strftime(TIME)
            before = [one for one in self._of(student) if one.name[: len(name)] <= name]
            if (before and before[-1] in same) or any(one.name[: len(name)] == name for one in same):
                return
            folder.rename(_free(place, name))

    def place(self, student: str) -> bool:
        """Put the latest attempt of a student where it is graded; whether anything changed."""
        target = folder_of(self.coursedir, "submitted", student, self.assignment)
        _clear(target.parent)
        if target.is_dir() and not any(_same(target, one) for one in self._of(student)):
            name = _time_of(target).strftime(TIME)  # put there by hand: an attempt too
            _copy(target, _free(self.kept / student, name))
        latest = self._of(student)[-1]
        if target.is_dir() and _same(target, latest) and _stamp(latest) in ("", _stamp(target)):
            return False
        _copy(latest, target)
        return True

    def put_aside(self, packed: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> None:
        """Keep what is nobody's, where a person finds it."""
        for path, member in files.items():
            _extract(packed, member, self.downloaded / "unmatched", path)

    def _of(self, student: str) -> list[Path]:
        """The attempts of a student, the latest last."""
        names = ((path, NAME.fullmatch(path.name)) for path in (self.kept / student).iterdir())
        found = [(match["time"], int(match["number"] or 1), path) for path, match in names if match]
        return [path for _, _, path in sorted(found)]


def _free(place: Path, name: str) -> Path:
    """The folder for an attempt of this time; numbered where there are others of the same second."""
    number, free = 1, place / name
    while free.exists():
        number += 1
        free = place / f"{name}-{number}"
    return free


def _extract(packed: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, path: str) -> None:
    """Write one file into a folder, cut where it is larger than a submission may have."""
    if ".." in PurePosixPath(path).parts or path.startswith("/"):
        return
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with packed.open(member) as source, (folder / path).open("wb") as file:
        room = MAX_STORED
        while room > 0 and (data := source.read(min(room, 2**20))):
            file.write(data)
            room -= len(data)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as part:
        folder, old = Path(part) / "files", Path(part) / "old"
        shutil.copytree(source, folder, symlinks=True)
        if target.exists():
            target.rename(old)
        folder.rename(target)


def _clear(place: Path) -> None:
    """Remove what a run left that was killed here."""
    for left in place.glob(".part-*"):
        shutil.rmtree(left, ignore_errors=True)


def _stamp(folder: Path) -> str:
    """The time stamp in a folder; nothing where there is none."""
    try:
        return (folder / STAMP).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _time_of(folder: Path) -> datetime:
    """When what lies in a folder was handed in: by its time stamp, else by its files."""
    try:
        return datetime.strptime(_stamp(folder), STAMP_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        changed = [path.lstat().st_mtime for path in folder.rglob("*") if not path.is_dir()]
        return datetime.fromtimestamp(max(changed, default=folder.stat().st_mtime), UTC)


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files, time stamps aside."""
    return _content(one) == _content(other)


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
