"""Grades for Canvas and Moodle: their columns, the gradebook's scores, no number where there is none."""

import csv
import os
import subprocess
import sys
import sysconfig
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook

from airlock.course.results import write_results
from airlock.export import still_waiting
from airlock.model.record import Check, Incident, Record

PROGRAMS = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])  # nbgrader calls alembic


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course in which every way to have a score, or none, occurs once."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", PROGRAMS)
        gradebook = Gradebook(f"sqlite:///{root}/gradebook.db")
    with gradebook:
        for name in ("ps1", "ps2"):
            gradebook.add_assignment(name)
            gradebook.add_notebook("nb", name)
            gradebook.add_grade_cell("test-x", "nb", name, max_score=4, cell_type="code")
            gradebook.add_solution_cell("answer", "nb", name)
        gradebook.add_student(
            "full", first_name="Ada", last_name="Lovelace, Countess", email="ada@x.org", lms_user_id="77"
        )
        for student in ("late", "failed", "rescued", "ungraded", "by-hand", "absent", "=1+1"):
            gradebook.add_student(student)
        grade(gradebook, "full", auto=3.5)
        grade(gradebook, "late", auto=3, penalty=1)
        grade(gradebook, "failed", auto=4)  # from a hand-in before the one that failed
        grade(gradebook, "rescued", manual=2)
        grade(gradebook, "ungraded")
        grade(gradebook, "by-hand", auto=1, manual=3)
        grade(gradebook, "=1+1", auto=0, penalty=2)
    records = [
        Record("full", "ps1", "graded", 4, 3.5, [Check("nb", "test-x", 4, 3.5, "x: a <b> is missing")]),
        *(
            Record(name, "ps1", "failed", 4, None, incidents=[Incident("unreadable", "The file is empty.")])
            for name in ("failed", "rescued")
        ),
    ]
    write_results(root / "reports" / "ps1", records, {"assignment": "ps1"})
    return root


def grade(gradebook, student, auto=None, manual=None, penalty=None):
    gradebook.add_submission("ps1", student, timestamp=datetime.now(UTC))
    notebook = gradebook.find_submission_notebook("nb", "ps1", student)
    notebook.late_submission_penalty = penalty
    found = gradebook.find_grade("test-x", "nb", "ps1", student)
    found.auto_score, found.manual_score, found.needs_manual_grade = auto, manual, False
    if student == "by-hand":
        gradebook.find_comment("answer", "nb", "ps1", student).manual_comment = "Well argued."
    gradebook.db.commit()


def export(course, exporter, *more):
    command = [
        sys.executable,
        "-m",
        "nbgrader",
        "export",
        f"--exporter=airlock.export.{exporter}",
        "--to=out.csv",
    ]
    done = subprocess.run(
        [*command, *more], cwd=course, env=os.environ | {"PATH": PROGRAMS}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    with open(course / "out.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def canvas(course):
    return export(course, "CanvasExporter")


@pytest.fixture(scope="module")
def moodle(course):
    return export(course, "MoodleExporter", "--assignment=['ps1']")


SCORES = {
    "full": "3.5",
    "late": "2",
    "rescued": "2",
    "by-hand": "3",
    "'=1+1": "0",
    "failed": "",
    "ungraded": "",
}


def test_canvas_has_the_documented_columns(canvas):
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1", "ps2"]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "4", "4"]
    assert ["Lovelace, Countess, Ada", "77", "", "full", "", "3.5", ""] in canvas


def test_canvas_gets_the_gradebooks_score_and_nothing_where_there_is_none(canvas):
    assert {row[3]: row[5] for row in canvas[2:]} == SCORES | {"absent": ""}
    assert all(row[6] == "" for row in canvas[2:]), "nobody handed in ps2"


def test_canvas_columns_and_logins_can_be_named(course):
    rows = export(
        course,
        "CanvasExporter",
        "--student=['full']",
        "--PlatformExporter.columns={'ps1': 'Vanishing (12)'}",
        "--CanvasExporter.login=email",
    )
    assert rows[0][5] == "Vanishing (12)" and [row[3] for row in rows[2:]] == ["ada@x.org"]


def test_moodle_identifies_and_grades(moodle):
    people = ["Username", "First name", "Last name", "ID number", "Email address"]
    assert moodle[0] == [*people, "ps1", "ps1 (feedback)"]
    assert {row[0]: row[5] for row in moodle[1:]} == {name: score or "-" for name, score in SCORES.items()}
    assert ["full", "Ada", "Lovelace, Countess", "77", "ada@x.org"] in [row[:5] for row in moodle]


def test_moodle_feedback_is_text(moodle):
    said = {row[0]: row[6] for row in moodle[1:]}
    assert said["full"] == "x: x: a &lt;b&gt; is missing"
    assert said["failed"] == "The file is empty." and said["by-hand"] == "Well argued."


def test_one_sentence_says_what_is_still_to_be_marked_however_large_the_class():
    records = [Record(f"s{n}", "ps1", "graded", 4, 0, [Check("nb", "essay", 4, None)]) for n in range(7)]
    done = Record("done", "ps1", "graded", 4, 4, [Check("nb", "essay", 4, 4)])
    assert still_waiting([done]) == ""
    said = still_waiting([*records, done])
    assert said.startswith("7 answers without a mark by hand") and said.endswith("s3, s4 and 2 more.")
    assert still_waiting(records[:1]).startswith("1 answer without")
