"""What lies in ``submitted/`` and not in ``STUDENT/ASSIGNMENT/``: put there if that is plain, else named."""

import os
from pathlib import Path

from airlock.course.roster import Roster
from airlock.handin.files import SKIPPED, is_notebook
from airlock.model.people import Identity

HARMLESS = {".gitkeep", ".gitignore", "README.md", *SKIPPED}


def place_strays(coursedir, assignment: str, roster: Roster | None) -> tuple[list[str], list[str]]:
    """Move what is plainly a submission to its place; sentences on what was moved, and on what was not.

    Plain is a notebook or zip archive of somebody without a submission, in a course with one assignment.
    """
    submitted = Path(coursedir.format_path(coursedir.submitted_directory, "*", assignment))
    top = Path(coursedir.root) / coursedir.submitted_directory
    if top / "*" / assignment != submitted or not top.is_dir():
        return [], []  # a course with folders of its own order
    source = Path(coursedir.format_path(coursedir.source_directory, ".", "."))
    known = {folder.name for folder in source.glob("[!.]*") if folder.is_dir()} | {assignment}
    placed, strays = [], []
    for entry in sorted(top.iterdir()):
        if entry.name in HARMLESS or entry.name.startswith("."):
            continue
        student = _student(entry.name if entry.is_dir() else entry.stem, roster)
        place = top / student / assignment
        inside = sorted(entry.iterdir()) if entry.is_dir() and not entry.is_symlink() else [entry]
        others = [one for one in inside if one.is_dir() and one.name in known]
        loose = [one for one in inside if one.name not in HARMLESS and one not in others]
        if entry.is_dir() and entry.name != student and others and not (top / student).exists():
            os.replace(entry, top / student)  # a folder with the full name
            placed.append(f"submitted/{entry.name}/ is of {student}, and was renamed.")
            loose = [top / student / one.name for one in loose]
        if not loose:
            continue
        handed_in = any(_holds_notebook(one) for one in loose)
        if handed_in and not place.exists() and len(known) == 1 and not (entry.is_dir() and others):
            place.mkdir(parents=True)
            for one in loose:
                os.replace(one, place / one.name)
            if entry.is_dir() and entry.name != student and not any(entry.iterdir()):
                entry.rmdir()
            placed.append(f"submitted/{entry.name} was put into submitted/{student}/{assignment}/.")
        elif handed_in:
            names = ", ".join(one.name for one in loose[:3])
            strays.append(
                f"NOT GRADED: {names} in submitted/{entry.name if entry.is_dir() else ''}: move it to "
                f"submitted/{student}/{assignment}/, in place of what is there, or delete it."
            )
    return placed, strays


def _student(name: str, roster: Roster | None) -> str:
    """Whose folder that is: the student's of that id, or of that name in the roster."""
    if roster is None or name in roster.by_id:
        return name
    found = roster.find(Identity(name, logins=(name,)))
    return found[0].id if len(found) == 1 else name


def _holds_notebook(path: Path) -> bool:
    if path.is_symlink():
        return False
    if path.is_file():
        return is_notebook(path.name) or path.suffix.lower() == ".zip"
    return any(is_notebook(one.name) or one.suffix.lower() == ".zip" for one in path.rglob("*"))
