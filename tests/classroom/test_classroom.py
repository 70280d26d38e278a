"""A class is graded once, wholly, whatever happens in between, and says in a sentence what cannot be done."""

import errno
import json
import multiprocessing
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

import nbformat
import pytest
from class_course import CELLS, CONFIG, RIGHT, SCORES, STUDENTS, Course, Listener, ended, grade
from nbgrader.api import Gradebook

from airlock.course import folders
from airlock.sandbox import fork_server

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")


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


def regraded(course, *options):
    """Who is graded by one more run."""
    before = {student: record["digest"] for student, record in course.results.items()}
    lines = len(course.journal())
    assert course.grade(*options) == 0
    assert len(before) <= len(course.results)
    return sorted(course.journal()[min(lines, len(before)) :])


# What a run leaves


def test_every_submission_has_its_record_its_score_and_its_files(undisturbed):
    assert undisturbed.scores == SCORES
    assert sorted(undisturbed.journal()) == sorted(STUDENTS)
    for student in STUDENTS:
        graded = nbformat.read(undisturbed.root / "autograded" / student / "ps1" / "p.ipynb", 4)
        assert len(graded.cells) == len(CELLS)
        assert (undisturbed.root / "autograded" / student / "ps1" / "helper.py").exists()
        assert (undisturbed.root / "feedback" / student / "ps1" / "p.html").exists()
    reports = undisturbed.root / "reports" / "ps1"
    assert (reports / "index.html").exists()
    assert len((reports / "grades.csv").read_text().splitlines()) == len(STUDENTS) + 1


def test_the_gradebook_has_what_the_records_have(undisturbed):
    book = undisturbed.gradebook()
    assert book.keys() == STUDENTS.keys()
    for student, grades in book.items():
        assert sum(auto or 0 for auto, _ in grades.values()) == SCORES[student]
    essays = {student: grades["essay"][0] for student, grades in book.items()}
    assert essays == dict.fromkeys(STUDENTS, 0) | {"blaise": None}  # untouched: 0, as with nbgrader


def test_one_after_the_other_gives_the_same(course, undisturbed):
    assert course.grade("--jobs", "1") == 0
    assert points(course) == points(undisturbed)
    assert course.gradebook() == undisturbed.gradebook()


def points(course):
    return {student: (record["points"], record["status"]) for student, record in course.results.items()}


