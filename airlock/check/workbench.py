"""Where mutants are graded: one kernel that has run the reference once, and forks of it for each mutant."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from airlock.check.dependence import Dependence, only_defines
from airlock.check.listening import Call, Listening, same_calls
from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.fork import Fork
from airlock.kernel.meter import Budget, Overrun
from airlock.model.assignment import MasterCell, MasterNotebook, Observed
from airlock.model.errors import AirlockError, MachineError
from airlock.model.limits import Limits
from airlock.model.marks import determine_grade
from airlock.model.names import bound_names
from airlock.run.bridge import Bridge
from airlock.run.namespace import TestNamespace
from airlock.run.references import References
from airlock.run.testcell import TestCells
from airlock.run.verdict import Test
from airlock.wire.values import Malformed

PROCESSES = 1000  # a fork for each test waits until the end
CALL_SECONDS = 3  # of computing, and
IDLE_SECONDS = 10  # of doing nothing: an endless loop is soon known for one
TRIES = 3  # of the reference, before a test counts as one that cannot be tried here


@dataclass
class Cost:
    """What one cell or check of the reference takes, in seconds by the clock and of computing."""

    name: str
    wall: float
    cpu: float


@dataclass
class Marked:
    """What became of one test: points out of ``most``, the message, and what it asked of the kernel."""

    points: float
    most: float
    message: str
    asked: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    endless: bool = False  # it met a limit of time

    @property
    def lost(self) -> bool:
        """Whether points were lost; of a check without points, whether it failed."""
        return self.points < self.most or not self.most and bool(self.message)


class Workbench(contextlib.AbstractContextManager["Workbench"]):
    """A notebook of the assignment whose answer cells hold ``references``, run up to each of its tests."""

    def __init__(
        self,
        notebook: MasterNotebook,
        references: dict[str, str],
        files: dict[str, bytes],
        limits: Limits,
        observed: Observed,
    ):
        self.notebook, self.references, self.files, self.observed = notebook, references, files, observed
        self.limits = replace(
            limits,
            processes=PROCESSES,
            call_seconds=min(limits.call_seconds, CALL_SECONDS),
            idle_seconds=min(limits.idle_seconds, IDLE_SECONDS),
        )
        self.costs: list[Cost] = []
        self.first: dict[int, Marked] = {}  # of the reference, by position of the test
        self.seconds: dict[int, float] = {}  # that each test took then
        self.random: set[int] = set()  # tests whose calls differ from grading to grading
        self._changing = set(observed.changing)  # functions that the reference changes arguments by
        self._bound: dict[int, dict] = {}  # what the tests up to a position have bound
        self._before: dict[int, Fork] = {}  # state before the cell at a position
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "Workbench":
        with self._open:
            kernel = StudentKernel(self.files, self.limits, self.notebook.preload)
            self._kernel = self._open.enter_context(kernel)
            self._tests = self._open.enter_context(TestCells(self.files))
            bridge = self._bridge(kernel, "")
            self._namespace = TestNamespace(bridge, self.notebook, frozenset(self.observed.shared))
            self._bound[-1] = self._namespace.keep()
            for place, cell in enumerate(self.notebook.cells):
                if cell.node.cell_type == "code" and cell.node.source.strip():
                    self._prepare(place, cell)
            asked = {place: one.asked for place, one in self.first.items() if not one.lost}
            self.dependence = Dependence(self.notebook, self.references, asked)
            self._open = self._open.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _prepare(self, place: int, cell: MasterCell) -> None:
        if cell.kind in ("test", "answer"):
            self._before[place] = self._open.enter_context(self._fork(self._kernel))
        wall, cpu, own = time.monotonic(), self._kernel.cpu(), time.process_time()
        if cell.kind == "test":
            self._try_reference(place)
        else:
            self._run(self._kernel, self._source(cell))
        computed = time.process_time() - own + max(0.0, self._kernel.cpu() - cpu)
        self.costs.append(Cost(cell.grade_id or cell.node.id, time.monotonic() - wall, computed))

    def _try_reference(self, place: int) -> None:
        """Grade the reference until it passes once, and once more."""
        for _ in range(TRIES):
            with self._fork(self._before[place]) as fork:
                began = time.monotonic()
                self.first[place] = one = self._listen(place, fork)
                self.seconds[place] = time.monotonic() - began
            if not one.lost:
                break
        with self._fork(self._before[place]) as fork:
            again = self._listen(place, fork)
        one.asked |= again.asked
        if not same_calls(one.calls, again.calls):
            self.random.add(place)

    def positions(self) -> list[int]:
        """Of the answer cells with code."""
        cells = enumerate(self.notebook.cells)
        return [p for p, cell in cells if cell.kind == "answer" and cell.node.cell_type == "code"]

    def untried(self) -> dict[int, str]:
        """Tests that the reference does not pass here, with their messages: they tell nothing of mutants."""
        return {place: one.message for place, one in self.first.items() if one.lost}

    def borrowed(self, place: int) -> list[str]:
        """Values that given cells have computed in the student's kernel, and that a test asks for there."""
        found = []
        for name in sorted(self.first[place].asked):
            binding = self.notebook.binding(name, place)
            if binding and binding.owner != "answer" and binding.kind == "value":
                found.append(name)
        return found

    def grade(self, position: int, source: str, tests: list[int], times: int = 1) -> dict[int, list[Marked]]:
        """Grade a text in place of the answer at ``position``, by each of ``tests`` so many times.

        A test that asks the same each time is graded once, and one in which an answer ran endlessly too.
        """
        if self.dependence.must_run_again(position, tests):
            return self._grade_in_order(position, source, tests, times)
        found = {}
        for place in tests:
            with self._fork(self._before[place]) as fork:
                self._put(fork, position, source)
                found[place] = [self._grade(place, fork, self._bridge(fork, source))]
                for _ in range(times - 1 if place in self.random else 0):
                    if found[place][-1].endless or not fork.alive:
                        break
                    found[place].append(self._grade(place, fork, self._bridge(fork, source)))
        return found

    def _grade_in_order(
        self, position: int, source: str, tests: list[int], times: int
    ) -> dict[int, list[Marked]]:
        """As in the notebook: all cells behind the answer again, each test at its place."""
        found: dict[int, list[Marked]] = {place: [] for place in tests}
        for _ in range(times if self.random & set(tests) else 1):
            with self._fork(self._before[position]) as fork:
                self._run(fork, source)
                for place in range(position + 1, max(tests, default=position) + 1):
                    cell = self.notebook.cells[place]
                    if cell.node.cell_type != "code" or not self._source(cell).strip():
                        continue
                    if place in found:
                        found[place].append(self._grade(place, fork, self._bridge(fork, source)))
                    elif cell.kind != "test":
                        self._run(fork, self._source(cell))
            if any(many[-1].endless for many in found.values()):
                break
        return found

    @contextlib.contextmanager
    def forked(self, place: int, position: int, source: str) -> Iterator[Bridge]:
        """A bridge to a fork as before the test at ``place``, where ``source`` stands for the answer."""
        again = self.dependence.must_run_again(position, [place])
        with self._fork(self._before[position if again else place]) as fork:
            self._put(fork, position, source)
            for cell in self.notebook.cells[position + 1 : place] if again else ():
                if cell.kind != "test" and cell.node.cell_type == "code" and cell.node.source.strip():
                    self._run(fork, self._source(cell))
            yield self._bridge(fork, source)

    def _fork(self, kernel: StudentKernel) -> Fork:
        """A fork that may use as much as a notebook may, whatever the mutants before it have used."""
        kernel.budget = Budget(self.limits)
        kernel.seconds = -kernel.cpu()
        return Fork(kernel)

    def _listen(self, place: int, kernel: StudentKernel) -> Marked:
        """Grade the reference by the test at ``place``, and keep what it asks, and what it binds."""
        bridge = Listening(kernel, self._references(), self._changing)
        graded = self._grade(place, kernel, bridge)
        self._changing |= bridge.changing
        self._bound[place] = self._namespace.keep()
        return replace(graded, asked=bridge.asked, calls=bridge.calls)

    def _grade(self, place: int, kernel: StudentKernel, bridge: Bridge) -> Marked:
        cell = self.notebook.cells[place]
        tried = place in self.first and not self.first[place].lost
        test = Test(cell.node.source, cell.released, place, strict=tried)
        # One namespace for all: functions that an earlier test has bound look names up where they were made.
        self._namespace.restore(self._bound[max(at for at in self._bound if at < place)])
        self._namespace.attach(bridge)
        graded = cell.node.copy()
        graded.outputs = self._tests.run(test, bridge, self._namespace, cell.node.metadata.nbgrader.points)
        kinds = {incident.kind for incident in bridge.incidents}
        if "machine" in kinds:
            raise MachineError(bridge.incidents[0].message)
        points, most = determine_grade(graded)
        errors = [output.evalue for output in graded.outputs if output.output_type == "error"]
        earned = most if points is None else points
        return Marked(
            earned, most, (errors[0] or "it failed") if errors else "", endless="time-limit" in kinds
        )

    def _bridge(self, kernel: StudentKernel, source: str) -> Bridge:
        return Bridge(kernel, self._references(source), self._changing)

    def _put(self, fork: Fork, position: int, source: str) -> None:
        """Run a text in place of an answer that has run: what only the reference defines is gone."""
        cells = self.notebook.cells
        elsewhere = {name for cell in cells[:position] for name in bound_names(self._source(cell))}
        gone = self.dependence.names(position) - elsewhere
        if gone - bound_names(source) or not only_defines(source):
            self._run(fork, f"[globals().pop(name, None) for name in {sorted(gone)}] and None")
        self._run(fork, source)

    def _run(self, kernel: StudentKernel, source: str) -> None:
        """Run a cell; a mutant that ends its fork there loses what is asked of it afterwards."""
        with contextlib.suppress(KernelGone, Overrun, Malformed):
            kernel.run_cell(source, lambda _: None, self.limits.cell_seconds)
            return
        if kernel is self._kernel:
            raise AirlockError("The reference does not run to its end: airlock grade shows where it stops.")

    def _source(self, cell: MasterCell) -> str:
        return self.references.get(cell.grade_id or "", cell.node.source)

    def _references(self, source: str = "") -> References:
        own = [self._source(cell) for cell in self.notebook.cells if cell.kind != "test"]
        return References([*own, source])
