"""What a run leaves for people and programs: ``results.json`` and ``grades.csv``, never half written."""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from airlock.model.errors import AirlockError
from airlock.model.record import Record
from airlock.model.text import visible

OF_THE_CLASS = ("absent", "excluded", "people", "notes")  # what only a run of a whole class knows
# A spreadsheet takes a text that begins so for a formula, after spaces too and in full width; and where it
# parts fields at semicolons, as in half of Europe, so does what follows one, a tab or the end of a line.
FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[^\w']*[=+\-@＝＋－＠﹦﹢﹣﹫−])")


def write_results(folder: Path | str, records: Iterable[Record], meta: dict) -> dict:
    """Write ``results.json`` and ``grades.csv`` into ``folder``, each in one step; what is true of the run.

    ``meta`` has what is true of the run as a whole: ``assignment``, and where known ``max_score``,
    ``confinement``, ``versions``, ``seconds``, ``made``, ``absent`` (people of the roster who have not handed
    in, as dicts), ``excluded`` (ids of whom the roster excludes), ``people`` (name and section by id, in the
    roster's order), ``notes`` (sentences on what needs a hand) and ``reference`` (what the reference solution
    does not pass, as :func:`airlock.run.rehearsal.remarks` says it).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    order = {student: place for place, student in enumerate(meta.get("people", {}))}
    records = sorted(records, key=lambda record: (order.get(record.student, len(order)), record.student))
    here = {record.student for record in records}
    results = {
        "assignment": meta["assignment"],
        "max_score": meta.get("max_score", max((record.max_score for record in records), default=0.0)),
        "made": meta.get("made") or datetime.now(UTC).isoformat(timespec="seconds"),
        "confinement": meta.get("confinement", {}),
        "versions": meta.get("versions", {}),
        "seconds": meta.get("seconds", {}),
        "reference": meta.get("reference", []),
        "absent": [one for one in meta.get("absent", []) if one["id"] not in here],
        "excluded": meta.get("excluded", []),
        "people": meta.get("people", {}),
        "notes": meta.get("notes", []),
    }
    everything = results | {"records": [record.to_json() for record in records]}
    write_whole(folder / "results.json", json.dumps(everything, indent=1) + "\n")
    write_whole(folder / "grades.csv", to_csv(records, results["absent"], results["people"]))
    return results


def read_results(folder: Path | str) -> dict:
    """Return the content of ``results.json`` in ``folder``; its records are plain dicts.

    Raises AirlockError for what is none.
    """
    path = Path(folder) / "results.json"
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        return {**results, "records": results["records"]}
    except (ValueError, TypeError, KeyError) as error:
        raise AirlockError(f"{path} cannot be read ({error}): remove it, and grade again.") from None


def to_csv(
    records: list[Record], absent: Iterable[dict] = (), people: Mapping[str, Sequence[str]] | None = None
) -> str:
    """One row per submission, one column per graded cell; where there is no score, the field is empty.

    A check that the student's code could have decided, see ``c.Airlock.unguarded``, says so in its header.
    ``to_mark`` is the number of answers that wait for a person. Who of the class has not handed in has a row
    as well, with the status ``not handed in``. ``people``: name and section by id, two columns more.
    """
    cells = list(dict.fromkeys((check.notebook, check.grade_id) for r in records for check in r.checks))
    ids = [grade_id for _, grade_id in cells]
    names = [f"{book}/{cell}" if ids.count(cell) > 1 else cell for book, cell in cells]
    open_to = {(check.notebook, check.grade_id) for r in records for check in r.checks if check.unguarded}
    names = [
        as_field(f"{name} (unguarded)" if cell in open_to else name)
        for name, cell in zip(names, cells, strict=True)
    ]
    known = ["name", "section"] if people else []
    more = ["blanks", "incidents", "late_hours", "penalty", "to_mark", *known]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["student", "status", "score", "max_score", *names, *more])

    def person(student: str) -> list[str]:
        return [as_field(part) for part in people.get(student, ("", ""))] if people else []

    for record in records:
        points = {(check.notebook, check.grade_id): check.points for check in record.checks}
        failed = record.status == "failed"
        rows.writerow(
            [
                as_field(record.student),
                record.status,
                None if failed else _short(record.score),
                _short(record.max_score),
                *(None if failed else _short(points.get(cell)) for cell in cells),
                as_field("; ".join(record.blanks)),
                as_field("; ".join(f"{incident.kind}: {incident.message}" for incident in record.incidents)),
                round(record.late / 3600, 2),
                _short(record.penalty),
                record.to_mark,
                *person(record.student),
            ]
        )
    highest = max((record.max_score for record in records), default=None)
    for one in absent:
        empty = [None] * (len(cells) + 5)
        rows.writerow(
            [as_field(one["id"]), "not handed in", None, _short(highest), *empty, *person(one["id"])]
        )
    return text.getvalue()


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.10g}"


def as_field(text: str) -> str:
    """``text`` as a spreadsheet shows it: what looks like a formula gets an apostrophe in front."""
    return FORMULA.sub("'", visible(text))


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace ``path`` by ``content`` in one step: a reader sees the old file or the new one.

    A name that is not valid UTF-8 on disk arrives here as a lone surrogate and is written escaped.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)  # mkstemp's 0600 would shut out the rest of the staff
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
