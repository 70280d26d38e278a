"""What the reference solution shows of an assignment: graded before anybody's submission, as any of them.

A check that it passes as nbgrader runs it, and not here, is one that nobody can pass here: it costs no one
a point. One that it fails both ways is the instructor's to mend, and is judged as nbgrader would.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import nbformat

from airlock.course.results import write_whole
from airlock.handin.mend import mend
from airlock.model.assignment import Master, MasterNotebook, Observed
from airlock.model.limits import Limits
from airlock.model.marks import is_test
from airlock.run.apart import Found
from airlock.run.records import checks_of

TO_BE_SURE = 3  # times that a check is run more before it is said that it cannot be graded here


def observe(master: Master, limits: Limits) -> dict[str, Observed]:
    """Grade the reference solution of each notebook, ``master.solutions``; what that showed.

    Raises MachineError when a kernel cannot be had.
    """
    return {
        name: _observe(notebook, master.solutions.get(name, {}), master.files, limits)
        for name, notebook in master.notebooks.items()
    }


def digest(master: Master, limits: Limits, versions: dict[str, str]) -> str:
    """Equal for equal states of the source and of what grades it."""
    state = [master.solutions, asdict(limits), versions]
    data = replace(master, observed={}).to_bytes() + json.dumps(state, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()


def reference_notebook(notebook: MasterNotebook, solution: dict[str, str]) -> bytes:
    """The notebook that a student would hand in who gave the reference solution."""
    cells = [nbformat.from_dict(cell.node) for cell in notebook.cells]
    for cell, master in zip(cells, notebook.cells, strict=True):
        cell.source = solution.get(master.grade_id or "", master.released)
    made = nbformat.from_dict(
        {"cells": cells, "metadata": notebook.metadata, "nbformat": 4, "nbformat_minor": 5}
    )
    return nbformat.writes(made).encode()


def _observe(
    notebook: MasterNotebook, solution: dict[str, str], files: dict[str, bytes], limits: Limits
) -> Observed:
    from airlock.run.execute import Execution, Rehearsal  # a worker has them; who reads what it saw need not

    data = reference_notebook(notebook, solution)
    changing: set[str] = set()
    written: set[str] = set()
    shares: set[str] = set()

    def run(observed: Observed, stock: bool = False) -> dict[str, str]:
        """Why which checks were not passed in full."""
        rehearsal, mended = Rehearsal(stock), mend(data, notebook, f"{notebook.name}.ipynb")
        execution = Execution(mended.notebook, notebook, observed, limits, Found(), rehearsal=rehearsal)
        execution.run(files, files)
        checks = checks_of(mended.notebook, notebook.name)
        lacking = {c.grade_id: c.message for c in checks if c.points is not None and c.points < c.max_points}
        changing.update(rehearsal.changing)
        written.update(rehearsal.written)
        shares.update(_shares(mended.notebook))
        return lacking

    observed = Observed()
    lacking = run(observed)
    if lacking and notebook.classes:
        other = Observed(shared=sorted(notebook.classes))
        found = run(other)
        if found.keys() < lacking.keys():
            observed, lacking = other, found
    waits: dict[str, str] = {}
    fails: dict[str, str] = {}
    unsteady: dict[str, str] = {}
    if lacking:
        with_nbgrader, again = run(observed, stock=True), run(observed)
        for _ in range(TO_BE_SURE):
            if again.keys() - with_nbgrader.keys():  # it is ours to blame, or chance
                once_more = run(observed)
                again = {name: reason for name, reason in again.items() if name in once_more}
        for name, reason in lacking.items():
            kind = unsteady if name not in again else fails if name in with_nbgrader else waits
            kind[name] = reason
    found_out = {"changing": sorted(changing), "files": sorted(written), "shares": sorted(shares)}
    return replace(observed, waits=waits, fails=fails, unsteady=unsteady, **found_out)


def _shares(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """The checks whose last expression gave points, as nbgrader reads them."""
    from airlock.run.verdict import is_share

    for cell in filter(is_test, notebook.cells):
        for output in cell.outputs:
            if output.output_type == "execute_result" and is_share(str(output.data["text/plain"])):
                yield cell.metadata.nbgrader.grade_id


def rehearse(
    master: Master,
    folder: Path,
    limits: Limits,
    versions: dict[str, str],
    grade: Callable = observe,
    keep: bool = True,
) -> tuple[Master, list[str]]:
    """``master`` with what its reference solution shows, and warnings for the instructor.

    It is as kept in ``folder``, else by ``grade``, once for each state of the source where ``keep`` allows to
    write it down. A reference that cannot be graded is known of no check.
    """
    try:
        master = _with_reference(master, folder, limits, versions, grade, keep)
    except Exception as error:  # whatever it is: a class is graded all the same
        reason = f"The reference solution could not be graded ({error})"
        return master, [f"{reason}: what cannot be judged will wait."]
    return master, [
        f"{one['notebook']}: check {one['check']!r} {SAYS[one['kind']]}: {one['reason']}"
        for one in remarks(master)
    ]


def _with_reference(
    master: Master, folder: Path, limits: Limits, versions: dict[str, str], grade: Callable, keep: bool
) -> Master:
    path, state = folder / "reference.json", digest(master, limits, versions)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["digest"] == state:
            seen = {name: Observed(**one) for name, one in kept["notebooks"].items()}
            return replace(master, observed=seen)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there yet, or of another version
    observed = grade(master, limits)
    if not keep:
        return replace(master, observed=observed)
    kept = {"digest": state, "notebooks": {name: asdict(one) for name, one in observed.items()}}
    with contextlib.suppress(OSError):  # whoever writes the results there says what is wrong
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(kept, indent=1))
    return replace(master, observed=observed)


def remarks(master: Master) -> list[dict[str, str]]:
    """What an instructor has to know of the checks before a class is graded, one for each check concerned."""
    found = []
    for notebook, seen in master.observed.items():
        for kind, reasons in (("waits", seen.waits), ("fails", seen.fails), ("unsteady", seen.unsteady)):
            for grade_id, reason in reasons.items():
                found.append({"notebook": notebook, "check": grade_id, "kind": kind, "reason": reason})
    return found


SAYS = {
    "waits": "cannot be graded by airlock, and waits for a person in every submission",
    "fails": "is not passed in full by the reference solution, with airlock or without",
    "unsteady": "is not always passed by the reference solution",
}
