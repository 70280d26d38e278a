"""Zip archives that were handed in: unpacked in bounds, whatever they say of themselves."""

import io
import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from airlock.handin.filenames import SKIPPED, is_notebook, not_followed, printable
from airlock.handin.slim import MAX_STORED, read_notebook
from airlock.model.record import Incident

MAX_ENTRIES = 10_000  # files and folders that are looked at, at most


@dataclass
class Room:
    """What a submission's archives may still give: ``files``, ``kept`` bytes of these, ``unpacked`` bytes.

    Of a file that is too large, and of a notebook's outputs, nothing is kept; unpacking them takes time.
    """

    files: int
    kept: int
    unpacked: int = 4 * MAX_STORED


def unzip(
    name: str, data: bytes, room: Room, incidents: list[Incident], left_out: list[str]
) -> dict[str, bytes]:
    """Return the files of an archive for which there is ``room``, which is less then."""
    files: dict[str, bytes] = {}
    try:
        if data.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise zipfile.BadZipFile("too many entries")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in sorted(archive.infolist(), key=lambda info: not is_notebook(info.filename)):
                path = PurePosixPath(info.filename.replace("\\", "/"))
                if info.is_dir() or path.is_absolute() or {"..", *SKIPPED} & set(path.parts):
                    continue
                if stat.S_ISLNK(info.external_attr >> 16):
                    incidents.append(not_followed(f"{name}/{path}"))
                    continue
                contents = _member(archive, info, room) if room.files and room.unpacked else None
                if contents is None or len(contents) > room.kept or not room.unpacked:
                    left_out.append(f"{name}/{path}")
                    continue
                room.kept -= len(contents)
                room.files -= 1
                files[f"{name}/{path}"] = contents
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError):
        incidents.append(Incident("unreadable", f"{printable(name)} cannot be unpacked as a zip archive."))
    return files


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: Room) -> bytes:
    """A file of an archive, at most a byte more than there is ``room`` for, whatever its stated size."""
    with archive.open(info) as packed:
        file = _Bounded(packed, room)
        if not is_notebook(info.filename):
            return file.read(room.kept + 1)
        with tempfile.TemporaryFile() as unpacked:
            shutil.copyfileobj(file, unpacked, 2**20)  # type: ignore[type-var, arg-type]
            unpacked.flush()
            return read_notebook(unpacked)[: room.kept + 1]


class _Bounded:
    """A file as far as there is ``room`` to unpack it, and one byte more than a notebook may have."""

    def __init__(self, file: IO[bytes], room: Room):
        self.file, self.room, self.rest = file, room, MAX_STORED + 1

    def read(self, size: int) -> bytes:
        """As of a file."""
        data = self.file.read(min(size, self.rest, self.room.unpacked))
        self.rest -= len(data)
        self.room.unpacked -= len(data)
        return data
