"""Reads what a student handed in: ordinary files, of bounded number and size; no link is followed."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from airlock.handin.filenames import MAX_DEPTH, SKIPPED, is_notebook, not_followed, printable, storable
from airlock.handin.slim import read_notebook
from airlock.handin.unzip import MAX_ENTRIES, Room, unzip
from airlock.model.errors import Unreadable
from airlock.model.record import Incident
from airlock.model.text import count

MAX_FILES = 200
MAX_NESTED = 3  # archives in one another that are looked into
MAX_TOTAL = 100 * 2**20  # bytes


@dataclass
class _Entry:
    """A file that was found: its path in the submission, where it lies, and its size."""

    path: str
    place: str
    size: int


def read_submission(folder: str | os.PathLike) -> tuple[dict[str, bytes], list[Incident]]:
    """Return the files of a submission by path relative to ``folder``, and what was left out.

    Notebooks come first where a limit is met. Outputs of large ones are left behind; one that is still too
    large is cut behind the limit, for :func:`airlock.handin.mend.mend` to refuse. If there is no notebook,
    zip archives are looked into; their files get paths such as ``homework.zip/notebook.ipynb``.

    Raises
    ------
    Unreadable
        The folder is missing, a file in it cannot be read, or there are too many to look at.
    """
    incidents: list[Incident] = []
    entries = sorted(_walk(os.fspath(folder), incidents), key=lambda e: (not is_notebook(e.path), e.size))
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    total = 0
    for entry in entries:
        data = None
        if len(files) < MAX_FILES and (is_notebook(entry.path) or total + entry.size <= MAX_TOTAL):
            data = _read(entry)
            if data is None:
                incidents.append(not_followed(entry.path))
                continue
        if data is None or total + len(data) > MAX_TOTAL:
            left_out.append(entry.path)
            continue
        files[entry.path] = data
        total += len(data)
    room = Room(MAX_FILES, MAX_TOTAL)
    for _ in range(MAX_NESTED):  # an archive may hold archives
        if any(map(is_notebook, files)):
            break
        for path in [path for path in files if path.lower().endswith(".zip")]:
            data = files.pop(path)
            room.files, room.kept = MAX_FILES - len(files), MAX_TOTAL - sum(map(len, files.values()))
            files |= unzip(path, data, room, incidents, left_out)
    if left_out:
        names = ", ".join(map(printable, left_out[:3]))
        limits = f"{MAX_FILES} files and {MAX_TOTAL >> 20} MB"
        message = f"Left out, beyond the limit of {limits}: {count(left_out, 'file')} ({names})."
        incidents.append(Incident("too-large", message))
    return storable(files, incidents), incidents


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


def _walk(folder: str, incidents: list[Incident]) -> Iterator[_Entry]:
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
                    incidents.append(not_followed(path))
        except FileNotFoundError:
            raise Unreadable("The submission is not there: its folder is missing.", "missing") from None
        except OSError as error:
            name = printable(start.rstrip("/") or os.path.basename(folder))
            raise Unreadable(f"{name} cannot be read: {error.strerror}.") from None


def _read(entry: _Entry) -> bytes | None:
    """The contents of a regular file, not more than it had; None if it is something else by now."""
    try:
        descriptor = os.open(entry.place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return read_notebook(file) if is_notebook(entry.path) else file.read(entry.size)
    except OSError as error:
        raise Unreadable(f"{printable(entry.path)} cannot be read: {error.strerror}.") from None
