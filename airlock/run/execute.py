"""Execute one notebook: the student's cells in the confined kernel, the tests in this process."""

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.meter import USED_UP, Overrun
from airlock.model.assignment import MasterNotebook, Observed
from airlock.model.errors import MachineError
from airlock.model.limits import Limits
from airlock.model.marks import is_test
from airlock.model.names import used_names
from airlock.model.record import Incident
from airlock.run import unguarded
from airlock.run.apart import Found, Tell
from airlock.run.bridge import Bridge
from airlock.run.mirror import Mirror
from airlock.run.namespace import TestNamespace
from airlock.run.notes import Notes
from airlock.run.references import References
from airlock.run.shown import seen_later
from airlock.run.testcell import TestCells
from airlock.run.verdict import Test, error_output


def is_out_of_memory(error: dict) -> bool:
    """Whether an error, as a reply or an output tells it, says that there is no more memory."""
    return error.get("ename") == "MemoryError" or "Cannot allocate memory" in str(error.get("evalue"))


@dataclass
class Rehearsal:
    """The reference solution is run, to see what it can pass. ``stock``: as nbgrader runs it."""

    stock: bool = False
    changing: set[str] = field(default_factory=set)  # functions that changed their arguments
    written: set[str] = field(default_factory=set)  # files that the answers wrote


