"""A class is graded once, wholly, and not again but for a reason."""

import json
import os
import shutil

import nbformat
import pytest
from class_course import CELLS, CONFIG, RIGHT, SCORES, STUDENTS, changed, points, regraded
from nbgrader.api import Gradebook
from term import PENALTY

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")


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


def test_results_as_json(graded, capsys):
    assert graded.grade("--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert {record["student"]: record["score"] for record in printed["records"]} == SCORES


def test_what_was_graded_is_not_graded_again(graded, capsys):
    assert regraded(graded) == []
    assert "6 submissions: 6 graded before" in capsys.readouterr().out


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
