"""Names of files that were handed in: which are notebooks, which can be stored, how they are shown."""

import os
from pathlib import PurePosixPath
from typing import TypeVar

from airlock.model.record import Incident
from airlock.model.text import count, one_line

Content = TypeVar("Content")

LONGEST_NAME = 255  # bytes, of every file system that grading meets
LONGEST_PATH = 1000  # bytes; a system takes 4096, with the folder that it is laid out in
SKIPPED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", ".git"}
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # browsers add the latter two to downloads
MAX_DEPTH = 20


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook by its name."""
    return path.lower().endswith(ENDINGS) and not PurePosixPath(path).name.startswith("._")


def printable(name: str, longest: int = 80) -> str:
    """A file name as it may stand in a message: one line, not too long, encodable."""
    name = one_line(name)
    return name if len(name) <= longest else f"{name[: longest - 30]}...{name[-25:]}"


def storable(files: dict[str, Content], incidents: list[Incident]) -> dict[str, Content]:
    """The files that can lie in one folder together; a notebook with too long a name gets another."""
    kept: dict[str, Content] = {}
    left_out = []
    for path, data in files.items():
        parts = PurePosixPath(path).parts
        if _too_long(path) and is_notebook(path):
            path = f"{len(kept)}-{parts[-1][-40:]}"
            incidents.append(Incident("mended", f"{printable(parts[-1])} was read under a shorter name."))
        above = {str(parent) for parent in PurePosixPath(path).parents}
        below = any(other.startswith(f"{path}/") for other in kept)
        if "\0" in path or _too_long(path) or below or not above.isdisjoint(kept):
            left_out.append(path)
        else:
            kept[path] = data
    if left_out:
        names = ", ".join(map(printable, left_out[:3]))
        why = "the name is too long, or that of a folder as well"
        message = f"Left out: {count(left_out, 'file')} ({names}): {why}."
        incidents.append(Incident("unreadable", message))
    return kept


def _too_long(path: str) -> bool:
    sizes = [len(os.fsencode(part)) for part in PurePosixPath(path).parts]
    total, longest = sum(sizes) + len(sizes), max(sizes, default=0)
    return total > LONGEST_PATH or longest > LONGEST_NAME or len(sizes) > 2 * MAX_DEPTH


def not_followed(path: str) -> Incident:
    """The incident of a link or a device among the files."""
    return Incident("link", f"{printable(path)} is a link or not an ordinary file, and was left out.")
