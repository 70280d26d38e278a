"""The archives in which learning platforms hand out a class's submissions: whose file is which, and of when.

Moodle:     ``Jörg Müller_4711_assignsubmission_file/ps1.ipynb``, before version 4.1 with ``_`` before the
            slash; without folders ``Jörg Müller_4711_assignsubmission_file_ps1.ipynb``. Where groups hand in,
            ``Lab 2_31_assignsubmission_file`` with the group's number, of who is in none without a number;
            before version 4.1 ``Lab 2-Jörg Müller_4711``. Where marking is blind, the name is ``Participant``
            for everybody, in the language of who downloads.
Canvas:     ``müllerjörg_LATE_4711_90210_ps1.ipynb``: last and first name, the person, the file.
Gradescope: ``submission_1/ps1.ipynb`` and ``submission_metadata.yml``, which says whose, and when.

Moodle and Canvas give each file the time at which the archive was made: only Gradescope tells when something
was handed in, and for Moodle the grading worksheet does.
"""

import contextlib
import re
import stat
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from airlock.handin.filenames import SKIPPED
from airlock.handin.gradescope import MAX_METADATA, METADATA, read_metadata
from airlock.model.errors import AirlockError

MOODLE = re.compile(
    r"(?P<name>[^/]*?)(?:_(?P<key>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_?/|_)(?P<file>.+)"
)
CANVAS = re.compile(
    r"(?:(?P<name>[^/]+?)_)??(?:(?P<late>LATE)_)?(?:anon_(?P<anonymous>[^_/]+)|(?P<key>\d+))"
    r"_(?:(?P<attachment>\d+)_(?P<file>[^/]+)|(?P<text>(?:text|link)\.html))"
)
AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<number>\d+))?(?P<ending>\.\w+)?")  # Canvas: hw.ipynb, hw-1.ipynb
GRADESCOPE = re.compile(r"(?:.*/)?(?P<key>submission_\d+)/(?P<file>.+)")
AT_ONCE = timedelta(hours=1)  # an archive whose files all have one time, give or take, has that of its making


@dataclass
class Attempt:
    """What somebody handed in at a time: ``who`` in the platform's words, ``name`` the one for people."""

    name: str
    who: list[tuple[str, ...]]  # of each who handed it in; the surest word first
    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)  # path in the submission -> where it is
    time: datetime | None = None  # when it was handed in, where the archive tells
    late: bool = False  # the platform says so, and not how late
    number: str = ""  # the platform's own for whoever that is; where a group hands in, it may be the group's


@dataclass
class Archive:
    """An archive that was read: its attempts, earlier ones of a person first, and what is nobody's."""

    platform: str
    attempts: list[Attempt]
    left: list[zipfile.ZipInfo]
    made: datetime


def read_archive(packed: zipfile.ZipFile, name: str) -> Archive:
    """Read what is in an archive; nothing is unpacked. Raises AirlockError for an archive of no platform."""
    members = dict(_members(packed))
    times = [time for info in members.values() if (time := _time(info))]
    made = max(times, default=datetime.now(UTC))
    metadata = next((path for path in members if PurePosixPath(path).name == METADATA), None)
    if metadata is not None:
        attempts, left = _gradescope(members, metadata, packed, name)
        return Archive("Gradescope", attempts, left, made)
    for platform, pattern, read in (("Moodle", MOODLE, _moodle), ("Canvas", CANVAS, _canvas)):
        found = {path: _match(pattern, path) for path in members}
        if any(found.values()):
            attempts = read({path: (members[path], match) for path, match in found.items() if match})
            if times and max(times) - min(times) > AT_ONCE:
                for attempt in attempts:
                    attempt.time = max(filter(None, map(_time, attempt.members.values())), default=None)
            left = [members[path] for path, match in found.items() if not match]
            return Archive(platform, attempts, left, made)
    raise AirlockError(
        f"{name} is no archive of submissions from Moodle, Canvas or Gradescope: its files have other names. "
        "Give it as it was downloaded, or put each hand-in into its folder in submitted/ by hand."
    )


