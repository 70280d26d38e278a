"""Magics are replaced as IPython replaces them, and a cell of many costs little more than one of few."""

import ast

import pytest
from IPython.core import inputtransformer2
from IPython.core.inputtransformer2 import TransformerManager

from airlock.model.magics import LOOKS, without_magics
from airlock.model.names import functions, parse

CELLS = (
    "%matplotlib inline\nx = 1",
    "a = %timeit -o 1\nb = !ls 'x\nc?\n?c\nif 1:\n    %ls\n    !cat \"x\nd = 2",
    "%%time\nx = 1\n%y",
    "!echo it's\nx = '''\n%foo\n'''\n%bar",
    "x = '''\n%ls\n'''\ny?",
    "for i in [1]:\n    z = !ls {i}\n    print(z)??\n",
    "!ls (\n!ls )\n%a [\nx = 1",
    ">>> a = 1\n>>> %ls",
    "f(\n%ls\n)",
    "x = 1 ; y?\n/f 1 2\n,f a b\n;f a b",
    "def f():\n    %time 1\n    return 2\n\nf()",
)


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_reads_as_in_ipython(cell):
    assert without_magics(cell) == TransformerManager().transform_cell(cell)


def test_a_hundred_and_fifty_magics_in_a_long_cell_are_seen_at_one_look(monkeypatch):
    """IPython itself, which looks once for each, takes a quarter of a minute."""
    looks, look = [], inputtransformer2.make_tokens_by_line
    monkeypatch.setattr(
        inputtransformer2, "make_tokens_by_line", lambda lines: looks.append(1) or look(lines)
    )
    padding = "x = 1 + 2 + 3 + 4 + 5 + 6 + 7  # a line as any other\n" * 7
    cell = "def sigmoid(x):\n    return x\n" + ("%time 1\n" + padding + "y = !ls\n") * 75
    assert len(ast.parse(without_magics(cell)).body) == 1 + 75 * 9
    assert len(looks) == 2  # the second to see that nothing is left


def test_what_never_comes_to_an_end_is_given_up_and_its_functions_are_known_all_the_same(monkeypatch):
    monkeypatch.setattr(inputtransformer2.MagicAssign, "transform", lambda self, lines: [*lines])
    cell = "def sigmoid(x):\n    return x\ny = %ls\n"
    with pytest.raises(SyntaxError):
        without_magics(cell)
    assert LOOKS < 100
    assert parse(cell + "# another") is None
    assert functions(cell + "# another") == {"sigmoid"}
