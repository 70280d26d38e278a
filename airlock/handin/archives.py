"""What learning platforms pack the hand-ins of a class into: Moodle (both ways), Canvas, Gradescope.

Moodle:     ``Jörg Müller_4711_assignsubmission_file/ps1.ipynb``, with or without ``_`` before the slash, or
            ``Jörg Müller_4711_assignsubmission_file_ps1.ipynb``; the number is a participant's.
Canvas:     ``muellerjoerg_LATE_4711_90210_ps1.ipynb``: last and first name, the person, the file.
Gradescope: ``submission_1/ps1.ipynb`` and ``submission_metadata.yml``, which says whose, and when.

Anything else is taken for folders or files that bear the names of students.
"""

import contextlib
import re
import stat
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

import yaml
from dateutil import parser as dates

from airlock.handin.files import MAX_FILES, MAX_TOTAL, SKIPPED
from airlock.model.errors import AirlockError
from airlock.model.people import Identity

MOODLE = re.compile(r"(?P<name>[^_/]*)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
CANVAS = re.compile(
    r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<file_number>\d+)_(?P<file>.+)"
    r"|(?P<text>\w+?)_\d+_(?:text|link)\.html"
)
METADATA = "submission_metadata.yml"


@dataclass
class Attempt:
    """One hand-in of an archive: whose (more than one in a group), its files, and when, if known."""

    people: list[Identity]
    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)  # path in the submission -> where it is
    time: datetime | None = None
    late: bool = False  # the platform says so, without saying how late


@dataclass
class Archive:
    """An archive that was read: whose it is, the attempts in it, and what belongs to none."""

    path: Path
    platform: str
    attempts: list[Attempt]
    left: list[str]

    def files(self, attempt: Attempt) -> dict[str, bytes]:
        """The files of an attempt. Raises AirlockError where one cannot be unpacked or they are too large."""
        found, room = {}, MAX_TOTAL
        with zipfile.ZipFile(self.path) as packed:
            for path, info in list(attempt.members.items())[:MAX_FILES]:
                try:
                    with packed.open(info) as file:  # the size that the archive states may be a lie
                        found[path] = file.read(room + 1)
                except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError) as error:
                    raise AirlockError(
                        f"{info.filename} in {self.path.name} cannot be unpacked: {error}."
                    ) from error
                room -= len(found[path])
                if room < 0:
                    raise AirlockError(
                        f"{info.filename} in {self.path.name} is larger than {MAX_TOTAL >> 20} MB."
                    )
        return found


def read_archive(path: Path) -> Archive:
    """Read what is in an archive; the files themselves are unpacked attempt by attempt.

    Raises AirlockError where it is no zip archive.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            members = dict(_members(packed))
            metadata = next((name for name in members if PurePosixPath(name).name == METADATA), None)
            if metadata is not None:
                return Archive(path, "Gradescope", *_gradescope(members, metadata, packed))
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise AirlockError(f"{path} cannot be read as a zip archive ({error}): download it again.") from error
    except yaml.YAMLError as error:
        raise AirlockError(f"{METADATA} in {path} cannot be read: export the submissions again.") from error
    if any(MOODLE.fullmatch(part) for name in members for part in name.split("/")):
        return Archive(path, "Moodle", *_moodle(members))
    if (
        members
        and sum(bool(CANVAS.fullmatch(PurePosixPath(name).name)) for name in members) > len(members) / 2
    ):
        return Archive(path, "Canvas", *_canvas(members))
    return Archive(path, "folders", *_by_name(members))


def _members(packed: zipfile.ZipFile):
    for info in packed.infolist():
        name = info.filename
        if not info.flag_bits & 0x800:  # not marked as UTF-8: many programs write it nevertheless
            with contextlib.suppress(UnicodeError):
                name = name.encode("cp437").decode("utf-8")
        name = unicodedata.normalize("NFC", name.replace("\\", "/"))
        parts = PurePosixPath(name).parts
        safe = not (
            name.startswith("/") or {"..", *SKIPPED} & {*parts} or parts[-1:] and parts[-1].startswith("._")
        )
        if safe and not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
            yield name, info


def _moodle(members) -> tuple[list[Attempt], list[str]]:
    found, left = {}, []
    for name, info in members.items():
        parts = name.split("/")
        place, match = next(
            ((i, m) for i, part in enumerate(parts) if (m := MOODLE.fullmatch(part))), (0, None)
        )
        rest = "/".join(part for part in (match["file"] if match else "", *parts[place + 1 :]) if part)
        if not match or match["kind"] != "file" or not rest:
            left.append(name)
            continue
        who = Identity(match["name"].strip(), participant=match["number"])
        found.setdefault(who, Attempt([who])).members[rest] = info
    return list(found.values()), left


def _canvas(members) -> tuple[list[Attempt], list[str]]:
    found, left = {}, []
    for name, info in members.items():
        match = CANVAS.fullmatch(PurePosixPath(name).name)
        if not match or not match["file"]:
            left.append(name)
            continue
        anonymous = match["name"] == "anon"
        who = Identity("" if anonymous else match["name"], (match["number"],))
        attempt = found.setdefault(who, Attempt([who]))
        attempt.late = attempt.late or bool(match["late"])
        attempt.members[match["file"]] = info
    return list(found.values()), left


class _Loader(yaml.SafeLoader):
    """Reads Ruby's objects, which older exports have for times, as what they are made of."""


_Loader.add_multi_constructor(
    "!ruby/",
    lambda loader, _, node: (
        loader.construct_mapping(node)
        if isinstance(node, yaml.MappingNode)
        else loader.construct_scalar(node)
    ),
)


def _gradescope(members, metadata: str, packed) -> tuple[list[Attempt], list[str]]:
    start = metadata.removesuffix(METADATA)
    known = yaml.load(packed.read(members[metadata]), Loader=_Loader) or {}  # noqa: S506  a SafeLoader
    found = {}
    for key, entry in known.items() if isinstance(known, dict) else ():
        people = [
            Identity(
                str(one.get(":name") or ""),
                logins=tuple(str(one[field]) for field in (":sid", ":email") if one.get(field)),
            )
            for one in entry.get(":submitters") or []
        ]
        found[str(key)] = Attempt(people, time=_time(entry.get(":created_at")))
    left = []
    for name, info in members.items():
        key, _, rest = name.removeprefix(start).partition("/")
        if name == metadata:
            continue
        if not name.startswith(start) or key not in found:
            left.append(name)
        else:
            found[key].members[rest or key] = info
    return [attempt for attempt in found.values() if attempt.members], left


def _time(value) -> datetime | None:
    if isinstance(value, dict):
        value = value.get("utc") or value.get("time")
    if isinstance(value, str):
        try:
            value = dates.parse(value)
        except (ValueError, OverflowError):
            return None
    return value if isinstance(value, datetime) else None


def _by_name(members) -> tuple[list[Attempt], list[str]]:
    """Folders or files with the names of students, perhaps within one folder for them all."""
    tops = {name.split("/")[0] for name in members}
    start = f"{tops.pop()}/" if len(tops) == 1 and all(name.count("/") > 1 for name in members) else ""
    found = {}
    for name, info in members.items():
        top, _, rest = name.removeprefix(start).partition("/")
        who = Identity(
            top if rest else PurePosixPath(top).stem, logins=(top if rest else PurePosixPath(top).stem,)
        )
        found.setdefault(who, Attempt([who])).members[rest or top] = info
    return list(found.values()), []
