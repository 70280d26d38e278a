"""What wrong answers cost beyond what the empty answer does: they are graded by all tests that they reach."""

from collections.abc import Iterable, Set

from airlock.check.benches import names_of, tried
from airlock.check.workbench import Workbench


def lost_further(
    bench: Workbench, position: int, sources: list[str], known: Set[int], blank: Set[str]
) -> list[list[int]]:
    """The tests that each of several texts loses in place of the answer at ``position``, graded once.

    All that it reaches are asked, but those that are ``known`` and those that the ``blank`` loses. Most texts
    lose none; they share forks. One that loses any there is graded again in forks of its own.
    """
    reached = tried(bench, bench.dependence.tests(position))
    named = zip(reached, names_of(bench, reached), strict=True)
    left = [place for place, name in named if place not in known and name not in blank]
    found: list[list[int]] = [[] for _ in sources]
    again = bench.dependence.must_run_again(position, left)
    for tests in [left] if again else bench.alike_ones(left):
        passed = set() if again else {*_passed(bench, position, sources, tests)}
        for number in {*range(len(sources))} - passed:
            graded = bench.grade(position, sources[number], tests)
            found[number] += [place for place in tests if graded[place][0].lost]
    return found


def _passed(bench: Workbench, position: int, sources: list[str], tests: list[int]) -> Iterable[int]:
    """Yield the numbers of the texts that pass all ``tests`` in one fork, as long as it lives."""
    with bench.before(tests[0]) as fork:
        for number, source in enumerate(sources):
            bench.renew()
            bench.ask(fork, "_airlock_renew")
            if not any(bench.grade_in(fork, place, position, source).lost for place in tests):
                yield number
            if not fork.alive:
                return
