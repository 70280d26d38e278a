"""Reads what a student handed in: ordinary files, of bounded number and size; no link is followed."""

import hashlib
import io
import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from airlock.handin.reading import MAX_NOTEBOOK
from airlock.model.errors import Unreadable
from airlock.model.record import Incident

MAX_FILES = 200
MAX_TOTAL = 100 * 2**20  # bytes
MAX_ENTRIES = 10_000  # files and folders that are looked at, at most
MAX_DEPTH = 20
SKIPPED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", ".git"}
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # browsers add the latter two to downloads


@dataclass
class _Entry:
    """A file that was found: its path in the submission, where it lies, and its size."""

    path: str
    place: str
    size: int


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook by its name."""
    return path.lower().endswith(ENDINGS) and not PurePosixPath(path).name.startswith("._")


def printable(name: str) -> str:
    """A file name as it may stand in a message: one line, not too long, encodable."""
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    name = "".join(c if c.isprintable() else "?" for c in name)
    return name if len(name) <= 80 else f"{name[:50]}...{name[-25:]}"


def read_submission(folder: str | os.PathLike) -> tuple[dict[str, bytes], list[Incident]]:
    """Return the files of a submission by path relative to ``folder``, and what was left out.

    Notebooks come first where a limit is met. A notebook that is too large is cut behind the limit, for
    :func:`airlock.handin.mend.mend` to refuse. If there is no notebook, zip archives are looked into; their
    files get paths such as ``homework.zip/notebook.ipynb``.

    Raises
    ------
    Unreadable
        The folder is missing, a file in it cannot be read, or there are too many to look at.
    """
    incidents = []
    entries = sorted(_walk(os.fspath(folder), incidents), key=lambda e: (not is_notebook(e.path), e.size))
    files, left_out, total = {}, [], 0
    for entry in entries:
        size = min(entry.size, MAX_NOTEBOOK + 1) if is_notebook(entry.path) else entry.size
        if len(files) >= MAX_FILES or total + size > MAX_TOTAL:
            left_out.append(entry.path)
            continue
        data = _read(entry, size)
        if data is None:
            incidents.append(_not_followed(entry.path))
            continue
        files[entry.path] = data
        total += len(data)
    if not any(map(is_notebook, files)):
        for path in [path for path in files if path.lower().endswith(".zip")]:
            data = files.pop(path)
            room = MAX_TOTAL - sum(map(len, files.values()))
            files |= _unzip(path, data, MAX_FILES - len(files), room, incidents, left_out)
    if left_out:
        names = ", ".join(map(printable, left_out[:3]))
        limits = f"{MAX_FILES} files and {MAX_TOTAL >> 20} MB"
        message = f"{len(left_out)} files were left out, beyond the limit of {limits} ({names})."
        incidents.append(Incident("too-large", message))
    return files, incidents


def beside(files: dict[str, bytes], filename: str) -> dict[str, bytes]:
    """Return the files beside and below the notebook ``filename``, by path relative to its folder."""
    folder = filename.rpartition("/")[0]
    start = f"{folder}/" if folder else ""
    return {
        path.removeprefix(start): data
        for path, data in files.items()
        if path.startswith(start) and not is_notebook(path)
    }


def lay_over(files: dict[str, bytes], own: dict[str, bytes]) -> dict[str, bytes]:
    """Return a submission's files with the assignment's ``own`` over them, even where one is a folder."""
    folders = {str(parent) for path in own for parent in PurePosixPath(path).parents}
    kept = {
        path: data
        for path, data in files.items()
        if path not in folders and not any(str(parent) in own for parent in PurePosixPath(path).parents)
    }
    return kept | own


def digest_of(files: dict[str, bytes]) -> str:
    """Equal for equal submissions."""
    parts = [(name, hashlib.sha256(files[name]).hexdigest()) for name in sorted(files)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _walk(folder: str, incidents: list[Incident]):
    """Yield the regular files below ``folder``; folders are entered, links are not."""
    waiting, seen = [(folder, "", 0)], 0
    while waiting:
        place, start, depth = waiting.pop()
        try:
            with os.scandir(place) as found:
                entries = sorted(found, key=lambda entry: entry.name)
            seen += len(entries)
            if seen > MAX_ENTRIES:
                raise Unreadable(f"The submission has more than {MAX_ENTRIES:,} files.", "too-large")
            for entry in entries:
                path, mode = start + entry.name, entry.stat(follow_symlinks=False).st_mode
                if entry.name in SKIPPED:
                    continue
                if stat.S_ISDIR(mode) and depth < MAX_DEPTH:
                    waiting.append((entry.path, f"{path}/", depth + 1))
                elif stat.S_ISREG(mode):
                    yield _Entry(path, entry.path, entry.stat(follow_symlinks=False).st_size)
                else:
                    incidents.append(_not_followed(path))
        except FileNotFoundError:
            raise Unreadable("The submission is not there: its folder is missing.", "missing") from None
        except OSError as error:
            name = printable(start.rstrip("/") or os.path.basename(folder))
            raise Unreadable(f"{name} cannot be read: {error.strerror}.") from None


def _read(entry: _Entry, size: int) -> bytes | None:
    """The contents of a regular file, at most ``size`` bytes; None if it is something else by now."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(entry.place, flags | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            return file.read(size) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError as error:
        raise Unreadable(f"{printable(entry.path)} cannot be read: {error.strerror}.") from None


def _not_followed(path: str) -> Incident:
    return Incident("link", f"{printable(path)} is a link or not an ordinary file, and was left out.")


def _unzip(name, data, number, room, incidents, left_out) -> dict[str, bytes]:
    """Return at most ``number`` files of an archive, of at most ``room`` bytes together once unpacked."""
    files = {}
    try:
        if data.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise zipfile.BadZipFile("too many entries")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in sorted(archive.infolist(), key=lambda info: not is_notebook(info.filename)):
                path = PurePosixPath(info.filename.replace("\\", "/"))
                if info.is_dir() or path.is_absolute() or {"..", *SKIPPED} & set(path.parts):
                    continue
                if stat.S_ISLNK(info.external_attr >> 16):
                    incidents.append(_not_followed(f"{name}/{path}"))
                    continue
                limit = MAX_NOTEBOOK + 1 if is_notebook(info.filename) else room + 1
                with archive.open(info) as file:  # the size that the archive states may be a lie
                    contents = file.read(min(limit, room + 1)) if len(files) < number else None
                if contents is None or len(contents) > room:
                    left_out.append(f"{name}/{path}")
                    continue
                room -= len(contents)
                files[f"{name}/{path}"] = contents
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        incidents.append(Incident("unreadable", f"{printable(name)} cannot be unpacked as a zip archive."))
    return files
