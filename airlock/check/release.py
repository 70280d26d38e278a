"""What a release gives away, and what of a source is surely not meant."""

import contextlib
import json
import re
import warnings
from collections.abc import Iterator
from difflib import get_close_matches

from airlock.course.trial import Trial
from airlock.model.assignment import MasterCell

MOST_WORDS, NEAR = 5, 0.75  # of a marker, and how alike a word is that may be misspelt
SHORTEST = 8  # characters of a line that is searched for: shorter ones are everywhere
QUOTED = re.compile(r"`([^`]+)`")
ENDS = ("begin", "beginn", "end", "start", "stop")  # words of a marker
KINDS = ("hidden", "solution", "solutions", "test", "tests", "mark", "scheme")


def leaks(trial: Trial) -> list[dict[str, str]]:
    """Return the hidden lines and solution lines that the release has, each with where it was found."""
    found = []
    places = {f"{name}.ipynb": _texts(data) for name, data in trial.released.items()}
    places |= {path: [data.decode("utf-8", "replace")] for path, data in trial.files.items()}
    lines = {path: {one for text in texts for one in _lines(text)} for path, texts in places.items()}
    for name, hidden in trial.hidden.items():
        public = _public(trial, name)
        shown = public | {one.strip() for c in trial.master.notebooks[name].cells for one in _code(c)}
        for cell, kind, line in hidden:
            # Code that a check or an answer shows is shown on purpose, unless it is most of a solution.
            known = shown if kind == "hidden test" or not _is_told(cell, hidden, shown - public) else public
            if len(line) >= SHORTEST and line not in known:
                where = [path for path, known in lines.items() if line in known]
                found += [{"cell": cell, "kind": kind, "line": line, "where": path} for path in where]
    for path, texts in places.items():
        if path.endswith(".ipynb"):
            for line in (line for text in texts for line in text.split("\n") if _is_marker(line)):
                found.append({"cell": "", "kind": "marker", "line": line.strip(), "where": path})
    return found


def _is_marker(line: str) -> bool:
    """Whether a line begins or ends a region, or was meant to: none of these is left in a release."""
    signs, words = line.strip().split(" ", 1)[0], re.findall(r"[^\W\d_]+", line)
    ends, kinds = (
        {word for word in words if get_close_matches(word.lower(), known, 1, NEAR)} for known in (ENDS, KINDS)
    )
    only = len(ends | kinds) == len(set(words)) and line.strip().startswith("##")
    return (
        signs.startswith("#")
        and bool(ends and kinds)
        and (only or line.isupper() and len(words) <= MOST_WORDS)
    )


def faults(trial: Trial) -> list[str]:
    """Return what is wrong with the source itself, a sentence each."""
    found = []
    for name, notebook in trial.master.notebooks.items():
        tests = [cell for cell in notebook.cells if cell.kind == "test"]
        free = [str(cell.grade_id) for cell in tests if not cell.node.metadata.nbgrader.get("points")]
        if free:
            found.append(f"{name}.ipynb: {', '.join(free)} {'are' if free[1:] else 'is'} worth 0 points.")
        for cell in tests:
            said = f"{name}.ipynb: {cell.grade_id} has a line that may not do what it seems to: "
            found += [said + warning for warning in _warnings(cell.node.source)]
        if not tests:
            found.append(f"{name}.ipynb has no check that grades itself.")
    return found


def _warnings(source: str) -> list[str]:
    """What Python warns of when it reads a check, such as an assertion of a tuple, each with its line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(SyntaxError, ValueError):
            compile(source, "<check>", "exec")
    lines = source.splitlines()
    return [
        f"{lines[one.lineno - 1].strip()} ({one.message})"
        for one in caught
        if issubclass(one.category, SyntaxWarning) and "escape" not in str(one.message)
    ]


def _public(trial: Trial, name: str) -> set[str]:
    """Lines that the author gives away on purpose: in code cells that hide nothing."""
    hiding = {cell for cell, _, _ in trial.hidden[name]}
    cells = trial.master.notebooks[name].cells
    given = [
        c.released for c in cells if c.node.cell_type == "code" and (c.grade_id or c.node.id) not in hiding
    ]
    return {line.strip() for text in given for line in text.split("\n")}


def _is_told(cell: str, hidden: list[tuple[str, str, str]], shown: set[str]) -> bool:
    """Whether half of the lines of a cell's solution are shown somewhere, or more."""
    lines = {line for name, kind, line in hidden if (name, kind) == (cell, "solution")}
    long = {line for line in lines if len(line) >= SHORTEST}
    return 2 * len(long & shown) >= len(long) > 0


def _code(cell: MasterCell) -> list[str]:
    """The lines of a cell of code, as students get it."""
    return cell.released.split("\n") if cell.node.cell_type == "code" else []


def _lines(text: str) -> Iterator[str]:
    """Yield each line of a text as it is, and without what makes it a comment or prose, and code in prose."""
    for line in text.split("\n"):
        yield line.strip()
        yield line.strip("#>*-`; \t")
        yield from QUOTED.findall(line)


def _texts(data: bytes) -> list[str]:
    notebook = json.loads(data)
    return ["".join(cell["source"]) for cell in notebook["cells"]] + [
        json.dumps(cell.get("outputs", [])) for cell in notebook["cells"]
    ]
