"""No fault loses a submission: the points earned before and after it stand, and the next one is untouched."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest
from faults import FAULTS, FULL, LOOP, SWALLOWED, WITHOUT_SIGMOID
from nbformat import v4
from small_course import QUICK, RIGHT, Course, processes_in

from airlock.model.assignment import Master
from airlock.model.limits import Limits
from airlock.model.record import KINDS
from airlock.run.execute import Execution
from airlock.run.grade import grade_submission
from airlock.sandbox.processes import lives

LIMITS = replace(QUICK, memory=1024 * 2**20, cell_seconds=2, call_seconds=1, restarts=6)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("faults") / "course")


@pytest.fixture(autouse=True, scope="module")
def temporary(tmp_path_factory):
    """Where kernels work, so that what they leave behind is seen."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("tmp"))
    yield Path(tempfile.tempdir)
    tempfile.tempdir = before


@pytest.fixture(autouse=True)
def nothing_is_left(temporary):
    yield
    assert until(lambda: processes_in(temporary) == [])  # what was killed takes a moment
    assert list(temporary.iterdir()) == []


def grade(course, answers=None, files=None, **limits):
    """Grade a submission of right answers, some replaced, or of other files."""
    files = course.submission(RIGHT | (answers or {})) if files is None else files
    return grade_submission("alice", files, course.master, replace(LIMITS, **limits)).record


def kinds(record):
    """The kinds of incidents of a record, all of which an instructor is told what to do about."""
    found = {incident.kind for incident in record.incidents}
    assert found <= KINDS.keys()
    assert record.status == ("failed" if record.score is None else "incident" if found else "graded")
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_costs_only_the_checks_that_it_touches(course, fault):
    record = grade(course, fault.answers)
    assert record.score == fault.score, [
        (check.grade_id, check.points, check.message) for check in record.checks
    ]
    assert bool(fault.kinds) <= bool(kinds(record) & set(fault.kinds)), record.incidents
    assert record.seconds["cpu"] < fault.cpu
    assert course.state() == course.before


@pytest.mark.parametrize("code", [LOOP, SWALLOWED], ids=["a plain loop", "one that swallows interrupts"])
def test_an_endless_loop_that_twenty_checks_call_costs_seconds(course, code):
    (notebook,) = course.master.notebooks.values()
    test = next(cell for cell in notebook.cells if cell.grade_id == "test-sigmoid")
    copies = []
    for number in range(20):
        cell = nbformat.from_dict(test.node)
        cell.id = cell.metadata.nbgrader.grade_id = f"again-{number}"
        copies.append(replace(test, node=cell))
    many = replace(notebook, cells=(*notebook.cells, *copies))
    master = Master("ps1", {notebook.name: many}, course.master.files)
    limits = replace(LIMITS, call_seconds=2, repeat_seconds=0.3, restarts=40, submission_seconds=60)
    record = grade_submission("alice", course.submission(RIGHT | {"sigmoid": code}), master, limits).record
    assert record.score == WITHOUT_SIGMOID
    assert len(record.checks) == 25
    assert record.seconds["cpu"] < 22  # twenty-two limits would be 44


def test_a_kernel_that_ends_between_two_cells_is_started_again(course, monkeypatch):
    run_one, ran = Execution._run_one, []

    def end_before_the_seventh(self, index, cell, kernel, *others):
        ran.append(index)
        if len(ran) == 7:  # with all answers given and the first checks behind it
            kernel.process.kill()
            assert until(lambda: not kernel.alive)
        run_one(self, index, cell, kernel, *others)

    monkeypatch.setattr(Execution, "_run_one", end_before_the_seventh)
    record = grade(course)
    assert (record.score, kinds(record)) == (FULL, {"kernel-died"})


def test_a_kernel_that_is_started_cold_gives_the_same_marks(course, monkeypatch):
    """As on other systems than Linux, where nothing is forked and nothing confined."""
    monkeypatch.setattr("airlock.sandbox.fork_server.AVAILABLE", False)
    wrong = {"squares": "def squares(n):\n    return 1 / 0"}
    cold = grade(course, wrong)
    monkeypatch.undo()
    warm = grade(course, wrong)
    assert cold.checks == warm.checks
    assert (0 < cold.score < FULL, kinds(cold)) == (True, set())


def test_a_kernel_that_always_ends_after_a_while_ends_the_grading_too(course):
    late = "import os, threading, time\nthreading.Timer(0.1, os._exit, [1]).start()"
    code = f"{late}\ndef sigmoid(x):\n    time.sleep(1)\n    return 1 / (1 + np.exp(-x))"
    record = grade(course, {"sigmoid": code})
    assert "kernel-died" in kinds(record)
    assert record.score >= 1  # the check before


