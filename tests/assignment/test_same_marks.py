"""A submission gets the same marks by every road, and those that running its cells as plain code gives.

The assignment is this course's without its experiments and pictures, which no check needs: seconds instead of
minutes. ``make luck`` hands in all right and wrong solutions, the suite a part.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from itertools import zip_longest

import nbformat
import pytest
from cluster import Cluster
from hand_in import hand_in
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from notebook_code import (
    ASSIGNMENT,
    CHECKS_OF,
    ROOT,
    SOURCE,
    VANISHING,
    Notebook,
    make_lean,
    may_lose,
    with_path,
)
from solutions_lucky import LUCKY
from solutions_right import RIGHT
from solutions_wrong import WRONG

from airlock.cli import main
from airlock.course.application import load_course
from airlock.course.results import read_results

FULL = int(os.environ.get("GRADINGS", "1")) > 1  # as in test_luck
pytestmark = [
    pytest.mark.filterwarnings("ignore:Object of type .* not in session"),
    pytest.mark.timeout(0 if FULL else 600),
]
LIMITS = '\nc.Airlock.limits = {"cell_seconds": 3, "call_seconds": 3, "repeat_seconds": 0.2}\n'
SOME = ("ada", "sofia", "alan", "pierre")  # right, wrong, a syntax error, nothing done
NOTEBOOK = Notebook(SOURCE)
SOLUTIONS = [*RIGHT, *WRONG, *LUCKY][:: 1 if FULL else 20]


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """The course, generated, and nobody has handed in."""
    root = tmp_path_factory.mktemp("lean") / "course"
    shutil.copytree(SOURCE.parent, root / "source" / ASSIGNMENT, ignore=shutil.ignore_patterns("__pycache__"))
    make_lean(root / "source" / ASSIGNMENT / SOURCE.name)
    (root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text() + LIMITS)
    app = load_course(root)
    outcome = NbGraderAPI(app.coursedir, config=app.config).generate_assignment(ASSIGNMENT)
    assert outcome["success"], outcome["log"]
    return root


@pytest.fixture(scope="module")
def samples(empty, tmp_path_factory):
    """Some of the sample class have handed in; all of it for ``make luck``."""
    root = shutil.copytree(empty, tmp_path_factory.mktemp("samples") / "course")
    for path in sorted((ROOT / "samples").glob("*.py")):
        if FULL or path.stem in SOME:
            hand_in(root, path.stem, path.read_text())
    return root


def copy(course, folder):
    return shutil.copytree(course, folder / "copy")


def airlock(root, *options):
    with chdir(root):
        return main(["grade", ASSIGNMENT, *options])


def nbgraders_own(root):
    words = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
    run = subprocess.run(words, cwd=root, env=with_path(), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def points(root):
    """Points of each check by student, by results.json and by the gradebook, which agree."""
    records = read_results(root / "reports" / ASSIGNMENT)["records"]
    found = {record["student"]: record["points"] for record in records}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for submission in book.find_assignment(ASSIGNMENT).submissions:
            grades = {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
            assert grades == found[submission.student.id]
    return found


@pytest.fixture(scope="module")
def parallel(samples, tmp_path_factory):
    """The marks of those who have handed in, two at a time."""
    root = copy(samples, tmp_path_factory.mktemp("parallel"))
    assert airlock(root, "--jobs", "2") == 0
    found = points(root)
    assert len(found) == len(list((samples / "submitted").iterdir())) >= len(SOME)
    return found


def test_one_at_a_time(samples, parallel, tmp_path):
    root = copy(samples, tmp_path)
    assert airlock(root, "--jobs", "1") == 0
    assert points(root) == parallel


def test_on_a_dask_cluster(samples, parallel, tmp_path):
    pytest.importorskip("distributed")
    root = copy(samples, tmp_path)
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    try:
        cluster.wait_for_workers()
        assert airlock(root, "--scheduler", cluster.address) == 0
    finally:
        cluster.close()
    assert points(root) == parallel


def test_by_nbgrader_autograde(samples, parallel, tmp_path):
    root = copy(samples, tmp_path)
    nbgraders_own(root)
    assert points(root) == parallel


def test_by_the_api_that_the_formgrader_calls(samples, parallel, tmp_path):
    root = copy(samples, tmp_path)
    app = load_course(root)
    api = NbGraderAPI(app.coursedir, config=app.config)
    for student in SOME[:2]:
        outcome = api.autograde(ASSIGNMENT, student)
        assert outcome["success"], outcome["log"]
    assert points(root) == {student: parallel[student] for student in SOME[:2]}


KINDS = {  # of arrays, and whether they are taken
    "np.array({}).tolist()": True,
    "np.asmatrix({})": False,
    "np.ma.masked_array({})": False,
    "np.array({}, dtype=object)": False,
}
LINES = {
    "affine_forward": "return {}, (x, W, b)",
    "affine_backward": "x, W, b = cache; return {}, {}, {}",
    "sigmoid_forward": "return {}",
    "sigmoid_backward": "return {}",
    "tanh_forward": "out = np.tanh(x); return {}, 1 - out**2",
    "relu_forward": "return {}, x",
    **{f"init_{scheme}": "return {}" for scheme in ("small", "unit", "xavier", "he")},
}
EXPRESSIONS = {
    "affine_forward": ["x @ W + b"],
    "affine_backward": ["x.T @ dout", "dout.sum(axis=0)", "dout @ W.T"],
    "sigmoid_forward": ["1 / (1 + np.exp(-x))"],
    "sigmoid_backward": ["dout * ds * (1 - ds)"],
    "tanh_forward": ["out"],
    "relu_forward": ["np.maximum(x, 0)"],
    "init_small": ["0.01 * np.random.randn(d_in, d_out)"],
    "init_unit": ["np.random.randn(d_in, d_out)"],
    "init_xavier": ["np.random.randn(d_in, d_out) / d_in**0.5"],
    "init_he": ["np.random.randn(d_in, d_out) * (2 / d_in) ** 0.5"],
}


def of_other_kinds(first):
    """All functions, each returning right values as another kind of array; whether each blank's is taken."""
    kinds, text, taken = itertools.islice(itertools.cycle(KINDS), first, None), "", {}
    for function, expressions in EXPRESSIONS.items():
        chosen = [next(kinds) for _ in expressions]
        line = LINES[function].format(*map(str.format, chosen, expressions))
        text += f"{NOTEBOOK.code[NOTEBOOK.answers[function]].splitlines()[0]}\n    {line}\n\n"
        blanks = [blank for blank in CHECKS_OF if blank.split()[0] == function]
        taken |= dict(zip(blanks, map(KINDS.get, chosen), strict=True))
    return text, taken


