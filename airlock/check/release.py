"""What a release gives away, and what of a source is surely not meant."""

import json
import re
from collections import Counter

from airlock.course.trial import Trial

SHORTEST = 8  # characters of a line that is searched for: shorter ones are everywhere
MARKER = re.compile(r"^\s*#+\s*(?:BEGIN|END|BEGINN|START|STOP)\b.*(?:SOL|TEST|HID|MARK)", re.IGNORECASE)


def leaks(trial: Trial) -> list[dict[str, str]]:
    """Return the hidden lines and solution lines that the release has, each with where it was found."""
    found = []
    places = {f"{name}.ipynb": _texts(data) for name, data in trial.released.items()}
    places |= {path: [data.decode("utf-8", "replace")] for path, data in trial.files.items()}
    lines = {
        path: {ln.strip() for text in texts for ln in text.split("\n")} for path, texts in places.items()
    }
    for name, hidden in trial.hidden.items():
        public = _public(trial, name)
        for cell, kind, line in hidden:
            if len(line) >= SHORTEST and line not in public:
                where = [path for path, known in lines.items() if line in known]
                found += [{"cell": cell, "kind": kind, "line": line, "where": path} for path in where]
    for path, texts in places.items():
        if path.endswith(".ipynb"):
            for line in (line for text in texts for line in text.split("\n") if MARKER.match(line)):
                found.append({"cell": "", "kind": "marker", "line": line.strip(), "where": path})
    return found


def faults(trial: Trial) -> list[str]:
    """Return what is wrong with the source itself, a sentence each."""
    found: list[str] = []
    seen: Counter[str | None] = Counter()
    for name, notebook in trial.master.notebooks.items():
        for cell in notebook.cells:
            if cell.kind == "test":
                seen[cell.grade_id] += 1
                if not cell.cell.metadata.nbgrader.get("points"):
                    found.append(f"{name}.ipynb: {cell.grade_id} is worth 0 points.")
        if not any(cell.kind == "test" for cell in notebook.cells):
            found.append(f"{name}.ipynb has no check that grades itself.")
    return found + [f"{name} is the grade_id of several checks." for name, many in seen.items() if many > 1]


def _public(trial: Trial, name: str) -> set[str]:
    """Lines that the author gives away on purpose: in code cells that hide nothing."""
    hiding = {cell for cell, _, _ in trial.hidden[name]}
    cells = trial.master.notebooks[name].cells
    given = [
        c.released for c in cells if c.cell.cell_type == "code" and (c.grade_id or c.cell.id) not in hiding
    ]
    return {line.strip() for text in given for line in text.split("\n")}


def _texts(data: bytes) -> list[str]:
    notebook = json.loads(data)
    return ["".join(cell["source"]) for cell in notebook["cells"]] + [
        json.dumps(cell.get("outputs", [])) for cell in notebook["cells"]
    ]
