"""What a run leaves for people and programs: ``results.json`` and ``grades.csv``, never half written."""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from airlock.model.record import Record
from airlock.model.text import visible

LATENESS = ("late_hours", "penalty")
# A spreadsheet takes a text that begins so for a formula, after spaces too and in full width; and where it
# parts fields at semicolons, as in half of Europe, so does what follows one, a tab or the end of a line.
FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[^\w']*[=+\-@＝＋－＠﹦﹢﹣﹫−])")


def write_results(folder: Path | str, records: Iterable[Record], meta: dict) -> dict:
    """Write ``results.json`` and ``grades.csv`` into ``folder``, each in one step; what is true of the run.

    ``meta`` has what is true of the run as a whole: ``assignment``, and where known ``max_score``,
    ``confinement``, ``versions``, ``seconds``, ``made``, ``absent`` (people of the roster who have not handed
    in, as dicts), ``notes`` (sentences on what needs a hand) and ``reference`` (what the reference solution
    does not pass, as :func:`airlock.run.reference.remarks` says it).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    records = sorted(records, key=lambda record: record.student)
    results = {
        "assignment": meta["assignment"],
        "max_score": meta.get("max_score", max((record.max_score for record in records), default=0.0)),
        "made": meta.get("made") or datetime.now(UTC).isoformat(timespec="seconds"),
        "confinement": meta.get("confinement", {}),
        "versions": meta.get("versions", {}),
        "seconds": meta.get("seconds", {}),
        "reference": meta.get("reference", []),
        "absent": meta.get("absent", []),
        "notes": meta.get("notes", []),
    }
    everything = results | {"records": [record.to_json() for record in records]}
    write_whole(folder / "results.json", json.dumps(everything, indent=1) + "\n")
    write_whole(folder / "grades.csv", to_csv(records, results["absent"]))
    return results


def read_results(folder: Path | str) -> dict:
    """Return the content of ``results.json`` in ``folder``; its records are plain dicts."""
    return json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))


def to_csv(records: list[Record], absent: Iterable[dict] = ()) -> str:
    """One row per submission, one column per graded cell; where there is no score, the field is empty.

    A check that the student's code could have decided, see ``c.Airlock.unguarded``, says so in its header.
    Who of the class has not handed in has a row as well, with the status ``not handed in``.
    """
    columns = list(dict.fromkeys((check.notebook, check.grade_id) for r in records for check in r.checks))
    ids = [grade_id for _, grade_id in columns]
    names = [f"{book}/{cell}" if ids.count(cell) > 1 else cell for book, cell in columns]
    open_to = {(check.notebook, check.grade_id) for r in records for check in r.checks if check.unguarded}
    names = [
        f"{name} (unguarded)" if one in open_to else name for name, one in zip(names, columns, strict=True)
    ]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        [
            "student",
            "status",
            "score",
            "max_score",
            *map(as_field, names),
            "blanks",
            "incidents",
            "late_hours",
            "penalty",
        ]
    )
    for record in records:
        points = {(check.notebook, check.grade_id): check.points for check in record.checks}
        failed = record.status == "failed"
        rows.writerow(
            [
                as_field(record.student),
                record.status,
                None if failed else _short(record.score),
                _short(record.max_score),
                *(None if failed else _short(points.get(column)) for column in columns),
                as_field("; ".join(record.blanks)),
                as_field("; ".join(f"{incident.kind}: {incident.message}" for incident in record.incidents)),
                round(record.late / 3600, 2),
                _short(record.penalty),
            ]
        )
    highest = max((record.max_score for record in records), default=None)
    for person in absent:
        empty = [None] * (len(columns) + 4)
        rows.writerow([as_field(person["id"]), "not handed in", None, _short(highest), *empty])
    return text.getvalue()


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.10g}"


def as_field(text: str) -> str:
    """``text`` as a spreadsheet shows it: what looks like a formula gets an apostrophe in front."""
    return FORMULA.sub("'", visible(text))


def write_whole(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in one step: a reader sees the old file or the new one, nothing between.

    A name that is not valid UTF-8 on disk arrives here as a lone surrogate and is written escaped.
    """
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)  # mkstemp's 0600 would shut out the rest of the staff
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
