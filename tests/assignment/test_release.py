"""The committed release is what nbgrader makes of the source, holds no answer, and runs as it is."""

import contextlib
import difflib
import io
import re
import shutil
import subprocess
import sys

import matplotlib.pyplot as plt
import nbformat
import pytest
from notebook_code import (
    ASSIGNMENT,
    CHECKS_OF,
    FUNCTION_OF,
    RELEASE,
    ROOT,
    SOURCE,
    VANISHING,
    Notebook,
    plain,
    run,
    with_path,
)

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
    new, old = ((folder / RELEASE.name).read_bytes() for folder in (made, RELEASE.parent))
    lines = [text.decode().splitlines() for text in (old, new)]
    difference = "\n".join(difflib.unified_diff(*lines, lineterm="", n=0))
    assert new == old, f"run make release\n{difference[:2000]}"


def test_the_release_is_the_notebook_alone(made):
    """The modules of the hidden tests stay with the instructor."""
    for folder in (made, RELEASE.parent):
        assert [path.name for path in folder.iterdir() if path.name != "__pycache__"] == [RELEASE.name]


def test_no_line_of_a_solution_or_a_hidden_test_is_released():
    source, release = (nbformat.read(path, as_version=4) for path in (SOURCE, RELEASE))
    code = "\n".join(cell.source for cell in release.cells if cell.cell_type == "code")
    released = {line.strip() for line in code.splitlines()}
    hidden = []
    for cell in source.cells:
        for region in re.findall(r"### BEGIN [A-Z ]+\n(.*?)### END", cell.source, flags=re.S):
            hidden += [line.strip() for line in region.splitlines() if len(line.strip()) > 3]
    assert len(hidden) > 100
    assert not set(hidden) & released
    text = RELEASE.read_text()
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


def run_alone(folder, notebook):
    """Run a notebook where no other file is, as `jupyter execute` does."""
    path = folder / RELEASE.name
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", str(path)]
    done = subprocess.run(command, env=with_path(), capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return nbformat.read(path, as_version=4)


def filled(blank):
    """The release with the reference in every answer but that of ``blank``, one of its thirteen lines."""
    notebook, source = (nbformat.read(path, as_version=4) for path in (RELEASE, SOURCE))
    answers = {cell.id: cell.source for cell in source.cells}
    for cell in notebook.cells:
        if cell.id in FUNCTION_OF:
            text = answers[cell.id]
            if cell.id == blank[0]:
                region = rf"({re.escape(blank[1])}\n) *### BEGIN SOLUTION.*?### END SOLUTION\n"
                text, found = re.subn(region, r"\1", text, count=1, flags=re.DOTALL)
                assert found == 1
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n", "", text)
    return notebook


def blanks():
    """Answer cell and line of each blank."""
    for cell in nbformat.read(RELEASE, as_version=4).cells:
        if cell.id in FUNCTION_OF:
            yield from ((cell.id, line) for line in cell.source.splitlines() if line.endswith("# ??"))


@pytest.mark.timeout(170)
def test_with_all_blanks_open_it_runs_to_its_end_in_an_empty_folder(tmp_path):
    done = run_alone(tmp_path, nbformat.read(RELEASE, as_version=4))
    errors, said = {}, {}
    for cell in done.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                errors[cell.id] = output.evalue
            elif output.output_type == "stream":
                said[cell.id] = said.get(cell.id, "") + output.text  # a busy kernel sends it in pieces
    assert errors.keys() == Notebook(RELEASE).points.keys()
    assert all("still blank" in message for message in errors.values()), errors
    silent = {cell.id for cell in done.cells if re.match("draw-|run-|print-", cell.id)} - said.keys()
    assert silent == {"draw-histograms", "draw-experiment", "run-experiment"}  # which only define functions
    for cell, text in said.items():
        assert re.search("still blank|is missing|no data yet", text), (cell, text)


def test_with_any_one_blank_open_no_given_cell_raises():
    """And only the checks of that blank, its experiments and the chain fail. As plain code, on less data."""
    assert len([*blanks()]) == 13
    for cell, line in blanks():
        namespace, failed = {"__name__": "__main__"}, set()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for one in filled((cell, line)).cells:
                if one.cell_type == "code":
                    code = plain(one.source).replace("randn(1000, 500)", "randn(100, 500)")
                    error = run(code.replace("n_samples=1000", "n_samples=100"), namespace)
                    failed |= {one.id} if error else set()
        plt.close("all")
        variable = line.split()[0]
        mine = {f"test-{cell}-{variable}" if cell == "affine-backward" else f"test-{cell}"}
        chain = VANISHING if cell.split("-")[0] in ("affine", "sigmoid") else set()
        scheme = cell.removeprefix("init-") if cell.startswith("init-") else "no"
        experiments = {name for name in Notebook(RELEASE).points if f"experiment-{scheme}" in name}
        assert mine <= failed <= mine | chain | experiments, (cell, line, failed)
        assert "Nothing to show yet" in printed.getvalue() or variable in ("dW", "db"), line
