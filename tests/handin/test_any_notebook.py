"""Whatever bytes are handed in, they become the assignment's own notebook, or are refused in a sentence."""

import json

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import v4

from airlock.handin.blanks import blanks_left
from airlock.handin.mend import mend
from airlock.model.assignment import MasterCell, MasterNotebook
from airlock.model.errors import Unreadable

TEXTS = {
    "given": "import math",
    "answer": "def double(x):\n    y = ...  # ??\n    return y",
    "test": "assert double(2) == 4",
}
FLAGS = {"given": {}, "answer": {"solution": True}, "test": {"grade": True, "locked": True, "points": 1}}


def assignment():
    cells = []
    for kind, text in TEXTS.items():
        flags = {"nbgrader": {"grade_id": kind, "schema_version": 3} | FLAGS[kind]} if FLAGS[kind] else {}
        names = ("double",) if kind == "answer" else ()
        cells.append(MasterCell(v4.new_code_cell(text, id=kind, metadata=flags), text, names, names))
    return MasterNotebook("nb", tuple(cells), nbformat.from_dict({}))


MASTER = assignment()
LEAVES = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=20) | st.sampled_from([*TEXTS.values()])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | JSON,
        "source": st.sampled_from([*TEXTS.values()]) | st.lists(st.text(max_size=9)) | JSON,
        "id": st.sampled_from([*TEXTS]) | JSON,
        "metadata": st.fixed_dictionaries(
            {},
            optional={
                "nbgrader": st.fixed_dictionaries({}, optional={"grade_id": st.sampled_from([*TEXTS]) | JSON})
            },
        )
        | JSON,
        "attachments": JSON,
        "outputs": JSON,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"cells": st.lists(CELLS | JSON, max_size=6)},
    optional={"nbformat": st.integers(0, 6) | JSON, "metadata": JSON, "worksheets": JSON},
)


def assert_mended(data):
    try:
        mended = mend(data, MASTER, "nb.ipynb")
    except Unreadable as error:
        assert str(error).startswith("nb.ipynb ") and str(error).endswith(".")
        return
    nbformat.validate(mended.notebook)
    graded = [cell for cell in mended.notebook.cells if "nbgrader" in cell.metadata]
    assert [cell.metadata.nbgrader.grade_id for cell in graded] == ["answer", "test"]
    assert graded[1].source == TEXTS["test"]
    blanks_left(mended.notebook, MASTER)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-16")))
def test_no_bytes_are_graded_as_something_else(data):
    assert_mended(data)


@settings(deadline=None, max_examples=300)
@given(NOTEBOOKS)
def test_whatever_a_notebook_holds_its_tests_are_the_assignments(notebook):
    assert_mended(json.dumps(notebook).encode())
