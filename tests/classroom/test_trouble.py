"""A class is graded wholly, whatever happens in between: deaths, locks, a full disk, a busy machine."""

import errno
import json
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from class_course import (
    CONFIG,
    RIGHT,
    SCORES,
    STUDENTS,
    Listener,
    ended,
    grade,
    points,
)

from airlock.course import folders
from airlock.sandbox import fork_server

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")


DEATHS = {
    "in the gradebook's transaction": "from airlock.course.gradebook import Book\n"
    "die_at(3, Book, '_write_notebook')",
    "in a line of the journal": "from airlock.course.journal import Journal\n"
    "half = lambda j, r: j.path.open('a').write('{\"student\": \"' + r.student)\n"
    "die_at(3, Journal, 'add', half)",
    "while a folder is replaced": "import airlock.course.folders as f\nimport types\n"
    "f.os = types.SimpleNamespace(**vars(os)); die_at(4, f.os, 'replace')",
    "at the last": "import airlock.pages.report as r; die_at(1, r, 'render_report')",
}


@pytest.mark.parametrize("moment", DEATHS)
def test_killed_and_started_again_it_finishes_the_rest(course, undisturbed, moment):
    run = course.start(DEATHS[moment], "--jobs", "2")
    _, told = run.communicate(timeout=120)
    assert run.returncode == -signal.SIGKILL, told
    assert ended(json.loads((course.root / "family.json").read_text())) == []
    assert course.grade("--jobs", "2") == 0
    assert points(course) == points(undisturbed)
    assert course.gradebook() == undisturbed.gradebook()
    assert sorted(course.journal()) == sorted(STUDENTS)  # nothing twice: each has a line
    for kind in ("autograded", "feedback"):
        found = {path.relative_to(course.root / kind) for path in (course.root / kind).rglob("*")}
        there = undisturbed.root / kind
        assert found == {path.relative_to(there) for path in there.rglob("*")}


def test_a_gradebook_that_stays_locked_fails_what_it_cannot_take(course, monkeypatch):
    from airlock.course.gradebook import Book

    holder, original = [], Book.write

    def write(self, found, *arguments):
        if found.student == "carl":  # from here on
            holder.append(sqlite3.connect(course.root / "gradebook.db", isolation_level=None))
            holder[-1].execute("BEGIN EXCLUSIVE")
        return original(self, found, *arguments)

    monkeypatch.setattr(Book, "write", write)
    try:
        records = grade(course, Listener(), jobs=1)
    finally:
        for connection in holder:
            connection.close()
    monkeypatch.undo()
    failed = {student for student, record in records.items() if record.status == "failed"}
    assert failed == {"carl", "emmy", "kurt", "maria"}
    for student in failed:
        assert records[student].score is None
        assert "database is locked" in records[student].incidents[-1].message
        assert records[student].incidents[-1].kind == "machine"
    assert course.grade() == 0
    assert course.scores == SCORES


def test_a_gradebook_that_is_let_go_of_in_time_costs_nothing(small, lock, monkeypatch):
    from airlock.course.gradebook import Book

    (small.root / "nbgrader_config.py").write_text(
        CONFIG.replace("gradebook_seconds = 0.5", "gradebook_seconds = 60")
    )
    original, timers = Book.write, []

    def write(self, *arguments):
        if not timers:
            held = lock()
            timers.append(threading.Timer(1, lambda: held.stdin.write("\n") and held.stdin.flush()))
            timers[0].start()
        return original(self, *arguments)

    monkeypatch.setattr(Book, "write", write)
    records = grade(small, Listener())
    assert {student: record.score for student, record in records.items()} == {"ada": 5, "maria": 0}


