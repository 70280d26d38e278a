"""From a platform's archive to a class that is graded: who handed in, who did not, nothing overlooked."""

import shutil
import zipfile
from contextlib import chdir

import nbformat
import pytest
from class_course import RIGHT, Course
from sayings import one_truth

from airlock.cli import main

ROSTER = "name,id,email,section\nJörg Müller,jm,joerg@x.org,A\nAda King,ada,ada@x.org,B\nAnn Lee,ann,,B\n"
JOERG = "Jörg Müller_4711_assignsubmission_file"
UNMATCHED = {"Jorg Mueler_1": "p.ipynb", "Ada King_2": "x.pdf"}
METADATA = """
submission_1:
  :submitters:
  - {{":name": Ada King, ":email": ada@x.org}}
  :created_at: {time}
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    course = Course.make(tmp_path_factory.mktemp("collect") / "course")
    (course.root / "roster.csv").write_text(ROSTER)
    return course


@pytest.fixture
def course(empty, tmp_path):
    return empty.copy(tmp_path / "course")


def notebook(course, answers):
    folder = course.hand_in("packed", answers)
    data = (folder / "p.ipynb").read_bytes()
    shutil.rmtree(folder.parent)
    return data


def pack(course, name, files):
    with zipfile.ZipFile(course.root / name, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return name


def gradescope(data, time):
    start, metadata = "assignment_9_export/", METADATA.format(time=time)
    return {f"{start}submission_1/p.ipynb": data, f"{start}submission_metadata.yml": metadata}


def collect(course, *words):
    with chdir(course.root):
        return main(["collect", *words])


def answer(course, student):
    path = course.root / "submitted" / student / "ps1" / "p.ipynb"
    return next(cell.source for cell in nbformat.read(path, 4).cells if cell.id == "double")


def test_three_platforms_one_class(course, capsys):
    right, blank = notebook(course, RIGHT), notebook(course, {})
    assert collect(course, pack(course, "moodle.zip", {f"{JOERG}/p.ipynb": right})) == 0
    assert collect(course, pack(course, "canvas.zip", {"leeann_LATE_7_8_p-1.ipynb": blank})) == 0
    assert "Late, the platform says, but not when: ann" in capsys.readouterr().out
    assert collect(course, pack(course, "gradescope.zip", gradescope(right, "2026-05-01"))) == 0
    assert course.grade() == 0
    assert one_truth(course.root, "ps1", "p", capsys.readouterr().out) == {"jm": 5, "ada": 5, "ann": 0}


def test_who_has_not_handed_in_is_not_who_has_nothing(course, capsys):
    collect(course, pack(course, "canvas.zip", {"leeann_7_8_p.ipynb": notebook(course, {})}))
    course.hand_in("zoe", RIGHT)
    assert course.grade() == 0
    said = capsys.readouterr().out
    assert "2 students not handed in: jm, ada" in said and "1 student not in roster.csv: zoe" in said
    rows = (course.root / "reports" / "ps1" / "grades.csv").read_text().splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["ann", "graded", "0"], ["zoe", "graded", "5"], ["jm", "absent", ""], ["ada", "absent", ""],
    ]  # fmt: skip
    report = (course.root / "reports" / "ps1" / "index.html").read_text()
    assert "Not handed in" in report and "Jörg Müller" in report and "Not in the roster" in report


def test_every_attempt_is_kept_and_the_last_is_graded(course):
    first, second = notebook(course, {}), notebook(course, RIGHT)
    collect(course, pack(course, "new.zip", gradescope(second, "2026-05-02 10:00:00")))
    collect(course, pack(course, "old.zip", gradescope(first, "2026-05-01 10:00:00")))
    assert answer(course, "ada") == RIGHT["double"], "an older attempt does not take the place of a newer"
    kept = course.root / "downloaded" / "ps1" / "attempts" / "ada"
    assert sorted(path.name for path in kept.iterdir()) == ["2026-05-01T100000Z", "2026-05-02T100000Z"]
    collect(course, "new.zip", "old.zip")
    assert len(list(kept.iterdir())) == 2, "the same archives again change nothing"


def test_what_was_there_by_hand_is_kept(course):
    course.hand_in("jm", {"double": "by hand"})
    collect(course, pack(course, "m.zip", {f"{JOERG}_p.ipynb": notebook(course, RIGHT)}))
    assert answer(course, "jm") == RIGHT["double"]
    assert len(list((course.root / "downloaded" / "ps1" / "attempts" / "jm").iterdir())) == 2


def test_moodles_worksheet_says_who_and_when(course):
    row = 'Participant 4711,J. M.,joerg@x.org,"Friday, 1 May 2026, 11:05 PM"'
    (course.root / "w.csv").write_text(
        f"Identifier,Full name,Email address,Last modified (submission)\n{row}\n"
    )
    pack(course, "m.zip", {"Participant_4711_assignsubmission_file_p.ipynb": notebook(course, RIGHT)})
    assert collect(course, "m.zip", "w.csv") == 0
    assert "2026-05-" in (course.root / "submitted" / "jm" / "ps1" / "timestamp.txt").read_text()


def test_who_cannot_be_matched_is_said_and_never_lost(course, capsys):
    files = {
        "Jorg Mueler_1_assignsubmission_file_p.ipynb": b"{}",
        "Ada King_2_assignsubmission_file_x.pdf": b"",
    }
    assert collect(course, pack(course, "m.zip", files)) == 1
    said = capsys.readouterr().out
    assert "Jorg Mueler: not in roster.csv; perhaps jm (Jörg Müller)" in said
    assert "Ada King: no notebook among x.pdf" in said
    assert (course.root / "downloaded" / "ps1" / "archive" / "m.zip").exists()


@pytest.mark.parametrize(
    "where", ["ada/x.ipynb", "Ada King/ps1/p.ipynb", "ada.ipynb", "Ada King/p.ipynb", "ada/h.zip"]
)
def test_what_lies_beside_its_place_is_graded(course, where, capsys):
    path = course.root / "submitted" / where
    path.parent.mkdir(parents=True)
    if path.suffix == ".zip":
        pack(course, f"submitted/{where}", {"p.ipynb": notebook(course, RIGHT)})
    else:
        path.write_bytes(notebook(course, RIGHT))
    assert course.grade() == 0
    assert course.scores == {"ada": 5}
    assert "submitted/" in capsys.readouterr().out


def test_two_attempts_side_by_side_are_named(course, capsys):
    course.hand_in("ada", {})
    path = course.root / "submitted" / "ada" / "ps1 (1)" / "p.ipynb"
    path.parent.mkdir()
    path.write_bytes(notebook(course, RIGHT))
    assert course.grade() == 0
    assert course.scores == {"ada": 0} and path.exists()
    assert "NOT GRADED: ps1 (1) in submitted/ada: move it to submitted/ada/ps1/" in capsys.readouterr().out


def test_the_excluded_are_left_out(course):
    (course.root / "roster.csv").write_text("id,excluded\nada,yes\njm,\n")
    for student in ("ada", "jm"):
        course.hand_in(student, RIGHT)
    assert course.grade() == 0
    assert course.scores == {"jm": 5}
