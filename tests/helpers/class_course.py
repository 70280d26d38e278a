"""A small class: an assignment that is graded in a moment, six students, and how to grade them."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import nbformat
import psutil
from nbformat import v4
from nbgrader.api import Gradebook

from airlock.classroom.classroom import Classroom
from airlock.classroom.pool import LocalWorkers
from airlock.cli import main
from airlock.course.application import load_course
from airlock.course.results import read_results

CELLS = [
    ("given", "locked", 0, "import helper"),
    ("double", "answer", 0, "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    (
        "test-double",
        "test",
        2,
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\n"
        "assert double(helper.BIG) == 2000\n### END HIDDEN TESTS",
    ),
    ("square", "answer", 0, "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"),
    ("test-square", "test", 3, "### BEGIN HIDDEN TESTS\nassert square(5) == 25\n### END HIDDEN TESTS"),
    ("essay", "manual", 4, "Because of the chain rule."),
]
CONFIG = """
from airlock.settings import configure

c = get_config()
c.CourseDirectory.course_id = "small"
c.Airlock.limits = {"cell_seconds": 5, "call_seconds": 2, "repeat_seconds": 0.5, "idle_seconds": 5}
c.Airlock.gradebook_seconds = 0.5
configure(c)
"""
RIGHT = {"double": "def double(x):\n    return x + x", "square": "def square(x):\n    return x**2"}
STUDENTS = {
    "ada": RIGHT,
    "blaise": RIGHT | {"essay": "It vanishes."},
    "carl": RIGHT | {"square": "def square(x):\n    return x + x"},
    "emmy": {"square": RIGHT["square"]},
    "kurt": RIGHT | {"double": "def double(x):\n    import os\n    os._exit(3)"},
    "maria": {},
}
SCORES = {"ada": 5, "blaise": 5, "carl": 2, "emmy": 3, "kurt": 3, "maria": 0}


class Course:
    """A course folder with a generated assignment ``ps1`` and its gradebook."""

    def __init__(self, root: Path):
        self.root = root

    @classmethod
    def make(cls, root: Path):
        """Write source and configuration, and generate the assignment."""
        course = cls(root)
        course.write_source()
        (root / "source" / "ps1" / "helper.py").write_text("BIG = 1000\n")
        (root / "nbgrader_config.py").write_text(CONFIG)
        course.generate()
        return course

    def copy(self, root: Path):
        """An independent copy of it."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return Course(root)

    def write_source(self, cells=CELLS):
        """Write the instructor's notebook."""
        made = []
        for name, kind, points, text in cells:
            flags = {"grade_id": name, "schema_version": 3, "task": False}
            flags |= {"locked": kind in ("locked", "test"), "solution": kind in ("answer", "manual")}
            flags |= {"grade": kind in ("test", "manual")} | ({"points": points} if points else {})
            new = v4.new_markdown_cell if kind == "manual" else v4.new_code_cell
            made.append(new(text, id=name, metadata={"nbgrader": flags}))
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.root / "source" / "ps1" / "p.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)

    def nbgrader(self, command: str, *arguments: str):
        """Run one of nbgrader's own commands."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        words = [sys.executable, "-m", "nbgrader", command, *arguments]
        run = subprocess.run(
            words, cwd=self.root, env=os.environ | {"PATH": path}, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def generate(self):
        """``nbgrader generate_assignment``, as the Formgrader's button does."""
        from nbgrader.apps import NbGraderAPI

        app = load_course(self.root)
        outcome = NbGraderAPI(app.coursedir, config=app.config).generate_assignment("ps1", force=True)
        assert outcome["success"], outcome["log"]

    def hand_in(self, student: str, answers: dict[str, str], files: dict[str, bytes] | None = None) -> Path:
        """Put a student's notebook with these answers where it is graded."""
        notebook = nbformat.read(self.root / "release" / "ps1" / "p.ipynb", 4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
        folder = self.root / "submitted" / student / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / "p.ipynb")
        for name, data in (files or {}).items():
            (folder / name).write_bytes(data)
        return folder

    def grade(self, *options: str, assignment: str = "ps1") -> int:
        """``airlock grade ps1`` in this process; returns the exit code."""
        with chdir(self.root):
            return main(["grade", assignment, *options])

    def start(self, code: str = "", *options: str) -> subprocess.Popen:
        """The same in a process of its own, after ``code``, in which ``die()`` is defined: see MORTAL."""
        words = [sys.executable, "-c", f"{MORTAL}\n{code}\n{RUN}", *options]
        return subprocess.Popen(
            words, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @property
    def results(self) -> dict[str, dict]:
        """The records of results.json, by student."""
        return {
            record["student"]: record for record in read_results(self.root / "reports" / "ps1")["records"]
        }

    @property
    def scores(self) -> dict[str, float]:
        """Score in results.json by student."""
        return {student: record["score"] for student, record in self.results.items()}

    def gradebook(self) -> dict[str, dict]:
        """What the gradebook has: automatic and manual score of each cell, by student."""
        found = {}
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as book:
            for submission in book.find_assignment("ps1").submissions:
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                assert submission.student.id not in found
                found[submission.student.id] = {
                    grade.name: (grade.auto_score, grade.manual_score) for grade in grades
                }
        return found

    def journal(self) -> list[str]:
        """The students of the journal, line by line."""
        path = self.root / "reports" / "ps1" / "records.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line)["student"] for line in lines]


# die() writes down what this process had started, and kills this process as nothing can prevent.
MORTAL = """
import json, os, signal, sys, psutil

def die():
    family = psutil.Process().children(recursive=True)
    with open("family.json", "w") as file:
        json.dump([[one.pid, one.create_time()] for one in family], file)
    os.kill(os.getpid(), signal.SIGKILL)

def die_at(call, module, name, before=lambda *_: None):
    original, left = getattr(module, name), [call]
    def mortal(*arguments, **options):
        left[0] -= 1
        if left[0] == 0:
            before(*arguments)
            die()
        return original(*arguments, **options)
    setattr(module, name, mortal)
"""
RUN = """
if __name__ == "__main__":
    from airlock.cli import main
    sys.exit(main(["grade", "ps1", *sys.argv[1:]]))
"""


class Listener:
    """Takes the place of the progress bar; ``then(record)`` is called after each submission."""

    def __init__(self, then=lambda record: None):
        self.then, self.records, self.skipped = then, [], 0

    def done(self, record):
        self.records.append(record)
        self.then(record)

    def skip(self):
        self.skipped += 1


def grade(course, listener, jobs=2, workers=None):
    """Grade all, without the command around it."""
    room = Classroom(load_course(course.root), "ps1")
    with workers or LocalWorkers(jobs) as used:
        records = room.grade(used.executor, 2 * jobs, list(room.submissions), False, listener)
    return {record.student: record for record in records}


def ended(family: list, seconds: float = 30) -> list[psutil.Process]:
    """Those of a family (process id and birth) that are still alive after ``seconds`` at most."""
    alive = []
    for pid, birth in family:
        if psutil.pid_exists(pid):
            try:
                process = psutil.Process(pid)
                if process.create_time() == birth:
                    alive.append(process)
            except psutil.NoSuchProcess:
                continue
    _, alive = psutil.wait_procs(alive, seconds)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def regraded(course, *options):
    """Who is graded by one more run."""
    before = {student: record["digest"] for student, record in course.results.items()}
    lines = len(course.journal())
    assert course.grade(*options) == 0
    assert len(before) <= len(course.results)
    return sorted(course.journal()[min(lines, len(before)) :])


def points(course):
    """Points and status by student."""
    return {student: (record["points"], record["status"]) for student, record in course.results.items()}


def one_sentence(told):
    """Whether a command said nothing but one sentence, beside its bar."""
    lines = [line for line in told.splitlines() if line and "submission/s" not in line]
    return len(lines) == 1 and lines[0].startswith("airlock: ") and "Traceback" not in told


def changed(old, new):
    """The cells of the assignment with another text in them."""
    return [(name, kind, points, text.replace(old, new)) for name, kind, points, text in CELLS]
