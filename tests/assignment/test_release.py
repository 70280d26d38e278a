"""The committed release is what nbgrader makes of the source, holds no answer, and runs as it is."""

import difflib
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from notebook_code import ASSIGNMENT, CHECKS_OF, FUNCTION_OF, RELEASE, ROOT, SOURCE, Notebook, with_path

FIRST_BLANK = {  # what a check says when nothing is filled in
    "test-sigmoid-backward": "sigmoid_backward: ds_ or dout is still blank",
    "test-vanishing-activations": "affine_forward: v is still blank",
    "test-vanishing-gradients": "affine_forward: v is still blank",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A release made afresh."""
    course = tmp_path_factory.mktemp("a course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE.parent, course / "source" / ASSIGNMENT, ignore=caches)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT]
    subprocess.run(command, cwd=course, env=with_path(), check=True, capture_output=True)
    return course / "release" / ASSIGNMENT


def test_the_committed_release_is_byte_for_byte_what_nbgrader_makes(made):
    files = sorted(path.name for path in made.iterdir())
    assert files == sorted(path.name for path in RELEASE.parent.iterdir() if path.name != "__pycache__")
    for name in files:
        new, old = (made / name).read_text().splitlines(), (RELEASE.parent / name).read_text().splitlines()
        difference = "\n".join(difflib.unified_diff(old, new, lineterm="", n=0))
        same = (made / name).read_bytes() == (RELEASE.parent / name).read_bytes()
        assert same, f"run make release\n{difference[:2000]}"


def test_no_line_of_a_solution_or_a_hidden_test_is_released():
    source, release = (nbformat.read(path, as_version=4) for path in (SOURCE, RELEASE))
    code = "\n".join(cell.source for cell in release.cells if cell.cell_type == "code")
    released = {line.strip() for line in code.splitlines()}
    hidden = []
    for cell in source.cells:
        for region in re.findall(r"### BEGIN [A-Z ]+\n(.*?)### END", cell.source, flags=re.S):
            hidden += [line.strip() for line in region.splitlines() if len(line.strip()) > 3]
    assert len(hidden) > 150
    assert not set(hidden) & released
    text = RELEASE.read_text() + "".join(path.read_text() for path in RELEASE.parent.glob("*.py"))
    for trace in ("BEGIN SOLUTION", "HIDDEN TESTS", "x @ W", "x.T", "W.T", "d_in / 2", "np.tanh", "1 - ds)"):
        assert trace not in text


def test_every_blank_that_is_unfilled_is_called_blank_by_its_check():
    release = Notebook(RELEASE)
    namespace = release.namespace()
    variables = {blank.split()[0]: blank.split()[1] if " " in blank else None for blank in CHECKS_OF}
    assert set(variables) == set(FUNCTION_OF.values())
    for check in release.points:
        error = release.check(namespace, check)
        assert type(error) is AssertionError
        assert re.fullmatch(r"\w+: (ds_ or )?\w+ is still blank", str(error)), (check, error)
        if check in FIRST_BLANK:
            assert str(error) == FIRST_BLANK[check]


def test_visible_checks_pass_for_the_reference_without_any_other_file():
    """What a student sees pass on Colab, where checks.py is not."""
    source, release = Notebook(SOURCE), Notebook(RELEASE)
    namespace = source.namespace()
    for check in release.points:
        assert release.check(namespace, check) is None


@pytest.mark.timeout(170)
def test_the_released_notebook_alone_in_an_empty_folder_runs(tmp_path):
    """Cells that depend on a blank end in an error that says so; all others run."""
    shutil.copy(RELEASE, tmp_path)
    notebook = nbformat.read(tmp_path / RELEASE.name, as_version=4)
    here = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, resources=here, allow_errors=True, timeout=120).execute()
    errors, pictures = {}, []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                errors[cell.id] = output.evalue
            pictures += [cell.id] * (output.output_type == "display_data")
    given = {"imports", "figure-style", "attempt", "data", "forward", "backward", "signal", "expected"}
    given |= {"run-experiment", "draw-experiment", "draw-all"} | set(FUNCTION_OF)
    assert not errors.keys() & given
    assert pictures == ["draw-all"]
    for cell, message in errors.items():
        assert "still blank" in message or "is not defined" in message, (cell, message)
