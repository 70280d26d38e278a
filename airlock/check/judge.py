"""What becomes of one wrong answer: caught always, by luck, or not at all; runs in a worker process."""

from dataclasses import dataclass, field

from airlock.check.benches import Setup, bench_of, drop, names_of
from airlock.check.beyond import lost_further
from airlock.check.inside import Inside, inside
from airlock.check.marked import Marked
from airlock.check.mutants import Mutant
from airlock.check.workbench import Workbench
from airlock.kernel.client import KernelGone
from airlock.kernel.meter import Overrun
from airlock.model.errors import MachineError
from airlock.wire.values import Malformed

BROKEN = (KernelGone, Overrun, Malformed, MachineError)  # what grading ends with when the bench is to blame


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
    """The verdicts on mutants of a blank. Most share forks; who may survive has forks of its own."""
    try:
        clear = _clear(bench_of(setup), task, mutants)
    except BROKEN:
        clear = {}
    return [clear.get(mutant.name) or _judge_surely(setup, task, mutant) for mutant in mutants]


def _judge_surely(setup: Setup, task: Task, mutant: Mutant) -> Verdict:
    """The verdict on a mutant; where the bench broke, by a new one; of what breaks that too, that it did."""
    for _ in range(2):
        try:
            return _judge(bench_of(setup), task, mutant)
        except BROKEN as error:
            why = error
            drop(setup)
    return Verdict(mutant, "survived", message=f"It cannot be graded: {why}.", missed=1)


def _clear(bench: Workbench, task: Task, mutants: list[Mutant]) -> dict[str, Verdict]:
    """The verdicts, by name, on mutants that the first of their checks is sure to catch, or are equivalent.

    They are graded one after the other in a fork, and that counts if the reference passes there afterwards:
    then none can have left something that lost the next. Nothing is said of the others.
    """
    own, first = _marking(bench, task)
    left, verdicts = [*mutants], dict[str, Verdict]()
    while left:
        clear: list[Verdict] = []
        with inside(bench, task.position, own, task.inputs) as look:
            if not look.serves(first):
                return {}
            while left and look.fork.alive:
                bench.renew()
                look.renew()
                verdict = Verdict(left.pop(0), "caught")
                if _is_clear(look, task, first, verdict):
                    clear.append(verdict)
            sound = look.is_sound(first)
        if sound:
            caught = [verdict for verdict in clear if verdict.kind == "caught"]
            _add_beyond(bench, task, caught, {first}, [first])
            verdicts |= {verdict.mutant.name: verdict for verdict in clear}
    return verdicts


def _is_clear(look: Inside, task: Task, first: int, verdict: Verdict) -> bool:
    """Grade a mutant: whether it is sure to lose its check, or equivalent. Fills in the verdict."""
    source = verdict.mutant.source
    found = look.grade(source, first)
    if not found.lost:
        verdict.kind = "equivalent"
        return look.is_alike(source)
    verdict.checks, verdict.message = names_of(look.bench, [first]), found.message
    return _is_steady(look.bench, task, first, found) or _look_on(look, task, first, verdict)


def _marking(bench: Workbench, task: Task) -> tuple[list[int], int]:
    """The positions of the checks that mark an answer, and which of them is asked first."""
    own = [bench.notebook.by_grade_id[name] for name in task.own]
    return own, min(own, key=lambda place: (bench.notebook.cells[place].grade_id not in task.blank, place))


def _judge(bench: Workbench, task: Task, mutant: Mutant) -> Verdict:
    own, first = _marking(bench, task)
    verdict = Verdict(mutant, "caught")
    bench.renew()
    found = {first: _look(bench, task, own, first, verdict)}
    if verdict.kind == "equivalent":
        return verdict
    if not found[first].lost:
        others = [place for place in own if place != first]
        found |= {place: one[0] for place, one in bench.grade(task.position, mutant.source, others).items()}
    lost = [place for place in own if place in found and found[place].lost]
    verdict.checks = names_of(bench, lost)
    if lost:
        verdict.message = found[lost[0]].message
    else:
        verdict.kind, verdict.missed = "survived", 1
    steady = verdict.times > 1 or any(_is_steady(bench, task, place, found[place]) for place in lost)
    if not steady and task.times > 1 and bench.random.intersection(own):
        _grade_again(bench, task, own, lost or own, verdict)
    _add_beyond(bench, task, [verdict], set(found), lost)
    return verdict


def _look(bench: Workbench, task: Task, own: list[int], first: int, verdict: Verdict) -> Marked:
    """Grade a mutant once, and look at it inside: is it equivalent, or else is it lost each time."""
    source = verdict.mutant.source
    with inside(bench, task.position, own, task.inputs) as look:
        found = look.grade(source, first)
        if not found.lost:
            verdict.kind = "equivalent" if look.is_alike(source) else "caught"
        elif not _is_steady(bench, task, first, found):
            _look_on(look, task, first, verdict)
    return found


def _is_steady(bench: Workbench, task: Task, place: int, found: Marked) -> bool:
    """Whether a check that was lost once is not asked again: as chance cannot have it, or nobody wants to."""
    return task.times == 1 or place not in bench.random or found.endless


def _look_on(look: Inside, task: Task, first: int, verdict: Verdict) -> bool:
    """Whether a mutant that has lost its check loses it as often as it is to be graded; see "times"."""
    source = verdict.mutant.source
    enough = task.few if look.is_far(source) else task.times
    if look.loses(source, first, enough - 1):
        verdict.times = enough
        return True
    return False


def _add_beyond(
    bench: Workbench, task: Task, verdicts: list[Verdict], found: set[int], lost: list[int]
) -> None:
    """Fill in what mutants cost and the empty answer would not; tests ``found`` have graded them."""
    sources = [verdict.mutant.source for verdict in verdicts]
    more = lost_further(bench, task.position, sources, found, task.blank)
    for verdict, further in zip(verdicts, more, strict=True):
        own = (name for name in names_of(bench, lost) if name not in task.blank)
        verdict.beyond = [*own, *names_of(bench, further)]


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
        verdict.checks, verdict.message = names_of(bench, [losses[0][0]]), losses[0][1].message
        verdict.kind = "luck"
        verdict.missed, verdict.times = verdict.missed + 1, verdict.times + 1  # it was missed the first time


def _lost(gradings: list[Marked], number: int) -> bool:
    return gradings[min(number, len(gradings) - 1)].lost
