"""A right solution survives whatever happened to its notebook; nothing else gains by being mended."""

import ast
import copy
import json
import random
import time
from functools import cache

import nbformat
import pytest
from courses import course, release, solved
from manglings import is_code_answer, is_test, manglings, nbgrader_of, strip
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.nbgraderformat import MetadataValidator

from airlock.course.load import load_master
from airlock.handin import reading
from airlock.handin.blanks import blanks_left
from airlock.handin.match import trimmed, wanted
from airlock.handin.mend import mend
from airlock.model.errors import Unreadable
from airlock.model.names import parse
from airlock.model.record import KINDS

NOTEBOOKS = [("vanishing-gradient", "vanishing-gradient"), ("ps1", "problem1")]
NAMES = list(manglings(None))


@cache
def material(assignment, notebook):
    """A master notebook, its release and a right solution."""
    master = load_master(course(assignment), assignment).notebooks[notebook]
    return master, release(assignment, notebook), solved(assignment, notebook)


@pytest.fixture(params=NOTEBOOKS, ids=lambda pair: pair[1])
def given(request):
    return copy.deepcopy(material(*request.param))


@pytest.fixture
def layers():
    return copy.deepcopy(material("vanishing-gradient", "vanishing-gradient"))


@pytest.fixture
def squares():
    return copy.deepcopy(material("ps1", "problem1"))


def as_bytes(notebook):
    return json.dumps(notebook).encode()


def assert_gradable(notebook, master):
    """Every graded cell of the master is there once, in order, word for word; nothing else is graded."""
    nbformat.validate(notebook)
    assert notebook.metadata == master.metadata
    graded = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    expected = [cell for cell in master.cells if cell.grade_id]
    assert [nbgrader_of(cell)["grade_id"] for cell in graded] == [cell.grade_id for cell in expected]
    for cell, own in zip(graded, expected, strict=True):
        for key in ("metadata", "id", "cell_type"):
            assert cell[key] == own.node[key]
        assert cell.source == own.node.source or own.kind == "answer"


def in_force(notebook, master):
    """What each answer's function is at the first check behind it, in a run from top to bottom."""
    found = {}
    for grade_id, answer in master.answers.items():
        at = next(n for n, c in enumerate(notebook.cells) if nbgrader_of(c).get("grade_id") == grade_id)
        end = next((n for n, c in enumerate(notebook.cells) if n > at and is_test(c)), len(notebook.cells))
        if answer.node.cell_type != "code" or not wanted(answer):
            found[grade_id] = trimmed(notebook.cells[at].source)
            continue
        for cell in notebook.cells[:end]:
            tree = parse(trimmed(cell.source)) if cell.cell_type == "code" else None
            for node in tree.body if tree else ():
                if getattr(node, "name", None) in wanted(answer):
                    found[grade_id] = ast.unparse(node)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_right_solution_stays_right(given, name):
    master, stubs, handed_in = given
    expected = in_force(handed_in, master)
    mangled = manglings(lambda: copy.deepcopy(stubs))[name](handed_in)
    mended = mend(as_bytes(mangled), master, "n.ipynb")
    assert_gradable(mended.notebook, master)
    MetadataValidator().validate_nb(mended.notebook)
    found = in_force(mended.notebook, master)
    for grade_id, text in expected.items():
        lost = name == "shuffled, stripped" and not wanted(master.answers[grade_id])
        assert text in found[grade_id] or lost
    for incident in mended.incidents:
        assert incident.kind in KINDS and incident.message.endswith(".") and incident.notebook == master.name
    again = mend(as_bytes(mended.notebook), master, "n.ipynb")
    assert again.incidents == [] and again.notebook == mended.notebook


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_submission_stays_empty(given, name):
    master, stubs, _ = given
    mangled = manglings(lambda: copy.deepcopy(stubs))[name](copy.deepcopy(stubs))
    mended = mend(as_bytes(mangled), master, "n.ipynb")
    untouched = mend(as_bytes(stubs), master, "n.ipynb")
    assert_gradable(mended.notebook, master)
    if name == "own cells everywhere, stripped":  # nothing tells a note from an answer
        assert "note" in in_force(mended.notebook, master).pop("sum_of_squares_equation", "note")
        return
    assert in_force(mended.notebook, master) == in_force(stubs, master)
    if "one cell" not in name:
        assert blanks_left(mended.notebook, master) == blanks_left(untouched.notebook, master)


