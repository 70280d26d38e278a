"""What the exit code follows, and what the terminal says of a sample."""

import pytest

from airlock.check.command import summary
from airlock.check.guarded import guarded
from airlock.check.readiness import failures
from airlock.check.release import _is_marker
from airlock.model.assignment import Observed

ONE = {"name": "a:1", "line": 3, "before": "x", "after": "y", "missed": 1, "times": 20}


def found(**changes):
    numbers = {"total": 5, "possible": 5, "seed": 7, "equivalent": 1, "caught": 4, "per_second": 9.5}
    return {
        "faults": [],
        "reference": {
            "times": 2,
            "checks": [{"check": "t", "full": 2, "waits": False, "messages": []}],
            "shaky": [],
        },
        "release": {"score": 0, "max_score": 1, "passes": [], "leaks": [], "stops": []},
        "guarded": [],
        "never_lost": [],
        "blanks": [],
        "costs": [],
        "mutants": numbers | {"survived": [], "luck": [], "beyond": []} | changes.pop("mutants", {}),
    } | changes


def test_nothing_found_is_ready():
    assert failures(found(), set()) == []
    assert summary(found(), []).splitlines()[-1] == "Ready."


@pytest.mark.parametrize("kind, said", [("survived", "keep"), ("luck", "keep"), ("beyond", "cost")])
def test_one_wrong_answer_does_what_several_do(kind, said):
    (one,), (two,) = (failures(found(mutants={kind: many}), set()) for many in ([ONE], [ONE, ONE]))
    assert one.startswith(f"1 wrong answer {said}s ") and two.startswith(f"2 wrong answers {said} ")


def test_each_kind_of_wrong_answer_is_a_reason_until_it_is_allowed():
    for kind in ("survived", "luck", "beyond"):
        one = found(mutants={kind: [ONE]})
        assert len(failures(one, set())) == 1
        assert failures(one, {"a:2"}) == failures(one, set())
        assert failures(one, {"a:1"}) == []


def test_a_check_that_nothing_loses_is_a_reason():
    assert "can it fail" in failures(found(never_lost=["t"]), set())[0]


def test_a_sample_says_which():
    assert "5 of 90, drawn with --seed 7" in summary(found(mutants={"possible": 90}), [])
    assert "seed" not in summary(found(), [])


def test_who_decides_a_check():
    checks = [
        {"check": name, "full": full, "waits": False, "messages": messages}
        for name, full, messages in [
            ("waits", 2, []), ("fails", 0, ["it is wrong"]), ("own", 2, []), ("data", 2, []), ("good", 2, [])
        ]
    ]  # fmt: skip
    incident = {"kind": "own-comparison", "cell": "own", "message": "Decided by the student's own __eq__."}
    survey = {"borrowed": {"data": ["table"], "good": []}, "untried": {}}
    observed = {"p": Observed(waits={"waits": "it shows pictures"})}
    rows = guarded({"checks": checks, "incidents": [incident]}, {"p": survey}, observed)
    assert [(row["check"], row["state"].split()[0]) for row in rows] == [
        ("waits", "cannot"),
        ("fails", "cannot"),
        ("own", "decided"),
        ("data", "decided"),
        ("good", "guarded"),
    ]
    assert [row["reason"] for row in rows[:2]] == ["it shows pictures", "it is wrong"]
    assert "table" in rows[3]["reason"] and rows[4]["reason"] == ""


def test_what_takes_much_longer_than_the_rest_is_told():
    costs = [
        {"name": name, "wall": wall, "cpu": wall} for name, wall in (("a", 0.1), ("b", 0.2), ("c", 2.04))
    ]
    assert "To know: Much slower than the rest: c (2.0 s)." in summary(found(costs=costs), [])
    assert "slower" not in summary(found(costs=[{"name": "a", "wall": 2.0, "cpu": 2.0}]), [])


@pytest.mark.parametrize(
    "line",
    [
        "### BEGIN HIDEN TESTS",
        "# BEGN HIDDEN TESTS",
        "### begin solution",
        "# END SOLUTON",
        "### HIDDEN TESTS BEGIN",
    ],
)
def test_what_was_meant_for_a_marker_is_known(line):
    assert _is_marker(line)


@pytest.mark.parametrize(
    "line",
    [
        "# Start with the hidden layer",
        "# stop when the test error rises",
        "## End of the tests",
        "# THE END",
        "x = 1",
    ],
)
def test_prose_is_no_marker(line):
    assert not _is_marker(line)
