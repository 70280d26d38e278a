"""What becomes of one wrong answer: caught always, by luck, or not at all; runs in a worker process."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from airlock.check.equivalence import is_equivalent
from airlock.check.mutants import Mutant
from airlock.check.workbench import Workbench
from airlock.model.assignment import Master
from airlock.model.limits import Limits


@dataclass(frozen=True)
class Setup:
    """What a worker makes a bench of: plain data, the same for all tasks of one notebook."""

    master: bytes
    notebook: str
    references: tuple[tuple[str, str], ...]  # grade_id and text
    limits: tuple[tuple[str, float], ...]


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
    return Workbench(notebook, dict(setup.references), master.files, Limits(**dict(setup.limits))).__enter__()


def survey(setup: Setup) -> dict:
    """What the reference costs and passes, and which checks are whose; by position or name, plain data."""
    bench = bench_of(setup)
    cells, dependence = bench.notebook.cells, bench.dependence

    def names(places: Sequence[int]) -> list[str]:
        return [cells[place].grade_id or "" for place in places]

    return {
        "costs": [asdict(cost) for cost in bench.costs],
        "random": names(sorted(bench.random)),
        "answers": {
            cells[position].grade_id: {
                "position": position,
                "own": names(dependence.own_tests(position)),
                "reached": names(dependence.tests(position)),
            }
            for position in bench.positions()
        },
    }


def cost_of(setup: Setup, position: int, source: str) -> dict[str, str]:
    """The checks that a text in place of an answer loses, each with its message."""
    bench = bench_of(setup)
    tests = bench.dependence.tests(position)
    found = bench.grade(position, source, tests)
    return {bench.notebook.cells[p].grade_id or "": found[p][0].message for p in tests if found[p][0].lost}


def judge(
    setup: Setup, position: int, mutants: list[Mutant], blank: set[str], times: int, inputs: int
) -> list[Verdict]:
    """The verdicts on mutants of the answer at ``position``, whose blank loses the checks ``blank``."""
    bench = bench_of(setup)
    return [_judge(bench, position, mutant, blank, times, inputs) for mutant in mutants]


def _judge(
    bench: Workbench, position: int, mutant: Mutant, blank: set[str], times: int, inputs: int
) -> Verdict:
    own, reached = bench.dependence.own_tests(position), bench.dependence.tests(position)
    names = {place: bench.notebook.cells[place].grade_id or "" for place in reached + own}
    found = bench.grade(position, mutant.source, own)
    lost = [place for place in own if found[place][0].lost]
    verdict = Verdict(mutant, "caught", [names[place] for place in lost])
    if lost:
        verdict.message = found[lost[0]][0].message
        if times > 1 and not any(place not in bench.random for place in lost):
            _grade_again(bench, position, mutant, lost, times, verdict)
        others = [place for place in reached if place not in own and names[place] not in blank]
    else:
        others = [place for place in reached if place not in own]
        verdict.missed = 1
        if times > 1 and bench.random & set(own):
            _grade_again(bench, position, mutant, own, times, verdict)
        if verdict.kind != "luck":
            same = is_equivalent(bench, position, mutant.source, own, inputs)
            verdict.kind = "equivalent" if same else "survived"
    if others and verdict.kind != "equivalent":
        more = bench.grade(position, mutant.source, others)
        verdict.beyond = [names[p] for p in others if more[p][0].lost and names[p] not in blank]
    return verdict


def _grade_again(bench, position, mutant, tests, times, verdict) -> None:
    """Fill in how often the mutant is missed; "luck" when it is missed now and then."""
    found = bench.grade(position, mutant.source, tests, times)
    gradings = max(map(len, found.values()))
    missed = sum(
        not any(found[place][min(number, len(found[place]) - 1)].lost for place in tests)
        for number in range(gradings)
    )
    verdict.missed, verdict.times = missed, gradings
    if missed and (missed < gradings or verdict.checks):
        verdict.kind = "luck"
        losses = [(bench.notebook.cells[p].grade_id, one) for p in tests for one in found[p] if one.lost]
        if losses and not verdict.checks:
            verdict.checks, verdict.message = [losses[0][0]], losses[0][1].message
