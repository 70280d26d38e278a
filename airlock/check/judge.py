"""What becomes of one wrong answer: caught always, by luck, or not at all; runs in a worker process."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from airlock.check.inside import inside
from airlock.check.marked import Marked
from airlock.check.mutants import Mutant
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


@dataclass
class Verdict:
    """What became of a mutant. ``kind``: "caught", "luck", "survived", "equivalent"."""

    mutant: Mutant
    kind: str
    checks: list[str] = field(default_factory=list)  # of its own, that it lost
    message: str = ""
    missed: int = 0
    times: int = 1
    beyond: list[str] = field(default_factory=list)  # checks that it cost and the empty cell would not


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


def survey(setup: Setup) -> dict[str, Any]:
    """What the reference costs and passes, and which checks are whose; by position or name, plain data."""
    bench = bench_of(setup)
    cells, dependence = bench.notebook.cells, bench.dependence
    return {
        "costs": [asdict(cost) for cost in bench.costs],
        "borrowed": {cells[p].grade_id or "": bench.borrowed(p) for p in bench.first},
        "untried": {cells[place].grade_id or "": why for place, why in bench.untried().items()},
        "answers": {
            cells[at].grade_id: {"position": at, "own": _names(bench, dependence.own_tests(at))}
            for at in bench.positions()
        },
    }


def cost_of(setup: Setup, position: int, source: str) -> dict[str, str]:
    """The checks that a text in place of an answer loses, each with its message."""
    bench = bench_of(setup)
    tests = _tried(bench, bench.dependence.tests(position))
    found = bench.grade(position, source, tests)
    return {bench.notebook.cells[p].grade_id or "": found[p][0].message for p in tests if found[p][0].lost}


@dataclass(frozen=True)
class Task:
    """What all mutants of one blank have in common."""

    position: int  # of the answer
    own: tuple[str, ...]  # checks that mark the answer
    blank: frozenset[str]  # checks that the blank loses
    times: int  # how often a mutant is graded that its check might miss now and then,
    few: int  # and one that is far off in most calls of the check
    inputs: int  # on how many a survivor is compared with the reference


def judge(setup: Setup, task: Task, mutants: list[Mutant]) -> list[Verdict]:
    """The verdicts on mutants of a blank."""
    bench = bench_of(setup)
    return [_judge(bench, task, mutant) for mutant in mutants]


def _judge(bench: Workbench, task: Task, mutant: Mutant) -> Verdict:
    own = [bench.notebook.by_grade_id[name] for name in task.own]
    costing = {bench.notebook.by_grade_id[name] for name in task.blank}
    first, *others = sorted(own, key=lambda place: (place not in costing, place))
    verdict = Verdict(mutant, "caught")
    bench.renew()
    found = {first: _look(bench, task, own, first, verdict)}
    if verdict.kind == "equivalent":
        return verdict
    if not found[first].lost:
        found |= {place: one[0] for place, one in bench.grade(task.position, mutant.source, others).items()}
    lost = [place for place in own if place in found and found[place].lost]
    verdict.checks = _names(bench, lost)
    if lost:
        verdict.message = found[lost[0]].message
    else:
        verdict.kind, verdict.missed = "survived", 1
    steady = verdict.times > 1 or any(place not in bench.random or found[place].endless for place in lost)
    if not steady and task.times > 1 and bench.random.intersection(own):
        _grade_again(bench, task, own, lost or own, verdict)
    reached = _tried(bench, bench.dependence.tests(task.position))
    left = [place for place in reached if place not in found and place not in costing]
    more = bench.grade(task.position, mutant.source, left)
    lost += [place for place in left if more[place][0].lost]
    verdict.beyond = [name for name in _names(bench, lost) if name not in task.blank]
    return verdict


def _look(bench: Workbench, task: Task, own: list[int], first: int, verdict: Verdict) -> Marked:
    """Grade a mutant once, and look at it inside: is it equivalent, or else is it lost each time."""
    with inside(bench, task.position, verdict.mutant.source, own, task.inputs) as look:
        found = look.grade(first)
        if not found.lost:
            verdict.kind = "equivalent" if look.likeness() == "same" else "caught"
        elif task.times > 1 and first in bench.random and not found.endless:
            enough = task.few if look.likeness() == "far" else task.times
            if look.loses(first, enough - 1):
                verdict.times = enough
    return found


def _grade_again(bench: Workbench, task: Task, own: list[int], lost: list[int], verdict: Verdict) -> None:
    """Fill in how often the mutant is missed; "luck" when that varies.

    One check that catches it every time is enough, so the quickest of those that did is asked first.
    """
    source, quickest = verdict.mutant.source, min(lost, key=bench.seconds.__getitem__)
    gradings = bench.grade(task.position, source, [quickest], task.times)[quickest]
    if verdict.checks and all(one.lost for one in gradings):
        verdict.times = len(gradings)
        return
    found = bench.grade(task.position, source, own, task.times)
    verdict.times = max(map(len, found.values()))
    missed = [number for number in range(verdict.times) if not any(_lost(found[p], number) for p in own)]
    verdict.missed = len(missed)
    if missed and (len(missed) < verdict.times or verdict.checks):
        verdict.kind = "luck"
    elif not missed:
        verdict.kind = "caught"
    losses = [(place, one) for place in own for one in found[place] if one.lost]
    if losses and not verdict.checks:
        verdict.checks, verdict.message = _names(bench, [losses[0][0]]), losses[0][1].message
        verdict.kind = "luck"  # it was missed the first time


def _lost(gradings: list[Marked], number: int) -> bool:
    return gradings[min(number, len(gradings) - 1)].lost


def _names(bench: Workbench, places: Sequence[int]) -> list[str]:
    return [bench.notebook.cells[place].grade_id or "" for place in places]


def _tried(bench: Workbench, tests: Sequence[int]) -> list[int]:
    """Without those that the reference itself does not pass here."""
    untried = bench.untried()
    return [place for place in tests if place not in untried]
