"""A Master holds all that grading needs, and goes anywhere as plain data."""

import pickle
import shutil
from pathlib import Path

import nbformat
import pytest
from courses import course, release
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from airlock.course.load import load_master
from airlock.model.assignment import Master, MasterCell, MasterNotebook
from airlock.model.errors import AirlockError, Unreadable
from airlock.model.names import bound_names, cut, is_complete, parse
from airlock.model.origins import bindings

NOTEBOOKS = [("vanishing-gradient", "vanishing-gradient"), ("ps1", "problem1"), ("ps1", "problem2")]


def a_notebook(*cells):
    """A master notebook of code cells, given as (kind, source)."""
    metadata = {"answer": {"solution": True}, "test": {"grade": True}, "locked": {"locked": True}}
    made = []
    for number, (kind, source) in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source, id=f"c{number}")
        cell.metadata = nbformat.from_dict({"nbgrader": metadata.get(kind, {}) | {"grade_id": f"c{number}"}})
        own = tuple(bound_names(source)) if kind == "answer" else ()
        made.append(MasterCell(cell, source, own, own))
    return MasterNotebook("n", tuple(made), nbformat.from_dict({}))


@pytest.mark.parametrize(("assignment", "notebook"), NOTEBOOKS)
def test_cells_are_those_of_the_release_in_its_order(assignment, notebook):
    master = load_master(course(assignment), assignment).notebooks[notebook]
    released = release(assignment, notebook)
    assert master.metadata.kernelspec == released.metadata.kernelspec
    for cell, own in zip(released.cells, master.cells, strict=True):
        assert own.released == cell.source and own.node.cell_type == cell.cell_type
        assert own.node.id == cell.get("id", own.node.id)
        differing = {"checksum", "points"}  # the release's checksum is of the visible text
        for key, value in cell.metadata.get("nbgrader", {}).items():
            assert own.node.metadata.nbgrader[key] == value or key in differing
        assert own.node.metadata.get("editable") == cell.metadata.get("editable")
    assert len({cell.node.id for cell in master.cells}) == len(master.cells)


@pytest.mark.parametrize(("assignment", "notebook"), NOTEBOOKS)
def test_texts_points_and_checksums_are_the_gradebooks(assignment, notebook):
    coursedir = course(assignment)
    master = load_master(coursedir, assignment).notebooks[notebook]
    with Gradebook(coursedir.db_url, "course") as gradebook:
        saved = {cell.name: cell for cell in gradebook.find_notebook(notebook, assignment).source_cells}
        total = gradebook.find_notebook(notebook, assignment).max_score
    graded = [cell for cell in master.cells if cell.grade_id]
    assert {cell.grade_id for cell in graded} == set(saved)
    for cell in graded:
        assert cell.node.source == saved[cell.grade_id].source
        assert cell.node.metadata.nbgrader.checksum == saved[cell.grade_id].checksum
        assert cell.kind == "task" or utils.compute_checksum(cell.node) == saved[cell.grade_id].checksum
        assert utils.is_locked(cell.node) == saved[cell.grade_id].locked
    assert sum(c.node.metadata.nbgrader.get("points", 0) for c in graded) == total


def test_hidden_tests_are_in_the_cell_and_not_in_what_was_released():
    master = load_master(course("vanishing-gradient"), "vanishing-gradient").notebooks["vanishing-gradient"]
    tests = [cell for cell in master.cells if cell.kind == "test"]
    assert len(tests) == 19
    for cell in tests:
        assert "HIDDEN TESTS" in cell.node.source and "HIDDEN TESTS" not in cell.released


def test_solutions_are_nowhere():
    for assignment in ("vanishing-gradient", "ps1"):
        data = load_master(course(assignment), assignment).to_bytes()
        for line in (b"SOLUTION", b"i ** 2 for i", b"ds_ = ds * (1 - ds)"):
            assert line not in data


def test_files_beside_the_notebook_are_in_it_but_those_left_to_students(tmp_path):
    root = tmp_path / "course"
    shutil.copytree(course("ps1").root, root)
    folder = root / "source" / "ps1"
    (folder / "data" / "__pycache__").mkdir(parents=True)
    (folder / "data" / "a.csv").write_bytes(b"1,2\n\xff")
    (folder / "data" / "__pycache__" / "x.py").write_text("")
    (folder / "left.py").write_text("")
    config = Config(CourseDirectory={"root": str(root), "course_id": "course"})
    config.Autograde.exclude_overwriting = {"ps1": ["left.py"]}
    config.IncludeHeaderFooter.header = "source/header.ipynb"
    master = load_master(CourseDirectory(config=config), "ps1")
    assert set(master.files) == {"data/a.csv", "jupyter.png"}
    assert master.files["data/a.csv"] == b"1,2\n\xff"


