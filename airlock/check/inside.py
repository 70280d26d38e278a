"""What is found out of a mutant inside the kernel, where a call costs microseconds.

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
from airlock.run.unguarded import prelude

INPUTS = 2000  # of one comparison, at most
SECONDS = 0.8  # of computing, for the reference on them: with large inputs it is as many as fit
AT_ONCE = 1.0  # second of computing, until the kernel is asked to grade once more


class Inside:
    """A fork in which a mutant can be compared with the reference, and graded in one process with its tests.

    ``source`` is its text in place of the answer at ``position``, ``tests`` are those that mark the answer.
    """

    def __init__(self, bench: Workbench, fork: Fork, position: int, source: str, tests: list[int]):
        self.bench, self.fork, self.position, self.source, self.tests = bench, fork, position, source, tests

    def likeness(self) -> str:
        """Whether it gives what the reference gives: "same", "near" or "far", as
        :func:`airlock.check.compare._airlock_likeness` has it, on the tests' calls and random ones like them.

        Where the tests call none of the answer's functions, whether its variables have the same values.
        """
        if _calls(self.bench, self.position, self.tests):
            return str(self.bench.ask(self.fork, "_airlock_likeness", self.source) or "near")
        alike = _same_values(self.bench, max(self.tests), self.position, self.source)
        return "same" if alike else "near"

    def grade(self, place: int) -> Marked:
        """What becomes of it by the test at ``place``, as students are graded."""
        bench, tests = self.bench, self.tests
        if bench.dependence.must_run_again(self.position, tests) or not bench.alike(place, min(tests)):
            return bench.grade(self.position, self.source, [place])[place][0]
        return bench.grade_in(self.fork, place, self.position, self.source)

    def loses(self, place: int, times: int) -> bool:
        """Whether it loses the test at ``place`` in all of ``times`` gradings; False where that is not known.

        A grading as students are graded goes to and fro between two processes for each call, and takes ten
        times as long. Nothing is decided here but that a mutant is caught.
        """
        self.bench.put(self.fork, self.position, self.source)
        done = 0
        while done < times:
            asked = self.source, place, times - done, AT_ONCE
            lost = self.bench.ask(self.fork, "_airlock_gradings", *asked)
            if not lost or not all(lost):
                return False
            done += len(lost)
        return True


@contextlib.contextmanager
def inside(bench: Workbench, position: int, source: str, tests: list[int], inputs: int) -> Iterator[Inside]:
    """A fork for a mutant, of one that is prepared when the first mutant of an answer is looked at."""
    reference = bench.references[bench.notebook.cells[position].grade_id or ""]
    again = bench.dependence.must_run_again(position, tests)

    def prepare(fork: Fork) -> None:
        if calls := _calls(bench, position, tests):
            bench.ask(fork, "_airlock_learn", reference, calls, inputs, SECONDS)
        for place in () if again else bench.random.intersection(tests):
            text = f"{prelude(bench.test(place), bench.notebook)}\n{bench.notebook.cells[place].node.source}"
            bench.ask(fork, "_airlock_try", place, text)

    place = max(tests) if again else min(tests)
    base = bench.base((position, *tests), lambda: bench.forked(place, position, reference), prepare)
    with bench.fork(base) as fork:
        yield Inside(bench, fork, position, source, tests)


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
