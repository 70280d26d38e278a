"""The notebook as a reader meets it: short cells, text before each, names and points as agreed."""

import ast
import re
from statistics import median

import nbformat
import pytest
from notebook_code import FUNCTION_OF, RELEASE, SOURCE, plain

POINTS = {
    "test-affine-forward": 2,
    "test-affine-backward-dW": 2, "test-affine-backward-db": 1, "test-affine-backward-dx": 2,
    "test-sigmoid-forward": 2, "test-sigmoid-backward": 2, "test-tanh-forward": 1, "test-relu-forward": 1,
    "test-vanishing-activations": 1, "test-vanishing-gradients": 2,
    "test-init-small": 1, "test-init-unit": 1, "test-init-xavier": 1, "test-init-he": 1,
    "test-experiment-small": 1, "test-experiment-unit": 1, "test-experiment-xavier-tanh": 1,
    "test-experiment-xavier-relu": 1, "test-experiment-he-relu": 1,
}  # fmt: skip
EXPERIMENTS = "small", "unit", "xavier-tanh", "xavier-relu", "he-relu"


@pytest.fixture(params=[SOURCE, RELEASE], ids=["source", "release"])
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_a_valid_notebook_without_outputs(notebook):
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in code(notebook))
    assert notebook.metadata.kernelspec.name == "python3"


def test_cells_are_short(notebook):
    """Of a check what is visible, and what is hidden: nobody sees both at once but the instructor."""
    hidden = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.DOTALL)
    parts = {cell.id: [hidden.sub("", cell.source), *hidden.findall(cell.source)] for cell in code(notebook)}
    lengths = {name: max(len(part.splitlines()) for part in found) for name, found in parts.items()}
    assert median(lengths.values()) <= 8
    assert max(lengths.values()) <= 25, lengths


def test_text_comes_before_every_code_cell(notebook):
    before = dict(zip([cell.id for cell in notebook.cells[1:]], notebook.cells, strict=False))
    for cell in code(notebook):
        assert before[cell.id].cell_type == "markdown", cell.id
        assert len(before[cell.id].source.split()) >= 4, cell.id
    assert notebook.cells[-1].source.strip()


def test_ids_are_the_grade_ids_and_read_well(notebook):
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z][a-zA-Z0-9-]{2,40}", cell.id), cell.id
    for cell in code(notebook):
        assert cell.metadata.nbgrader.grade_id == cell.id


def test_checks_and_points_are_the_agreed_ones(notebook):
    graded = [cell.metadata.nbgrader for cell in code(notebook) if cell.metadata.nbgrader.grade]
    assert {cell.grade_id: cell.points for cell in graded} == POINTS
    assert sum(POINTS.values()) == 25


def test_only_answers_are_the_students_to_change(notebook):
    for cell in code(notebook):
        answer = cell.id in FUNCTION_OF
        assert cell.metadata.nbgrader.solution is answer
        assert cell.metadata.nbgrader.locked is not answer


def test_each_answer_cell_holds_one_function(notebook):
    for cell in code(notebook):
        if cell.id in FUNCTION_OF:
            (function,) = ast.parse(cell.source).body
            assert function.name == FUNCTION_OF[cell.id]
            assert ast.get_docstring(function)


def test_thirteen_blanks_stay_visible(notebook):
    lines = [line.strip() for cell in code(notebook) for line in cell.source.splitlines()]
    blanks = [line for line in lines if line.endswith("# ??")]
    assert len(blanks) == 13
    assert all(re.fullmatch(r"\w+ = \.\.\.  # \?\?", line) for line in blanks)


def test_only_three_packages_are_imported(notebook):
    allowed = {"numpy", "matplotlib", "sklearn", "contextlib", "copy", "io", "dis", "sys", "functools"}
    allowed |= {"cases", "checks", "chance", "experiment", "network", "slips"}  # of the hidden tests
    for cell in code(notebook):
        for node in ast.walk(ast.parse(plain(cell.source))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [name.name for name in node.names]
                names = [node.module] if isinstance(node, ast.ImportFrom) else names
                assert {name.split(".")[0] for name in names} <= allowed


def test_a_prediction_is_asked_before_each_experiment(notebook):
    ids = [cell.id for cell in notebook.cells]
    for run in [f"run-{name}" for name in EXPERIMENTS] + ["print-sigmoid", "run-forward", "run-backward"]:
        assert "Before you run it" in notebook.cells[ids.index(run) - 1].source, run


def test_every_picture_is_described_in_words_and_has_its_axes_named(notebook):
    ids = [cell.id for cell in notebook.cells]
    drawn = [i for i, name in enumerate(ids) if re.match("draw-(?!experiment|histograms)", name)]
    assert len(drawn) == 8
    for i in drawn:
        assert "What you see" in notebook.cells[i + 1].source, notebook.cells[i].id
    for cell in code(notebook):
        if "plt.subplots" in cell.source:
            assert "xlabel=" in cell.source
            assert "ylabel=" in cell.source or "title=" in cell.source


def test_no_picture_is_fetched_from_elsewhere(notebook):
    assert not any("http" in cell.source or "![" in cell.source for cell in notebook.cells)


def test_there_are_no_exclamation_marks_in_the_prose(notebook):
    assert not any("!" in cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_prose_is_short(notebook):
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    assert words < 1950


def test_cells_that_run_answers_do_not_stop_the_notebook(notebook):
    """Checks, and given cells that call what a student wrote."""
    ids = [cell.id for cell in code(notebook) if re.match("test-|run-(?!experiment)|print-", cell.id)]
    for cell in code(notebook):
        assert cell.id not in ids or "raises-exception" in cell.metadata.get("tags", []), cell.id


def test_every_check_ends_by_saying_what_it_found_in_order(notebook):
    for cell in code(notebook):
        if cell.metadata.nbgrader.grade:
            assert re.match(r"print\(|compare\(", cell.source.splitlines()[-1]), cell.id
