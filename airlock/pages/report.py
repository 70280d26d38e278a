"""The class at a glance: what to teach again, what needs a hand, and every student, on one page."""

import base64
import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from urllib.parse import quote

from markupsafe import Markup

from airlock.model.limits import NETWORK_ALLOWED
from airlock.model.record import KINDS, Record
from airlock.model.text import count, number
from airlock.pages import slips
from airlock.pages.shared import environment, human

TAUGHT = 3  # mistakes that the page begins with

# kind of remark on the reference solution -> how it is said
REFERENCE = {
    "waits": "cannot be graded here, not even for the reference solution",
    "fails": "is not passed by the reference solution, here as with nbgrader",
    "unsteady": "is not always passed by the reference solution",
}

# Numbers in the table of students; a column is there where anybody has one.
COUNTED: dict[str, Callable[[Record], int]] = {
    "To mark": lambda record: record.to_mark,
    "Blanks": lambda record: len(record.blanks),
    "Incidents": lambda record: len(record.incidents),
}

Links = Mapping[str, Sequence[tuple[str, Path | str]]]
NOTEBOOK = "graded notebook"  # the link of this label leads to the part of a page that shows it


@dataclass
class CheckRow:
    """How a class did at one check."""

    name: str
    points: float = 0.0  # that the class lost
    passed: int = 0
    partly: int = 0
    lost: int = 0
    waiting: int = 0
    unguarded: bool = False


def render_report(results: dict, records: Iterable[Record], folder: Path, links: Links | None = None) -> str:
    """Return the page of a class, which is to be ``index.html`` in ``folder``.

    ``results`` as in ``results.json``, but for its records. ``links``: for a student, pairs of label and
    path, such as ``("feedback", "feedback/ada/ps1/problem1.html")``; the page's are relative to ``folder``.
    """
    records = sorted(records, key=lambda record: record.student)  # as the table says of itself
    graded = [record for record in records if record.score is not None and record.status != "failed"]
    scores = [record.score for record in graded if record.score is not None]
    step, bars = histogram(scores, results["max_score"])
    checks, found = check_rows(graded), slips.gather(graded)
    lossy = sorted((row for row in checks if row.points), key=lambda row: -row.points)
    script, _, _ = environment.loader.get_source(environment, "report.js")  # type: ignore[union-attr]
    return environment.get_template("report.html.j2").render(
        results=results,
        records=records,
        graded=graded,
        failed=[record for record in records if record.status == "failed"],
        failures=by_kind(records, failed=True),
        incidents=by_kind(records, failed=False),
        changed=[record for record in records if record.changes],
        headline=headline(records, graded, results["max_score"]),
        teach=slips.behind(graded)[:TAUGHT],
        facts={"mean": mean(scores), "median": median(scores), "least": min(scores), "most": max(scores)}
        if scores
        else {},
        checks=checks,
        slips=[slip for slip in found if not slip.blank],
        blanks=Counter(blank for record in graded for blank in record.blanks).most_common(),
        step=step,
        bars=bars,
        lossy=lossy,
        unconfined=unconfined(results, records),
        networked=any(one.confinement.get("network") == NETWORK_ALLOWED for one in records),
        seconds=[sum_ for record in graded if (sum_ := record.seconds.get("wall"))],
        links={student: relative(pairs, folder) for student, pairs in (links or {}).items()},
        reference=of_reference(results.get("reference", []), graded),
        kinds=KINDS,
        counted=[(title, of) for title, of in COUNTED.items() if any(map(of, records))],
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def of_reference(remarks: list[dict], graded: list[Record]) -> list[dict]:
    """What the reference solution does not pass, and how many submissions wait for a mark because of it."""
    waiting = Counter(
        (check.notebook, check.grade_id) for r in graded for check in r.checks if check.points is None
    )
    return [
        one
        | {
            "says": REFERENCE[one["kind"]],
            "waiting": waiting[one["notebook"], one["check"]] if one["kind"] == "waits" else 0,
        }
        for one in remarks
    ]


def headline(records: list[Record], graded: list[Record], max_score: float) -> str:
    """One sentence: how many, how good."""
    if not records:
        return "No submission was found."
    said = f"{count(records, 'submission')}, {len(graded)} graded"
    if len(graded) < len(records):
        said += f", {len(records) - len(graded)} without a score"
    if graded:
        middle = median(record.score or 0 for record in graded)
        said += f"; half of the class has {number(middle)} of {count(max_score, 'point')} or more"
    return said + "."


def histogram(scores: list[float], max_score: float) -> tuple[int, list[int]]:
    """How many points apart the bars are, and how many scores are nearest to each, from 0 on.

    There are at most 26 up to ``max_score``; with extra credit there may be more.
    """
    step = max(1, -(-int(max_score) // 25))
    places = [max(0, int(score / step + 0.5)) for score in scores]
    counts = Counter(places)
    return step, [counts[place] for place in range(max([*places, int(max_score) // step]) + 1)]


def check_rows(graded: list[Record]) -> list[CheckRow]:
    """Return one row per check, in the notebook's order."""
    rows: dict[tuple[str, str], CheckRow] = {}
    for record in graded:
        for check in record.checks:
            row = rows.setdefault((check.notebook, check.grade_id), CheckRow(check.grade_id))
            row.unguarded = row.unguarded or check.unguarded
            row.points += max(0.0, check.max_points - check.points) if check.points is not None else 0.0
            if check.points is None:
                row.waiting += 1
            elif check.points >= check.max_points:
                row.passed += 1
            elif check.points > 0:
                row.partly += 1
            else:
                row.lost += 1
    return list(rows.values())


def by_kind(records: list[Record], failed: bool) -> list[tuple[str, dict[str, list[str]]]]:
    """Return, for each kind of incident, the students and what happened; the frequent kinds first."""
    kinds: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if (record.status == "failed") == failed:
            for incident in record.incidents:
                where = f"In {human(incident.cell)}: " if incident.cell else ""
                kinds[incident.kind][record.student].append(where + incident.message)
            if failed and not record.incidents:
                kinds["machine"][record.student].append("No reason was recorded.")
    return sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))


def unconfined(results: dict, records: list[Record]) -> list[str]:
    """Return what of the students' processes nothing confined, in this run or for any submission."""
    ran = [record.confinement for record in records if record.confinement]
    found = [results.get("confinement") or {}, *ran]
    if not any(found):
        return ["anything that was recorded"] if records else []
    return list(
        dict.fromkeys(what for confinement in found for what, means in confinement.items() if not means)
    )


def relative(pairs: Sequence[tuple[str, Path | str]], folder: Path) -> list[tuple[str, str]]:
    """Return label and address, percent-encoded, of files as seen from ``folder``."""
    where = [(label, Path(os.path.relpath(path, folder)).as_posix()) for label, path in pairs]
    return [
        (label, quote(os.fsencode(path)) + ("#notebook" if label == NOTEBOOK else ""))
        for label, path in where
    ]
