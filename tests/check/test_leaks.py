"""What of hidden lines and solutions counts as given away."""

import json
from types import SimpleNamespace as Some

from airlock.check import release

SOLUTION = ("count = len(values)", "total = sum(values)", "return total / count")
HIDDEN = [
    *(("mean", "solution", line) for line in SOLUTION),
    ("double", "solution", "return 2 * x"),
    ("other", "solution", "return values[0]"),
    ("test", "hidden test", "assert double(3) == 6"),
]


def leaks(*cells, prose=""):
    """Lines given away in a release of these cells, (grade_id, text), and some prose."""
    shown = [Some(grade_id=name, released=text, node=Some(cell_type="code", id=name)) for name, text in cells]
    released = {"cells": [{"source": text} for text in (*(text for _, text in cells), prose)]}
    trial = Some(
        released={"p": json.dumps(released)},
        files={},
        hidden={"p": HIDDEN},
        master=Some(notebooks={"p": Some(cells=shown)}),
    )
    return {(one["cell"], one["line"]) for one in release.leaks(trial)}


def test_prose_and_comments_give_a_line_away():
    assert leaks(prose="Try `return total / count`.") == {("mean", "return total / count")}
    assert leaks(("double", "def double(x):\n    # return 2 * x")) == {("double", "return 2 * x")}


def test_an_idiom_that_another_answer_shows_gives_nothing_away():
    assert leaks(("other", "def first(values):\n    count = len(values)")) == set()


def test_most_of_a_solution_in_a_check_gives_it_away():
    assert leaks(("test", "def right(x):\n    return 2 * x")) == {("double", "return 2 * x")}
    text = "\n".join(SOLUTION[:2])
    assert leaks(("test", text)) == {("mean", line) for line in SOLUTION[:2]}


def test_a_hidden_line_that_the_visible_part_of_a_check_has_as_well_is_shown_on_purpose():
    assert leaks(("test", "assert double(3) == 6")) == set()
