"""Runs probes, each an answer and a test of it, as stock nbgrader does and through airlock."""

import os
from dataclasses import dataclass

import nbformat
from nbclient import NotebookClient
from nbformat import v4

from airlock.model.assignment import MasterCell, MasterNotebook, Observed
from airlock.model.limits import Limits
from airlock.model.names import inner_reads, inner_sets
from airlock.model.origins import own_bindings
from airlock.run.apart import Found
from airlock.run.execute import Execution


@dataclass(frozen=True)
class Probe:
    """``how`` says by which way it crosses; "waits" is what no side but the student's could decide."""

    name: str
    how: str
    answer: str
    test: str


def read(text: str) -> list[Probe]:
    """The probes of a table: ``=== name | how``, the answer, ``---``, the test."""
    found = []
    for block in text.strip("\n").split("=== ")[1:]:
        head, body = block.split("\n", 1)
        name, how = map(str.strip, head.split("|"))
        answer, test = body.split("\n---\n")
        found.append(Probe(name, how, answer.rstrip(), test.rstrip()))
    return found


def _cells(probes: list[Probe]) -> list:
    cells = []
    for place, probe in enumerate(probes):
        for kind, source in (("answer", probe.answer), ("test", probe.test)):
            is_test = kind == "test"
            flags = {"schema_version": 3, "task": False, "grade_id": f"{kind}-{place}", "locked": is_test}
            flags |= {"solution": not is_test, "grade": is_test} | ({"points": 1} if is_test else {})
            cells.append(v4.new_code_cell(source, id=f"{kind}-{place}", metadata={"nbgrader": flags}))
    return cells


def stock(probes: list[Probe]) -> list[bool]:
    """Which tests pass where answer and test share one kernel."""
    notebook = v4.new_notebook(cells=_cells(probes))
    # Figures are shown below a cell and closed, as in a notebook, whatever other tests here draw with.
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    client = NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=120)
    client.execute(env=environment)
    return [not _error(cell) for cell in notebook.cells[1::2]]


def airlock(probes: list[Probe], limits: Limits | None = None):
    """The message of each test, "" where it passed, and the incidents of all."""
    cells, master_cells = _cells(probes), []
    for cell in cells:
        own, imports = own_bindings(cell.source, "") if "answer" in cell.id else ((), ())
        named = tuple((one.name, one.source) for one in imports)
        text = "" if "answer" in cell.id else cell.source
        reads = tuple(inner_reads(cell.source)) if own else ()
        sets = tuple(inner_sets(cell.source)) if own else ()
        master = MasterCell(nbformat.from_dict(cell), text, own, own, named, reads=reads, sets=sets)
        master_cells.append(master)
    master = MasterNotebook("probes", tuple(master_cells), v4.new_notebook().metadata)
    notebook = v4.new_notebook(cells=cells)
    execution = Execution(notebook, master, Observed(), limits or Limits(), Found())
    execution.run({}, {})
    return [_error(cell) for cell in notebook.cells[1::2]], execution.incidents


def _error(cell) -> str:
    return next((f"{o.ename}: {o.evalue}" for o in cell.outputs if o.output_type == "error"), "")
