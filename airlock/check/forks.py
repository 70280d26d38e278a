"""The reference in one kernel that runs it once, and forks of that kernel in which another answer stands."""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Self

from airlock.check import alike, compare, gradings, varied
from airlock.check.dependence import Dependence, only_defines
from airlock.check.files import KeptFiles
from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.fork import Fork
from airlock.kernel.meter import Budget, Overrun
from airlock.model.assignment import MasterCell, MasterNotebook
from airlock.model.errors import AirlockError
from airlock.model.limits import Limits
from airlock.model.names import bound_names
from airlock.run.bridge import Bridge, Lost
from airlock.run.references import References
from airlock.wire.values import Malformed

PROCESSES = 1000  # a fork for each test waits until the end
CALL_SECONDS = 3  # of computing, and
IDLE_SECONDS = 10  # of doing nothing: an endless loop is soon known for one
LOOK_SECONDS = 5  # a look at all the forks takes .2 s; none may grow larger than a submission
# What forks can be asked as well: with names of its own, for an answer may well be called sum or any.
OURS = f"""
import builtins as _airlock_builtins
_airlock_own = {{"__name__": "__main__", "get_ipython": get_ipython}}
_airlock_builtins.exec({"".join(map(inspect.getsource, (alike, varied, compare, gradings)))!r}, _airlock_own)
for _airlock_name in [*_airlock_own]:
    if _airlock_name.startswith("_airlock"):
        _airlock_builtins.globals()[_airlock_name] = _airlock_own[_airlock_name]
"""


class Forks(contextlib.AbstractContextManager):
    """A notebook whose answer cells hold ``references``, run once, and forks of its kernel on the way."""

    def __init__(
        self, notebook: MasterNotebook, references: dict[str, str], files: dict[str, bytes], limits: Limits
    ):
        self.notebook, self.references, self.files = notebook, references, files
        self.dependence = Dependence(notebook, references)
        self.limits = replace(
            limits,
            processes=PROCESSES,
            call_seconds=min(limits.call_seconds, CALL_SECONDS),
            idle_seconds=min(limits.idle_seconds, IDLE_SECONDS),
            look_seconds=max(limits.look_seconds, LOOK_SECONDS),
        )
        self._changing: set[str] = set()  # functions that the reference changes arguments by
        self._before: dict[int, Fork] = {}  # state before the cell at a position
        self._files: dict[int, KeptFiles] = {}  # and the files that answers had then
        self._bases: dict[tuple[int, ...], Fork] = {}
        self._open = contextlib.ExitStack()
        # Forks would all draw the same; where a cell seeds, they shall.
        sources = [self.dependence.source(cell) for cell in notebook.cells if cell.kind != "test"]
        self._draws = any("rand" in text for text in sources) and not any("seed" in text for text in sources)

    def __enter__(self) -> Self:
        with self._open:
            self._kernel = self._open.enter_context(
                StudentKernel(self.files, self.limits, self.notebook.preload)
            )
            self.renew()
            self._run_all()
            self._open = self._open.pop_all()
        return self

    def _run_all(self) -> None:
        """Run the cells of the reference, as far as they are no tests."""
        fork: Fork | None = None  # as the kernel is now
        for place, cell in self.code():
            if cell.kind in ("test", "answer"):
                if fork is None:
                    fork = self._open.enter_context(self.fork(self._kernel))
                    self._run(fork, OURS)
                self._before[place] = fork
                self._files[place] = KeptFiles(self._kernel.folder / "work")
            if cell.kind != "test":
                fork = None
            self._run_one(place, cell)
            self.renew()

    def _run_one(self, place: int, cell: MasterCell) -> None:
        if cell.kind != "test":
            self._run(self._kernel, self.dependence.source(cell))

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def positions(self) -> list[int]:
        """Of the answer cells with code."""
        cells = self.code()
        return [place for place, cell in cells if cell.kind == "answer"]

    def alike(self, place: int, other: int) -> bool:
        """Whether no cell is run between two tests, so that a fork as before one serves for the other."""
        return self._before[place] is self._before[other]

    def alike_ones(self, tests: Sequence[int]) -> list[list[int]]:
        """The positions of tests, those together between which no cell is run."""
        return [[*together] for _, together in groupby(tests, self._before.get)]

    def before(self, place: int) -> contextlib.AbstractContextManager[Fork]:
        """A fork as before the cell at ``place``, with the reference."""
        self._files[place].restore()
        fork = self.fork(self._before[place])
        if self._draws:
            self._run(fork, "_airlock_draw_anew()")
        return fork

    @contextlib.contextmanager
    def forked(self, place: int, position: int, source: str) -> Iterator[Fork]:
        """A fork as before the test at ``place``, where ``source`` stands for the answer."""
        again = self.dependence.must_run_again(position, [place])
        with self.before(position if again else place) as fork:
            self.put(fork, position, source)
            for _, cell in self.code(position + 1, place if again else position):
                if cell.kind != "test":
                    self._run(fork, self.dependence.source(cell))
            yield fork

    def base(
        self,
        key: tuple[int, ...],
        make: Callable[[], contextlib.AbstractContextManager[Fork]],
        prepare: Callable[[Fork], None],
    ) -> Fork:
        """A fork to make forks of, prepared when it is first asked for."""
        if key not in self._bases:
            self._bases[key] = self._open.enter_context(make())
            prepare(self._bases[key])
        return self._bases[key]

    def fork(self, kernel: StudentKernel) -> Fork:
        """A fork, which counts against the limits of its kernel."""
        kernel.budget, kernel.seconds = self._budget, self._used
        return Fork(kernel)

    def renew(self) -> None:
        """From now on, as much may be used as a notebook may use, whatever was used before."""
        self._budget, self._used = Budget(self.limits), -self._kernel.cpu()

    def ask(self, fork: Fork, name: str, *arguments: Any) -> Any:
        """What a function in a fork returns; None where it comes to no end."""
        bridge = self._bridge(fork)
        try:
            return bridge.get(name)(*arguments)
        except (Lost, Exception):
            return None

    def value(self, fork: Fork, name: str) -> Any:
        """The value of a name in a fork, or why there is none."""
        bridge = self._bridge(fork)
        try:
            return bridge.get(name)
        except (Lost, KeyError) as error:
            return "lost", str(error)[:40]

    def _bridge(self, kernel: StudentKernel, source: str = "") -> Bridge:
        return Bridge(kernel, self._references(source), self._changing)

    def put(self, fork: Fork, position: int, source: str) -> None:
        """Run a text in place of an answer that has run: what only the reference defines is gone."""
        before = self.notebook.cells[:position]
        elsewhere = {name for cell in before for name in bound_names(self.dependence.source(cell))}
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

    def code(self, start: int = 0, end: int | None = None) -> Iterator[tuple[int, MasterCell]]:
        """Positions and cells with code, from one position to before another."""
        for place, cell in enumerate(self.notebook.cells[start:end], start):
            if cell.node.cell_type == "code" and self.dependence.source(cell).strip():
                yield place, cell

    def _references(self, source: str = "") -> References:
        own = [self.dependence.source(cell) for cell in self.notebook.cells if cell.kind != "test"]
        return References([*own, source])
