"""A kernel's folder on the disk: filled, measured, and deleted, whatever was done to make that hard."""

import contextlib
import errno
import itertools
import os
import secrets
import stat
from collections.abc import Iterator

# A name is too long or has characters that the disk does not take, or is another file's folder.
IMPOSSIBLE = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
MAX_DEPTH = 100  # folders within folders; more is a way to hide
ENTRY = 4096  # bytes that a file or folder takes beside its contents, about


def size(folder: str, limit: float = float("inf")) -> float:
    """Bytes on the disk below a folder, as far as ``limit``; infinite if it is too deep to look into."""
    total, waiting = 0, [(folder, 0)]
    while waiting and total <= limit:
        place, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return float("inf")
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    total += ENTRY + entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
    return total


def unnamed(processes: list[int]) -> dict[tuple[int, int], int]:
    """Bytes of the files that processes have open and that no folder shows any more, by device and inode."""
    found = {}
    for process in processes:
        with contextlib.suppress(OSError):
            for number in os.listdir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    known = os.stat(f"/proc/{process}/fd/{number}")
                    if stat.S_ISREG(known.st_mode) and known.st_nlink == 0:
                        found[known.st_dev, known.st_ino] = known.st_blocks * 512
    return found


def mapped(processes: list[int], folder: str) -> set[str]:
    """Files of a folder that are deleted and mapped, by device and inode; their size does not show."""
    found = set()
    for process in processes:
        with contextlib.suppress(OSError), open(f"/proc/{process}/maps") as maps:
            for line in maps:
                if line.endswith(" (deleted)\n") and folder in line:
                    _, _, _, device, inode, _ = line.split(maxsplit=5)
                    found.add(f"{device} {inode}")
    return found


def lay_out(folder: str | os.PathLike, files: dict[str, bytes]) -> None:
    """Write files below a folder. A name that leads away from it or that a disk cannot have is left out.

    Raises OSError for what is the disk's fault.
    """
    folder = os.path.realpath(folder)
    for name, content in files.items():
        path = os.path.normpath(os.path.join(folder, name))
        if path.startswith(folder + os.sep):
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content)
            except ValueError:  # a name with a null character, or that cannot be encoded
                continue
            except OSError as error:
                if error.errno not in IMPOSSIBLE:
                    raise


def remove(folder: str | os.PathLike[str]) -> None:
    """Delete a folder of any depth, as far as it can be deleted, whatever is done in it meanwhile.

    What lies two levels down is first moved one level up, so that no path gets long and nothing recurses.
    Nothing is reached by a path, so that no link is followed that has just been put there.
    """
    names = (f".{secrets.token_hex(4)}-{number}" for number in itertools.count())  # that nobody has taken
    with contextlib.suppress(OSError), _opened(folder) as top:
        while any([_removed(name, top, names) for name in _folders(top)]):
            pass
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _removed(name: str, top: int, names: Iterator[str]) -> bool:
    """Delete a folder in ``top``, what is in it moved there under one of ``names``; whether it could be."""
    with contextlib.suppress(OSError):
        with _opened(name, top) as place:
            for inner in _folders(place):
                with _opened(inner, place):  # a folder that is moved is written to
                    os.rename(inner, next(names), src_dir_fd=place, dst_dir_fd=top)
        os.rmdir(name, dir_fd=top)
        return True
    return False


@contextlib.contextmanager
def _opened(name: str | os.PathLike[str], within: int | None = None) -> Iterator[int]:
    """A descriptor of a folder that can be read and written to from here on; OSError for a link."""
    kind = os.O_DIRECTORY | os.O_NOFOLLOW
    found = os.open(name, getattr(os, "O_PATH", os.O_RDONLY) | kind, dir_fd=within)
    try:
        os.chmod(f"/proc/self/fd/{found}" if hasattr(os, "O_PATH") else found, 0o700)
        place = os.open(".", os.O_RDONLY | kind, dir_fd=found)
    finally:
        os.close(found)
    try:
        yield place
    finally:
        os.close(place)


def _folders(place: int) -> list[str]:
    """Delete what is not a folder in an open one; the names of its folders."""
    with os.scandir(place) as entries:
        found = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    for name, is_folder in found.items():
        if not is_folder:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=place)
    return [name for name, is_folder in found.items() if is_folder]
