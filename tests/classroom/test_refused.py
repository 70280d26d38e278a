"""What cannot be graded is said in one sentence, with its remedy."""

import pytest
from class_course import CONFIG, Course, changed, one_sentence

from airlock.cli import main

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")


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


def test_an_archive_for_an_assignment_that_is_not_there(empty, monkeypatch, capsys):
    monkeypatch.chdir(empty.root)
    assert main(["collect", "class.zip", "--assignment", "ps9"]) == 2
    told = capsys.readouterr().err
    assert "no assignment ps9 here" in told and "--assignment ps1." in told
    assert one_sentence(told)


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


def test_a_gradebook_that_is_locked_from_the_start(small, lock, capsys):
    lock()
    assert small.grade() == 2
    told = capsys.readouterr().err
    assert "database is locked" in told
    assert one_sentence(told)


def test_reports_that_cannot_be_written(small, capsys):
    (small.root / "reports").write_text("a file")
    assert small.grade() == 2
    told = capsys.readouterr().err
    assert "reports" in told
    assert one_sentence(told)


def test_a_folder_for_temporary_files_with_too_long_a_name(small, monkeypatch):
    """In a process of its own: in this one, the server that workers are forked from may be there already."""
    (place := small.root / ("x" * 120)).mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    run = small.start()
    _, told = run.communicate(timeout=60)
    assert run.returncode == 2
    assert f"{place} is too long a path for sockets: set TMPDIR to a shorter one." in told


def test_signals_that_whoever_started_it_ignores_or_blocks_are_no_fault_of_a_submission(small):
    """Ignored and blocked signals are handed down to whatever a service starts."""
    ignore = "signal.signal(signal.SIGCHLD, signal.SIG_IGN); signal.pthread_sigmask(0, [2, 15, 17])"
    run = small.start(ignore, "--jobs", "1")
    _, told = run.communicate(timeout=120)
    assert run.returncode == 0, told
