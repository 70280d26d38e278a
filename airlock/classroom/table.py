"""What ``airlock grade`` shows on the terminal: a bar while it works, incidents as they happen, a table."""

import contextlib
import sys
from collections import Counter
from typing import Any

from tqdm import tqdm

from airlock.classroom.classroom import Classroom
from airlock.model.record import Check, Record
from airlock.model.text import count, one_line

REASON_WIDTH = 96


class ProgressBar(contextlib.AbstractContextManager):
    """A progress bar with the time left; one line per incident above it."""

    def __init__(self, total: int):
        self.bar = tqdm(total=total, unit="submission", file=sys.stderr, dynamic_ncols=True)

    def __exit__(self, *_: Any) -> None:
        self.bar.close()

    def done(self, record: Record) -> None:
        """A submission has been graded, or has failed."""
        for incident in record.incidents:
            place = f" [{incident.cell}]" if incident.cell else ""
            line = f"{one_line(record.student)}: {one_line(incident.message)}{place}"
            self.bar.write(line, file=sys.stderr)
        self.bar.update()

    def skip(self) -> None:
        """A submission was graded before."""
        self.bar.total = (self.bar.total or 1) - 1
        self.bar.refresh()


def print_table(records: list[Record], room: Classroom) -> None:
    """Student, score, lost checks with the first line of why; then where the rest is."""
    width = max(len("student"), *(len(one_line(record.student)) for record in records))
    print(f"\n{'student':{width}}  {'score':>9}  lost checks")
    for record in sorted(records, key=lambda record: record.student):
        score = "none" if record.score is None else f"{record.score:g} / {record.max_score:g}"
        more = f"  {count(record.to_mark, 'answer')} to be marked by hand" if record.to_mark else ""
        print(f"{one_line(record.student):{width}}  {score:>9}{more}".rstrip())
        reasons = [(_lost(check), check.message) for check in record.checks if check.message]
        if record.score is None:
            reasons = [(incident.kind, incident.message) for incident in record.incidents[-1:]]
        for name, message in reasons:
            line = one_line(message.strip().splitlines()[0]) if message.strip() else ""
            if len(line) > REASON_WIDTH:
                line = line[: REASON_WIDTH - 3] + "..."
            print(f"{'':{width}}  {'':9}  {name}: {line}")
    ended = Counter(record.status for record in records)
    print(
        f"\n{count(records, 'submission')}: {room.skipped} graded before, "
        f"{ended['incident']} with incidents, {ended['failed']} failed. "
        f"{room.seconds['wall']:.1f} s, of which this process computed {room.seconds['coordinator']:.1f} s."
    )
    if absent := [one_line(person.name or person.id) for person in room.attendance.absent]:
        print(f"Not handed in ({len(absent)}): {', '.join(absent)}.")
    if room.excluded:
        print(f"Excluded by the roster: {', '.join(map(one_line, room.excluded))}.")
    for note in room.attendance.notes:
        print(f"NOTE: {one_line(note)}")
    print(f"Report: {room.reports / 'index.html'}")


def print_changes(records: list[Record]) -> None:
    """Whose score grading again would change, by which checks, from what to what."""
    changed = [record for record in records if record.changes]
    for record in changed:
        score, *checks = record.changes
        reasons = [f"{one.grade_id} {_points(one.was)} -> {_points(one.now)}" for one in checks]
        why = "new hand-in: " if record.changed_by == "hand-in" else ""
        was, now = _points(score.was), _points(score.now)
        print(f"{one_line(record.student)}: {was} -> {now}  {why}{', '.join(reasons)}")
    print(f"{len(records)} to be graded, {len(changed)} with other points. Nothing was written.")


def _lost(check: Check) -> str:
    """The name of a check, and what it was worth where that was part of its points."""
    part = check.points and f" ({check.points:g} of {check.max_points:g})"
    return check.grade_id + (part or "")


def _points(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"
