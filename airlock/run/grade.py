"""Grade one submission: its files and the assignment in, graded notebooks and a record out.

Nothing here knows a gradebook or a course folder, so it runs in this process, in a pool or on a
cluster, and the same submission is graded the same way everywhere.
"""

import contextlib
import importlib
import time
from copy import deepcopy
from dataclasses import asdict, replace
from typing import Any

import nbformat
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from traitlets.log import get_logger

from airlock.clean.notebook import clean_outputs
from airlock.handin.blanks import blanks_left
from airlock.handin.choice import choose_notebooks
from airlock.handin.files import beside, lay_over
from airlock.handin.mend import Mended, mend
from airlock.model.assignment import Master, MasterNotebook, Observed
from airlock.model.errors import AirlockError, MachineError
from airlock.model.limits import Limits
from airlock.model.marks import is_test, unanswered
from airlock.model.names import global_reads, inner_reads, used_names, uses
from airlock.model.origins import bindings
from airlock.model.record import Graded, Incident, Record
from airlock.run import apart
from airlock.run.code import compiled
from airlock.run.execute import Execution
from airlock.run.records import checks_of, conclude, failed, leave_note, not_handed_in, ungraded_record

AFTERWARDS = -1  # the place in a notebook where all cells have run, and its outputs are cleaned
# What running a notebook imports on its way.
NEEDED = (
    "IPython.core.inputtransformer2",
    "airlock.kernel.provisioner",
    "airlock.kernel.bounded_client",
    "unittest.mock",
)


def grade_submission(
    student: str,
    files: dict[str, bytes],
    master: Master,
    limits: Limits | None = None,
    incidents: list[Incident] | None = None,
    feedback: bool = False,
) -> Graded:
    """Grade one submission, and once more when it was the machine that failed; never raises for its content.

    ``files`` are the submission's, by relative path; ``incidents`` are known already, from reading them.
    ``feedback``: its pages are wanted.
    """
    limits = limits or Limits()
    started, cpu = time.monotonic(), time.process_time()
    record = ungraded_record(student, master, limits)
    record.incidents += incidents or []
    try:
        graded = _grade(record, files, master, limits, feedback)
    except (MachineError, OSError, MemoryError) as error:
        graded = Graded({}, failed(record, "machine", str(error) or type(error).__name__))
    except AirlockError as error:
        graded = Graded({}, failed(record, error.kind, str(error)))
    own = time.process_time() - cpu
    graded.record.seconds = {
        "cpu": round(own + graded.record.seconds.get("cpu", 0), 3),
        "wall": round(time.monotonic() - started, 3),
    }
    return graded


def _grade(
    record: Record, files: dict[str, bytes], master: Master, limits: Limits, feedback: bool
) -> Graded:
    chosen, incidents = choose_notebooks(files, master)
    record = replace(record, incidents=record.incidents + incidents, checks=[], blanks=[], seconds={"cpu": 0})
    notebooks, missing = {}, not_handed_in(master, chosen)
    for name, master_notebook in master.notebooks.items():
        if name not in chosen:
            record.checks += [check for check in missing if check.notebook == name]
            continue
        mended = mend(files[chosen[name]], master_notebook, chosen[name])
        record.blanks += blanks_left(mended.notebook, master_notebook)
        own = lay_over(beside(files, chosen[name]), master.files)
        found, seconds = run_twice(
            mended, master_notebook, own, master.files, limits, master.observed.get(name)
        )
        for incident in mended.incidents + found:
            record.incidents.append(replace(incident, notebook=name))
        record.checks += checks_of(mended.notebook, name)
        record.seconds["cpu"] += seconds
        notebooks[name] = mended.notebook
    conclude(record)
    for notebook in notebooks.values():
        leave_note(notebook, record)
    as_bytes = {name: nbformat.writes(nb).encode() for name, nb in notebooks.items()}
    graded = Graded(as_bytes, record, {name: unanswered(nb) for name, nb in notebooks.items()})
    if feedback:
        from airlock.pages.feedback import render_feedback

        graded.pages = {n: render_feedback({n: nb}, record, master.hidden) for n, nb in notebooks.items()}
    return graded


def run_twice(mended: Mended, *arguments: Any) -> tuple[list[Incident], float]:
    """:func:`run_notebook`, and once more when it was the machine that failed."""
    fresh = deepcopy(mended.notebook.cells)
    try:
        return run_notebook(mended, *arguments)
    except (MachineError, OSError, MemoryError) as error:
        get_logger().warning("A notebook is graded again, the machine failed: %s", error)
        mended.notebook.cells = fresh
        return run_notebook(mended, *arguments)


def run_notebook(
    mended: Mended,
    master: MasterNotebook,
    files: dict[str, bytes],
    test_files: dict[str, bytes],
    limits: Limits,
    observed: Observed | None = None,
) -> tuple[list[Incident], float]:
    """Execute a mended notebook in place and clean its outputs; incidents, and CPU seconds used elsewhere.

    Student's cells run in a kernel, the tests in a child of this process, where the platform has such things.
    """
    notebook = mended.notebook

    def work(found: apart.Found, limits: Limits, tell: apart.Tell) -> dict:
        execution = Execution(notebook, master, observed, limits, found, tell)
        execution.run(files, test_files)
        tell({"begin": AFTERWARDS, "seconds": limits.cell_seconds, "kernels": execution.cpu_seconds})
        if AFTERWARDS in found.skipped:  # an earlier process did not get through them
            _drop_outputs(notebook)
        incidents = execution.incidents + clean_outputs(notebook, trusted=mended.trusted)
        return {
            "notebook": {"cells": notebook.cells, "metadata": notebook.metadata},
            "incidents": [asdict(incident) for incident in incidents],
            "seconds": execution.cpu_seconds,
        }

    if not apart.POSSIBLE:
        result = work(apart.Found(), limits, lambda message: None)
        return [Incident(**incident) for incident in result["incidents"]], result["seconds"]
    _prepare(master)
    result, found = apart.run(work, limits, master.preload)
    if result:
        notebook.cells = nbformat.from_dict(result["notebook"]["cells"])
        notebook.metadata = nbformat.from_dict(result["notebook"]["metadata"])
        return [Incident(**incident) for incident in result["incidents"]], found.seconds
    execution = Execution(notebook, master, observed, limits, found)
    execution.give_up()
    return execution.incidents + clean_outputs(notebook, trusted=mended.trusted), found.seconds


def _prepare(master: MasterNotebook) -> None:
    """Have here what each child of this process would have to import, read and compile for itself."""
    for name in NEEDED:
        importlib.import_module(name)
    KernelProvisionerFactory.instance()  # looks through all that is installed
    for cell in master.cells:
        if cell.node.cell_type == "code":
            for look in (uses, used_names, global_reads, inner_reads, bindings):
                look(cell.released)
        if is_test(cell.node):
            with contextlib.suppress(SyntaxError, ValueError):  # which its verdict will say
                compiled(cell.node.source)
    master.bindings  # noqa: B018  cached there


def _drop_outputs(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and not is_test(cell):
            cell.outputs = []
