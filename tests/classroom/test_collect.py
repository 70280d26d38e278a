"""A learning platform's archive becomes folders in submitted/: whose it is, every attempt, nothing lost."""

import io
import json
import zipfile

import pytest

from airlock.classroom.attendance import Attendance
from airlock.classroom.collect import Collector, tell
from airlock.course.roster import Person, Roster, read_roster
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


def test_every_attempt_is_kept_and_the_latest_is_handed_in(tmp_path):
    name = "Wei Li_1_assignsubmission_file/hw.ipynb"
    collect(tmp_path, {name: "second"}, (2026, 11, 21, 9, 0, 0))
    assert collect(tmp_path, {name: "second"}, (2026, 11, 21, 9, 0, 0)).unchanged == ["li1"]
    assert collect(tmp_path, {name: "first"}, (2026, 11, 20, 9, 0, 0)).unchanged == ["li1"]
    assert submitted(tmp_path, "li1")["hw.ipynb"] == "second"
    assert collect(tmp_path, {name: "third"}, (2026, 11, 22, 9, 0, 0)).placed == ["li1"]
    assert submitted(tmp_path, "li1") == {"hw.ipynb": "third", "timestamp.txt": "2026-11-22 09:00:00 UTC\n"}
    attempts = tmp_path / "downloaded/ps1/attempts/li1"
    assert sorted((p.name, (p / "hw.ipynb").read_text()) for p in attempts.iterdir()) == [
        ("2026-11-20T09-00-00", "first"),
        ("2026-11-21T09-00-00", "second"),
        ("2026-11-22T09-00-00", "third"),
    ]


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


ROSTERS = {
    "our own": "name,id,email,section\nWei Li,li1,wei@uni.example,B\n",
    "ours, from a German spreadsheet": "\ufeffName;ID;Email;Section\r\nWei Li;li1;wei@uni.example;B\r\n",
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,HW\n    Points Possible,,,,,5\n"
    '"Li, Wei",504,s504,li1,B,\n"Student, Test",1,,x,B,\n',
    "moodle": '"First name","Last name",Username,"ID number","Email address",Groups\n'
    "Wei,Li,li1,504,wei@uni.example,B\n",
}


@pytest.mark.parametrize("kind", ROSTERS)
def test_rosters_of_each_platform_are_read_as_they_are(tmp_path, kind):
    (tmp_path / "roster.csv").write_text(ROSTERS[kind], encoding="utf-8")
    (person,) = read_roster(tmp_path / "roster.csv").people
    assert (person.id, person.name, person.section) == ("li1", "Wei Li", "B")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "id\nx\nx\n", "id\n../x\n"])
def test_a_roster_that_cannot_serve_is_told_in_one_sentence(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(AirlockError, match=r"roster\.csv"):
        read_roster(tmp_path / "roster.csv")


def test_two_of_one_name_are_told_apart_by_more_or_not_at_all():
    twins = Roster([Person("a", "Wei Li", "a@x.example"), Person("b", "Li Wei", "b@x.example")])
    assert twins.find("Wei Li") is None and twins.find("Wei Li", "b@x.example").id == "b"


def test_who_is_absent_unknown_or_misplaced_is_said(tmp_path):
    for path in ("li1/ps1/x.ipynb", "Jürgen Müller/ps1/x.ipynb", "zoe/ps1/x.ipynb", "oconn/x.ipynb",
                 "dasilva/ps1 (2)/x.ipynb", "loose.ipynb", "class.zip", "li1/ps0/x.ipynb"):  # fmt: skip
        (tmp_path / "submitted" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "submitted" / path).write_text(json.dumps({}))
    for assignment in ("ps0", "ps1"):
        (tmp_path / "source" / assignment).mkdir(parents=True)
    attendance = Attendance(Course(tmp_path), "ps1", {"li1", "Jürgen Müller", "zoe"}, CLASS)
    assert [person.id for person in attendance.absent] == ["jmuel", "oconn", "dasilva"]
    said = "\n".join(attendance.notes)
    for expected in (
        "submitted/oconn/x.ipynb was not graded: move it to submitted/oconn/ps1/",
        "submitted/dasilva/ps1 (2)/ is no assignment's folder",
        "submitted/loose.ipynb was not graded: move it to submitted/STUDENT/ps1/",
        "submitted/class.zip was not looked into",
        "Jürgen Müller is not in roster.csv: if it is Jürgen Müller, rename the folder to jmuel",
        "zoe is not in roster.csv: add a line",
    ):
        assert expected in said
    assert len(attendance.notes) == 6
