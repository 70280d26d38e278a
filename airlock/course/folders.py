"""The folders of a course: where submissions and reports are, and how a graded one is put in its place."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

PART = ".airlock-"  # begins the name of a folder that is being written


def reports_of(coursedir: CourseDirectory, assignment: str) -> Path:
    """Where journal, results and report of an assignment are."""
    return Path(coursedir.root) / "reports" / assignment


def folder_of(coursedir: CourseDirectory, kind: str, student: str, assignment: str) -> Path:
    """Where a student's part is of one ``kind``: "submitted", "autograded" or "feedback"."""
    directory = getattr(coursedir, f"{kind}_directory")
    return Path(coursedir.format_path(directory, student, assignment))


def find_submissions(coursedir: CourseDirectory, assignment: str) -> dict[str, Path]:
    """The folders of all submissions found, by student."""
    place = coursedir.format_path(coursedir.submitted_directory, "*", assignment)
    pattern = coursedir.format_path(coursedir.submitted_directory, "(?P<student>.*)", assignment, escape=True)
    found = {}
    before, _, after = place.rpartition("*")
    for folder in sorted(Path(before).glob("*")):
        path = f"{folder}{after}"
        match = re.fullmatch(pattern, path, re.DOTALL)
        if match and os.path.isdir(path) and not folder.name.startswith("."):
            found[match["student"]] = Path(path)
    return found


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Put files into a folder in place of what it held, in one step; read-only, as nbgrader leaves them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    clear_left(folder.parent)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=PART))
    try:
        part.chmod(0o755)
        for name, data in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o444)
        old = part.with_name(part.name + "-old")
        if folder.exists():
            os.replace(folder, old)
        os.replace(part, folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def clear_left(place: Path) -> None:
    """Remove what a run has left that was killed while it replaced a folder here."""
    for left in place.glob(f"{PART}*"):
        shutil.rmtree(left, ignore_errors=True)
