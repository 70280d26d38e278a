"""What ``airlock grade`` shows on the terminal: a bar while it works, incidents as they happen, a table."""

import contextlib
import sys

from tqdm import tqdm

from airlock.model.record import Record
from airlock.pages.shared import count

REASON_WIDTH = 96


class progress(contextlib.AbstractContextManager):  # noqa: N801
    """A progress bar with the time left; one line per incident above it."""

    def __init__(self, total: int):
        self.bar = tqdm(total=total, unit="submission", file=sys.stderr, dynamic_ncols=True)

    def __exit__(self, *_):
        self.bar.close()

    def record(self, record: Record) -> None:
        """A submission has been graded, or has failed."""
        for incident in record.incidents:
            place = f" [{incident.cell}]" if incident.cell else ""
            self.bar.write(f"{_plain(record.student)}: {_plain(incident.message)}{place}", file=sys.stderr)
        self.bar.update()

    def skip(self) -> None:
        """A submission was graded before."""
        self.bar.total -= 1
        self.bar.refresh()


def print_table(records: list[Record], room) -> None:
    """Student, score, lost checks with the first line of why; then where the rest is."""
    width = max(len("student"), *(len(_plain(record.student)) for record in records))
    print(f"\n{'student':{width}}  {'score':>9}  lost checks")
    for record in sorted(records, key=lambda record: record.student):
        score = "none" if record.score is None else f"{record.score:g} / {record.max_score:g}"
        print(f"{_plain(record.student):{width}}  {score:>9}".rstrip())
        reasons = [(check.grade_id, check.message) for check in record.checks if check.message]
        if record.score is None:
            reasons = [(incident.kind, incident.message) for incident in record.incidents[-1:]]
        for name, message in reasons:
            line = _plain(message.strip().splitlines()[0]) if message.strip() else ""
            if len(line) > REASON_WIDTH:
                line = line[: REASON_WIDTH - 3] + "..."
            print(f"{'':{width}}  {'':9}  {name}: {line}")
    times = {status: sum(record.status == status for record in records) for status in ("incident", "failed")}
    print(
        f"\n{count(records, 'submission')}, {room.skipped} of them graded before; "
        f"{times['incident']} with incidents, {times['failed']} failed. "
        f"{room.seconds['wall']:.1f} s, of which this process computed {room.seconds['coordinator']:.1f} s."
    )
    _print_class(records, room)
    print(f"Report: {room.reports / 'index.html'}")


def _print_class(records: list[Record], room) -> None:
    """Who has not handed in, whom the roster does not know, and what lies in an odd place."""
    if room.roster:
        here = {record.student for record in records}
        absent = [one for one in room.roster.by_id if one not in here and one not in room.excluded]
        unknown = sorted(here - room.roster.by_id.keys())
        for what, who in (("not handed in", absent), (f"not in {room.roster.path.name}", unknown)):
            if who:
                print(f"{count(who, 'student')} {what}: {_plain(', '.join(who))}")
    for sentence in (*room.placed, *room.strays):
        print(_plain(sentence))


def print_collected(done, assignment: str) -> None:
    """What became of an archive: who was placed, and what needs a hand."""
    print(f"{done.platform}: {count(done.placed, 'hand-in')} of {assignment} placed.")
    for what, who in (("as before", done.same), ("older than what is there", done.older)):
        if who:
            print(f"{count(who, 'hand-in')} {what}: {_plain(', '.join(sorted(who)))}")
    if done.timeless:
        print(
            f"Late, the platform says, but not when: {_plain(', '.join(sorted(done.timeless)))}. "
            "Write the time into timestamp.txt beside the notebook, such as 2026-05-01 23:59 UTC."
        )
    for sentence in done.trouble:
        print(f"NOT PLACED  {_plain(sentence)}")


def _plain(text: str) -> str:
    """Text of a student's, without what a terminal would act on."""
    text = text.encode(errors="replace").decode()
    return "".join(character if character.isprintable() else "?" for character in text)
