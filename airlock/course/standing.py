"""How everybody stands in an assignment: the journal's records, the gradebook's marks."""

from collections.abc import Container
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from traitlets.config import Config

from airlock.course.application import CourseDirectory
from airlock.course.entries import Entry, read_entries
from airlock.course.folders import find_submissions, reports_of
from airlock.course.gradebook import telling
from airlock.course.journal import Journal
from airlock.course.lateness import assign_penalties, late_submissions
from airlock.course.marked import everybody
from airlock.course.results import read_results
from airlock.course.roster_file import find_roster
from airlock.model.errors import AirlockError
from airlock.model.record import Record


def renewed_entries(book: Gradebook, config: Config, assignment: str) -> dict[str, Entry]:
    """Return what the gradebook has of an assignment, with late penalties as they are by now."""
    try:
        assign_penalties(book, config, late_submissions(book, assignment))
        book.db.commit()
        return read_entries(book, assignment)
    except MissingEntry:
        return {}


def current(
    coursedir: CourseDirectory, config: Config, assignment: str
) -> tuple[dict[str, Record], list[str]]:
    """Return everybody's record by student, and the names of the assignment's notebooks.

    Raises AirlockError where the gradebook cannot be read or does not know the assignment.
    """
    with telling(coursedir.db_url), Gradebook(coursedir.db_url, coursedir.course_id) as book:
        try:
            names = [notebook.name for notebook in book.find_assignment(assignment).notebooks]
        except MissingEntry:
            raise AirlockError(f"The gradebook knows no assignment {assignment!r}.") from None
        reports, here = reports_of(coursedir, assignment).parent, find_submissions(coursedir, assignment)
        return standing(book, config, assignment, reports, here), names


def standing(
    book: Gradebook, config: Config, assignment: str, reports: Path, here: Container[str] | None = None
) -> dict[str, Record]:
    """Return everybody's record by student, but of whom the roster excludes; ``reports``: the folder of the
    course that has the journal; ``here``: who has a folder of submissions, where that is known.

    Whoever was graded by other means, or before the journal was lost, is known by the gradebook alone.
    """
    records = Journal(reports / assignment).records
    if not records and (reports / assignment / "results.json").is_file():
        known = map(Record.from_json, read_results(reports / assignment)["records"])
        records = {record.student: record for record in known}
    entries, roster = renewed_entries(book, config, assignment), find_roster(reports.parent)
    return everybody(assignment, records, entries, here, roster.excluded if roster else ())