def test_a_full_disk_fails_one_submission_and_no_other(small, monkeypatch):
    original = folders.Path.write_bytes

    def write_bytes(self, data):
        if f"{os.sep}autograded{os.sep}ada{os.sep}" in str(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return original(self, data)

    monkeypatch.setattr(folders.Path, "write_bytes", write_bytes)
    records = grade(small, Listener())
    assert (records["ada"].status, records["maria"].status) == ("failed", "graded")
    assert "No space left" in records["ada"].incidents[-1].message
    monkeypatch.undo()
    assert not [path for path in (small.root / "autograded").rglob("*") if path.name.startswith(".airlock")]
    assert small.grade() == 0
    assert small.scores["ada"] == 5


def test_graded_folders_that_cannot_be_written(small):
    (small.root / "autograded").symlink_to("/proc/version")  # not even root may write there
    assert small.grade() == 1
    assert {record["status"] for record in small.results.values()} == {"failed"}
    (small.root / "autograded").unlink()
    assert small.grade() == 0


def test_a_worker_that_is_killed_costs_no_submission(course, undisturbed):
    killed = []

    def kill(record):
        workers = [one.pid for one in multiprocessing.active_children() if one.pid not in killed]
        if len(killed) < 2 and workers:
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    listener = Listener(kill)
    records = grade(course, listener)
    assert killed
    assert len(listener.records) == len(STUDENTS)
    assert {student: record.score for student, record in records.items()} == SCORES
    assert course.gradebook() == undisturbed.gradebook()


def test_an_endless_submission_holds_up_no_other(empty, tmp_path):
    """It is the first, and a slow one: all others are there before it."""
    course = empty.copy(tmp_path / "course")
    course.hand_in("aaron", RIGHT | {"double": "def double(x):\n    while True:\n        pass"})
    for number in range(4):
        course.hand_in(f"student{number}", RIGHT)
    listener = Listener()
    records = grade(course, listener)
    assert listener.records[-1].student == "aaron"
    assert records["aaron"].score == 3
    assert {records[f"student{number}"].score for number in range(4)} == {5}


def test_stopped_by_hand_it_leaves_nothing_and_goes_on(course):
    def stop(record):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, Listener(stop))
    assert len(set(course.journal())) == 1
    deadline = time.monotonic() + 30
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []
    assert course.grade() == 0
    assert course.scores == SCORES


UNCONFINED = """
import socket, sys
from airlock.sandbox import confine, fork_server
confine.confine = lambda *_: None
fork_server.serve(socket.socket(fileno=int(sys.argv[1])))
"""


@pytest.fixture
def unconfined():
    """Kernels that may write where they like, forked from a fork server of this test's own."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    words = [sys.executable, "-P", "-c", UNCONFINED, str(theirs.fileno())]
    process = subprocess.Popen(words, env=fork_server.environment(), pass_fds=[theirs.fileno()])
    theirs.close()
    kept = fork_server._server
    fork_server.adopt(ours)
    yield
    fork_server._server = kept
    ours.close()
    process.kill()
    process.wait()


WAIT_FOR_EACH_OTHER = """def double(x):
    import pathlib, time
    pathlib.Path({mine!r}).touch()
    while not pathlib.Path({other!r}).exists():
        time.sleep(0.05)
    return 2 * x
"""


def test_two_submissions_are_graded_at_once(empty, tmp_path, unconfined):
    """Each waits for the other's sign, for longer than it may: one after the other, both would lose."""
    course, signs = empty.copy(tmp_path / "course"), [str(tmp_path / name) for name in ("one", "two")]
    for student, mine, other in zip(("ada", "emmy"), signs, reversed(signs), strict=True):
        text = WAIT_FOR_EACH_OTHER.format(mine=mine, other=other)
        course.hand_in(student, RIGHT | {"double": text})
    records = grade(course, Listener())
    assert {student: record.score for student, record in records.items()} == {"ada": 5, "emmy": 5}


BURN = "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end: pass"


def test_a_busy_machine_changes_no_mark(course, undisturbed):
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(2 * os.cpu_count())]
    try:
        assert course.grade("--jobs", "2") == 0
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    assert points(course) == points(undisturbed)
