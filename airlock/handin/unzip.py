"""Zip archives that were handed in: unpacked in bounds, whatever they say of themselves."""

import io
import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from airlock.handin.filenames import SKIPPED, is_notebook, not_followed, printable
from airlock.handin.slim import MAX_STORED, read_notebook
from airlock.model.record import Incident

MAX_ENTRIES = 10_000  # files and folders that are looked at, at most


def unzip(
    name: str, data: bytes, number: int, room: int, incidents: list[Incident], left_out: list[str]
) -> dict[str, bytes]:
    """Return at most ``number`` files of an archive, of at most ``room`` bytes together once unpacked."""
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
                contents = _member(archive, info, room) if len(files) < number else None
                if contents is None or len(contents) > room:
                    left_out.append(f"{name}/{path}")
                    continue
                room -= len(contents)
                files[f"{name}/{path}"] = contents
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError):
        incidents.append(Incident("unreadable", f"{printable(name)} cannot be unpacked as a zip archive."))
    return files


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> bytes:
    """A file of an archive, at most a byte more than there is ``room`` for, whatever its stated size."""
    with archive.open(info) as file:
        if not is_notebook(info.filename):
            return file.read(room + 1)
        with tempfile.TemporaryFile() as unpacked:
            shutil.copyfileobj(_Bounded(file, MAX_STORED + 1), unpacked, 2**20)  # type: ignore[type-var, arg-type]
            unpacked.flush()
            return read_notebook(unpacked)[: room + 1]


class _Bounded:
    """The first ``room`` bytes of a file."""

    def __init__(self, file: IO[bytes], room: int):
        self.file, self.room = file, room

    def read(self, size: int) -> bytes:
        """As of a file."""
        data = self.file.read(min(size, self.room))
        self.room -= len(data)
        return data
