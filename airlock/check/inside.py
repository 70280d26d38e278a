"""What is found out of mutants inside the kernel, where a call costs microseconds.

Whether it is wrong at all, by how much, and whether it loses a test each time or as chance has it.
"""

import ast
import contextlib
from collections.abc import Iterator

from airlock.check.alike import _airlock_same as same
from airlock.check.marked import Marked
from airlock.check.workbench import Workbench
from airlock.kernel.fork import Fork
from airlock.model.names import parse
from airlock.run.bridge import Lost

INPUTS = 2000  # of one comparison, at most
SECONDS = 0.8  # of computing, for the reference on them: with large inputs it is as many as fit
AT_ONCE = 1.0  # second of computing, until the kernel is asked to grade once more


class Inside:
    """A fork in which mutants can be compared with the reference, and graded in one process with its tests.

    Their texts stand in place of the answer at ``position``; ``tests`` are those that mark the answer.
    """

    def __init__(self, bench: Workbench, fork: Fork, position: int, tests: list[int]):
        self.bench, self.fork, self.position, self.tests = bench, fork, position, tests
        self.reference = bench.references[bench.notebook.cells[position].grade_id or ""]

    def is_alike(self, source: str) -> bool:
        """Whether it gives what the reference gives, on the tests' calls and random ones like them.

        Where the tests call none of the answer's functions, whether its variables have the same values.
        """
        if not _calls(self.bench, self.position, self.tests):
            return _same_values(self.bench, max(self.tests), self.position, source)
        self.bench.lay_out(max(self.tests))
        return self.bench.ask(self.fork, "_airlock_is_alike", source) is True

    def is_far(self, source: str) -> bool:
        """Whether it is far off in most of the tests' calls, as far as that is known."""
        calls = _calls(self.bench, self.position, self.tests)
        return bool(calls) and self.bench.ask(self.fork, "_airlock_is_far", source) is True

    def grade(self, source: str, place: int) -> Marked:
        """What becomes of it by the test at ``place``, as students are graded."""
        if not self.serves(place):
            return self.bench.grade(self.position, source, [place])[place][0]
        return self.bench.grade_in(self.fork, place, self.position, source)

    def serves(self, place: int) -> bool:
        """Whether the test at ``place`` can grade in this fork."""
        bench, tests = self.bench, self.tests
        return not bench.dependence.must_run_again(self.position, tests) and bench.alike(place, min(tests))

    def loses(self, source: str, place: int, times: int) -> bool:
        """Whether it, just graded, loses the test at ``place`` ``times`` more; False where that is not known.

        A grading as students are graded goes to and fro between two processes for each call, and takes ten
        times as long. Nothing is decided here but that a mutant is caught.
        """
        if not self.serves(place):
            self.bench.put(self.fork, self.position, source)
        done = 0
        while done < times:
            asked = source, place, times - done, AT_ONCE
            lost = self.bench.ask(self.fork, "_airlock_gradings", *asked)
            if not lost or not all(lost):
                return False
            done += len(lost)
        return True

    def renew(self) -> None:
        """Every name stands for what it stood for when this was first asked for."""
        self.bench.ask(self.fork, "_airlock_renew")

    def is_sound(self, place: int) -> bool:
        """Whether the reference still passes the test at ``place``, after what mutants have done here."""
        self.renew()
        if not self.fork.alive:
            return False
        inside = self.bench.ask(self.fork, "_airlock_gradings", self.reference, place, 1, AT_ONCE)
        return inside == [False] if inside else not self.grade(self.reference, place).lost


@contextlib.contextmanager
def inside(bench: Workbench, position: int, tests: list[int], inputs: int) -> Iterator[Inside]:
    """A fork for mutants, of one that is prepared when the first mutant of an answer is looked at."""
    reference = bench.references[bench.notebook.cells[position].grade_id or ""]
    again = bench.dependence.must_run_again(position, tests)

    def prepare(fork: Fork) -> None:
        if calls := _calls(bench, position, tests):
            bench.lay_out(max(tests))
            bench.ask(fork, "_airlock_learn", reference, calls, inputs, SECONDS, bench.observed.files)
        for place in () if again else bench.random.intersection(tests):
            bench.ask(fork, "_airlock_try", place, bench.alone(place))

    place = max(tests) if again else min(tests)
    base = bench.base((position, *tests), lambda: bench.forked(place, position, reference), prepare)
    with bench.fork(base) as fork:
        yield Inside(bench, fork, position, tests)


def _calls(bench: Workbench, position: int, tests: list[int]) -> list[tuple]:
    """The calls of an answer by its tests, and all that is done with objects of the classes it defines."""
    names = bench.dependence.names(position)
    calls: list[tuple] = [call for place in tests for call in bench.first[place].calls if call[0] in names]
    if _has_class(bench.references[bench.notebook.cells[position].grade_id or ""]):
        calls += [("", tuple(bench.first[place].steps), {}) for place in tests if bench.first[place].steps]
    return calls


def _has_class(source: str) -> bool:
    tree = parse(source)
    return tree is not None and any(isinstance(node, ast.ClassDef) for node in tree.body)


def _same_values(bench: Workbench, place: int, position: int, source: str) -> bool:
    """Compare the values of variables; functions that nobody called are not shown to be the same."""
    reference = bench.references[bench.notebook.cells[position].grade_id or ""]
    with (
        bench.forked(place, position, reference) as right,
        bench.forked(place, position, source) as other,
    ):
        names = sorted(bench.dependence.names(position))
        pairs = [(bench.value(right, name), bench.value(other, name)) for name in names]
        try:
            return all(not callable(one) and same(one, two) for one, two in pairs)
        except (Lost, Exception):  # objects, which only their kernel can tell of
            return False
