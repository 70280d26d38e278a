"""A right solution gets its points however it was mangled on the way; a poor one what it gets unmangled."""

import io
import json
import os
import subprocess
import sys
import zipfile

import nbformat
import pytest
from manglings import manglings
from nbformat import v4
from real_course import ASSIGNMENT, RealCourse

pytestmark = [
    pytest.mark.timeout(900),  # of which the one run that all tests share takes less than a minute
    pytest.mark.filterwarnings("ignore:Non-unique cell id", "ignore:Cell is missing an id"),  # as handed in
]

NAME = f"{ASSIGNMENT}.ipynb"
# A wrong answer and two blanks. The vanishing gradient needs what is wrong here.
POOR = {
    "affine-forward": "def affine_forward(x, W, b):\n    v = x @ W\n    return v, (x, W, b)",
    "tanh-forward": "def tanh_forward(x):\n    out = ...  # ??\n    return out, 1 - out**2",
    "init-he": "def init_he(d_in, d_out):\n    W = ...  # ??\n    return W",
}
# Of the manglings of notebooks, those that differ most in how they are put right; test_mend.py has all.
CHOSEN = (
    *("from Colab", "from VS Code", "ids changed", "split, stripped", "answers twice", "shuffled"),
    *("only answers", "retyped to Markdown", "older release"),
)
QUIET = {"ids changed", "collected"}  # nbgrader's own names tell the cells
PLATFORM = "_1234567_assignsubmission_file_"  # between student and file in Moodle's archives


def renamed(notebook):
    """A browser's second download, under a name of the student's own."""
    return {"My homework 3 (1).ipynb": notebook}


def beside(notebook):
    """With notes, a picture, a module that is in the way, and a notebook of scraps."""
    scraps = v4.new_notebook(cells=[v4.new_code_cell("1 + 1"), v4.new_markdown_cell("scraps")])
    others = {"notes.txt": b"to do: b", "figures/one.png": b"\x89PNG", "numpy.py": b"raise SystemExit"}
    return {NAME: notebook, "scraps.ipynb": nbformat.writes(scraps).encode()} | others


def zipped(notebook):
    """A folder in an archive, as a file manager makes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"homework/{NAME}", notebook)
        archive.writestr(f"__MACOSX/homework/._{NAME}", b"\0\5\x16\7")
    return {"homework.zip": packed.getvalue()}


FILES = {"renamed": renamed, "beside": beside, "zipped": zipped}
WAYS = ["plain", *CHOSEN, *FILES, "collected"]


def student(who, way):
    """The student who handed in so: ``right-from-colab``."""
    return f"{who}-{way}".lower().replace(",", "").replace(" ", "-")


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """The record of every student: ``right-colab``, ``poor-colab`` and so on, of one run of the command."""
    course = RealCourse(tmp_path_factory.mktemp("handins") / "course", light=True)
    made = {"right": course.solved, "poor": lambda: course.solved(POOR)}
    ways = manglings(lambda: course.released)
    for who, notebook in made.items():
        files = {way: {NAME: nbformat.writes(ways[way](notebook())).encode()} for way in CHOSEN}
        plain = nbformat.writes(notebook()).encode()
        files |= {"plain": {NAME: plain}} | {way: pack(plain) for way, pack in FILES.items()}
        for way, found in files.items():
            for path, data in found.items():
                target = course.root / "submitted" / student(who, way) / ASSIGNMENT / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    collect(course, {student(who, "collected"): notebook() for who, notebook in made.items()})
    ran = run(course, "airlock", "grade", ASSIGNMENT, "--json")
    assert ran.returncode == 0, ran.stderr
    return {record["student"]: record for record in json.loads(ran.stdout)["records"]}


def run(course, *command):
    """Run a command of this environment in the course."""
    command = [os.path.join(os.path.dirname(sys.executable), command[0]), *command[1:]]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=800)


def collect(course, notebooks):
    """Bring in a learning platform's archive with nbgrader's own command."""
    archive = course.root / "downloaded" / ASSIGNMENT / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "all.zip", "w") as packed:
        for student, notebook in notebooks.items():
            packed.writestr(f"{student}{PLATFORM}{NAME}", nbformat.writes(notebook))
    pattern = rf".*/(?P<student_id>[\w-]+){PLATFORM}(?P<file_id>.*)"
    ran = run(
        course, "nbgrader", "zip_collect", ASSIGNMENT, f"--FileNameCollectorPlugin.named_regexp={pattern}"
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_right_solution_gets_every_point(records, way):
    record = records[student("right", way)]
    lost = {check["grade_id"]: check["message"] for check in record["checks"] if check["message"]}
    assert (record["score"], lost) == (25, {}), record["incidents"]


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_poor_solution_gets_what_its_answers_earn(records, way):
    plain, mangled = records[student("poor", "plain")], records[student("poor", way)]
    assert 0 < plain["score"] < 25
    assert mangled["points"] == plain["points"], mangled["incidents"]
    assert mangled["blanks"] == plain["blanks"]


@pytest.mark.parametrize("way", [way for way in WAYS[1:] if way not in QUIET])
@pytest.mark.parametrize("who", ["right", "poor"])
def test_what_was_put_right_is_said(records, who, way):
    record = records[student(who, way)]
    kinds = {incident["kind"] for incident in record["incidents"]}
    assert record["status"] == "incident" and kinds and kinds <= {"mended", "cells-restored"}


@pytest.mark.parametrize("way", ["plain", *sorted(QUIET)])
def test_nothing_is_said_where_nothing_was_put_right(records, way):
    assert records[student("right", way)]["incidents"] == []
