"""Whether a surviving mutant is wrong at all: it and the reference on inputs like those of the checks."""

import ast

from airlock.check.compare import _airlock_same as same
from airlock.check.workbench import Workbench
from airlock.model.names import parse
from airlock.run.bridge import Lost

INPUTS = 2000  # of one comparison, at most
SECONDS = 0.8  # of computing, for the reference on them: with large inputs it is as many as fit


def is_equivalent(
    bench: Workbench, position: int, source: str, tests: list[int], inputs: int = INPUTS
) -> bool:
    """Whether a text gives what the reference gives, for the calls of ``tests`` and random ones like them.

    Where the tests call none of the answer's functions, whether its variables have the same values.
    """
    if not tests:
        return False
    names, last = bench.dependence.names(position), max(tests)
    reference = bench.references[bench.notebook.cells[position].grade_id or ""]
    calls = [call for place in tests for call in bench.first[place].calls if call[0] in names]
    for place in tests:
        if (steps := bench.first[place].steps) and _has_class(reference):
            calls.append(("", tuple(steps), {}))
    if not calls:
        return _same_values(bench, last, position, reference, source)
    base = bench.base(
        ("known", position, *tests),
        lambda: bench.forked(last, position, reference),
        lambda fork: bench.ask(fork, "_airlock_learn", reference, calls, inputs, SECONDS) is True,
    )
    if base is None:  # what cannot be compared is not shown to be the same
        return False
    with bench.fork(base) as fork:
        return bench.ask(fork, "_airlock_agrees", source) is True


def _has_class(source: str) -> bool:
    tree = parse(source)
    return tree is not None and any(isinstance(node, ast.ClassDef) for node in tree.body)


def _same_values(bench: Workbench, place: int, position: int, reference: str, source: str) -> bool:
    """Compare the values of variables; functions that nobody called are not shown to be the same."""
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
