"""The archives in which learning platforms hand out a class's submissions: whose file is which, and of when.

Moodle, "Download all submissions", with folders or without; Canvas, "Download submissions"; Gradescope,
"Export submissions".
"""

import contextlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from airlock.handin.filenames import SKIPPED
from airlock.model.errors import AirlockError

MOODLE = re.compile(r"(?P<name>.+?)_(?P<key>\d+)_assignsubmission_(?:file|onlinetext)(?:_/|_|/)(?P<file>.*)")
CANVAS = re.compile(r"(?P<name>[^_/]+?)_(?:(?P<late>LATE)_)?(?P<key>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
GRADESCOPE = re.compile(r"(?:.*/)?(?P<key>submission_\d+)/(?P<file>.+)")
METADATA = "submission_metadata.yml"
MAX_METADATA = 64 * 2**20  # bytes


@dataclass(frozen=True)
class HandedIn:
    """A file of an archive: ``who`` in the platform's words, the surest first, and of which attempt."""

    member: zipfile.ZipInfo
    who: tuple[str, ...]
    attempt: str
    path: str
    time: datetime


def read_archive(archive: zipfile.ZipFile, name: str) -> Iterator[HandedIn | str]:
    """Yield the files of a platform's archive, and the names of members that are nobody's.

    Raises AirlockError for an archive of another kind.
    """
    members = [info for info in archive.infolist() if not info.is_dir()]
    members = [info for info in members if not SKIPPED & set(PurePosixPath(info.filename).parts)]
    metadata = next((info for info in members if PurePosixPath(info.filename).name == METADATA), None)
    if metadata is not None:
        yield from _gradescope(archive, metadata, members, name)
        return
    for pattern in (MOODLE, CANVAS):
        if any(pattern.fullmatch(_name(info)) for info in members):
            for info in members:
                match = pattern.fullmatch(_name(info))
                yield _handed_in(info, match) if match else info.filename
            return
    raise AirlockError(
        f"{name} is no archive of submissions from Moodle, Canvas or Gradescope: its files have other names."
    )


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; one folder around everything, as some tools add, does not count."""
    name = info.filename.replace("\\", "/")
    if not info.flag_bits & 0x800:  # not marked as UTF-8: zipfile has read it as the PC's character set
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    around, _, rest = name.partition("/")
    return rest if rest and "_assignsubmission_" not in around and _is_platform(rest) else name


def _is_platform(name: str) -> bool:
    return bool(MOODLE.fullmatch(name) or CANVAS.fullmatch(name))


def _handed_in(info: zipfile.ZipInfo, match: re.Match) -> HandedIn:
    groups = match.groupdict()
    file = groups["file"].strip("/") or "onlinetext.html"
    attempt = ""
    if "attachment" in groups:  # Canvas numbers a file that was handed in again: hw.ipynb, hw-1.ipynb
        again = re.fullmatch(r"(.+)-(\d+)(\.\w+)", file)
        file, attempt = (f"{again[1]}{again[3]}", again[2]) if again else (file, "")
    who = (groups["key"], groups["name"]) if "attachment" in groups else (groups["name"], groups["key"])
    return HandedIn(info, who, attempt, file, _time(info))


def _time(info: zipfile.ZipInfo) -> datetime:
    """When a member was last changed, which platforms set to when it was handed in; zip knows no zones."""
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


def _gradescope(
    archive: zipfile.ZipFile, metadata: zipfile.ZipInfo, members: list[zipfile.ZipInfo], name: str
) -> Iterator[HandedIn | str]:
    if metadata.file_size > MAX_METADATA:
        raise AirlockError(f"{name}: its {METADATA} is too large to be read.")
    try:
        known = yaml.load(archive.read(metadata), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        known = {key: _without_colons(value) for key, value in known.items()}
    except (yaml.YAMLError, AttributeError, UnicodeError):
        raise AirlockError(f"{name}: its {METADATA} is no YAML of Gradescope's; export it again.") from None
    for info in members:
        match = GRADESCOPE.fullmatch(info.filename)
        entry = known.get(match["key"]) if match else None
        if info is metadata:
            continue
        if match is None or entry is None:
            yield info.filename
            continue
        time = entry.get("created_at")
        time = time if isinstance(time, datetime) else _time(info)
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        for person in entry.get("submitters") or [{}]:
            who = tuple(str(person[part]) for part in ("sid", "email", "name") if person.get(part))
            yield HandedIn(info, who or (match["key"],), "", match["file"], time)


def _without_colons(value: Any) -> Any:
    """What YAML has read, without the colons that Ruby puts before its keys."""
    if isinstance(value, dict):
        return {str(key).lstrip(":"): _without_colons(item) for key, item in value.items()}
    return [_without_colons(item) for item in value] if isinstance(value, list) else value
