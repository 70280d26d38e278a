"""Whatever is marked by hand, handed in anew, late, changed or lost: every place says the same score."""

import shutil
from contextlib import chdir

import pytest
from class_course import CELLS, CONFIG, RIGHT, Course
from sayings import one_truth
from term import PENALTY, PLATFORMS, WRONG, InGradebook

from airlock.cli import main


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of three, graded: ada has an essay and all right, carl lost a check, maria left all blank."""
    course = Course.make(tmp_path_factory.mktemp("truth") / "course")
    for student, answers in {"ada": RIGHT | {"essay": "It vanishes."}, "carl": WRONG, "maria": {}}.items():
        course.hand_in(student, answers)
    assert course.grade() == 0
    return course


@pytest.fixture
def course(graded, tmp_path):
    return graded.copy(tmp_path / "course")


def mark(course, student, cell, points=None, extra=None, comment=None):
    InGradebook(course).mark(student, cell, points, extra, comment)


def truth(course, capsys, *options):
    capsys.readouterr()
    assert course.grade(*options) == 0
    return one_truth(course.root, "ps1", "p", capsys.readouterr().out)


def page(course, student):
    return (course.root / "feedback" / student / "ps1" / "p.html").read_text()


def test_marks_extra_credit_and_comments_by_hand_are_everywhere(course, capsys):
    mark(course, "ada", "essay", 3, 0.5, comment="Well argued.")
    mark(course, "carl", "test-square", 1)
    assert truth(course, capsys) == {"ada": 8.5, "carl": 3, "maria": 0}
    assert "Well argued." in page(course, "ada")
    check = next(one for one in course.results["carl"]["checks"] if one["grade_id"] == "test-square")
    assert check["points"] == 1 and check["by_hand"]


def test_they_stay_when_graded_again_and_are_said_to_be_old_after_a_new_hand_in(course, capsys):
    mark(course, "ada", "essay", 3, comment="Well argued.")
    assert truth(course, capsys, "--force")["ada"] == 8
    assert not any(check["stale"] for check in course.results["ada"]["checks"])
    course.hand_in("ada", RIGHT | {"essay": "Something else."})
    assert truth(course, capsys)["ada"] == 8
    assert [one["grade_id"] for one in course.results["ada"]["checks"] if one["stale"]] == ["essay"]
    assert "Well argued." in page(course, "ada") and "earlier hand-in" in page(course, "ada")
    mark(course, "ada", "essay", 1, comment="Hm.")
    assert truth(course, capsys)["ada"] == 6 and "earlier hand-in" not in page(course, "ada")


def test_the_feedback_command_renews_the_results_as_well(course):
    mark(course, "carl", "test-square", 2.5)
    course.nbgrader("generate_feedback", "ps1", "--force")
    assert one_truth(course.root, "ps1", "p")["carl"] == 4.5


def test_nbgraders_own_road_says_the_same(course):
    mark(course, "carl", "test-square", 2)
    course.hand_in("carl", RIGHT)
    course.nbgrader("autograde", "ps1", "--force")
    course.nbgrader("generate_feedback", "ps1", "--force")
    assert one_truth(course.root, "ps1", "p") == {"ada": 5, "carl": 4, "maria": 0}
    assert [one["grade_id"] for one in course.results["carl"]["checks"] if one["stale"]] == ["test-square"]


def test_a_penalty_follows_marks_due_date_and_plugin(course, capsys):
    (course.root / "nbgrader_config.py").write_text(CONFIG + PENALTY)
    InGradebook(course).due("2026-01-02T00:00")
    course.hand_in("ada", RIGHT | {"essay": "It vanishes."}, {"timestamp.txt": b"2026-01-03 00:00:00 UTC"})
    assert truth(course, capsys)["ada"] == 2.5
    mark(course, "ada", "essay", 3)
    assert truth(course, capsys)["ada"] == 4
    assert "1 day late" in page(course, "ada")
    roster = course.root / "roster.csv"
    roster.write_text("id,extension\nada,12 h and 12 hours\ncarl,\nmaria,\n")
    assert truth(course, capsys)["ada"] == 8 and " late" not in page(course, "ada")
    roster.write_text("id,extension\nada,\ncarl,\nmaria,\n")
    assert truth(course, capsys)["ada"] == 4, "the extension was taken back"
    roster.write_text("id,extension\nada,soon\n")
    assert course.grade() == 2 and "'soon', is no time such as '2 days'" in capsys.readouterr().err
    roster.write_text("id,extension\nada,1 min\ncarl,\nmaria,\n")
    assert truth(course, capsys)["ada"] == 4
    InGradebook(course).due("2026-01-04T00:00")
    assert truth(course, capsys)["ada"] == 8


def test_changed_points_are_not_graded_before_the_assignment_is_generated_again(course, capsys):
    mark(course, "ada", "essay", 3)
    points = {"test-double": 10, "essay": 2}
    course.write_source([(n, k, points.get(n, p), t) for n, k, p, t in CELLS])
    assert course.grade() == 2
    said = capsys.readouterr().err
    assert "test-double" in said and "generate_assignment ps1 --force" in said
    course.generate()
    assert truth(course, capsys) == {"ada": 16, "carl": 10, "maria": 0}, (
        "a mark by hand stays as it was given"
    )


def test_a_changed_check_is_shown_before_and_told_afterwards(course, capsys):
    course.write_source([(n, k, p, t.replace("square(5) == 25", "square(2) == 4")) for n, k, p, t in CELLS])
    course.generate()
    before = {path: path.read_bytes() for path in (course.root / "reports" / "ps1").glob("*.*")}
    capsys.readouterr()
    assert course.grade("--dry-run") == 0
    assert "carl: 2 -> 5  test-square 0 -> 3" in capsys.readouterr().out
    assert before == {path: path.read_bytes() for path in before}, "nothing was written"
    assert truth(course, capsys) == {"ada": 5, "carl": 5, "maria": 0}
    report = (course.root / "reports" / "ps1" / "index.html").read_text()
    assert "What grading again has changed" in report and "square 0 → 3" in report


def test_a_course_may_do_without_feedback_pages(course):
    (course.root / "nbgrader_config.py").write_text(CONFIG + "\nc.Airlock.feedback = False\n")
    shutil.rmtree(course.root / "feedback")
    assert course.grade("--force", "--student", "ada") == 0
    assert (course.root / "autograded" / "ada" / "ps1" / "p.ipynb").exists()
    assert not (course.root / "feedback").exists()


def test_what_failed_is_looked_at_beforehand_as_it_would_be_graded_again(course, capsys):
    (course.root / "submitted" / "carl" / "ps1" / "p.ipynb").write_text("{}")
    assert course.grade() == 1
    capsys.readouterr()
    assert course.grade("--dry-run") == 0
    assert "1 to be graded" in capsys.readouterr().out


def test_a_gradebook_restored_from_a_backup_is_graded_into_again(course, capsys):
    backup = (course.root / "gradebook.db").read_bytes()
    course.hand_in("carl", RIGHT)
    assert truth(course, capsys)["carl"] == 5
    (course.root / "gradebook.db").write_bytes(backup)
    assert truth(course, capsys)["carl"] == 5


def test_who_is_taken_out_of_the_roster_keeps_all_until_the_folder_and_then_the_gradebook_lets_go(
    course, capsys
):
    def everywhere():
        assert course.grade() == 0
        printed = capsys.readouterr().out
        with chdir(course.root):
            assert main(["return", "ps1"]) == 0
        return one_truth(course.root, "ps1", "p", printed, PLATFORMS), printed

    (course.root / "roster.csv").write_text("id,name\nada,Ada King\nmaria,María Silva\n")
    capsys.readouterr()
    scores, printed = everywhere()
    assert scores == {"ada": 5, "carl": 2, "maria": 0}
    assert "carl is not in roster.csv: add a line, or remove the folder." in printed
    shutil.rmtree(course.root / "submitted" / "carl")
    scores, _ = everywhere()
    assert scores == {"ada": 5, "carl": 2, "maria": 0}
    assert course.results["carl"]["incidents"][0]["kind"] == "gone"
    course.nbgrader("db", "student", "remove", "carl", "--force")
    assert everywhere()[0] == {"ada": 5, "maria": 0}


def test_what_could_not_be_graded_loses_the_score_of_before_everywhere(course, capsys):
    (course.root / "submitted" / "carl" / "ps1" / "p.ipynb").write_text("no notebook")
    capsys.readouterr()
    assert course.grade() == 1
    assert one_truth(course.root, "ps1", "p", capsys.readouterr().out) == {"ada": 5, "maria": 0}
    assert "No score yet" in page(course, "carl")


def test_lost_pages_and_results_come_back(course, capsys):
    mark(course, "ada", "essay", 3)
    before = truth(course, capsys)
    shutil.rmtree(course.root / "feedback")
    for name in ("results.json", "grades.csv", "index.html"):
        (course.root / "reports" / "ps1" / name).unlink()
    assert truth(course, capsys) == before
