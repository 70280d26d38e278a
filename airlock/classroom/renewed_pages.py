"""Feedback pages that no longer say what the gradebook says are written again; the others are left alone."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from airlock.course.folders import replace_folder
from airlock.model.record import Record
from airlock.pages.feedback import render_feedback, stamp

if TYPE_CHECKING:
    from airlock.classroom.classroom import Classroom

HEAD = 4096  # bytes of a page in which its stamp stands


def renew_pages(room: "Classroom", records: Iterable[Record]) -> None:
    """Write the pages of whoever's record is not what they show."""
    for record in records:
        wanted = stamp(record).encode()
        folder, graded = room.folder("feedback", record.student), room.folder("autograded", record.student)
        here = [name for name in room.master.notebooks if (graded / f"{name}.ipynb").is_file()]
        names = here if record.status != "failed" and here else list(room.master.notebooks)
        if all(wanted in _head(folder / f"{name}.html") for name in names):
            continue
        pages = {}
        for name in names:
            notebooks = {}
            if name in here and record.score is not None:
                notebooks = {name: nbformat.read(graded / f"{name}.ipynb", 4)}
            page = render_feedback(notebooks, record, room.master.hidden, graded)
            pages[f"{name}.html"] = page.encode(errors="backslashreplace")
        replace_folder(folder, pages)


def _head(page: Path) -> bytes:
    try:
        with page.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""
