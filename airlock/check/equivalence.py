"""Whether a surviving mutant is wrong at all: it and the reference on inputs like those of the checks."""

import inspect
from typing import Any

from airlock.check import compare
from airlock.check.compare import _airlock_same as same
from airlock.check.listening import Call
from airlock.check.workbench import Workbench
from airlock.run.bridge import Bridge, Lost

INPUTS = 2000  # of one comparison, at most
SECONDS = 1.5  # of computing, for one comparison: with large inputs it is as many as fit
COMPARE = inspect.getsource(compare)


def is_equivalent(
    bench: Workbench, position: int, source: str, tests: list[int], inputs: int = INPUTS
) -> bool:
    """Whether a text gives what the reference gives, for the calls of ``tests`` and random ones like them.

    Where the tests call none of the answer's functions, whether its variables have the same values.
    """
    names = bench.dependence.names(position)
    reference = bench.references[bench.notebook.cells[position].grade_id or ""]
    seen = []
    for place in tests:
        calls = [call for call in bench.first[place].calls if call[0] in names]
        same_here: bool | None
        if calls:
            same_here = _same_results(bench, place, position, reference, source, calls, inputs)
        else:
            same_here = _same_values(bench, place, position, reference, source, sorted(names))
        if same_here is False:
            return False
        seen.append(same_here)
    return any(seen)


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
) -> bool | None:
    """Compare the values of variables; None where there are none but functions, which nobody called."""
    with (
        bench.forked(place, position, reference) as right,
        bench.forked(place, position, source) as other,
    ):
        pairs = [(_value(right, name), _value(other, name)) for name in names]
        if all(callable(one) and callable(two) for one, two in pairs):
            return None
        return all(callable(one) and callable(two) or same(one, two) for one, two in pairs)


def _value(bridge: Bridge, name: str) -> Any:
    bridge.begin()
    try:
        return bridge.get(name)
    except (Lost, KeyError) as error:
        return "lost", str(error)[:40]
