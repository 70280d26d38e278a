"""A term of one course, marked in the gradebook; in tests/browser it is marked in the Formgrader."""

import pytest
from term import InGradebook, Term, play


@pytest.mark.timeout(600)
def test_a_term_with_three_platforms_hand_marks_late_ones_and_changed_checks(tmp_path, capsys):
    term = Term(tmp_path / "course", capsys)
    play(term, InGradebook(term.course))
