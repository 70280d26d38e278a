"""Where mutants are graded: one kernel that has run the reference once, and forks of it for each mutant."""

import contextlib
import time
from dataclasses import dataclass, field, replace

from airlock.check.dependence import Dependence
from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.fork import Fork
from airlock.kernel.meter import Budget, Overrun
from airlock.model.assignment import MasterCell, MasterNotebook
from airlock.model.errors import AirlockError, MachineError
from airlock.model.limits import Limits
from airlock.model.marks import determine_grade
from airlock.run.bridge import Bridge
from airlock.run.namespace import TestNamespace
from airlock.run.references import References
from airlock.run.testcell import TestCells
from airlock.run.verdict import Test
from airlock.wire.values import Malformed

PROCESSES = 1000  # a fork for each test waits until the end
MOST_CALLS = 400  # calls of one test that are kept for comparisons


@dataclass
class Cost:
    """What one cell or check of the reference takes."""

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
    calls: list[tuple] = field(default_factory=list)

    @property
    def lost(self) -> bool:
        """Whether points were lost."""
        return self.points < self.most


class Listening(Bridge):
    """A bridge that remembers what a test asks: names, and calls with copies of their arguments."""

    def __init__(self, *arguments):
        self.asked: set[str] = set()
        self.calls: list[tuple] = []
        super().__init__(*arguments)

    def get(self, name):
        """As any bridge."""
        self.asked.add(name)
        return super().get(name)

    def call(self, function, arguments, keywords, *rest):
        """As any bridge."""
        if len(self.calls) < MOST_CALLS:
            self.calls.append((function.__name__, copied(arguments), copied(keywords)))
        return super().call(function, arguments, keywords, *rest)


