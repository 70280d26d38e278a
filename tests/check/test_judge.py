"""What becomes of wrong answers where the process that grades them breaks."""

import pytest

from airlock.check import judge
from airlock.check.mutants import mutants
from airlock.kernel.meter import Overrun
from airlock.model.limits import Limits

SETUP = judge.Setup(b"", "p", (), Limits())
TASK = judge.Task(0, ("test-double",), frozenset(), 1, 1, 10)


@pytest.fixture
def dropped(monkeypatch):
    dropped = []
    monkeypatch.setattr(judge, "bench_of", lambda setup: setup)
    monkeypatch.setattr(judge, "drop", dropped.append)
    monkeypatch.setattr(judge, "_clear", lambda *_: {})
    return dropped


def test_one_that_breaks_every_bench_is_shown_as_a_survivor_and_the_others_are_judged(monkeypatch, dropped):
    first, second, third = mutants("double", "def double(x):\n    return 2 * x")[:3]

    def decide(bench, task, mutant):
        if mutant is second:
            raise Overrun("machine", "took too long")
        return judge.Verdict(mutant, "caught")

    monkeypatch.setattr(judge, "_judge", decide)
    found = judge.judge(SETUP, TASK, [first, second, third])
    assert [one.kind for one in found] == ["caught", "survived", "caught"]
    assert found[1].message == "It cannot be graded: took too long." and dropped == [SETUP, SETUP]


def test_where_the_machine_was_to_blame_a_new_bench_decides(monkeypatch, dropped):
    (one,) = mutants("double", "def double(x):\n    return 2 * x")[:1]
    ends = iter([Overrun("machine", "took too long"), None])

    def decide(bench, task, mutant):
        if error := next(ends):
            raise error
        return judge.Verdict(mutant, "caught")

    monkeypatch.setattr(judge, "_judge", decide)
    assert judge.judge(SETUP, TASK, [one])[0].kind == "caught" and len(dropped) == 1
