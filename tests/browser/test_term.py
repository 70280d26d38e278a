"""The term of tests/classroom/test_term.py, with marks, comments and the due date given in the Formgrader."""

import pytest
from formgrader import InFormgrader
from servers import jupyter_lab
from term import Term, play


@pytest.mark.timeout(900)
def test_a_term_with_the_formgrader(visit, tmp_path, capsys):
    term = Term(tmp_path / "course", capsys)
    (tmp_path / "home").mkdir()
    with jupyter_lab(term.course.root, tmp_path / "home") as server:
        play(term, InFormgrader(visit, server))