# --- What is handed in -------------------------------------------------------------------------------------
def notebook_bytes(course, change=None, **answers):
    """A right submission's notebook after ``change`` (of the notebook), as a file."""
    notebook = course.notebook(RIGHT | answers)
    if change is not None:
        change(notebook)
    return json.dumps(notebook).encode()


def by_name(notebook, name):
    """A cell by its grade_id."""
    return next(cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id == name)


def drop_tests(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.nbgrader.grade]


def double_cells(notebook):
    notebook.cells = [cell for cell in notebook.cells for _ in range(2)]


def retype_cells(notebook):
    for cell in notebook.cells:
        cell.cell_type = "markdown"
        cell.pop("outputs", None), cell.pop("execution_count", None)


def reverse_cells(notebook):
    notebook.cells.reverse()


def swell_outputs(notebook):
    for cell in notebook.cells:
        cell.outputs = [v4.new_output("stream", text="x" * 2 * 10**6)]


def another_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "julia-1.10", "display_name": "Julia", "language": "julia"}


def no_metadata(notebook):
    notebook.metadata = {}
    for cell in notebook.cells:
        cell.metadata = {}


SHAPES = {
    "deleted tests": (drop_tests, {"cells-restored", "mended"}),
    "doubled cells": (double_cells, {"mended"}),
    "retyped cells": (retype_cells, {"mended", "cells-restored"}),
    "reversed cells": (reverse_cells, {"mended"}),
    "outputs of 18 MB": (swell_outputs, set()),
    "an unknown kernel": (another_kernel, set()),
    "no metadata": (no_metadata, {"mended"}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_notebook_out_of_shape_is_graded_in_full(course, shape):
    change, wanted = SHAPES[shape]
    record = grade(course, files={"problem1.ipynb": notebook_bytes(course, change)})
    assert record.score == FULL, record
    assert kinds(record) <= wanted, record.incidents


def test_a_notebook_without_one_answer_loses_only_what_it_is_worth(course):
    def drop(notebook):
        notebook.cells.remove(by_name(notebook, "sigmoid"))

    record = grade(course, files={"problem1.ipynb": notebook_bytes(course, drop)})
    assert (record.score, kinds(record)) == (WITHOUT_SIGMOID, {"mended"})


UNREADABLE = {
    "not JSON": b"Dear professor, my dog ate it.",
    "empty": b"",
    "no notebook": b"[1, 2, 3]",
    "not UTF-8": b"\xff\xfe\x00\xd8" + bytes(range(256)),
    "another format": b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": 5}',
    "nested without end": b"[" * 10**6,
    "200 MB": None,
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_is_no_notebook_fails_without_a_score(course, what):
    data = UNREADABLE[what]
    data = b'{"cells": "' + b"x" * 200 * 2**20 if data is None else data
    record = grade(course, files={"problem1.ipynb": data})
    assert (record.status, record.score) == ("failed", None)
    assert kinds(record) <= {"unreadable", "too-large"}
    assert all(len(incident.message) < 300 for incident in record.incidents)


def test_a_notebook_that_breaks_off_is_not_graded_as_if_it_were_whole(course):
    record = grade(course, files={"problem1.ipynb": notebook_bytes(course)[:-700]})
    assert record.status in ("failed", "incident")
    assert kinds(record)


def test_nothing_handed_in_fails_without_a_score(course):
    for files in ({}, {"answers.txt": b"42"}):
        record = grade(course, files=files)
        assert (record.status, record.score, kinds(record)) == ("failed", None, {"missing"})


def test_two_notebooks_and_a_renamed_one_are_told_apart(course):
    right, empty = notebook_bytes(course), course.released.encode()
    for files in (
        {"problem1.ipynb": right, "problem1-Copy1.ipynb": empty},
        {"problem1 (1).ipynb": right},
        {"Problem_1_final.ipynb": right, "scratch.ipynb": b"{}"},
    ):
        record = grade(course, files=files)
        assert (record.score, kinds(record)) == (FULL, {"mended"})


@pytest.mark.parametrize("name", ["", "../..", "a/b", 'O\'Brien, "Bob"', "=1+1", "多田\n\x1b[2J", "x" * 300])
def test_a_students_name_is_only_a_name(course, name):
    record = grade_submission(name, {"problem1.ipynb": b""}, course.master, LIMITS).record
    assert (record.student, record.status) == (name, "failed")


def test_files_with_names_that_collide_are_no_fault_of_the_machine(course):
    files = course.submission(RIGHT) | {
        "checks.py/inner": b"x",
        "data": b"x",
        "data/inner": b"x",
        "n" * 300: b"x",
    }
    record = grade(course, files=files)
    assert (record.score, record.status) == (FULL, "graded")


# --- The machine -------------------------------------------------------------------------------------------
def test_a_folder_that_cannot_be_written_is_the_machines_fault(course, temporary, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    record = grade(course)
    assert (record.status, record.score, kinds(record)) == ("failed", None, {"machine"})
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    assert grade(course).score == FULL


GRADE_APART = """
import resource, sys
from pathlib import Path
from airlock.run.grade import grade_submission
from airlock.model.limits import Limits
from airlock.model.assignment import Master

if __name__ == "__main__":
    master = Master.from_bytes(Path(sys.argv[1]).read_bytes())
    files = {"problem1.ipynb": Path(sys.argv[2]).read_bytes()}
    if sys.argv[3] == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    record = grade_submission("alice", files, master, Limits()).record
    print(record.status, record.score, [incident.kind for incident in record.incidents])
"""


def grade_apart(course, folder, answers, how):
    """A process of its own that grades one submission."""
    (folder / "grade_apart.py").write_text(GRADE_APART)
    (folder / "master").write_bytes(course.master.to_bytes())
    (folder / "notebook").write_bytes(course.submission(RIGHT | answers)["problem1.ipynb"])
    place = Path(tempfile.mkdtemp(dir=folder.parent))  # short, for the sockets in it
    command = [sys.executable, folder / "grade_apart.py", folder / "master", folder / "notebook", how]
    environment = os.environ | {"TMPDIR": str(place)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True), place


def test_a_full_disk_is_the_machines_fault(course, tmp_path):
    """Every file ends after 64 bytes, as on a disk that is full."""
    process, _ = grade_apart(course, tmp_path, {}, "full")
    assert process.communicate(timeout=120)[0].split(" ", 2)[:2] == ["failed", "None"]


def test_a_folder_for_temporary_files_with_a_long_name_is_told(course, tmp_path, monkeypatch):
    place = tmp_path / ("long" * 20)
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    record = grade(course)
    assert record.status == "failed"
    assert "set TMPDIR to a shorter" in record.incidents[-1].message
    assert list(place.iterdir()) == []


def until(condition, seconds=60):
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_grader_that_is_killed_leaves_no_process(course, tmp_path):
    code = "import os, time\nos.fork()\nopen('started', 'w').close()\ntime.sleep(600)"
    process, place = grade_apart(course, tmp_path, {"last": code}, "usual")
    assert until(lambda: list(place.rglob("work/started")))
    assert len(processes_in(place)) >= 2
    below = psutil.Process(process.pid).children(recursive=True)
    assert len(below) >= 5  # the fork server, who runs the tests, a warden, the kernel and its fork
    process.kill()
    process.communicate()
    assert until(lambda: processes_in(place) == [] and not any(lives(one.pid) for one in below))


def template():
    """The fork server that this process's kernels are forked from."""
    found = psutil.Process().children()
    return next(child for child in found if "airlock.sandbox.fork_server" in " ".join(child.cmdline()))


def test_a_fork_server_that_is_killed_is_replaced(course):
    assert grade(course).score == FULL
    template().kill()
    assert (grade(course).score, grade(course).status) == (FULL, "graded")


def test_a_fork_server_that_is_killed_while_it_grades_costs_nothing(course, temporary):
    def kill():
        if until(lambda: list(temporary.rglob("work/started"))):
            template().kill()
            killed.append(True)

    killed = []
    killer = threading.Thread(target=kill)
    killer.start()
    record = grade(
        course, {"double": RIGHT["double"] + "\nopen('started', 'w').close()\nimport time\ntime.sleep(0.7)"}
    )
    killer.join()
    assert killed
    assert (record.score, record.status) == (FULL, "graded")


def test_a_warden_that_is_killed_takes_its_kernel_along(course, temporary):
    def kill():
        (started,) = until(lambda: list(temporary.rglob("work/started")))
        kernel = psutil.Process(int(started.read_text()))
        os.kill(kernel.ppid(), signal.SIGKILL)
        killed.append(True)

    killed = []
    killer = threading.Thread(target=kill)
    killer.start()
    code = "import os, time\nwith open('part', 'w') as file: file.write(str(os.getpid()))\n"
    code += "os.rename('part', 'started')\n"
    record = grade(course, {"last": code + "os.fork()\ntime.sleep(60)"}, idle_seconds=30, restarts=1)
    killer.join()
    assert killed
    assert record.score == FULL
    assert kinds(record) & {"kernel-died", "time-limit"}


def test_the_next_submission_in_the_same_process_is_untouched(course):
    """After all of the above: the same score, nothing remarkable, no longer than usual."""
    record = grade_submission("bob", course.submission(RIGHT), course.master, Limits()).record
    assert (record.score, record.status, record.incidents) == (FULL, "graded", [])
