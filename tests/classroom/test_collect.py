"""A learning platform's archive becomes folders in submitted/: whose it is, every attempt, nothing lost."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from airlock.classroom.attendance import Attendance
from airlock.classroom.collect import Collector, tell
from airlock.classroom.collect import collect as take
from airlock.course.roster import Person, Roster
from airlock.model.errors import AirlockError

CLASS = Roster(
    [
        Person("jmuel", "Jürgen Müller", "j.mueller@uni.example", "A", "501"),
        Person("oconn", "Mary-Anne O'Connor", "mary@uni.example", "A", "502"),
        Person("dasilva", "José da Silva", "jose@uni.example", "B", "503"),
        Person("li1", "Wei Li", "wei.li@uni.example", "B", "504"),
    ]
)
METADATA = """---
submission_77:
  :submitters:
  - :name: Wei Li
    :sid: '504'
    :email: wei.li@uni.example
  - :name: José da Silva
    :sid:
    :email: jose@uni.example
  :created_at: 2026-11-20 22:15:09.123 Z
  :score: 0.0
submission_78:
  :submitters: []
  :created_at: 2026-11-20 22:16:00 Z
"""
ARCHIVES = {
    "moodle, in folders": {
        "Jürgen Müller_4711_assignsubmission_file/hw 1.ipynb": "jmuel",
        "Jürgen Müller_4711_assignsubmission_file/data/a.csv": "jmuel",
        "Mary-Anne O'Connor_4712_assignsubmission_file_/hw.ipynb": "oconn",
        "Silva José da_4713_assignsubmission_file/hw.ipynb": "dasilva",
        "Nobody Known_4714_assignsubmission_file/hw.ipynb": None,
    },
    "moodle, without folders": {
        "Jürgen Müller_4711_assignsubmission_file_hw_1_final.ipynb": "jmuel",
        "Mary-Anne O'Connor_4712_assignsubmission_file_hw.ipynb": "oconn",
        "Mary-Anne O'Connor_4712_assignsubmission_onlinetext_onlinetext.html": "oconn",
        "Wei Li_4715_assignsubmission_file_hw.ipynb": "li1",
    },
    "canvas": {
        "muellerjurgen_501_9001_hw_1.ipynb": "jmuel",
        "oconnormaryanne_LATE_502_9002_hw-1.ipynb": "oconn",
        "dasilvajose_503_9003_hw.ipynb": "dasilva",
        "unknownperson_999_9004_hw.ipynb": None,
    },
}


class Course:
    """As much of nbgrader's CourseDirectory as collecting needs."""

    submitted_directory, source_directory = "submitted", "source"

    def __init__(self, root):
        self.root = str(root)

    def format_path(self, step, student, assignment):
        return f"{self.root}/{step}/{student}/{assignment}"


def archive_of(members: dict[str, str], date=(2026, 11, 20, 12, 0, 0)) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, date), content)
    return buffer.getvalue()


def collect(root, members, date=(2026, 11, 20, 12, 0, 0), roster=CLASS):
    root.mkdir(exist_ok=True)
    (root / "class.zip").write_bytes(archive_of(members, date))
    return Collector(Course(root), "ps1", roster).collect(root / "class.zip")


def submitted(root, student):
    folder = root / "submitted" / student / "ps1"
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_each_file_goes_to_its_student_and_the_rest_is_named(tmp_path, kind):
    members = ARCHIVES[kind]
    outcome = collect(tmp_path, {name: name for name in members})
    assert set(outcome.placed) == set(filter(None, members.values()))
    assert outcome.unmatched == [name for name, student in members.items() if student is None]
    for name, student in members.items():
        folder = f"submitted/{student}/ps1" if student else "downloaded/ps1/unmatched"
        assert name in read_all(tmp_path / folder)
        assert student or name in tell(outcome)


def read_all(folder):
    return [path.read_text() for path in folder.rglob("*") if path.is_file()]


def test_gradescope_gives_a_groups_work_to_each_of_the_group(tmp_path):
    top = "assignment_5_export"
    names = {f"{top}/submission_77/hw.ipynb": "{}", f"{top}/submission_78/hw.ipynb": "{}"}
    outcome = collect(tmp_path, {f"{top}/submission_metadata.yml": METADATA} | names)
    assert outcome.placed == ["dasilva", "li1"]
    assert outcome.unmatched == [f"{top}/submission_78/hw.ipynb"]
    assert submitted(tmp_path, "li1") == {"hw.ipynb": "{}", "timestamp.txt": "2026-11-20 22:15:09 UTC\n"}


