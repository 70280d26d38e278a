"""nbgrader autograde and airlock grade are one road: neither grades again, drops what the other did."""

import json
import threading
import time

import pytest
from class_course import RIGHT, Course
from nbgrader.apps import NbGraderAPI

from airlock.course.application import load_course
from airlock.course.journal import Journal, append, only_one
from airlock.model.record import Record

pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    course = Course.make(tmp_path_factory.mktemp("road") / "course")
    course.hand_in("ada", RIGHT)
    course.hand_in("maria", {})
    return course


@pytest.fixture
def course(handed_in, tmp_path):
    return handed_in.copy(tmp_path / "course")


def autograde(course, student):
    app = load_course(course.root)
    return NbGraderAPI(app.coursedir, config=app.config).autograde("ps1", student, create=True)


def test_what_nbgrader_graded_is_not_graded_again_and_what_is_recorded_is_the_same(course):
    for student in ("ada", "maria"):
        outcome = autograde(course, student)
        assert outcome["success"], outcome["log"]
    by_nbgrader, lines = course.results, len(course.journal())
    assert course.grade() == 0
    assert len(course.journal()) == lines == 2, "nothing was graded again"
    assert course.grade("--force") == 0
    own = ("seconds", "handed_in")
    for student, record in course.results.items():
        for key in record.keys() - set(own):
            assert record[key] == by_nbgrader[student][key], (student, key)


def test_nbgrader_keeps_the_lines_of_others_and_rewrites_nothing(course):
    assert course.grade() == 0
    path = course.root / "reports" / "ps1" / "records.jsonl"
    before = path.read_bytes()
    outcome = autograde(course, "maria")
    assert outcome["success"], outcome["log"]
    assert path.read_bytes().startswith(before) and course.journal()[-1] == "maria"
    assert set(course.results) == {"ada", "maria"}


def test_beside_another_run_nbgrader_says_so_and_leaves_all_as_it_was(course):
    assert course.grade() == 0
    graded = (course.root / "autograded" / "ada" / "ps1" / "p.ipynb").read_bytes()
    with only_one(course.root / "reports" / "ps1"):
        outcome = autograde(course, "ada")
    assert not outcome["success"] and "Another run is grading ps1" in outcome["log"]
    assert (course.root / "autograded" / "ada" / "ps1" / "p.ipynb").read_bytes() == graded
    assert len(course.journal()) == 2


def test_a_run_is_refused_while_nbgrader_grades_a_notebook(course, monkeypatch, capsys):
    from airlock.run import grade

    began, go_on, run_twice = threading.Event(), threading.Event(), grade.run_twice

    def slowly(*arguments):
        began.set()
        assert go_on.wait(60)
        return run_twice(*arguments)

    monkeypatch.setattr(grade, "run_twice", slowly)
    outcomes = []
    other = threading.Thread(target=lambda: outcomes.append(autograde(course, "ada")))
    other.start()
    assert began.wait(60)
    code = course.start().wait(60)
    go_on.set()
    other.join(60)
    assert code == 2
    assert outcomes[0]["success"], outcomes[0]["log"]


def test_who_waits_for_the_folder_gets_it_when_it_is_free(tmp_path):
    order = []

    def wait():
        with only_one(tmp_path, wait=True):
            order.append("second")

    with only_one(tmp_path):
        other = threading.Thread(target=wait)
        other.start()
        time.sleep(0.1)
        order.append("first")
    other.join(20)
    assert order == ["first", "second"]


def test_a_line_that_was_cut_off_takes_no_other_with_it(tmp_path):
    append(tmp_path, Record("ada", "ps1", "graded", 1, 1))
    with (tmp_path / "records.jsonl").open("a") as file:
        file.write('{"student": "mar')
    append(tmp_path, Record("sofia", "ps1", "graded", 1, 1))
    assert set(Journal(tmp_path).records) == {"ada", "sofia"}
    assert json.loads((tmp_path / "records.jsonl").read_text().splitlines()[-1])["student"] == "sofia"
