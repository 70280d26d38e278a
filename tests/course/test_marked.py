"""Records with the gradebook's marks in them: the same score as nbgrader's own, and what is stale said so."""

import os
import sysconfig
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from airlock.course.entries import read_entries
from airlock.course.marked import follow, marked, stands
from airlock.model.record import Check, Incident, Record

ADA = Record(
    "ada", "ps1", "graded", 7, 3, [Check("p", "sum", 3, 3), Check("p", "essay", 4, None)], hand_in="one"
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A gradebook with one assignment, of a check, an essay and a task."""
    path = tmp_path_factory.mktemp("book") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]))  # alembic
        with Gradebook(f"sqlite:///{path}") as book:
            book.add_assignment("ps1", duedate="2026-01-02 00:00:00")
            book.add_notebook("p", "ps1")
            book.add_grade_cell("sum", "p", "ps1", max_score=3, cell_type="code")
            book.add_grade_cell("essay", "p", "ps1", max_score=4, cell_type="markdown")
            book.add_solution_cell("essay", "p", "ps1")
            book.add_student("ada")
            book.add_submission("ps1", "ada")
            book.find_grade("sum", "p", "ps1", "ada").auto_score = 3
            book.db.commit()
    return path


@pytest.fixture
def book(template, tmp_path):
    """A copy of it, open."""
    path = tmp_path / "gradebook.db"
    path.write_bytes(template.read_bytes())
    with Gradebook(f"sqlite:///{path}") as book:
        yield book


def entry(book):
    book.db.commit()
    return read_entries(book, "ps1")["ada"]


def mark(book, name, **values):
    grade = book.find_grade(name, "p", "ps1", "ada")
    for field, value in ({"needs_manual_grade": False} | values).items():
        setattr(grade, field, value)


@pytest.mark.parametrize("by_hand", [None, 0, 2.5, 4])
@pytest.mark.parametrize("extra", [None, 1.5])
@pytest.mark.parametrize("penalty", [None, 1, 4])
def test_the_score_is_what_nbgrader_computes(book, by_hand, extra, penalty):
    mark(book, "essay", manual_score=by_hand)
    mark(book, "sum", extra_credit=extra)
    submission = book.find_submission("ps1", "ada")
    submission.notebooks[0].late_submission_penalty = penalty
    now = marked(ADA, entry(book))
    assert now.score == max(0, submission.score - (penalty or 0)) and now.earned == submission.score
    assert now.penalty == (penalty or 0) and now.checks[0].extra == (extra or 0)
    assert now.checks[1].points == by_hand and now.checks[1].by_hand == (by_hand is not None)


def test_without_anything_by_hand_a_record_says_what_grading_found(book):
    assert marked(ADA, entry(book)) == ADA
    assert marked(ADA, None) == ADA


def test_a_lost_check_that_a_person_gives_full_points_needs_no_message(book):
    lost = Record(
        "ada", "ps1", "graded", 7, 1, [Check("p", "sum", 3, 1, "not all"), Check("p", "essay", 4, None)]
    )
    mark(book, "sum", auto_score=1)
    assert marked(lost, entry(book)).checks[0].message == "not all"
    mark(book, "sum", manual_score=3)
    assert marked(lost, entry(book)).checks[0].message == ""


def test_a_comment_is_what_a_person_wrote_and_not_nbgraders_own(book):
    comment = book.find_comment("essay", "p", "ps1", "ada")
    comment.auto_comment = "No response."
    assert marked(ADA, entry(book)).comments == []
    comment.manual_comment = "Nearly."
    assert [(one.grade_id, one.text, one.stale) for one in marked(ADA, entry(book)).comments] == [
        ("essay", "Nearly.", False)
    ]


def test_what_could_not_be_graded_has_a_score_once_a_person_gives_one(book):
    broken = Record("ada", "ps1", "failed", 7, None, incidents=[Incident("unreadable", "It is empty.")])
    mark(book, "sum", auto_score=None)
    assert marked(broken, entry(book)).score is None
    mark(book, "essay", manual_score=2)
    rescued = marked(broken, entry(book))
    assert (rescued.status, rescued.score) == ("incident", 2) and rescued.incidents == broken.incidents
    assert {check.grade_id: check.points for check in rescued.checks} == {"sum": None, "essay": 2}


def test_how_late_it_is_counts_from_the_extension(book):
    submission = book.find_submission("ps1", "ada")
    submission.timestamp = datetime(2026, 1, 3, 1)
    assert marked(ADA, entry(book)).late == 25 * 3600
    assert marked(ADA, entry(book)).handed_in == "2026-01-03T01:00:00Z"
    submission.extension = timedelta(days=1)
    assert marked(ADA, entry(book)).late == 3600
    submission.extension = timedelta(days=2)
    assert marked(ADA, entry(book)).late == 0


def test_a_mark_is_stale_after_a_new_hand_in_until_somebody_looks_again(book):
    mark(book, "essay", manual_score=2)
    book.find_comment("essay", "p", "ps1", "ada").manual_comment = "Nearly."
    again = follow(ADA, ADA, entry(book))
    assert not any(check.stale for check in marked(again, entry(book)).checks)
    anew = follow(Record(**vars(ADA) | {"hand_in": "two"}), ADA, entry(book))
    mark(book, "essay", needs_manual_grade=True)  # as the gradebook gets when it is written
    now = marked(anew, entry(book))
    assert now.checks[1].stale and now.checks[1].points == 2, "still counted, and said to be old"
    assert now.comments[0].stale
    once_more = follow(Record(**vars(ADA) | {"hand_in": "two"}), anew, entry(book))
    assert marked(once_more, entry(book)).checks[1].stale, "grading again makes it no younger"
    mark(book, "essay", manual_score=2)
    book.find_comment("essay", "p", "ps1", "ada").manual_comment = "Better."
    seen = marked(once_more, entry(book))
    assert not seen.checks[1].stale and not seen.comments[0].stale


def test_grading_again_says_what_it_changed_and_by_what(book):
    checks = [Check("p", "sum", 3, 1, "not all"), Check("p", "essay", 4, None)]
    mark(book, "essay", manual_score=2)
    for hand_in, why in (("one", "checks"), ("two", "hand-in")):
        new = follow(Record("ada", "ps1", "graded", 7, 1, checks, hand_in=hand_in), ADA, entry(book))
        assert [(one.grade_id, one.was, one.now) for one in new.changes] == [("", 5, 3), ("sum", 3, 1)]
        assert new.changed_by == why
    assert follow(ADA, ADA, entry(book)).changes == []


def test_a_mark_by_hand_hides_a_change_of_its_check(book):
    mark(book, "sum", manual_score=2)
    new = follow(
        Record("ada", "ps1", "graded", 7, 1, [Check("p", "sum", 3, 1)], hand_in="one"), ADA, entry(book)
    )
    assert [one.grade_id for one in new.changes] == []


def test_a_gradebook_with_other_automatic_points_no_longer_has_what_grading_found(book):
    assert stands(ADA, entry(book)) and not stands(ADA, None)
    mark(book, "sum", auto_score=1, manual_score=3)
    assert not stands(ADA, entry(book))


def test_records_survive_json(book):
    mark(book, "essay", manual_score=2)
    record = follow(Record(**vars(ADA) | {"hand_in": "two"}), ADA, entry(book))
    assert Record.from_json(record.to_json()) == record
