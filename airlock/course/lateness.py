"""What handing in late costs, by nbgrader's own plug-in: ``c.AssignLatePenalties.plugin_class``."""

import re
from collections.abc import Iterable
from datetime import timedelta

from nbgrader.api import Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import or_, select
from traitlets.config import Config

from airlock.model.errors import AirlockError
from airlock.undocumented import checked_penalty

DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m)\b", re.IGNORECASE)
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


def longer(student: str, text: str) -> timedelta:
    """An extension as a roster has it, such as "2 days" or "36 h". Raises AirlockError for anything else."""
    found = DURATION.findall(text)
    if not found or DURATION.sub("", text).replace("and", "").strip(" ,+"):
        raise AirlockError(f"The roster's extension of {student}, {text!r}, is no time such as '2 days'.")
    return sum((timedelta(**{UNITS[unit[0].lower()]: float(number)}) for number, unit in found), timedelta())


def late_submissions(book: Gradebook, assignment: str) -> list[SubmittedAssignment]:
    """Return the submissions of an assignment that are late, or were when their penalty was set."""
    found = book.find_assignment(assignment)
    if found.duedate is None:
        return []  # a penalty that somebody has set nevertheless is theirs
    late = SubmittedAssignment.timestamp > found.duedate
    query = (
        select(SubmittedAssignment)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedAssignment.assignment_id == found.id)
        .where(or_(late, SubmittedNotebook.late_submission_penalty > 0))
    )
    return list(book.db.scalars(query.distinct()))


def assign_penalties(book: Gradebook, config: Config, submissions: Iterable[SubmittedAssignment]) -> None:
    """Set the penalty of each notebook as nbgrader's preprocessor does, without a commit."""
    plugin = None
    for submission in submissions:
        late = _seconds_late(submission)
        if not late and all(entry.late_submission_penalty is None for entry in submission.notebooks):
            continue
        if plugin is None:
            plugin = AssignLatePenalties(config=config)
            plugin.init_plugin()
            book.db.flush()
            book.db.expire_all()  # the scores are sums that the database makes
        for entry in submission.notebooks:
            penalty = None
            if late:
                penalty = plugin.plugin_inst.late_submission_penalty(submission.student.id, entry.score, late)
            if penalty is not None:
                penalty = checked_penalty(plugin, entry, penalty)
            entry.late_submission_penalty = penalty


def _seconds_late(submission: SubmittedAssignment) -> float:
    """Nothing without a due date, which nbgrader's own sum stumbles over where there is an extension."""
    return submission.total_seconds_late if submission.assignment.duedate is not None else 0.0
