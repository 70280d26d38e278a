"""Feedback pages that no longer say what the gradebook says are written again; the others are left alone."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat

from airlock.course.application import CourseDirectory
from airlock.course.folders import clear_left, folder_of, replace_folder
from airlock.model.record import Record
from airlock.pages.feedback import render_feedback, stamp

HEAD = 4096  # bytes of a page in which its stamp stands


def renew_pages(
    coursedir: CourseDirectory,
    assignment: str,
    notebooks: Iterable[str],
    hidden: Mapping[str, str],
    records: Iterable[Record],
) -> None:
    """Write the pages of whoever's record is not what they show.

    ``notebooks``: the assignment's, by name; ``hidden``: what begins and what ends a region that nobody sees.
    """
    for record in records:
        wanted = stamp(record).encode()
        folder, graded = (
            folder_of(coursedir, kind, record.student, assignment) for kind in ("feedback", "autograded")
        )
        clear_left(folder.parent)
        clear_left(graded.parent)
        here = [name for name in notebooks if (graded / f"{name}.ipynb").is_file()]
        names = here if record.status != "failed" and here else list(notebooks)
        if all(wanted in _head(folder / f"{name}.html") for name in names):
            continue
        pages = {}
        for name in names:
            read = {}
            if name in here and record.score is not None:
                read = {name: nbformat.read(graded / f"{name}.ipynb", 4)}
            page = render_feedback(read, record, hidden, graded)
            pages[f"{name}.html"] = page.encode(errors="backslashreplace")
        replace_folder(folder, pages)


def _head(page: Path) -> bytes:
    try:
        with page.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""
