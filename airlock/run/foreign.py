"""Files in a folder whose owner may put links, pipes and floods anywhere in it."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from airlock.model.limits import MIB

MOST_BYTES = 16 * MIB  # of all files that cross in one test
MOST_FILES = 1_000
MAX_DEPTH = 4  # folders within folders
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
AS_IT_IS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # no link followed, no pipe waited for
ANEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
Seen = tuple[int, int, int]  # of a file: inode, size and time of its last change


class TooMuch(Exception):
    """More was written than crosses."""

    def __init__(self) -> None:
        super().__init__(f"There is more in files than {MOST_FILES} of them or {MOST_BYTES >> 20} MiB.")


@contextlib.contextmanager
def folder_in(root: Path, names: list[str], make: bool = False) -> Iterator[int]:
    """A folder within one whose owner may put links anywhere: none is followed. Raises OSError."""
    with contextlib.ExitStack() as stack:
        place = os.open(root, FOLDER)
        stack.callback(os.close, place)
        for name in names:
            with contextlib.suppress(FileExistsError):
                if make:
                    os.mkdir(name, dir_fd=place)
            place = os.open(name, FOLDER, dir_fd=place)
            stack.callback(os.close, place)
        yield place


@contextlib.contextmanager
def opened(root: Path, name: str, flags: int) -> Iterator[int]:
    """A file in such a folder; with ``ANEW``, in place of what may be there. Raises OSError."""
    *folders, last = name.split("/")
    with folder_in(root, folders) as place:
        if flags == ANEW:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(last, dir_fd=place)
        file = os.open(last, flags, 0o600, dir_fd=place)
        try:
            yield file
        finally:
            os.close(file)


def state_of(file: int | Path) -> Seen | None:
    """What changes when a file does; None where it is no file."""
    known = os.stat(file)
    return (known.st_ino, known.st_size, known.st_mtime_ns) if stat.S_ISREG(known.st_mode) else None


def read_at_most(file: int, most: int) -> bytes:
    """What is in an open file; raises TooMuch beyond so many bytes."""
    content = bytearray()
    while part := os.read(file, MIB):
        content += part
        if len(content) > most:
            raise TooMuch
    return bytes(content)


def files_in(root: Path) -> set[str]:
    """The files below a folder, by relative path. Raises TooMuch."""
    found: set[str] = set()
    waiting = [("", 0)]
    while waiting:
        place, depth = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(os.path.join(root, place)) as entries:
            for entry in entries:
                name = os.path.join(place, entry.name)
                if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                    waiting.append((name, depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    found.add(name)
                if len(found) + len(waiting) > MOST_FILES:
                    raise TooMuch
    return found