def test_an_ordinary_submission_is_no_incident(given):
    master, stubs, handed_in = given
    for notebook in (stubs, handed_in):
        mended = mend(as_bytes(notebook), master, "n.ipynb")
        assert mended.incidents == []
        assert [cell.source for cell in mended.notebook.cells if not is_test(cell)] == [
            cell.source for cell in notebook.cells if not is_test(cell)
        ]
        assert mended.trusted == {c.node.id for c in master.cells if c.kind != "answer"}


def test_white_space_alone_is_no_incident(given):
    master, _, handed_in = given
    mangled = manglings(None)["white space"](handed_in)
    assert mend(as_bytes(mangled), master, "n.ipynb").incidents == []


def test_the_summary_counts_what_was_recognised(squares):
    master, _, handed_in = squares
    mended = mend(as_bytes(strip(handed_in)), master, "n.ipynb")
    assert [(i.kind, i.message) for i in mended.incidents] == [(
        "mended", "Notebook metadata was missing, 3 answers and 4 checks were recognised by their contents; "
        "1 answer was recognised by its position."
    )]  # fmt: skip


def test_changed_and_missing_checks_are_restored_and_named(squares):
    master, _, handed_in = squares
    tests = [cell for cell in handed_in.cells if is_test(cell)]
    tests[0].source = "pass"
    handed_in.cells.remove(tests[1])
    mended = mend(as_bytes(handed_in), master, "n.ipynb")
    assert [i.kind for i in mended.incidents] == ["cells-restored"]
    assert "correct_squares, squares_invalid_input" in mended.incidents[0].message


def test_forged_metadata_grades_nothing(squares):
    master, _, handed_in = squares
    forged = {"grade": True, "grade_id": "mine", "points": 100, "solution": False, "schema_version": 3}
    handed_in.cells.insert(0, new_code_cell("assert True", metadata={"nbgrader": forged}))
    notebook = mend(as_bytes(handed_in), master, "n.ipynb").notebook
    assert_gradable(notebook, master)
    assert notebook.cells[0].source == "assert True" and notebook.cells[0].metadata == {}


def test_of_two_answers_the_last_before_the_check_counts(squares):
    master, _, handed_in = squares
    at = next(n for n, c in enumerate(handed_in.cells) if is_code_answer(c))
    second = copy.deepcopy(handed_in.cells[at])
    second.source = "def squares(n):\n    return 'second'"
    third = copy.deepcopy(second)
    third.source = "def squares(n):\n    return 'after the checks'"
    handed_in.cells.insert(at + 1, second)
    handed_in.cells.append(third)
    notebook = mend(as_bytes(handed_in), master, "n.ipynb").notebook
    assert in_force(notebook, master)["squares"] == ast.unparse(ast.parse(second.source))
    assert notebook.cells[-1].source == third.source


def test_a_function_defined_again_behind_its_checks_stays_there(squares):
    master, _, handed_in = squares
    handed_in.cells.append(new_code_cell("def squares(n):\n    return []"))
    notebook = mend(as_bytes(handed_in), master, "n.ipynb").notebook
    assert notebook.cells[-1].source.startswith("def squares")
    assert in_force(notebook, master) == in_force(handed_in, master)


def test_own_cells_stay_behind_their_predecessor(squares):
    master, _, handed_in = squares
    names = [nbgrader_of(c).get("grade_id") for c in handed_in.cells]
    handed_in.cells.insert(names.index("squares") + 1, new_code_cell("helper = 1"))
    handed_in.cells.insert(names.index("squares"), new_markdown_cell("note"))
    notebook = mend(as_bytes(handed_in), master, "n.ipynb").notebook
    assert [c.source for c in notebook.cells] == [c.source for c in handed_in.cells]  # no hidden tests in it


def test_a_helper_comes_along_when_an_answer_is_brought_before_its_checks(squares):
    master, stubs, _ = squares
    stubs.cells += [
        new_code_cell("def one(i):\n    return i**2"),
        new_code_cell("print('unrelated')"),
        new_code_cell("def squares(n):\n    return [one(i) for i in range(1, n + 1)]"),
    ]
    notebook = mend(as_bytes(stubs), master, "n.ipynb").notebook
    sources = [cell.source for cell in notebook.cells]
    check = next(n for n, cell in enumerate(notebook.cells) if is_test(cell))
    assert sources.index(stubs.cells[-3].source) < sources.index(stubs.cells[-1].source) < check
    assert sources[-1] == "print('unrelated')"


