"""One truth for every mark: records of grading with what the gradebook has in place of what grading found."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from airlock.course.entries import Cell, Entry, Grade
from airlock.model.record import Change, Check, Comment, Earlier, Incident, Record

GONE = "The hand-in is no longer in the folder of submissions; the marks are those of the gradebook."


def marked(record: Record, entry: Entry | None) -> Record:
    """Return a record as the gradebook has it now: points, score, comments, extra credit, lateness.

    A submission that could not be graded has a score once a person has given it points.
    """
    if entry is None:
        return record
    failed = record.status == "failed"
    if failed and not entry.marked:
        return replace(record, **_lateness(entry), comments=_comments(record, entry))
    known = {(check.notebook, check.grade_id): check for check in record.checks}
    if failed:
        known = {cell: Check(*cell, grade.max_points, None) for cell, grade in entry.grades.items()}
    earlier = {(one.notebook, one.grade_id): one for one in record.earlier}
    checks = [_check(check, entry.grades.get(cell), earlier.get(cell)) for cell, check in known.items()]
    score = max(0.0, sum(check.points or 0.0 for check in checks) - entry.penalty)
    return replace(
        record,
        status="incident" if failed else record.status,
        score=score,
        checks=checks,
        comments=_comments(record, entry),
        penalty=entry.penalty,
        **_lateness(entry),
    )


def follow(record: Record, previous: Record | None, entry: Entry | None) -> Record:
    """Return a record just made with what it owes to the one before it: marks that are stale, and changes.

    ``entry``: what the gradebook has before the record is written into it.
    """
    entry = entry or Entry()
    same = previous is not None and previous.hand_in == record.hand_in
    earlier = previous.earlier if same and previous else list(_by_hand(entry))
    record = replace(record, earlier=earlier)
    if previous is None:
        return record
    before, after = (marked(one, _regraded(entry, one)) for one in (previous, record))
    changes = list(_changes(before, after))
    return replace(record, changes=changes, changed_by=("checks" if same else "hand-in") if changes else "")


def everybody(
    assignment: str,
    records: Mapping[str, Record],
    entries: Mapping[str, Entry],
    here: Container[str] | None,
    excluded: Container[str],
) -> dict[str, Record]:
    """Return everybody's record as the gradebook has it now, by student, but of whom the roster excludes.

    Whoever is not in ``records`` is known by the gradebook alone, if it has points. ``here``: who has a
    folder of submissions, where that is known.
    """
    found = {student: marked(record, entries.get(student)) for student, record in records.items()}
    for student in entries.keys() - found.keys():
        gone = here is not None and student not in here
        if record := _only_marked(student, assignment, entries[student], gone):
            found[student] = record
    return {student: found[student] for student in sorted(found) if student not in excluded}


def _only_marked(student: str, assignment: str, entry: Entry, gone: bool) -> Record | None:
    """A record by the gradebook alone; None where it has no points. ``gone``: with its hand-in."""
    checks = [Check(*cell, grade.max_points, grade.points) for cell, grade in entry.grades.items()]
    if all(check.points is None for check in checks):
        return None
    most = sum(check.max_points for check in checks)
    record = Record(student, assignment, "graded", most, None, checks)
    if gone:
        record.status, record.incidents = "incident", [Incident("gone", GONE)]
    return marked(record, entry)


def stands(record: Record, entry: Entry | None) -> bool:
    """Whether the gradebook still has what grading found, of every cell with points; not after a backup of it
    was put in place.
    """
    if entry is None:
        return False
    cells = {(check.notebook, check.grade_id): check.points for check in record.checks}
    return all(cell in cells and cells[cell] == one.automatic for cell, one in entry.grades.items())


def _check(check: Check, grade: Grade | None, earlier: Earlier | None) -> Check:
    if grade is None:
        return check
    by_hand, points = grade.by_hand is not None, grade.points
    lost = points is not None and points < grade.max_points
    return replace(
        check,
        max_points=grade.max_points,
        points=points,
        message=check.message if lost else "",
        extra=grade.extra,
        by_hand=by_hand,
        stale=by_hand and grade.review and earlier is not None and earlier.mark == grade.by_hand,
    )


def _comments(record: Record, entry: Entry) -> list[Comment]:
    earlier = {(one.notebook, one.grade_id): one.comment for one in record.earlier}
    return [Comment(*cell, text, earlier.get(cell) == text) for cell, text in entry.comments.items()]


def _lateness(entry: Entry) -> dict:
    handed_in = entry.handed_in.isoformat() + "Z" if entry.handed_in else ""
    return {"handed_in": handed_in, "late": entry.late}


def _by_hand(entry: Entry) -> Iterable[Earlier]:
    for cell in dict.fromkeys((*entry.grades, *entry.comments)):
        mark = entry.grades[cell].by_hand if cell in entry.grades else None
        comment = entry.comments.get(cell, "")
        if mark is not None or comment:
            yield Earlier(*cell, mark, comment)


def _regraded(entry: Entry, record: Record) -> Entry:
    """The entry as it will be with the automatic points of a record."""
    found = {(check.notebook, check.grade_id): check for check in record.checks}
    grades: dict[Cell, Grade] = {}
    for cell in {**entry.grades, **found}:
        old = entry.grades.get(cell) or Grade(None, None, 0.0, False, 0.0)
        new = found.get(cell)
        grades[cell] = replace(
            old, automatic=new.points if new else None, max_points=new.max_points if new else old.max_points
        )
    return replace(entry, grades=grades)


def _changes(before: Record, after: Record) -> Iterable[Change]:
    was = {(check.notebook, check.grade_id): check.points for check in before.checks}
    now = {(check.notebook, check.grade_id): check.points for check in after.checks}
    cells: list[Cell] = [cell for cell in {**now, **was} if was.get(cell) != now.get(cell)]
    if cells or before.score != after.score:
        yield Change("", "", before.score, after.score)
    for cell in cells:
        yield Change(*cell, was.get(cell), now.get(cell))