def said(root, student):
    """What each check said, in the graded notebook."""
    path = root / "autograded" / student / ASSIGNMENT / SOURCE.name
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.metadata.nbgrader.grade]
    errors = {
        cell.id: [output.evalue for output in cell.outputs if output.output_type == "error"] for cell in cells
    }
    return {name: found[0] if found else "" for name, found in errors.items()}


def test_other_kinds_of_arrays_are_taken_or_refused_as_by_stock_nbgrader_with_the_same_sentence(
    empty, tmp_path
):
    ours, taken = copy(empty, tmp_path), {}
    for first in range(2):
        text, taken[f"student{first}"] = of_other_kinds(first)
        hand_in(ours, f"student{first}", text)
    stock = shutil.copytree(ours, tmp_path / "stock")
    config = (stock / "nbgrader_config.py").read_text()
    (stock / "nbgrader_config.py").write_text(re.sub(".*(airlock|configure).*", "", config))
    assert airlock(ours, "--jobs", "2") == 0
    nbgraders_own(stock)
    for student, blanks in taken.items():
        sentences = said(ours, student)
        assert sentences == said(stock, student)
        for blank, right in blanks.items():
            for check in CHECKS_OF[blank]:
                found = re.search("is a matrix|is a MaskedArray|of dtype object|^$", sentences[check])
                assert found and (found[0] == "") is right, (check, sentences[check])


def combined():
    """Solutions, each once: the n-th submission has the n-th solution of each function."""
    by_function = {}
    for solution in SOLUTIONS:
        by_function.setdefault(solution.function, []).append(solution)
    for row in zip_longest(*by_function.values()):
        yield [solution for solution in row if solution is not None]


def test_right_and_wrong_solutions_get_what_plain_code_gives(empty, tmp_path):
    """Experiments and the deep network may forgive a wrong function by chance: there only the right count."""
    root = copy(empty, tmp_path)
    reference = {name: NOTEBOOK.code[cell] for name, cell in NOTEBOOK.answers.items()}
    lost, uncertain = {}, {}
    for number, solutions in enumerate(combined()):
        student, functions = f"student{number:02}", {one.function: one.code for one in solutions}
        hand_in(root, student, "\n\n".join((reference | functions).values()))
        may = set().union(*(may_lose(one.blank) for one in solutions if one not in RIGHT))
        uncertain[student] = {name for name in may if "experiment" in name or name in VANISHING}
        lost[student] = set(NOTEBOOK.lost(functions, NOTEBOOK.points.keys() - uncertain[student]))
    assert airlock(root, "--jobs", "2") == 0
    found = points(root)
    assert found.keys() == lost.keys()
    for student, checks in found.items():
        zero = {name for name, got in checks.items() if got == 0}
        full = {name for name, got in checks.items() if got == NOTEBOOK.points[name]}
        assert zero | full == NOTEBOOK.points.keys(), student
        assert zero - uncertain[student] == lost[student], student