def test_what_a_student_made_of_an_unlocked_given_cell_stays(squares):
    master, _, handed_in = squares
    name = next(c for c in handed_in.cells if c.source.startswith("NAME"))
    name.source = 'import math\nNAME = "Ada"\nCOLLABORATORS = "Charles"'
    mended = mend(as_bytes(handed_in), master, "n.ipynb")
    kept = next(c for c in mended.notebook.cells if c.source == name.source)
    assert kept.id not in mended.trusted and mended.incidents == []
    assert not any(c.source.startswith('NAME = ""') for c in mended.notebook.cells)


@pytest.mark.parametrize(("encoding", "told"), [
    ("utf-8", ""), ("utf-8-sig", "UTF-8 with a byte order mark"), ("utf-16", "UTF-16"), ("utf-32", "UTF-32"),
    ("utf-16-le", "UTF-16-LE"), ("latin-1", "LATIN-1"),
])  # fmt: skip
def test_encodings_are_understood_and_told(squares, encoding, told):
    master, _, handed_in = squares
    handed_in.cells.append(new_markdown_cell("Größe"))
    mended = mend(json.dumps(handed_in, ensure_ascii=False).encode(encoding), master, "n.ipynb")
    assert mended.notebook.cells[-1].source == "Größe"
    assert [told in i.message for i in mended.incidents] == [True] * bool(told)


@pytest.mark.parametrize("version", [2, 3])  # the first had no Markdown
def test_old_formats_are_upgraded(squares, version):
    master, _, handed_in = squares
    expected = in_force(handed_in, master)
    old = nbformat.convert(handed_in, 3)
    if version < 3:
        old.nbformat = version
    mended = mend(as_bytes(old), master, "n.ipynb")
    assert_gradable(mended.notebook, master)
    assert in_force(mended.notebook, master) == expected
    assert f"format {version}" in mended.incidents[0].message


@pytest.mark.parametrize(("data", "kind", "words"), [
    (b"", "unreadable", "empty"),
    (b"  \n", "unreadable", "empty"),
    (b"hello", "unreadable", "not a notebook"),
    (b"\x89PNG\r\n\x1a\n\x00", "unreadable", "not a notebook"),
    (b"[1, 2]", "unreadable", "not a notebook"),
    (b"{}", "unreadable", "not a notebook"),
    (b'{"nbformat": 4}', "unreadable", "no list of cells"),
    (b'{"nbformat": 4, "cells": {}}', "unreadable", "no list of cells"),
    (b'{"nbformat": 99, "cells": []}', "unreadable", "format 99"),
    (b'{"nbformat": "4", "cells": []}', "unreadable", "notebook format"),
    (b'{"nbformat": 3, "worksheets": 5}', "unreadable", "format 3"),
    (b'{"nbformat": 4, "cells": [{"cell_type": "code", "sou', "unreadable", "broken"),
    (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "unreadable", "nested"),
    (b'{"cells": [' + b"{}," * 3_000_000 + b"{}]}", "too-large", "too large"),
    (b'{"cells": [' + b"{}," * 6_000 + b"{}]}", "too-large", "6001 cells"),
    (json.dumps({"cells": [{"source": "x = 1\n" * 30_000}] * 6}).encode(), "too-large", "1,080,000 char"),
    (b" " * (reading.MAX_NOTEBOOK + 1), "too-large", "too large"),
    (b'{"cells": [\xff\xfe\x81]}', "unreadable", "broken"),
])  # fmt: skip
def test_what_is_no_notebook_is_refused_in_one_sentence(squares, data, kind, words):
    with pytest.raises(Unreadable) as refusal:
        mend(data, squares[0], "homework.ipynb")
    assert refusal.value.kind == kind
    assert words in str(refusal.value) and str(refusal.value).startswith("homework.ipynb ")
    assert str(refusal.value).endswith(".") and "\n" not in str(refusal.value)


