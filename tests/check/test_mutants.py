"""Mutants: each one change, no two alike, with what marks an array's wrong answers among them."""

import ast
import re

import nbformat
from courses import ROOT

from airlock.check.mutants import mutants

SOURCE = '''def mean_of(x, w):
    """The mean along the first axis."""
    if len(x) == 0:
        return None
    return (x.T @ w).sum(axis=0, keepdims=True) / len(x)'''


EVERYTHING = """
import functools
key = lambda pair: pair[1] if pair else 0
class Box:
    'It holds.'
    size: int = 3
    @functools.cache
    def get(self, n=2, *rest, **more):
        return [one for one in rest if one > n] or {n: f'{n}' for n in more} or (yield n)
with open(name) as file, other:
    x: int
    print(*file, sep='')
match size:
    case 1 | 2:
        size = -size
try:
    del size
except OSError:
    raise
while (size := size - 1) and not done:
    continue
else:
    size[1:2, ::3] = size[...]
async def wait(n):
    await n
    async for one in n:
        n += one
"""


def changes(source=SOURCE, others=()):
    return {" ".join(one.after.split()) for one in mutants("mean", source, others)}


def test_each_mutant_is_a_program_and_no_two_are_the_same():
    found = mutants("mean", SOURCE)
    assert len({one.source for one in found}) == len({one.name for one in found}) == len(found) > 100
    for one in found:
        ast.parse(one.source)
        assert one.source != SOURCE


def test_what_is_said_to_change_is_what_changes():
    for one in mutants("mean", SOURCE):
        lines = SOURCE.split("\n")
        before = one.before.split("\n") if one.before else []
        after = one.after.split("\n") if one.after else []
        lines[one.line - 1 : one.line - 1 + len(before)] = after
        assert "\n".join(lines) == one.source


def test_the_slips_of_arrays_are_among_them():
    found = " ".join(changes())
    for slip in (
        r"\(x\) @ w|x @ w",
        r"w @ x\.T",
        r"axis=1",
        r"mean\(axis=0, keepdims=True\)",
        r"sum\(axis=0\)",
        r"float\('nan'\) \*",
        r"n\[0\] if n else",
    ):
        assert re.search(slip, found), slip


def test_the_docstring_is_left_alone():
    assert all('"""The mean along the first axis."""' in one.source for one in mutants("mean", SOURCE))


def test_another_answer_of_as_many_arguments_is_tried_in_its_place():
    other = "def norm_of(x, w):\n    return x - w\n"
    assert any("mean_of = norm_of" in change for change in changes(others=[other]))
    assert not any("norm_of" in change for change in changes(others=[other.replace(", w", "", 1)]))


def test_every_kind_of_expression_and_statement_has_mutants():
    """Bodies that are one expression, where others have a list of statements; nested and decorated ones."""
    found = mutants("all", EVERYTHING)
    assert len(found) > 100 and any("key = lambda" in one.before for one in found)


def test_what_does_not_parse_has_none():
    assert mutants("mean", "def mean_of(:") == []


def test_this_assignment_has_a_thousand_and_more():
    notebook = nbformat.read(ROOT / "source/vanishing-gradient/vanishing-gradient.ipynb", 4)
    answers = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
    assert sum(len(mutants(c.metadata.nbgrader.grade_id, c.source)) for c in answers) >= 1000