def test_a_master_survives_json_and_pickle():
    master = load_master(course("ps1"), "ps1")
    again = Master.from_bytes(master.to_bytes())
    assert again == master == pickle.loads(pickle.dumps(master))
    assert again.digest == master.digest
    assert Master("other", master.notebooks, master.files).digest != master.digest
    assert again.notebooks["problem1"].cells[3].node.metadata.nbgrader.grade_id == "jupyter"


def test_what_is_not_there_is_named_with_the_remedy(tmp_path):
    with pytest.raises(AirlockError, match="nbgrader generate_assignment ps9"):
        load_master(course("ps1"), "ps9")
    root = tmp_path / "course"
    shutil.copytree(course("ps1").root, root)
    coursedir = CourseDirectory(config=Config(CourseDirectory={"root": str(root)}))
    path = Path(root, "source", "ps1", "problem1.ipynb")
    text = path.read_text()
    path.write_text(text.replace('"grade_id": "squares"', '"grade_id": "cubes"'))
    with pytest.raises(AirlockError, match=r"problem1.ipynb .*generate_assignment ps1"):
        load_master(coursedir, "ps1")
    path.write_text("{")
    with pytest.raises(AirlockError, match=r"problem1.ipynb cannot be read"):
        load_master(coursedir, "ps1")
    path.unlink()
    with pytest.raises(AirlockError, match=r"problem1.ipynb is missing"):
        load_master(coursedir, "ps1")


def test_errors_survive_pickling():
    error = pickle.loads(pickle.dumps(Unreadable("n.ipynb is empty.", "missing")))
    assert (str(error), error.kind) == ("n.ipynb is empty.", "missing")


def test_a_name_belongs_to_whoever_binds_it_last_before_a_test():
    master = a_notebook(
        ("locked", "%matplotlib inline\nimport numpy as np, os.path\nfrom math import *"),
        ("answer", "def f(x):\n    v = ...\n    return v"),
        ("given", "@np.vectorize\ndef helper(x): return x\nN = 5\nM = [1]\nclass Cold(ValueError): pass"),
        ("test", "def again(): pass\nf = 3"),
        ("locked", "try:\n    from scipy import special\nexcept ImportError:\n    special = None\nN2 = f(3)"),
    )
    found = {
        name: (one.owner, one.kind)
        for name in master.bindings
        if (one := master.binding(name, 5)) is not None
    }
    assert found == {
        "np": ("given", "import"), "os": ("given", "import"), "*": ("given", "star"),
        "f": ("test", "constant"), "helper": ("given", "definition"), "N": ("given", "constant"),
        "M": ("given", "value"), "Cold": ("given", "definition"), "again": ("test", "definition"),
        "special": ("given", "definition"), "N2": ("given", "value"),
    }  # fmt: skip
    before = master.binding("f", 3)
    assert before is not None and before.owner == "answer" and master.binding("f", 1) is None


def names_of(notebook):
    return {grade_id: cell.names for grade_id, cell in notebook.answers.items()}


def test_the_names_of_answers_are_those_of_the_stubs_and_of_the_reference():
    names = names_of(load_master(course("ps1"), "ps1").notebooks["problem1"])
    assert names["squares"] == ("squares",) and names["sum_of_squares_application"] == ("pyramidal_number",)
    master = load_master(course("vanishing-gradient"), "vanishing-gradient")
    names = names_of(master.notebooks["vanishing-gradient"])
    assert names["affine-forward"] == ("affine_forward",) and len(names) == 10


@pytest.mark.parametrize("source", [
    "def f(:", "-" * 100_000 + "1", "1+" * 100_000 + "1", "(" * 1000, "a\0b", "\ud800", "x = '''",
    "if 1:\n" * 200,
])  # fmt: skip
def test_text_that_does_not_parse_defines_nothing(source):
    assert bindings(source) == ()
    assert not is_complete(source)


def test_magics_and_shell_lines_parse():
    assert parse("%matplotlib inline\n!ls\nx = 1") and parse("%%time\nx = 1") and parse("await x")


def test_a_function_is_cut_out_with_its_decorators_and_comments():
    source = "import os\n\n# about f\n@wraps\ndef f():\n    return 1\n\nx = 1\ndef g(): pass"
    assert cut(source, {"f"}) == (
        "# about f\n@wraps\ndef f():\n    return 1", "import os\n\n\nx = 1\ndef g(): pass"
    )  # fmt: skip
    assert cut(source, {"h"}) == ("", source)