@pytest.mark.parametrize("cell", [
    None, 5, "text", [], {}, {"cell_type": "code"}, {"cell_type": "heading", "source": "x", "level": 1},
    {"cell_type": "code", "source": ["a = 1\n", 5, None]}, {"cell_type": "code", "source": {"a": 1}},
    {"cell_type": "markdown", "source": "x", "attachments": {"a": {"image/png": ["iV", "BO"]}, "b": 3}},
    {"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade_id": ["squares"]}}},
    {"cell_type": "code", "source": "x", "metadata": {"nbgrader": "squares"}, "id": 7},
    {"cell_type": "code", "source": "x", "execution_count": 10**4000, "id": "not an id!"},
    {"cell_type": "code", "source": "x", "id": "squares" * 50, "metadata": float("nan")},
    {"cell_type": "code", "source": "a\ud800b\x00", "metadata": {"id": "squares"}},
])  # fmt: skip
def test_cells_of_any_shape_are_taken(squares, cell):
    master, _, handed_in = squares
    expected = in_force(handed_in, master)
    handed_in.cells += [cell, copy.deepcopy(handed_in.cells[0]), cell]
    notebook = mend(as_bytes(handed_in), master, "n.ipynb").notebook
    assert_gradable(notebook, master)
    assert nbformat.writes(notebook).encode("utf-8")
    assert in_force(notebook, master) == expected


def spoil(notebook, chance):
    """Put something odd anywhere into a notebook, mostly into one of its cells."""
    odd = [None, 0, -1, 10**30, 1.5, True, "", "x", "def f(:", [], [[]], {}, {"a": [{}]}, "\ud800", "squares"]
    cells = notebook.get("cells")
    target = chance.choice(cells) if cells and isinstance(cells, list) and chance.random() < 0.9 else notebook
    while isinstance(target, dict | list) and target:
        key = chance.choice(list(target) if isinstance(target, dict) else range(len(target)))
        if chance.random() < 0.4 or not isinstance(target[key], dict | list):
            if target is not notebook or chance.random() < 0.2:
                target[key] = chance.choice(odd)
            return
        target = target[key]


def test_no_bytes_make_mending_fail_otherwise(given):
    """Notebooks with a few random faults each, in their structure and in their bytes."""
    master, stubs, handed_in = given
    chance = random.Random(11)
    refused = 0
    for _ in range(120):
        notebook = json.loads(as_bytes(chance.choice([stubs, handed_in])))
        for _ in range(chance.randrange(1, 8)):
            spoil(notebook, chance)
        data = bytearray(json.dumps(notebook).encode())
        if chance.random() < 0.3:
            for _ in range(chance.randrange(1, 5)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.1:
            del data[chance.randrange(len(data)) :]
        try:
            mended = mend(bytes(data), master, "n.ipynb")
        except Unreadable as refusal:
            assert str(refusal).endswith(".")
            refused += 1
        else:
            assert_gradable(mended.notebook, master)
    assert 5 < refused < 100


def test_mending_costs_less_than_a_tenth_of_a_second(given):
    master, _, handed_in = given
    data = as_bytes(handed_in)
    begin = time.process_time()
    for _ in range(5):
        mend(data, master, "n.ipynb")
    assert (time.process_time() - begin) / 5 < 0.1  # measured: .003


def test_blanks_left_are_named(given):
    master, stubs, handed_in = given
    nothing = blanks_left(mend(as_bytes(handed_in), master, "n").notebook, master)
    left = blanks_left(mend(as_bytes(stubs), master, "n").notebook, master)
    assert nothing == []
    if master.name == "problem1":
        assert left == ["squares", "sum_of_squares", "sum_of_squares_equation", "sum_of_squares_application"]
    else:
        assert len(left) == 13
        assert left[:3] == ["affine_forward: v", "affine_backward: dW", "affine_backward: db"]


@pytest.mark.parametrize("body", ["v = (", "v = ...\n    v = x @ W + b", "v = ...\n    v += 1", "return 1"])
def test_a_blank_is_not_left_if_anything_was_written(layers, body):
    master, stubs, _ = layers
    notebook = mend(as_bytes(stubs), master, "n").notebook
    answer = next(cell for cell in notebook.cells if nbgrader_of(cell).get("grade_id") == "affine-forward")
    answer.source = "def affine_forward(x, W, b):\n    " + body
    assert "affine_forward: v" not in blanks_left(notebook, master)
