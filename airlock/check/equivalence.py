"""Whether a surviving mutant is wrong at all: it and the reference on inputs like those of the checks."""

import inspect
from typing import Any

from airlock.check import compare
from airlock.check.compare import _airlock_same as same
from airlock.check.listening import Call
from airlock.check.workbench import Workbench
from airlock.run.bridge import Bridge, Lost

INPUTS = 2000  # of one comparison, at most
SECONDS = 0.8  # of computing, for one comparison: with large inputs it is as many as fit
COMPARE = inspect.getsource(compare)


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
    if calls:
        return _same_results(bench, last, position, reference, source, calls, inputs)
    return _same_values(bench, last, position, reference, source, sorted(names))


def _same_results(
    bench: Workbench, place: int, position: int, reference: str, source: str, calls: list[Call], inputs: int
) -> bool:
    """Compare by calls, in a fork; what cannot be compared is not shown to be the same."""
    with bench.forked(place, position, reference) as bridge:
        try:
            bridge.kernel.run_cell(COMPARE, lambda _: None, bench.limits.cell_seconds)
            return bridge.get("_airlock_compare")(reference, source, calls, inputs, SECONDS) is True
        except (Lost, Exception):
            return False


def _same_values(
    bench: Workbench, place: int, position: int, reference: str, source: str, names: list[str]
) -> bool:
    """Compare the values of variables; functions that nobody called are not shown to be the same."""
    with (
        bench.forked(place, position, reference) as right,
        bench.forked(place, position, source) as other,
    ):
        pairs = [(_value(right, name), _value(other, name)) for name in names]
        return all(not callable(one) and same(one, two) for one, two in pairs)


def _value(bridge: Bridge, name: str) -> Any:
    bridge.begin()
    try:
        return bridge.get(name)
    except (Lost, KeyError) as error:
        return "lost", str(error)[:40]
