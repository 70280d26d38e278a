"""The small class at its stages; each is made once, and copied for whoever changes it."""

import subprocess
import sys

import pytest
from class_course import RIGHT, STUDENTS, Course


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """The course before anybody handed in."""
    return Course.make(tmp_path_factory.mktemp("class") / "empty")


@pytest.fixture(scope="session")
def handed_in(empty, tmp_path_factory):
    """All students have handed in."""
    course = empty.copy(tmp_path_factory.mktemp("class") / "handed-in")
    for student, answers in STUDENTS.items():
        course.hand_in(student, answers)
    return course


@pytest.fixture(scope="session")
def undisturbed(handed_in, tmp_path_factory):
    """And have been graded, with nothing happening."""
    course = handed_in.copy(tmp_path_factory.mktemp("class") / "undisturbed")
    assert course.grade("--jobs", "2") == 0
    return course


@pytest.fixture
def course(handed_in, tmp_path):
    return handed_in.copy(tmp_path / "course")


@pytest.fixture
def graded(undisturbed, tmp_path):
    return undisturbed.copy(tmp_path / "graded")


@pytest.fixture
def small(empty, tmp_path):
    """Two students."""
    course = empty.copy(tmp_path / "small")
    course.hand_in("ada", RIGHT)
    course.hand_in("maria", {})
    return course


HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
held.rollback()
"""


@pytest.fixture
def lock(small):
    """Another program that has the gradebook; ``lock()`` takes it, and returns the process."""
    started = []

    def take():
        words = [sys.executable, "-c", HOLD, str(small.root / "gradebook.db")]
        started.append(subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "held\n"
        return started[-1]

    yield take
    for process in started:
        process.kill()
        process.communicate()