class Workbench(contextlib.AbstractContextManager):
    """A notebook of the assignment whose answer cells hold ``references``, run up to each of its tests."""

    def __init__(
        self,
        notebook: MasterNotebook,
        references: dict[str, str],
        files: dict[str, bytes],
        limits: Limits,
    ):
        self.notebook, self.references, self.files = notebook, references, files
        self.limits = replace(
            limits,
            processes=PROCESSES,
            call_seconds=min(limits.call_seconds, 3),
            idle_seconds=min(limits.idle_seconds, 3),
        )
        self.costs: list[Cost] = []
        self.first: dict[int, Marked] = {}  # of the reference, by position of the test
        self.random: set[int] = set()  # tests whose calls differ from grading to grading
        self._changing: set[str] = set()  # functions that the reference was seen to change arguments by
        self._bound: dict[int, dict] = {}  # what the tests up to a position have bound
        self._before: dict[int, Fork] = {}  # state before the cell at a position
        self._open = contextlib.ExitStack()

    def __enter__(self):
        with self._open:
            kernel = StudentKernel(self.files, self.limits, self.notebook.preload)
            self._kernel = self._open.enter_context(kernel)
            self._tests = self._open.enter_context(TestCells(self.files))
            for place, cell in enumerate(self.notebook.cells):
                if cell.cell.cell_type == "code" and cell.cell.source.strip():
                    self._prepare(place, cell)
            self.dependence = Dependence(
                self.notebook, self.references, {place: one.asked for place, one in self.first.items()}
            )
            self._open = self._open.pop_all()
        return self

    def __exit__(self, *_):
        self._open.close()

    def _prepare(self, place: int, cell: MasterCell) -> None:
        wall, cpu, own = time.monotonic(), self._kernel.cpu(), time.process_time()
        if cell.kind == "test":
            self._before[place] = self._open.enter_context(self._fork(self._kernel))
            with self._fork(self._before[place]) as fork:
                wall, own = time.monotonic(), time.process_time()
                self.first[place] = one = self._grade(place, fork, self._references())
                cost = Cost(cell.grade_id or "", time.monotonic() - wall, time.process_time() - own)
            with self._fork(self._before[place]) as fork:
                if not same_calls(one.calls, self._grade(place, fork, self._references()).calls):
                    self.random.add(place)
        else:
            if cell.kind == "answer":
                self._before[place] = self._open.enter_context(self._fork(self._kernel))
                wall = time.monotonic()
            self._run(self._kernel, self._source(cell))
            cost = Cost(cell.grade_id or cell.cell.id, time.monotonic() - wall, time.process_time() - own)
        cost.cpu += max(0.0, self._kernel.cpu() - cpu)
        self.costs.append(cost)

    def positions(self) -> list[int]:
        """Of the answer cells with code."""
        cells = enumerate(self.notebook.cells)
        return [p for p, cell in cells if cell.kind == "answer" and cell.cell.cell_type == "code"]

    def grade(self, position: int, source: str, tests: list[int], times: int = 1) -> dict[int, list[Marked]]:
        """Grade a text in place of the answer at ``position``, by each of ``tests`` so many times."""
        if self.dependence.must_run_again(position):
            return self._grade_in_order(position, source, tests, times)
        found = {}
        for place in tests:
            with self._fork(self._before[place]) as fork:
                references = self._references(source)
                self._run(fork, source)
                found[place] = [self._grade(place, fork, references)]
                for _ in range(times - 1 if place in self.random else 0):
                    found[place].append(self._grade(place, fork, references))
        return found

    def _grade_in_order(self, position, source, tests, times):
        """As in the notebook: all cells behind the answer again, each test at its place."""
        found = {place: [] for place in tests}
        for _ in range(times if self.random & set(tests) else 1):
            with self._fork(self._before[position]) as fork:
                references = self._references(source)
                self._run(fork, source)
                for place in range(position + 1, max(tests, default=position) + 1):
                    cell = self.notebook.cells[place]
                    if cell.cell.cell_type != "code" or not self._source(cell).strip():
                        continue
                    if place in found:
                        found[place].append(self._grade(place, fork, references))
                    elif cell.kind != "test":
                        self._run(fork, self._source(cell))
        return found

    @contextlib.contextmanager
    def forked(self, place: int, position: int, source: str | None = None):
        """A bridge to a fork as before the test at ``place``, where ``source`` stands for the answer."""
        fork = self._fork(self._before[place])
        with fork:
            if source is not None and self.dependence.must_run_again(position):
                fork.kill()
                fork = self._fork(self._before[position])
                self._run(fork, source)
                for cell in self.notebook.cells[position + 1 : place]:
                    if cell.kind != "test" and cell.cell.cell_type == "code" and cell.cell.source.strip():
                        self._run(fork, self._source(cell))
            elif source is not None:
                self._run(fork, source)
            with fork:
                yield Bridge(fork, self._references(source or ""), self._changing)

    def _fork(self, kernel: StudentKernel) -> Fork:
        """A fork that may use as much as a notebook may, whatever the mutants before it have used."""
        kernel.budget = Budget(self.limits)
        kernel.seconds = -kernel.cpu()
        return Fork(kernel)

    def _grade(self, place: int, kernel: StudentKernel, references: References) -> Marked:
        cell = self.notebook.cells[place]
        first = place not in self.first
        test = Test(cell.cell.source, cell.released, place, strict=not first)
        bridge = Listening(kernel, references, self._changing)
        namespace = TestNamespace(bridge, self.notebook)
        before = [at for at in self._bound if at < place]
        if before:
            namespace.restore(self._bound[max(before)])
        graded = cell.cell.copy()
        graded.outputs = self._tests.run(test, bridge, namespace, cell.cell.metadata.nbgrader.points)
        if first:
            self._changing |= bridge.changing
            self._bound[place] = namespace.keep()
        for incident in bridge.incidents:
            if incident.kind == "machine":
                raise MachineError(incident.message)
        points, most = determine_grade(graded)
        errors = [output.evalue for output in graded.outputs if output.output_type == "error"]
        message = errors[0] if errors else ""
        return Marked(most if points is None else points, most, message, bridge.asked, bridge.calls)

    def _run(self, kernel: StudentKernel, source: str) -> None:
        """Run a cell; a mutant that ends its fork there loses what is asked of it afterwards."""
        with contextlib.suppress(KernelGone, Overrun, Malformed):
            kernel.run_cell(source, lambda _: None, self.limits.cell_seconds)
            return
        if kernel is self._kernel:
            raise AirlockError("The reference does not run to its end: airlock grade shows where it stops.")

    def _source(self, cell: MasterCell) -> str:
        return self.references.get(cell.grade_id or "", cell.cell.source)

    def _references(self, source: str = "") -> References:
        own = [self._source(cell) for cell in self.notebook.cells if cell.kind != "test"]
        return References([*own, source])


def copied(value: object) -> object:
    """A copy of arguments, at least of what a call could change."""
    if isinstance(value, tuple | list):
        return type(value)(copied(one) for one in value) if type(value) in (tuple, list) else value
    if type(value) is dict:
        return {key: copied(one) for key, one in value.items()}
    return value.copy() if hasattr(value, "copy") and hasattr(value, "dtype") else value


def same_calls(one: list[tuple], other: list[tuple]) -> bool:
    """Whether a test has asked the same twice."""
    return repr(one) == repr(other)
