"""What one wrong answer leaves behind is not held against the next one that shares its fork."""

from planted import SETUP, answer, test, trial_of

from airlock.check.benches import Setup, bench_of, drop
from airlock.check.beyond import lost_further
from airlock.model.limits import Limits

CELLS = [
    ("given", "given", "seen = []"),
    answer("double", "2 * x"),
    test("double", "assert double(2) == 4"),
    test("lean", "assert double(3) == 6 and len(seen) == 0"),
]
KEEPS = "def double(x):\n    seen.append(x)\n    return 2 * x"
WRONG = "def double(x):\n    return 3 * x"
ENDS = "def double(x):\n    import os\n    os._exit(0)"
RIGHT = "def double(x):\n    return x + x"


def test_it_is_not_held_against_the_next_one(tmp_path):
    trial = trial_of([SETUP, *CELLS], tmp_path)
    (name,) = trial.master.notebooks
    setup = Setup(trial.master.to_bytes(), name, tuple(trial.references[name].items()), Limits())
    bench = bench_of(setup)
    try:
        at = bench.notebook.by_grade_id
        sources = [RIGHT, KEEPS, RIGHT, WRONG, ENDS, RIGHT]
        found = lost_further(bench, at["double"], sources, {at["test-double"]}, set())
        assert [len(one) for one in found] == [0, 1, 0, 1, 1, 0] and found[1] == [at["test-lean"]]
        assert lost_further(bench, at["double"], [WRONG], set(), {"test-double", "test-lean"}) == [[]]
    finally:
        drop(setup)
