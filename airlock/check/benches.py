"""The benches of a worker process, one at a time, and what they tell of a notebook."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from airlock.check.workbench import Workbench
from airlock.model.assignment import Master, Observed
from airlock.model.limits import Limits


@dataclass(frozen=True)
class Setup:
    """What a worker makes a bench of: plain data, the same for all tasks of one notebook."""

    master: bytes
    notebook: str
    references: tuple[tuple[str, str], ...]  # grade_id and text
    limits: Limits


_benches: dict[Setup, Workbench] = {}  # of this process: one at a time, as long as the process lives


def bench_of(setup: Setup) -> Workbench:
    """The bench of this process for a notebook; another notebook's is taken down first."""
    if setup not in _benches:
        while _benches:
            _benches.popitem()[1].__exit__()
        _benches[setup] = _bench(setup)
    return _benches[setup]


def _bench(setup: Setup) -> Workbench:
    master = Master.from_bytes(setup.master)
    notebook = master.notebooks[setup.notebook]
    observed = master.observed.get(setup.notebook) or Observed()
    return Workbench(notebook, dict(setup.references), master.files, setup.limits, observed).__enter__()


def drop(setup: Setup) -> None:
    """Take down the bench of this process for a notebook, whatever became of it."""
    _benches.pop(setup).__exit__()


def survey(setup: Setup) -> dict[str, Any]:
    """What the reference costs and passes, and which checks are whose; by position or name, plain data."""
    bench = bench_of(setup)
    cells, dependence = bench.notebook.cells, bench.dependence
    return {
        "costs": [asdict(cost) for cost in bench.costs],
        "borrowed": {cells[p].grade_id or "": bench.borrowed(p) for p in bench.first},
        "shaky": [
            {"check": cells[place].grade_id or "", "times": times, "message": one.message}
            for place, (one, times) in bench.shaky().items()
        ],
        "untried": {cells[place].grade_id or "": why for place, why in bench.untried().items()},
        "answers": {
            cells[at].grade_id: {"position": at, "own": names_of(bench, dependence.own_tests(at))}
            for at in bench.positions()
        },
    }


def cost_of(setup: Setup, position: int, source: str) -> dict[str, str]:
    """The checks that a text in place of an answer loses, each with its message."""
    bench = bench_of(setup)
    tests = tried(bench, bench.dependence.tests(position))
    found = bench.grade(position, source, tests)
    return {bench.notebook.cells[p].grade_id or "": found[p][0].message for p in tests if found[p][0].lost}


def names_of(bench: Workbench, places: Sequence[int]) -> list[str]:
    """The grade_ids of cells."""
    return [bench.notebook.cells[place].grade_id or "" for place in places]


def tried(bench: Workbench, tests: Sequence[int]) -> list[int]:
    """Without those that the reference itself does not pass here."""
    untried = bench.untried()
    return [place for place in tests if place not in untried]
