"""Finds the notebooks of an assignment among the files of a submission, also under other names."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from airlock.handin.filenames import ENDINGS, is_notebook, printable
from airlock.handin.match import as_code, match, same
from airlock.handin.reading import read_cells
from airlock.model.assignment import Master, MasterNotebook
from airlock.model.errors import Unreadable
from airlock.model.record import Incident

COMPARED = 20  # notebooks of one submission that are looked into
KNOWN = 0.25  # share of graded cells by which a notebook is recognised


@dataclass(frozen=True, order=True)
class _Fit:
    """How well a file fits a notebook of the assignment; the greatest is taken."""

    readable: bool
    begun: bool  # somebody answered something in it
    exact: int  # 2: has the right name, 1: also, but in a folder or an archive
    share: float  # of the graded cells that were recognised
    answered: int
    likeness: float  # of the names
    filename: str


def choose_notebooks(files: dict[str, bytes], master: Master) -> tuple[dict[str, str], list[Incident]]:
    """Return which file is which notebook of the assignment, and incidents for renamed and ignored files.

    The right name decides, unless nothing was answered under it and something was in another file; else
    the contents do.

    Raises
    ------
    Unreadable
        No notebook of the assignment is there.
    """
    candidates = [path for path in files if is_notebook(path)]
    expected = {name: f"{name}.ipynb" for name in master.notebooks}
    if set(candidates) == set(expected.values()):
        return expected, []
    candidates.sort(key=lambda path: -max(fuzz.ratio(name, path) for name in expected.values()))
    chosen: dict[str, str] = {}
    incidents: list[Incident] = []
    for name, notebook in master.notebooks.items():
        taken = {*chosen.values(), *expected.values()} - {expected[name]}
        free = [path for path in candidates[:COMPARED] if path not in taken]
        fits = [_fit(files[path], path, notebook) for path in free]
        alone = len(candidates) == len(master.notebooks) == 1
        best = max((fit for fit in fits if fit.exact or _is_known(fit, alone)), default=None)
        if best is None:
            incidents.append(Incident("missing", f"{expected[name]} was not handed in.", name))
            continue
        chosen[name] = best.filename
        if best.filename != expected[name]:
            message = f"{expected[name]} was found as {printable(best.filename)}."
            incidents.append(Incident("mended", message, name))
    if not chosen:
        names = ", ".join(printable(path) for path in list(files)[:5])
        instead = f"only {names}" if names else "nor anything else"
        sentence = f"No notebook of {master.assignment} was handed in, {instead}: ask for the .ipynb file."
        raise Unreadable(sentence, "missing")
    ignored = sorted(printable(path) for path in set(candidates) - set(chosen.values()))
    if ignored:
        more = f" and {len(ignored) - 5} more" if len(ignored) > 5 else ""
        incidents.append(Incident("mended", f"Not graded, beside what was: {', '.join(ignored[:5])}{more}."))
    return chosen, incidents


def _is_known(fit: _Fit, alone: bool) -> bool:
    """Whether the contents tell what a file is; of the only one, little is asked."""
    return fit.share >= KNOWN or (alone and (fit.share > 0 or not fit.readable))


def _fit(data: bytes, path: str, notebook: MasterNotebook) -> _Fit:
    name = path.rpartition("/")[2]
    for ending in ENDINGS:
        name = name[: -len(ending)] if name.lower().endswith(ending) else name
    exact = (name == notebook.name) * (1 if "/" in path else 2)
    likeness = fuzz.ratio(name, notebook.name)
    try:
        cells, _ = read_cells(data, path)
    except Unreadable:
        return _Fit(False, False, exact, 0, 0, likeness, path)
    found = match(cells, notebook)
    graded = set(notebook.by_grade_id.values())
    known = {place for place, how in found.how.items() if how != "position"}
    share = len(graded & known) / max(len(graded), 1)
    by_index = {cell.index: cell for cell in cells}
    answered = sum(
        any(not same(as_code(by_index[index]), notebook.cells[place].released) for index in indices)
        for place, indices in found.claims.items()
        if notebook.cells[place].kind == "answer"
    )
    return _Fit(True, answered > 0, exact, share, answered, likeness, path)
