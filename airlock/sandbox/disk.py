"""A kernel's folder on the disk: filled, measured, and deleted, whatever was done to make that hard."""

import contextlib
import errno
import os
import stat

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
    """Delete a folder of any depth, as far as it can be deleted.

    What lies two levels down is first moved one level up, so that no path gets long and nothing recurses.
    """
    moved = 0
    while True:
        folders = []
        with contextlib.suppress(OSError):
            folders = [path for path in _entries(folder) if not _unlinked(path)]
        gone = 0
        for path in folders:
            with contextlib.suppress(OSError):
                os.chmod(path, 0o700)
                for inner in _entries(path):
                    if not _unlinked(inner):
                        os.chmod(inner, 0o700)  # a folder that is moved is written to
                        moved += 1
                        os.rename(inner, os.path.join(folder, f".{moved}-moved"))
                os.rmdir(path)
                gone += 1
        if not gone:
            break
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _entries(folder: str | os.PathLike[str]) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries]


def _unlinked(path: str) -> bool:
    """Delete what is not a folder; whether it was none."""
    if stat.S_ISDIR(os.lstat(path).st_mode):
        return False
    os.unlink(path)
    return True
