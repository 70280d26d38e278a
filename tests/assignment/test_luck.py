"""Wrong lines that one friendly case forgives lose their check at every grading, and take nothing with them.

``make luck`` grades each 200 times; here is a part of them, once each.
"""

import os

import pytest
from notebook_code import CHECKS_OF, SOURCE, Notebook, may_lose
from solutions_lucky import LUCKY
from solutions_wrong import WRONG

NOTEBOOK = Notebook(SOURCE)
GRADINGS = int(os.environ.get("GRADINGS", "1"))
PART = [*WRONG, *LUCKY] if GRADINGS > 1 else LUCKY[::6]


def own_check(blank):
    return "test-" + blank.replace("_", "-").replace(" ", "-")


@pytest.mark.timeout(0 if GRADINGS > 1 else 180)
@pytest.mark.parametrize("wrong", PART, ids=lambda wrong: " ".join(wrong.code.split())[-90:])
def test_no_wrong_line_keeps_its_points_by_luck(wrong):
    checks = set().union(*(may_lose(blank) for blank in CHECKS_OF if blank.startswith(wrong.function)))
    for grading in range(GRADINGS):
        lost = NOTEBOOK.lost({wrong.function: wrong.code}, checks)
        assert own_check(wrong.blank) in lost, grading
        assert set(lost) <= may_lose(wrong.blank), grading
        assert all(type(error) is AssertionError for error in lost.values())
        checks = checks - may_lose(wrong.blank) | {own_check(wrong.blank)}  # what chance must not change


def test_there_are_enough_of_them():
    assert len(LUCKY) >= 400
    assert {wrong.blank for wrong in LUCKY} == set(CHECKS_OF)
