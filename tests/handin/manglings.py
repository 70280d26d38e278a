"""What happens to notebooks between a student's desk and ours. Each takes a notebook and gives another.

A right solution stays right in all of them: each answer can still be told apart and read.
"""

import copy
import random

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell


def nbgrader_of(cell):
    """The nbgrader metadata of a cell, or nothing."""
    return cell.metadata.get("nbgrader", {})


def is_answer(cell):
    return bool(nbgrader_of(cell).get("solution"))


def is_code_answer(cell):
    return is_answer(cell) and cell.cell_type == "code"


def is_test(cell):
    return bool(nbgrader_of(cell).get("grade")) and not is_answer(cell)


def strip(notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    return notebook


def without_ids(notebook):
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.nbformat_minor = 0
    return notebook


def with_other_ids(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.id = f"other-{number}"
    notebook.nbformat_minor = 5
    return notebook


def from_colab(notebook):
    for number, cell in enumerate(strip(without_ids(notebook)).cells):
        cell.metadata = nbformat.from_dict({"id": f"x{number}AbC", "colab": {"base_uri": "https://x/"}})
    badge = new_markdown_cell(
        '<a href="https://colab.research.google.com/x"><img src="https://x/badge.svg"></a>'
    )
    badge.pop("id")
    notebook.cells.insert(0, badge)
    notebook.metadata = nbformat.from_dict({"colab": {"provenance": []}, "language_info": {"name": "python"}})
    return notebook


def from_vs_code(notebook):
    for cell in with_other_ids(strip(notebook)).cells:
        cell.metadata = nbformat.from_dict({"vscode": {"languageId": "python"}})
        cell.source = cell.source.replace("\n", "\r\n") + "\r\n"
    return notebook


def with_answers_twice(notebook):
    cells = []
    for cell in notebook.cells:
        cells += [cell, copy.deepcopy(cell)] if is_answer(cell) else [cell]
    notebook.cells = cells
    return notebook


def with_stubs_beside(stubs, first):
    """Each answer beside a copy of its empty cell."""

    def mangle(notebook):
        empty = {nbgrader_of(cell)["grade_id"]: cell for cell in stubs().cells if is_answer(cell)}
        cells = []
        for cell in notebook.cells:
            pair = [copy.deepcopy(empty[nbgrader_of(cell)["grade_id"]]), cell] if is_answer(cell) else [cell]
            cells += pair if first else pair[::-1]
        notebook.cells = cells
        return notebook

    return mangle


def with_tests_twice(notebook):
    notebook.cells = [twin for cell in notebook.cells for twin in [cell] * (1 + is_test(cell))]
    return notebook


def reversed_order(notebook):
    notebook.cells.reverse()
    return notebook


def shuffled(notebook):
    random.Random(2).shuffle(notebook.cells)
    return notebook


def only_answers(notebook):
    notebook.cells = [cell for cell in notebook.cells if is_answer(cell)]
    return notebook


def without_tests(notebook):
    notebook.cells = [cell for cell in notebook.cells if not is_test(cell)]
    return notebook


def with_tests_spoilt(notebook):
    for cell in filter(is_test, notebook.cells):
        cell.source = "assert True  # " + cell.source[:40].replace("\n", " ")
        cell.metadata.nbgrader.points = 100
    return notebook


def with_white_space(notebook):
    for cell in notebook.cells:
        cell.source = "\n" + cell.source.replace("\n", "   \n") + "  \n\n"
    return notebook


def in_one_cell(notebook):
    answers = [cell for cell in notebook.cells if is_code_answer(cell)]
    merged = new_code_cell("\n\n\n".join(cell.source for cell in answers))
    at = notebook.cells.index(answers[0])
    notebook.cells = [cell for cell in notebook.cells if not is_code_answer(cell)]
    notebook.cells.insert(at, merged)
    return notebook


def in_pairs(notebook):
    """Every second code answer merged into the one before, under the metadata of that."""
    answers = [cell for cell in notebook.cells if is_code_answer(cell)]
    for one, two in zip(answers[::2], answers[1::2], strict=False):
        one.source += "\n\n" + two.source
        notebook.cells.remove(two)
    return notebook


def split(keep_metadata, at_last_line=False):
    """Every code answer cut in two, as JupyterLab cuts (metadata on both) or otherwise."""

    def mangle(notebook):
        cells = []
        for cell in notebook.cells:
            lines = cell.source.split("\n")
            cut = len(lines) - 1 if at_last_line else 1
            if is_code_answer(cell) and len(lines) > 1 and lines[cut][:1].isspace():
                tail = copy.deepcopy(cell)
                tail.pop("id", None)
                tail.metadata = tail.metadata if keep_metadata else nbformat.from_dict({})
                cell.source, tail.source = "\n".join(lines[:cut]), "\n".join(lines[cut:])
                cells += [cell, tail]
            else:
                cells.append(cell)
        notebook.cells = cells
        return notebook

    return mangle


def retyped(cell_type, fence="{}"):
    def mangle(notebook):
        for cell in filter(is_code_answer, notebook.cells):
            cell.cell_type, cell.source = cell_type, fence.format(cell.source)
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
        return notebook

    return mangle


def answered_elsewhere(stubs, where):
    """The answer cells stay empty; the answers stand in cells of their own."""

    def mangle(notebook):
        empty = {nbgrader_of(c)["grade_id"]: c.source for c in stubs().cells if is_code_answer(c)}
        cells, late = [], []
        for cell in notebook.cells:
            if not is_code_answer(cell):
                cells.append(cell)
                continue
            own = new_code_cell(cell.source)
            cell.source = empty[nbgrader_of(cell)["grade_id"]]
            cells += {"before": [own, cell], "after": [cell, own], "end": [cell], "one cell": [cell]}[where]
            late.append(own)
        if where == "end":
            cells += late
        if where == "one cell":
            cells.insert(cells.index(next(filter(is_code_answer, cells))) + 1,
                         new_code_cell("\n\n".join(own.source for own in late)))  # fmt: skip
        notebook.cells = cells
        return notebook

    return mangle


def from_older_release(notebook):
    """Checks differed, one was missing, one answer had another name, one cell is no longer there."""
    tests = [cell for cell in notebook.cells if is_test(cell)]
    for cell in tests:
        cell.source = "# an earlier version\n" + cell.source
    notebook.cells.remove(tests[0])
    first = next(filter(is_code_answer, notebook.cells))
    first.metadata.nbgrader.grade_id = "an-earlier-name"
    first.pop("id", None)
    gone = new_code_cell("earlier = 1", metadata=copy.deepcopy(tests[1].metadata))
    gone.metadata.nbgrader.grade_id = "no-longer-there"
    notebook.cells.insert(3, gone)
    return notebook


def with_own_cells(notebook):
    cells = [new_code_cell("scratch = 1")]
    for number, cell in enumerate(notebook.cells):
        own = new_code_cell(f"# my try {number}\nprint(scratch)")
        cells += [cell, own, new_markdown_cell(f"note {number}")]
    notebook.cells = cells
    return notebook


def after(*manglings):
    """One after the other."""

    def mangle(notebook):
        for each in manglings:
            notebook = each(notebook)
        return notebook

    return mangle


def manglings(stubs):
    """All of them by name; ``stubs`` gives the release of the notebook."""
    one_by_one = {
        "untouched": lambda notebook: notebook,
        "metadata stripped": strip,
        "metadata and ids stripped": after(strip, without_ids),
        "ids changed": with_other_ids,
        "metadata stripped and ids changed": after(strip, with_other_ids),
        "from Colab": from_colab,
        "from VS Code": from_vs_code,
        "answers twice": with_answers_twice,
        "empty answers before": with_stubs_beside(stubs, first=True),
        "empty answers behind": with_stubs_beside(stubs, first=False),
        "tests twice": with_tests_twice,
        "reversed": reversed_order,
        "shuffled": shuffled,
        "only answers": only_answers,
        "without tests": without_tests,
        "tests spoilt": with_tests_spoilt,
        "white space": with_white_space,
        "in one cell": in_one_cell,
        "in pairs": in_pairs,
        "split as JupyterLab does": split(keep_metadata=True),
        "split": split(keep_metadata=False),
        "last line split off": split(keep_metadata=False, at_last_line=True),
        "retyped to Markdown": retyped("markdown"),
        "retyped to raw": retyped("raw"),
        "in a fence": retyped("markdown", "```python\n{}\n```"),
        "answered before the answer cell": answered_elsewhere(stubs, "before"),
        "answered behind the answer cell": answered_elsewhere(stubs, "after"),
        "answered at the end": answered_elsewhere(stubs, "end"),
        "answered in one cell": answered_elsewhere(stubs, "one cell"),
        "older release": from_older_release,
        "own cells everywhere": with_own_cells,
    }
    as_well = (
        "from Colab", "answers twice", "empty answers before", "reversed", "shuffled", "in one cell",
        "in pairs", "split", "last line split off", "in a fence", "retyped to raw", "tests spoilt",
        "only answers", "answered before the answer cell", "answered behind the answer cell",
        "white space", "own cells everywhere",
    )  # fmt: skip
    stripped = {f"{name}, stripped": after(one_by_one[name], strip, without_ids) for name in as_well}
    return one_by_one | stripped
