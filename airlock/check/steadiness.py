"""Whether a wrong answer loses a test each time, or as chance has it: many gradings, in one process.

A grading as students are graded goes to and fro between two processes for each call, and takes ten times as
long. Whoever misses a mutant this way has it graded the other way: here nothing is decided but that it is
caught.
"""

from airlock.check.workbench import Workbench
from airlock.run.unguarded import prelude

SECONDS = 1.0  # of computing, until the kernel is asked once more


def is_always_lost(bench: Workbench, position: int, source: str, place: int, times: int) -> bool:
    """Whether a text in place of the answer at ``position`` loses the test at ``place`` in all of ``times``
    gradings; False where that is not known: the reference must pass, and no cell compute with the answer.
    """
    if bench.dependence.must_run_again(position, [place]):
        return False
    test = bench.test(place)
    text = f"{prelude(test, bench.notebook)}\n{test.source}"
    base = bench.base(
        ("gradings", place),
        lambda: bench.before(place),
        lambda fork: bench.ask(fork, "_airlock_gradings", "", text, 2, SECONDS) == [False, False],
    )
    if base is None:
        return False
    with bench.fork(base) as fork:
        bench.put(fork, position, source)
        done = 0
        while done < times:
            lost = bench.ask(fork, "_airlock_gradings", source, text, times - done, SECONDS)
            if not lost or not all(lost):
                return False
            done += len(lost)
    return True
