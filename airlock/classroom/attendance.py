"""Who has not handed in, by the roster, and what lies in ``submitted/`` where grading does not look."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from airlock.course.application import CourseDirectory
from airlock.course.roster import Person, Roster
from airlock.course.roster_file import FILE
from airlock.handin.filenames import SKIPPED, is_notebook, printable


class Attendance:
    """``absent``: people of the roster without a submission; ``notes``: sentences on what needs a hand."""

    def __init__(
        self, coursedir: CourseDirectory, assignment: str, students: set[str], roster: Roster | None
    ):
        unknown = roster.unknown(students) if roster else {}
        here = students | {person.id for person in unknown.values() if person}
        absent = [replace(one, name=roster.called(one)) for one in roster.absent(here)] if roster else []
        self.absent: list[Person] = absent
        self.people = (
            {one.id: (one.name, one.section) for one in roster.people if not one.excluded} if roster else {}
        )
        self.notes = list(_misplaced(coursedir, assignment))
        for student, person in unknown.items():
            advice = "add a line, or remove the folder"
            if person and person.id in students:
                advice = f"if it is {person.name or person.id}, remove it or {person.id}: both are there"
            elif person:
                advice = f"if it is {person.name or person.id}, rename the folder to {person.id}"
            self.notes.append(f"{printable(student)} is not in {FILE}: {advice}.")


def _misplaced(coursedir: CourseDirectory, assignment: str) -> Iterator[str]:
    """What lies in the folder of submissions, but not where a submission of any assignment is looked for."""
    pattern = coursedir.format_path(coursedir.submitted_directory, "*", assignment)
    before, _, after = pattern.rpartition("*")
    if not re.fullmatch(rf"[/\\]{re.escape(assignment)}", after) or not Path(before).is_dir():
        return  # a course with a structure of its own
    place = Path(before).name
    source = Path(coursedir.format_path(coursedir.source_directory, ".", "."))
    known = {assignment, *(path.name for path in source.glob("*") if path.is_dir())}
    for one in sorted(Path(before).iterdir()):
        if one.name.startswith(".") or one.name in SKIPPED:
            continue
        name = printable(one.name)
        if not one.is_dir():
            yield _loose(f"{place}/{name}", f"{place}/STUDENT/{assignment}/")
            continue
        for inner in sorted(one.iterdir()):
            inside = f"{place}/{name}/{printable(inner.name)}"
            if inner.name.startswith(".") or inner.name in SKIPPED | known:
                continue
            if not inner.is_dir() and one.name == assignment:
                yield _loose(inside, f"{place}/STUDENT/{assignment}/")
            elif not inner.is_dir():
                yield _loose(inside, f"{place}/{name}/{assignment}/")
            elif not any(
                is_notebook(path.name) or path.suffix.lower() == ".zip" for path in inner.rglob("*")
            ):
                continue
            elif one.name in known:
                yield f"{inside}/ was not graded: move it to {place}/{printable(inner.name)}/{name}/."
            else:
                yield f"{inside}/ is no assignment's folder: rename it to one of {', '.join(sorted(known))}."


def _loose(file: str, target: str) -> str:
    """What to do about a file that lies too high."""
    if file.lower().endswith(".zip"):
        return f"{file} was not looked into: `airlock collect` it, or unpack it into {target}."
    return f"{file} was not graded: move it to {target}."
