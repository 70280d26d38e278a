"""``airlock return``: what a platform takes back, all of it in ``reports/ASSIGNMENT/``, which git ignores."""

import io
import json
import re
import zipfile
from pathlib import Path

from airlock.classroom.renewed_pages import renew_pages
from airlock.course.application import NbGrader
from airlock.course.folders import folder_of, reports_of
from airlock.course.load import hidden_regions
from airlock.course.results import read_results, write_whole
from airlock.course.roster_file import find_roster
from airlock.course.standing import current
from airlock.export import export_grades, still_waiting
from airlock.model.errors import AirlockError
from airlock.model.text import count, one_line
from airlock.outcome import write_outcome
from airlock.settings import Airlock

PARTICIPANTS = "participants.json"  # beside the attempts: Moodle's number and name by student
FEEDBACK = "moodle-feedback.zip"


def return_grades(app: NbGrader, assignment: str) -> list[str]:
    """Write grades and, where Moodle's numbers are known, feedback pages; a sentence for each file.

    Raises AirlockError while nothing is graded.
    """
    coursedir, root = app.coursedir, Path(app.coursedir.root)
    reports = reports_of(coursedir, assignment)
    if not (reports / "results.json").is_file():
        raise AirlockError(f"Nothing of {assignment} is graded: `airlock grade {assignment}` first.")
    records, notebooks = current(coursedir, app.config, assignment)
    if Airlock(config=app.config).feedback:
        renew_pages(coursedir, assignment, notebooks, hidden_regions(app.config), records.values())
    write_outcome(coursedir, reports, records.values(), read_results(reports), notebooks)
    canvas, moodle = export_grades(app, assignment, records)
    said = [f"{canvas}: in Canvas, Grades, Import.", f"{moodle}: in Moodle, Grades, Import, CSV file."]
    said += filter(None, [still_waiting(records.values())])
    participants = read_participants(root, assignment)
    if not participants:
        return said
    folders = {student: folder_of(coursedir, "feedback", student, assignment) for student in records}
    pages = {student: sorted(folder.glob("*.html")) for student, folder in folders.items()}
    known = {student: (participants[student], pages[student]) for student in pages if student in participants}
    write_whole(reports / FEEDBACK, _packed(assignment, known))
    packed = count(known, "student")
    said.append(
        f"{reports / FEEDBACK}: {packed}; in Moodle, Submissions, Upload multiple feedback files in a zip."
    )
    if others := [student for student in pages if student not in known]:
        names = ", ".join(map(one_line, others))
        said.append(
            f"Not in it, as their number in Moodle is not known: {names}. "
            "`airlock collect` an archive again, with Moodle's grading worksheet."
        )
    return said


def read_participants(root: Path, assignment: str) -> dict[str, tuple[str, str]]:
    """Name and number of students in Moodle's assignment, by the archives collected and the roster."""
    found: dict[str, tuple[str, str]] = {}
    roster = find_roster(root)
    for person in roster.people if roster else []:
        if person.participant:
            found[person.id] = person.name, person.participant
    try:
        kept = json.loads((root / "downloaded" / assignment / PARTICIPANTS).read_text(encoding="utf-8"))
        found |= {student: (str(name), str(number)) for student, (name, number) in kept.items()}
    except (OSError, ValueError, AttributeError):
        pass  # nothing was collected from Moodle
    return found


def keep_participants(root: Path, assignment: str, more: dict[str, tuple[str, str]]) -> None:
    """Add to what is known of students in Moodle's assignment."""
    if more:
        folder = root / "downloaded" / assignment
        folder.mkdir(parents=True, exist_ok=True)
        known = read_participants(root, assignment) | more
        write_whole(folder / PARTICIPANTS, json.dumps(known, indent=1, ensure_ascii=False) + "\n")


def _packed(assignment: str, people: dict[str, tuple[tuple[str, str], list[Path]]]) -> bytes:
    """The archive, with names that each version of Moodle finds the student by."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for (name, number), pages in people.values():
            name = re.sub(r"[_/\\:*?\"<>|\x00-\x1f]+", " ", name).strip() or "Participant"
            for page in pages:
                file = f"feedback-{page.name}" if len(pages) > 1 else f"feedback-{assignment}.html"
                archive.write(page, f"{name}_{number}_assignsubmission_file_{file}")
    return buffer.getvalue()