def test_results_as_json(graded, capsys):
    assert graded.grade("--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert {record["student"]: record["score"] for record in printed["records"]} == SCORES


# Going on


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


def test_what_was_graded_is_not_graded_again(graded, capsys):
    assert regraded(graded) == []
    assert "6 of them graded before" in capsys.readouterr().out


def test_what_was_handed_in_anew_is_graded_again_and_nothing_else(graded):
    graded.hand_in("maria", RIGHT)
    assert regraded(graded) == ["maria"]
    assert graded.scores == SCORES | {"maria": 5}
    assert graded.gradebook()["maria"]["test-double"] == (2, None)


def test_a_new_student_is_graded_and_one_whose_hand_in_is_gone_keeps_the_gradebooks_marks(graded):
    graded.hand_in("noether", RIGHT)
    shutil.rmtree(graded.root / "submitted" / "carl")
    assert graded.grade() == 0
    assert graded.scores == SCORES | {"noether": 5}
    assert [one["kind"] for one in graded.results["carl"]["incidents"]] == ["gone"]
    graded.nbgrader("db", "student", "remove", "carl", "--force")
    assert graded.grade() == 0
    assert "carl" not in graded.scores


def test_a_source_generated_again_grades_everybody_again(graded):
    graded.write_source(changed("square(5) == 25", "square(2) == 4"))
    graded.generate()
    assert regraded(graded) == sorted(STUDENTS)
    assert graded.scores == SCORES | {"carl": 5}


def changed(old, new):
    return [(name, kind, points, text.replace(old, new)) for name, kind, points, text in CELLS]


@pytest.mark.parametrize(
    "old, new", [("square(5) == 25", "square(2) == 4"), ("def square(x)", "def square(y)")]
)
def test_a_source_that_was_not_generated_again_is_not_graded(graded, capsys, old, new):
    graded.write_source(changed(old, new))
    assert graded.grade() == 2
    told = capsys.readouterr().err
    assert "p.ipynb was changed after its assignment was generated" in told
    assert "nbgrader generate_assignment ps1" in told
    assert one_sentence(told)


def test_another_solution_in_the_source_changes_nothing(graded):
    graded.write_source(changed("return 2 * x", "return x + x  # simpler"))
    assert regraded(graded) == []


def test_a_changed_file_beside_the_source_grades_everybody_again(graded):
    (graded.root / "source" / "ps1" / "helper.py").write_text("BIG = 1\n")
    assert regraded(graded) == sorted(STUDENTS)
    assert graded.scores == SCORES | dict.fromkeys(("ada", "blaise"), 3) | {"carl": 0}


def test_other_limits_grade_everybody_again(graded):
    (graded.root / "nbgrader_config.py").write_text(CONFIG.replace('"cell_seconds": 5', '"cell_seconds": 6'))
    assert regraded(graded) == sorted(STUDENTS)


def test_a_gradebook_that_was_lost_is_filled_again(graded, undisturbed):
    (graded.root / "gradebook.db").unlink()
    graded.generate()
    assert regraded(graded) == sorted(STUDENTS)
    assert graded.gradebook() == undisturbed.gradebook()


def test_graded_folders_that_were_lost_are_made_again(graded):
    shutil.rmtree(graded.root / "autograded" / "ada")
    assert regraded(graded) == ["ada"]


def test_only_the_student_named(graded, capsys):
    for student in ("ada", "carl"):
        graded.hand_in(student, {})
    assert graded.grade("--student", "ada", "--student", "ada") == 0
    assert graded.scores == SCORES | {"ada": 0}
    assert graded.grade("--student", "nobody") == 2
    assert "no submission of 'nobody'" in capsys.readouterr().err


def test_force_grades_again(graded):
    assert regraded(graded, "--force", "--student", "ada", "--student", "emmy") == ["ada", "emmy"]
    assert graded.scores == SCORES


def test_two_runs_of_one_assignment_do_not_mix(graded, capsys):
    """The second says so; the first is stood for by the lock that it would hold."""
    from airlock.course.journal import only_one

    with only_one(graded.root / "reports" / "ps1"):
        assert graded.grade() == 2
    assert "Another run is grading ps1" in capsys.readouterr().err
    assert graded.grade() == 0


# What cannot be done


def one_sentence(told):
    lines = [line for line in told.splitlines() if line and "submission/s" not in line]
    return len(lines) == 1 and lines[0].startswith("airlock: ") and "Traceback" not in told


def test_no_course_here(tmp_path, capsys):
    assert Course(tmp_path).grade() == 2
    told = capsys.readouterr().err
    assert "no nbgrader_config.py" in told
    assert one_sentence(told)


@pytest.mark.parametrize(
    "line, told",
    [
        ("c = = 1", "invalid syntax"),
        ("import no_such_module", "no_such_module"),
        ('c.Airlock.limits = {"cell_second": 1}', "knows no cell_second"),
        ('c.Airlock.limits = {"cell_seconds": "1"}', "must be a number above 0"),
        ('c.Airlock.gradebook_seconds = "soon"', "gradebook_seconds"),
    ],
)
def test_a_configuration_that_does_not_load(empty, tmp_path, capsys, line, told):
    course = empty.copy(tmp_path / "course")
    (course.root / "nbgrader_config.py").write_text(f"{CONFIG}\n{line}\n")
    assert course.grade() == 2
    said = capsys.readouterr().err
    assert told in said
    assert "nbgrader_config.py cannot be loaded" in said


def test_an_assignment_that_is_not_there(empty, tmp_path, capsys):
    course = empty.copy(tmp_path / "course")
    assert course.grade(assignment="ps9") == 2
    told = capsys.readouterr().err
    assert "nbgrader generate_assignment ps9" in told
    assert one_sentence(told)


def test_nothing_handed_in(empty, tmp_path, capsys):
    course = empty.copy(tmp_path / "course")
    assert course.grade() == 2
    told = capsys.readouterr().err
    assert "nothing to grade" in told
    assert "STUDENT/ps1/p.ipynb" in told
    assert one_sentence(told)


def test_jobs_below_one(capsys):
    from airlock.cli import main

    assert main(["grade", "ps1", "--jobs", "0"]) == 2
    assert one_sentence(capsys.readouterr().err)


def test_a_gradebook_that_is_none(course, capsys):
    (course.root / "gradebook.db").write_bytes(b"not a database" * 100)
    assert course.grade() == 2
    told = capsys.readouterr().err
    assert "gradebook.db cannot be read" in told
    assert one_sentence(told)


# Submissions that cannot be graded


def test_a_submission_that_cannot_be_graded_has_no_score_anywhere(small, tmp_path, capsys):
    assert small.grade() == 0
    (small.root / "submitted" / "ada" / "ps1" / "p.ipynb").write_text("not a notebook")
    assert small.grade() == 1
    record = small.results["ada"]
    assert (record["status"], record["score"], record["points"]) == ("failed", None, {})
    rows = (small.root / "reports" / "ps1" / "grades.csv").read_text().splitlines()
    assert next(row for row in rows if row.startswith("ada,")).startswith("ada,failed,,9,")
    assert {auto for auto, _ in small.gradebook()["ada"].values()} == {None}
    exported = tmp_path / "canvas.csv"
    small.nbgrader("export", "--exporter", "airlock.export.CanvasExporter", "--to", str(exported))
    rows = {row.split(",")[0]: row.split(",")[-1] for row in exported.read_text().splitlines()[2:]}
    assert rows == {"ada": "", "maria": "0"}
    assert "none" in capsys.readouterr().out
    small.hand_in("ada", RIGHT)
    assert small.grade() == 0  # and nothing sticks
    assert small.scores["ada"] == 5


ODD_NAMES = [
    *(
        "Ada Lovelace",
        "o'neill",
        '"quoted"',
        "Ægir Ünsal",
        "李",
        "a+b(c)",
        "[abc]*",
        "x.y.z",
        "-jobs",
        "%s {0}",
    ),
    *("two\nlines", "$HOME", "back\\slash", "=1+1", "a" * 120),
]


def test_odd_names_are_students_like_others(empty, tmp_path, capsys):
    course = empty.copy(tmp_path / "a [course] (2026)")
    for name in ODD_NAMES:
        course.hand_in(name, {"double": RIGHT["double"]})
    broken = os.fsdecode(b"latin-\xe9")  # no name in UTF-8, so none that a gradebook can hold
    course.hand_in(broken, RIGHT)
    assert course.grade("--jobs", "2") == 1
    assert course.scores == dict.fromkeys(ODD_NAMES, 2) | {broken: None}
    assert course.gradebook().keys() >= set(ODD_NAMES)
    assert course.grade("--student=-jobs", "--force") == 0 + 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_time_that_is_none_is_told_and_costs_nothing(small):
    small.hand_in("ada", RIGHT, {"timestamp.txt": b"yesterday, I think"})
    os.mkfifo(small.root / "submitted" / "maria" / "ps1" / "timestamp.txt")  # a reader would wait for ever
    assert small.grade() == 0
    assert small.scores == {"ada": 5, "maria": 0}
    assert any("timestamp.txt" in incident["message"] for incident in small.results["ada"]["incidents"])


def test_a_file_where_the_assignment_has_a_folder(small):
    (small.root / "source" / "ps1" / "data").mkdir()
    (small.root / "source" / "ps1" / "data" / "x.txt").write_text("1")
    folder = small.hand_in("ada", RIGHT, {"data": b"a file"})
    (folder / "helper.py").mkdir()
    (folder / "helper.py" / "y.txt").write_text("2")
    assert small.grade() == 0
    assert small.scores["ada"] == 5


# Marks by hand, and lateness


def test_marks_and_comments_by_hand_survive(graded):
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as book:
        book.find_grade("essay", "p", "ps1", "blaise").manual_score = 3
        book.find_grade("test-square", "p", "ps1", "carl").manual_score = 1
        book.find_comment("essay", "p", "ps1", "blaise").manual_comment = "fine"
        book.db.commit()
    graded.hand_in("carl", RIGHT)
    assert graded.grade("--force", "--student", "blaise", "--student", "carl") == 0
    assert graded.gradebook()["blaise"]["essay"] == (None, 3)
    assert graded.gradebook()["carl"]["test-square"] == (3, 1)
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as book:
        assert book.find_comment("essay", "p", "ps1", "blaise").comment == "fine"
        assert book.find_grade("test-square", "p", "ps1", "carl").needs_manual_grade
        assert book.find_submission("ps1", "carl").score == 3


PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin

class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2

c.AssignLatePenalties.plugin_class = Half
"""


def test_lateness_costs_what_the_plugin_says_and_nothing_once_in_time(small):
    (small.root / "nbgrader_config.py").write_text(CONFIG + PENALTY)
    with Gradebook(f"sqlite:///{small.root / 'gradebook.db'}") as book:
        book.update_or_create_assignment("ps1", duedate="2026-01-02 00:00:00")

    def penalty():
        with Gradebook(f"sqlite:///{small.root / 'gradebook.db'}") as book:
            submission = book.find_submission("ps1", "ada")
            return submission.score, submission.late_submission_penalty

    small.hand_in("ada", RIGHT, {"timestamp.txt": b"2026-01-03 00:00:00 UTC"})
    assert small.grade() == 0
    assert penalty() == (5, 2.5)
    small.hand_in("ada", RIGHT | {"double": "x"}, {"timestamp.txt": b"2026-01-03 00:00:00 UTC"})
    assert small.grade() == 0
    assert penalty() == (3, 1.5)
    small.hand_in("ada", RIGHT, {"timestamp.txt": b"2026-01-01 00:00:00 UTC"})
    assert small.grade() == 0
    assert penalty() in [(5, None), (5, 0)]


# When the machine does not do its part


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


def test_a_gradebook_that_is_locked_from_the_start(small, lock, capsys):
    lock()
    assert small.grade() == 2
    told = capsys.readouterr().err
    assert "database is locked" in told
    assert one_sentence(told)


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


def test_reports_that_cannot_be_written(small, capsys):
    (small.root / "reports").write_text("a file")
    assert small.grade() == 2
    told = capsys.readouterr().err
    assert "reports" in told
    assert one_sentence(told)


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


# Side by side


UNCONFINED = """
import socket, sys
from airlock.sandbox import confine, fork_server
confine.confine = lambda *_: None
fork_server.serve(socket.socket(fileno=int(sys.argv[1])))
"""


@pytest.fixture
def unconfined():
    """Kernels that may write where they like, forked from a warm process of this test's own."""
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