def test_names_in_utf_8_that_are_not_marked_as_such_are_read(tmp_path):
    data = archive_of({"Jürgen Müller_4711_assignsubmission_file/hw.ipynb": "x"})
    data = data.replace(b"\x00\x08\x00\x00", bytes(4))  # the mark, in both headers
    (tmp_path / "class.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        assert "Jürgen" not in archive.namelist()[0]
    assert Collector(Course(tmp_path), "ps1", CLASS).collect(tmp_path / "class.zip").placed == ["jmuel"]


def attempts(root, student):
    kept = (root / "downloaded/ps1/attempts" / student).iterdir()
    return sorted((path.name, (path / "hw.ipynb").read_text()) for path in kept)


def test_every_attempt_is_kept_and_the_latest_is_handed_in(tmp_path):
    name = "Wei Li_1_assignsubmission_file/hw.ipynb"
    collect(tmp_path, {name: "second"}, (2026, 11, 21, 9, 0, 0))
    assert collect(tmp_path, {name: "second"}, (2026, 11, 21, 10, 0, 0)).unchanged == ["li1"]
    assert collect(tmp_path, {name: "first"}, (2026, 11, 20, 9, 0, 0)).unchanged == ["li1"]
    assert submitted(tmp_path, "li1") == {"hw.ipynb": "second"}
    assert collect(tmp_path, {name: "third"}, (2026, 11, 22, 9, 0, 0)).placed == ["li1"]
    assert collect(tmp_path, {name: "second"}, (2026, 11, 23, 9, 0, 0)).placed == ["li1"]  # taken back
    assert submitted(tmp_path, "li1") == {"hw.ipynb": "second"}
    days = [(name[8:10], content) for name, content in attempts(tmp_path, "li1")]
    assert days == [("20", "first"), ("21", "second"), ("22", "third"), ("23", "second")]


WORKSHEET = """\ufeffID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Zuletzt geändert (Abgabe)
Teilnehmer/in4711;Jürgen Müller;j.mueller@uni.example;Abgegeben;;Freitag, 20. November 2026, 23:05
Teilnehmer/in1;Wei Li;wei.li@uni.example;Abgegeben;;Donnerstag, 19. November 2026, 08:00
Teilnehmer/in2;Mary-Anne O'Connor;mary@uni.example;Keine Abgabe;;-
"""


def test_moodles_worksheet_says_when_and_who_also_where_marking_is_blind(tmp_path):
    files = {f"Participant_{n}_assignsubmission_file/hw.ipynb": str(n) for n in (4711, 1)}
    (tmp_path / "class.zip").write_bytes(archive_of(files))
    (tmp_path / "grades.csv").write_text(WORKSHEET)
    (outcome,) = take(Course(tmp_path), "ps1", CLASS, [tmp_path / "class.zip", tmp_path / "grades.csv"])
    assert outcome.placed == ["jmuel", "li1"] and not outcome.unmatched
    local = datetime(2026, 11, 20, 23, 5).astimezone(UTC)
    assert submitted(tmp_path, "jmuel")["timestamp.txt"] == f"{local:%Y-%m-%d %H:%M:%S} UTC\n"


def test_a_time_that_becomes_known_later_is_added_to_the_attempt(tmp_path):
    files = {f"Wei Li_{1}_assignsubmission_file/hw.ipynb": "x"}
    assert collect(tmp_path, files).placed == ["li1"] and "timestamp.txt" not in submitted(tmp_path, "li1")
    (tmp_path / "grades.csv").write_text(WORKSHEET)
    (outcome,) = take(Course(tmp_path), "ps1", CLASS, [tmp_path / "class.zip", tmp_path / "grades.csv"])
    assert outcome.placed == ["li1"] and "timestamp.txt" in submitted(tmp_path, "li1")
    assert len(attempts(tmp_path, "li1")) == 1


def test_whom_canvas_calls_late_without_saying_when_is_named_and_loses_nothing(tmp_path):
    names = {"oconnormaryanne_LATE_502_9002_hw.ipynb": "x", "liwei_504_9003_hw.ipynb": "y"}
    outcome = collect(tmp_path, names)
    assert outcome.timeless == ["oconn"] and "Late, says Canvas, and not how late: oconn." in tell(outcome)
    assert "timestamp.txt" not in submitted(tmp_path, "oconn")


def test_a_time_stamp_of_a_students_own_is_none(tmp_path):
    start = "Wei Li_1_assignsubmission_file"
    collect(tmp_path, {f"{start}/hw.ipynb": "x", f"{start}/timestamp.txt": "2020-01-01 00:00:00 UTC"})
    assert submitted(tmp_path, "li1") == {"hw.ipynb": "x"}


def test_who_may_be_one_of_two_is_said_and_placed_nowhere(tmp_path):
    twins = Roster([Person("a", "Wei Li", "a@x.example"), Person("b", "Li Wei", "b@x.example")])
    outcome = collect(tmp_path, {"Wei Li_1_assignsubmission_file/hw.ipynb": "x"}, roster=twins)
    assert "Wei Li may be a or b" in tell(outcome) and len(outcome.unmatched) == 1
    assert not (tmp_path / "submitted").exists()


def test_two_attempts_of_one_second_are_two(tmp_path):
    name = "Wei Li_1_assignsubmission_file/hw.ipynb"
    for content in ("a", "b", "a"):
        collect(tmp_path, {name: content})
    assert len(list((tmp_path / "downloaded/ps1/attempts/li1").iterdir())) == 2


def test_what_was_put_there_by_hand_becomes_an_attempt(tmp_path):
    folder = tmp_path / "submitted/li1/ps1"
    folder.mkdir(parents=True)
    (folder / "hw.ipynb").write_text("by hand")
    collect(tmp_path, {"Wei Li_1_assignsubmission_file/hw.ipynb": "old"}, (2020, 1, 1, 0, 0, 0))
    assert submitted(tmp_path, "li1")["hw.ipynb"] == "by hand"
    assert len(list((tmp_path / "downloaded/ps1/attempts/li1").iterdir())) == 2


def test_no_name_of_a_member_leads_out_of_the_course(tmp_path):
    names = [
        "Wei Li_1_assignsubmission_file/../../../../evil.txt",
        "Wei Li_1_assignsubmission_file//etc/evil.txt",
        "../../Wei Li_1_assignsubmission_file/hw.ipynb",
        "../unmatched.txt",
    ]
    (tmp_path / "course").mkdir()
    collect(tmp_path / "course", dict.fromkeys(names, "x"))
    assert [path.name for path in tmp_path.iterdir()] == ["course"]


def test_without_a_roster_the_archives_own_names_serve(tmp_path):
    outcome = collect(tmp_path, {"Jürgen Müller_4711_assignsubmission_file/hw.ipynb": "x"}, roster=None)
    assert outcome.placed == ["jürgen-müller"] and not outcome.unmatched


OTHERS = {"empty": b"", "broken": b"PK no zip", "another": archive_of({"readme.txt": "x"})}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_another_file_is_told_in_one_sentence(tmp_path, data):
    (tmp_path / "class.zip").write_bytes(data)
    with pytest.raises(AirlockError, match=r"class\.zip"):
        Collector(Course(tmp_path), "ps1", CLASS).collect(tmp_path / "class.zip")


def test_who_is_absent_unknown_or_misplaced_is_said(tmp_path):
    for path in ("li1/ps1/x.ipynb", "Jürgen Müller/ps1/x.ipynb", "zoe/ps1/x.ipynb", "oconn/x.ipynb",
                 "dasilva/ps1 (2)/x.ipynb", "ps1/bob/x.ipynb",
                 "loose.ipynb", "class.zip", "li1/ps0/x.ipynb"):  # fmt: skip
        (tmp_path / "submitted" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "submitted" / path).write_text(json.dumps({}))
    for assignment in ("ps0", "ps1"):
        (tmp_path / "source" / assignment).mkdir(parents=True)
    attendance = Attendance(Course(tmp_path), "ps1", {"li1", "Jürgen Müller", "Li, Wei", "zoe"}, CLASS)
    assert [person.id for person in attendance.absent] == ["oconn", "dasilva"]
    said = "\n".join(attendance.notes)
    for expected in (
        "submitted/oconn/x.ipynb was not graded: move it to submitted/oconn/ps1/",
        "submitted/dasilva/ps1 (2)/ is no assignment's folder",
        "submitted/loose.ipynb was not graded: move it to submitted/STUDENT/ps1/",
        "submitted/class.zip was not looked into",
        "Jürgen Müller is not in roster.csv: if it is Jürgen Müller, rename the folder to jmuel",
        "Li, Wei is not in roster.csv: if it is Wei Li, remove it or li1: both are there",
        "submitted/ps1/bob/ was not graded: move it to submitted/bob/ps1/",
        "zoe is not in roster.csv: add a line",
    ):
        assert expected in said
    assert len(attendance.notes) == 8


def test_two_absent_of_one_name_are_told_apart(tmp_path):
    people = [Person("a", "Wei Li"), Person("b", "Wei Li"), Person("c", "Ada King"), Person("d")]
    attendance = Attendance(Course(tmp_path), "ps1", {"a"}, Roster(people))
    assert [person.name for person in attendance.absent] == ["Wei Li (b)", "Ada King", "d"]


def test_a_table_alone_is_no_archive(tmp_path):
    (tmp_path / "grades.csv").write_text(WORKSHEET)
    with pytest.raises(AirlockError, match=r"grades\.csv is a table: give the platform's archive"):
        take(Course(tmp_path), "ps1", CLASS, [tmp_path / "grades.csv"])