def _members(packed: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files of an archive, without what systems add, links, and paths that lead out of it."""
    for info in packed.infolist():
        name = info.filename.replace("\\", "/")
        if not info.flag_bits & 0x800:  # not marked as UTF-8: zipfile has read it as the PC's character set
            with contextlib.suppress(UnicodeError):
                name = name.encode("cp437").decode("utf-8")
        name = unicodedata.normalize("NFC", name)
        parts = PurePosixPath(name).parts
        junk = not parts or parts[-1].startswith("._") or {"..", *SKIPPED} & {*parts} or name.startswith("/")
        if not junk and not name.endswith("/") and not stat.S_ISLNK(info.external_attr >> 16):
            yield name, info


def _match(pattern: re.Pattern, path: str) -> re.Match | None:
    """The part of a path that the platform has named; folders around everything do not count."""
    parts = path.split("/")
    starts = ("/".join(parts[place:]) for place in range(len(parts)))
    return next((match for start in starts if (match := pattern.fullmatch(start))), None)


def _moodle(found: dict[str, tuple[zipfile.ZipInfo, re.Match]]) -> list[Attempt]:
    attempts: dict[str, Attempt] = {}
    for info, match in found.values():
        key, name = match["key"] or "", match["name"].strip()
        number = key and f"participant {key}"
        parts = name.split("-")  # of a group's name and a name, and a name may have hyphens as well
        words = ["-".join(parts[start:]).strip() for start in range(len(parts))]
        attempt = Attempt(name, [tuple(filter(None, words))], number=number)
        attempts.setdefault(key or name, attempt).members[match["file"]] = info
    names = {attempt.name for attempt in attempts.values()}
    if len(names) == 1 and (len(attempts) > 1 or names <= {"", "Participant"}):  # marking is blind
        for attempt in attempts.values():
            attempt.name, attempt.who = attempt.number, [()]
    return list(attempts.values())


def _canvas(found: dict[str, tuple[zipfile.ZipInfo, re.Match]]) -> list[Attempt]:
    people: dict[str, dict[tuple[str, str], list[tuple[int, int, str, zipfile.ZipInfo]]]] = {}
    said: dict[str, Attempt] = {}
    for info, match in found.values():
        key = match["key"] or match["anonymous"]
        file = match["file"] or match["text"]
        again = AGAIN.fullmatch(file)
        assert again is not None, "a name has at least one character"
        family = again["stem"], again["ending"] or ""
        number = int(again["number"] or 0), int(match["attachment"] or 0)
        people.setdefault(key, defaultdict(list))[family].append((*number, file, info))
        who = tuple(filter(None, [match["name"]]))
        said.setdefault(key, Attempt(match["name"] or key, [who], number=key)).late |= bool(match["late"])
    attempts = []
    for key, families in people.items():
        one = said[key]
        for (stem, ending), files in families.items():
            *earlier, last = sorted(files, key=lambda one: one[:3])
            for _, _, _, info in earlier:  # handed in together with a later one of the same name
                attempts.append(replace(one, members={f"{stem}{ending}": info}))
            one.members[f"{stem}{ending}" if earlier else last[2]] = last[3]
        attempts.append(one)
    return attempts


def _gradescope(
    members: dict[str, zipfile.ZipInfo], metadata: str, packed: zipfile.ZipFile, archive: str
) -> tuple[list[Attempt], list[zipfile.ZipInfo]]:
    if members[metadata].file_size > MAX_METADATA:
        raise AirlockError(f"{archive}: its {METADATA} is too large to be read.")
    known = read_metadata(packed.read(members[metadata]), archive)
    attempts: dict[str, Attempt] = {}
    left = []
    for path, info in members.items():
        match = GRADESCOPE.fullmatch(path)
        if match and match["key"] in known:
            key = match["key"]
            name, who, time = known[key]
            attempts.setdefault(key, Attempt(name, who, {}, time)).members[match["file"]] = info
        elif path != metadata:
            left.append(info)
    early = datetime.min.replace(tzinfo=UTC)
    return sorted(attempts.values(), key=lambda one: one.time or early), left


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """When a member was last changed; a zip archive knows no zones, so this computer's; None for none."""
    try:
        time = datetime(*info.date_time)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.year > 1980 else None
