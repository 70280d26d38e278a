"""Where mutants are graded: by each test, in a fork of the kernel that has run the reference up to it."""

import time
from dataclasses import replace

from nbformat import from_dict

from airlock.check.files import KeptFiles
from airlock.check.forks import Forks
from airlock.check.listening import Listening, same_calls
from airlock.check.marked import Cost, Marked
from airlock.kernel.client import StudentKernel
from airlock.kernel.fork import Fork
from airlock.model.assignment import MasterCell, MasterNotebook, Observed
from airlock.model.errors import MachineError
from airlock.model.limits import Limits
from airlock.model.marks import determine_grade
from airlock.run.bridge import Bridge
from airlock.run.mirror import Mirror
from airlock.run.namespace import TestNamespace
from airlock.run.shown import seen_later
from airlock.run.testcell import TestCells
from airlock.run.unguarded import prelude
from airlock.run.verdict import Test
from airlock.wire.settings import in_force, settings

QUICK_GRADINGS, QUICK_SECONDS = 200, 0.5  # of the reference by each check, in one process, at most
SLOW_GRADINGS = 300  # as students are graded, where one of those was lost
TRIES = 5  # of the reference, before a test counts as one that cannot be tried here


class Workbench(Forks):
    """Forks of a notebook, and its tests, which grade what stands in them."""

    def __init__(
        self,
        notebook: MasterNotebook,
        references: dict[str, str],
        files: dict[str, bytes],
        limits: Limits,
        observed: Observed,
    ):
        super().__init__(notebook, references, files, limits)
        self.observed, self._changing = observed, set(observed.changing)
        self.costs: list[Cost] = []
        self.first: dict[int, Marked] = {}  # of the reference, by position of the test
        self.seconds: dict[int, float] = {}  # that each test took then
        self.random: set[int] = set()  # tests whose calls differ from grading to grading
        # What the tests up to a position have bound, and the files that there are of theirs.
        self._given: dict[int, KeptFiles] = {}  # the answers' files with those that a test made for them
        self._bound: dict[int, tuple[dict, KeptFiles]] = {}

    def _run_all(self) -> None:
        self._tests = self._open.enter_context(TestCells(self.files, self.notebook.import_folders))
        bridge = self._bridge(self._kernel)
        self._namespace = TestNamespace(bridge, self.notebook, frozenset(self.observed.shared))
        self._bound[-1] = self._namespace.keep(), KeptFiles(self._tests.folder)
        super()._run_all()
        asked = {place: one.asked for place, one in self.first.items() if not one.lost}
        self.dependence.asked.update(asked)

    def _run_one(self, place: int, cell: MasterCell) -> None:
        """Run a cell of the reference, or try a test on it, and keep what that costs."""
        wall, cpu, own = time.monotonic(), self._kernel.cpu(), time.process_time()
        super()._run_one(place, cell)
        if cell.kind == "test":
            self._try_reference(place)
            behind = self.notebook.cells[place + 1 :]
            later = [from_dict(one.node | {"source": self.dependence.source(one)}) for one in behind]
            if shown := seen_later(later, self.test(place), self.notebook):
                self._run(self._kernel, shown)
        computed = time.process_time() - own + max(0.0, self._kernel.cpu() - cpu)
        self.costs.append(Cost(cell.grade_id or cell.node.id, time.monotonic() - wall, computed))

    def _try_reference(self, place: int) -> None:
        """Grade the reference until it passes once, and once more."""
        for _ in range(TRIES):
            with self.before(place) as fork:
                began = time.monotonic()
                self.first[place] = one = self._listen(place, fork)
                self.seconds[place] = time.monotonic() - began
            if not one.lost:
                break
        with self.before(place) as fork:
            again = self._listen(place, fork)
        one.asked |= again.asked
        if not same_calls(one.calls, again.calls):
            self.random.add(place)

    def untried(self) -> dict[int, str]:
        """Tests that the reference does not pass here, with their messages: they tell nothing of mutants."""
        return {place: one.message for place, one in self.first.items() if one.lost}

    def shaky(self) -> dict[int, tuple[Marked, int]]:
        """Tests that the reference loses now and then: how it was lost, and in which grading, from 1.

        Many gradings in one process, as nbgrader has them, say where to look; one as of students decides.
        """
        found = {}
        for place in (place for place, one in self.first.items() if not one.lost):
            with self.before(place) as fork:
                any(self.ask(fork, "_airlock_try", place, self.alone(place)) for _ in range(TRIES))
                quick = self.ask(fork, "_airlock_gradings", "", place, QUICK_GRADINGS, QUICK_SECONDS)
            for number in range(1, SLOW_GRADINGS + 1) if quick and any(quick) else ():
                with self.before(place) as fork:
                    one = self._grade(place, fork, self._bridge(fork))
                if one.lost:
                    found[place] = one, number
                    break
        return found

    def alone(self, place: int) -> str:
        """The text of a test, behind that of what it uses of earlier ones."""
        return f"{prelude(self.test(place), self.notebook)}\n{self.notebook.cells[place].node.source}"

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
        found: dict[int, list[Marked]] = {place: [] for place in tests}
        for together in self.alike_ones(tests):
            todo = [place for place in together for _ in range(times if place in self.random else 1)]
            while todo:
                with self.before(todo[0]) as fork:
                    while todo and fork.alive:
                        place = todo.pop(0)
                        found[place].append(self.grade_in(fork, place, position, source))
                        if found[place][-1].endless or not fork.alive:
                            todo = [other for other in todo if other != place]
                            break
        return found

    def grade_in(self, fork: Fork, place: int, position: int, source: str) -> Marked:
        """Grade a text in place of the answer at ``position``, in a fork as before the test at ``place``."""
        self._files[place].restore()
        self.put(fork, position, source)  # anew: it may have kept something
        return self._grade(place, fork, self._bridge(fork, source))

    def _grade_in_order(
        self, position: int, source: str, tests: list[int], times: int
    ) -> dict[int, list[Marked]]:
        """As in the notebook: all cells behind the answer again, each test at its place."""
        found: dict[int, list[Marked]] = {place: [] for place in tests}
        for _ in range(times if self.random & set(tests) else 1):
            with self.before(position) as fork:
                self._run(fork, source)
                for place, cell in self.code(position + 1, max(tests, default=position) + 1):
                    if place in found:
                        found[place].append(self._grade(place, fork, self._bridge(fork, source)))
                    elif cell.kind != "test":
                        self._run(fork, self.dependence.source(cell))
            if any(many[-1].endless for many in found.values()):
                break
        return found

    def _listen(self, place: int, kernel: StudentKernel) -> Marked:
        """Grade the reference by the test at ``place``, and keep what it asks, and what it binds."""
        bridge = Listening(kernel, self._references(), self._changing)
        graded = self._grade(place, kernel, bridge)
        self._changing |= bridge.changing
        crossed = bridge.mirror.written if bridge.mirror else ()
        self._bound[place] = self._namespace.keep(), KeptFiles(self._tests.folder, without=crossed)
        written = self.observed.files
        made = KeptFiles(self._kernel.folder / "work", written)
        self._given[place] = made.take(written, self._files[place])
        return replace(graded, asked=bridge.asked, calls=bridge.calls, steps=bridge.steps)

    def lay_out(self, place: int) -> None:
        """Have the answers' files as behind the test at a position; those that they wrote, as before."""
        self._given[place].restore()

    def test(self, place: int) -> Test:
        """The test at a position."""
        cell = self.notebook.cells[place]
        share = cell.grade_id in self.observed.shares
        return Test(cell.node.source, cell.released, place, share=share)

    def _grade(self, place: int, kernel: StudentKernel, bridge: Bridge) -> Marked:
        cell = self.notebook.cells[place]
        tried = place in self.first and not self.first[place].lost
        test = replace(self.test(place), strict=tried)
        # One namespace for all: functions that an earlier test has bound look names up where they were made.
        bound, files = self._bound[max(at for at in self._bound if at < place)]
        self._namespace.restore(bound)
        self._namespace.attach(bridge)
        files.restore()
        bridge.mirror = Mirror(self._tests.folder, kernel.folder / "work", self.observed.files)
        graded = cell.node.copy()
        with in_force(settings()):  # what it sets would not be in force for tests that come before it
            graded.outputs = self._tests.run(
                test, bridge, self._namespace, cell.node.metadata.nbgrader.points
            )
        kinds = {incident.kind for incident in bridge.incidents}
        if "machine" in kinds:
            raise MachineError(bridge.incidents[0].message)
        points, most = determine_grade(graded)
        errors = [output.evalue for output in graded.outputs if output.output_type == "error"]
        earned = most if points is None else points
        return Marked(
            earned, most, (errors[0] or "it failed") if errors else "", endless="time-limit" in kinds
        )
