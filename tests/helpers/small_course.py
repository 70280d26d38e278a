"""A small course with an assignment that can be attacked, and secrets that must not get out."""

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import nbformat
import psutil
from nbformat import v4
from traitlets.config import Config

from airlock.course.load import load_master
from airlock.model.limits import Limits
from airlock.run.rehearsal import observe

# None of these may ever be seen by a student's process, or in the outputs of a graded notebook.
SECRET_TEST, SECRET_SOLUTION, SECRET_COURSE = "hidden-7f3a9c51", "solution-1b8e44d0", "course-e90c62ab"
SECRET_VALUES = ("3136.0625", "0.119202922", "[49, 36, 25]")  # expected values that only hidden tests name
SECRETS = (SECRET_TEST, SECRET_SOLUTION, SECRET_COURSE, *SECRET_VALUES)

QUICK = Limits(
    cell_seconds=3,
    call_seconds=1,
    repeat_seconds=0.3,
    submission_seconds=40,
    idle_seconds=1,
    wall_seconds=120,
    processes=8,
    disk=24 * 2**20,
    file_size=8 * 2**20,
    message=32 * 2**20,
    outputs=2**20,
)

CELLS = [
    ("setup", "locked", 0, "import numpy as np\nimport checks\n\nFACTOR = 2"),
    (
        "double",
        "answer",
        0,
        "def double(x):\n    ### BEGIN SOLUTION\n    return FACTOR * x\n    ### END SOLUTION",
    ),
    ("test-double", "test", 1, "assert double(3) == 6\nassert double(1.5) == 3"),
    (
        "squares",
        "answer",
        0,
        f'def squares(n):\n    """The first n squares."""\n    ### BEGIN SOLUTION\n    # {SECRET_SOLUTION}\n'
        "    return [i * i for i in range(1, n + 1)]\n    ### END SOLUTION",
    ),
    (
        "sigmoid",
        "answer",
        0,
        "def sigmoid(x):\n    ### BEGIN SOLUTION\n"
        f'    "{SECRET_SOLUTION}"\n    return 1 / (1 + np.exp(-x))\n    ### END SOLUTION',
    ),
    (
        "test-squares",
        "test",
        2,
        "assert squares(2) == [1, 4]\n### BEGIN HIDDEN TESTS\n"
        f"# {SECRET_TEST}\nassert type(squares(3)) is list\n"
        'assert squares(7)[:-4:-1] == [49, 36, 25], "a square is wrong"\n'
        "assert sum(squares(20)) + 266.0625 == 3136.0625\n### END HIDDEN TESTS",
    ),
    (
        "test-sigmoid",
        "test",
        3,
        "x = np.linspace(-2, 2, 5)\nassert np.shape(sigmoid(x)) == (5,)\n### BEGIN HIDDEN TESTS\n"
        f'token = "{SECRET_TEST}"\n'
        "np.testing.assert_allclose(sigmoid(x)[0], 0.119202922, rtol=1e-6, err_msg=token)\n"
        "np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1)\n"
        "assert abs(sigmoid(0.0) - 0.5) < 1e-9 and isinstance(sigmoid(0.0), (float, np.floating)), token\n"
        "### END HIDDEN TESTS",
    ),
    (
        "test-sigmoid-again",
        "test",
        2,
        "### BEGIN HIDDEN TESTS\nfor low in np.random.default_rng().uniform(-3, 0, 3):\n"
        "    x = np.linspace(low, 2, 50)\n    found = sigmoid(x)\n"
        f'    assert np.allclose(found, 1 / (1 + np.exp(-x))), "not the sigmoid"  # {SECRET_TEST}\n'
        "    checks.same_again(sigmoid, x)\n### END HIDDEN TESTS",
    ),
    (
        "test-partial",
        "test",
        2,
        "### BEGIN HIDDEN TESTS\nright = [squares(n) == [i * i for i in range(1, n + 1)] for n in (1, 4)]\n"
        f"# {SECRET_TEST}\nsum(right)\n### END HIDDEN TESTS",
    ),
]
CHECKS = '''"""What hidden tests use; students have it too."""

import numpy as np


def same_again(function, x):
    """A function gives the same for the same."""
    assert np.array_equal(function(x), function(x.copy())), "two calls, two results"
'''

RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "squares": "def squares(n):\n    return [i**2 for i in range(1, n + 1)]",
    "sigmoid": "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))",
}
WRONG = {
    "double": "def double(x):\n    return x + x",
    "squares": "def squares(n):\n    return [0] * n",
    "sigmoid": "def sigmoid(x):\n    return np.tanh(x)",
}
HONEST, FULL = 1.0, 10.0  # what WRONG and RIGHT score


class Course:
    """The course on disk, its assignment in memory, and what its files were at the beginning."""

    def __init__(self, root: Path):
        from nbgrader.apps import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory

        self.root = root
        source = root / "source" / "ps1"
        source.mkdir(parents=True)
        nbformat.write(_source(), source / "problem1.ipynb")
        (source / "checks.py").write_text(CHECKS)
        (root / "keys.txt").write_text(SECRET_COURSE)
        other = root / "submitted" / "bitdiddle" / "ps1"
        other.mkdir(parents=True)
        (other / "problem1.ipynb").write_text(f'{{"of another student": "{SECRET_COURSE}"}}')
        config = Config({"CourseDirectory": {"root": str(root), "course_id": "course"}})
        coursedir = CourseDirectory(config=config)
        with patch.dict(os.environ, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"):
            outcome = NbGraderAPI(coursedir, config=config).generate_assignment("ps1")  # calls alembic
        assert outcome["success"], outcome["log"]
        self.released = (root / "release" / "ps1" / "problem1.ipynb").read_text()
        master = load_master(coursedir, "ps1")
        self.master = replace(master, observed=observe(master, QUICK))
        self.before = self.state()

    def notebook(self, answers: dict[str, str]) -> nbformat.NotebookNode:
        """The released notebook with these answers; ``first`` and ``last`` become cells of their own."""
        notebook = nbformat.reads(self.released, 4)
        for cell in notebook.cells:
            name = cell.metadata.nbgrader.grade_id
            if name in answers:
                cell.source = answers[name]
        if "first" in answers:
            notebook.cells.insert(0, v4.new_code_cell(answers["first"]))
        if "last" in answers:
            notebook.cells.append(v4.new_code_cell(answers["last"]))
        return notebook

    def submission(self, answers: dict[str, str], files: dict[str, bytes] | None = None) -> dict[str, bytes]:
        """A submission's files, as grade_submission takes them."""
        return {"problem1.ipynb": nbformat.writes(self.notebook(answers)).encode()} | (files or {})

    def state(self) -> dict:
        """Contents, mode and time of every file and folder of the course."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            known = path.lstat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = digest, known.st_mode, known.st_mtime_ns, known.st_uid
        return found


def _source() -> nbformat.NotebookNode:
    cells = []
    for name, kind, points, text in CELLS:
        flags = {"grade_id": name, "schema_version": 3, "locked": kind != "answer", "task": False}
        flags |= {"solution": kind == "answer", "grade": kind == "test"}
        flags |= {"points": points} if kind == "test" else {}
        cells.append(v4.new_code_cell(text, metadata={"nbgrader": flags}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def processes_in(folder) -> list[psutil.Process]:
    """Processes that work below ``folder``, or did until it was deleted."""
    found = []
    for process in psutil.process_iter():
        try:
            places = [os.readlink(f"/proc/{process.pid}/{link}") for link in ("cwd", "fd/2")]
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (OSError, psutil.Error):
            continue
        if alive and any(place.startswith(str(folder)) for place in places):
            found.append(process)
    return found


def outputs_of(graded) -> str:
    """All that the outputs of graded notebooks hold, and all that the record says."""
    texts = [str(graded.record.to_json())]
    for notebook in graded.notebooks.values():
        for cell in nbformat.reads(notebook.decode(), 4).cells:
            texts += [str(output) for output in cell.get("outputs", [])]
    return "\n".join(texts)