class Execution:
    """The way of one notebook through one kernel.

    ``observed`` is what grading the reference solution showed: a check that it cannot pass here waits for
    a person, and so does one that cannot be judged while it is not known that it can. Outputs are written
    into the notebook.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        master: MasterNotebook,
        observed: Observed | None,
        limits: Limits,
        found: Found,
        tell: Tell = lambda message: None,
        rehearsal: Rehearsal | None = None,
    ):
        self.notebook, self.master, self.limits = notebook, master, limits
        self.observed, self.rehearsal = observed or Observed(), rehearsal
        self.found, self.tell = found, tell
        self.known = observed is not None
        self.released = {cell.node.id: cell.released for cell in master.cells}
        self.incidents = [Incident(**incident) for incident in found.incidents]
        self.notes = Notes(notebook, self.incidents, limits.outputs)
        self.cpu_seconds = 0.0
        own = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not is_test(cell)]
        self.references = References(own)
        self._done: list[int] = []  # cells that a new kernel has to run again
        self._shown: dict[int, NotebookNode] = {}  # of tests, what the student's cells may see

    def run(self, files: dict[str, bytes], test_files: dict[str, bytes]) -> None:
        """Run all cells; ``files`` are the submission's, ``test_files`` the assignment's own.

        Raises MachineError when it was not the submission that kept it from being graded.
        """
        kernel = StudentKernel(files, self.limits, self.master.preload)
        with TestCells(test_files, self.master.import_folders) as tests:
            with kernel:
                names = None if self.rehearsal else frozenset(self.observed.files)
                mirror = Mirror(tests.folder, kernel.folder / "work", names)
                bridge = Bridge(kernel, self.references, set(self.observed.changing), mirror)
                self._namespace = TestNamespace(bridge, self.master, frozenset(self.observed.shared))
                ended: dict[str, Any] = {}  # told with the beginning of the next, since a message costs
                for index, cell in self._undecided():
                    self.tell(ended | self._begin(index, cell))
                    self._run_one(index, cell, kernel, tests, bridge)
                    ended = self._end(index, cell, kernel)
                self.tell(ended)
                if self.rehearsal:
                    self.rehearsal.changing |= bridge.changing
                    self.rehearsal.written |= mirror.written
            self.notes.add_events(kernel, None)  # what was left behind shows when the kernel has gone
        self.cpu_seconds = kernel.seconds

    def _undecided(self) -> Iterator[tuple[int, NotebookNode]]:
        """Cells with code that no process before this one has come to; what it has is written down."""
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code" and cell.source.strip() and not self._is_decided(index, cell):
                yield index, cell

    def _is_decided(self, index: int, cell: NotebookNode) -> bool:
        """Whether a process before this one has judged a cell, or died of it."""
        if index in self.found.outputs:
            cell.outputs = from_dict(self.found.outputs[index])
            cell.metadata["airlock"] = from_dict(self.found.notes[index])
        elif index in self.found.skipped:
            self.skip(cell, *self.found.skipped[index])
        else:
            return False
        return True

    def give_up(self) -> None:
        """Write down what processes before this one have found, and that the rest is lost."""
        for _, cell in self._undecided():
            self.skip(cell, "time-limit", f"The notebook {USED_UP} before this cell.")

    def skip(self, cell: NotebookNode, kind: str, sentence: str) -> None:
        """Write down that a cell is lost, and why."""
        cell.outputs = [error_output("Lost", sentence)]
        self.notes.add(kind, sentence, cell)

    def _begin(self, index: int, cell: NotebookNode) -> dict[str, Any]:
        seconds = 2 * self.limits.test_seconds if is_test(cell) else self.limits.cell_seconds
        return {"begin": index, "seconds": seconds}

    def _end(self, index: int, cell: NotebookNode, kernel: StudentKernel) -> dict[str, Any]:
        incidents = [asdict(incident) for incident in self.incidents]
        outputs = cell.outputs if is_test(cell) else None
        told = {"cell": index, "outputs": outputs, "note": cell.metadata.get("airlock", {})}
        return told | {"incidents": incidents, "kernels": kernel.cpu_seconds()}

    def _run_one(
        self, index: int, cell: NotebookNode, kernel: StudentKernel, tests: TestCells, bridge: Bridge
    ) -> None:
        if not kernel.alive and kernel.restarts < self.limits.restarts:
            sentence = "The kernel ended while nobody asked anything of it."
            self.notes.add(kernel.cause_of_death(), sentence, cell)
            self._revive(kernel)
        if is_test(cell) and not (self.rehearsal and self.rehearsal.stock):
            self._run_test(index, cell, kernel, tests, bridge)
        elif kernel.alive:
            self._run_student_cell(index, cell, kernel)
        else:
            cell.outputs = [error_output("NotRun", "The kernel was lost too often before this cell.")]
        self.notes.add_events(kernel, cell)
        if not kernel.alive:
            self._revive(kernel)

    def _run_test(
        self, index: int, cell: NotebookNode, kernel: StudentKernel, tests: TestCells, bridge: Bridge
    ) -> None:
        name, place = cell.metadata.nbgrader.grade_id, self.master.by_id.get(cell.id, index)
        if not self.rehearsal and name in self.observed.waits:
            self._let_wait(cell, self.observed.waits[name])
            return
        proven = self.known and name not in self.observed.fails
        test = Test(
            cell.source,
            self.released.get(cell.id, ""),
            place,
            strict=proven and not self.rehearsal,
            share=name in self.observed.shares,
        )
        if name in self.master.unguarded:
            cell.outputs, incidents = unguarded.run(test, kernel, self.master)
            cell.metadata["airlock"] = {"unguarded": True}
        else:
            cell.outputs = tests.run(test, bridge, self._namespace, cell.metadata.nbgrader.points)
            incidents = bridge.incidents[:]
            bridge.incidents.clear()
            if bridge.lost and not incidents and not proven and not self.rehearsal:
                self._let_wait(cell, bridge.lost)
        for incident in incidents:
            if incident.kind == "machine":
                raise MachineError(incident.message)
            self.notes.add(incident.kind, incident.message, cell)
        self._show(index, test, kernel)

    def _let_wait(self, cell: NotebookNode, reason: str) -> None:
        """Nobody gains or loses points by a check that cannot be graded here."""
        cell.metadata["airlock"] = {"waits": reason}
        cell.outputs = [new_output("stream", name="stdout", text=f"This check waits for a person: {reason}")]
        self.notes.add("not-graded", reason, cell)

    def _show(self, index: int, test: Test, kernel: StudentKernel) -> None:
        source = seen_later(self.notebook.cells[index + 1 :], test, self.master)
        if not source or not kernel.alive:
            return
        shown = from_dict({"cell_type": "code", "source": source, "metadata": {}, "outputs": []})
        self._shown[index] = shown
        with contextlib.suppress(Overrun, KernelGone):
            self._run_source(shown, index, kernel, lambda _: None)
            self._done.append(index)

    def _run_student_cell(self, index: int, cell: NotebookNode, kernel: StudentKernel) -> None:
        cell.outputs, reply = [], {}
        try:
            take = functools.partial(self.notes.take, cell=cell, index=index)
            reply = self._run_source(cell, index, kernel, take)
            self._done.append(index)
        except Overrun as error:
            cell.outputs.append(error_output("TimeLimit", f"This cell {error}."))
            self.notes.add(error.reason, f"A cell {error}.", cell)
        except KernelGone as error:
            sentence = f"The kernel ended in this cell: {error}."
            cell.outputs.append(error_output("KernelDied", sentence))
            self.notes.add(error.reason, sentence, cell)
        if any(is_out_of_memory(one) for one in (reply, *cell.outputs)):
            self.notes.add("memory-limit", "A cell asked for more memory than it may use.", cell)

    def _run_source(
        self, cell: NotebookNode, index: int, kernel: StudentKernel, on_output: Callable[[dict], None]
    ) -> dict:
        limits, reached = self.limits, self.references.reach(used_names(cell.source))
        try:
            seconds = self.references.allowance(reached, limits.cell_seconds, limits.repeat_seconds)
            return kernel.run_cell(cell.source, on_output, seconds)
        except Overrun as error:
            if error.reason == "machine":
                raise MachineError(f"Cell {index} {error}; grade again.") from None
            self.references.suspect(reached)
            raise

    def _revive(self, kernel: StudentKernel) -> None:
        """A new kernel that has run what the old one had, without the cells that ended it.

        A cell in which the kernel just ended may be innocent; one in which it ends twice is left out.
        """
        ended: Counter[int] = Counter()
        while kernel.restarts < self.limits.restarts:
            if kernel.budget.exceeded(kernel.cpu_seconds()):
                return
            kernel.restart()
            for index in list(self._done):
                try:
                    cell = self._shown.get(index, self.notebook.cells[index])
                    self._run_source(cell, index, kernel, lambda _: None)
                except (Overrun, KernelGone) as error:
                    ended[index] += 1
                    if isinstance(error, Overrun) or ended[index] > 1:
                        self._done.remove(index)
                    if not kernel.alive:
                        break
            else:
                return
