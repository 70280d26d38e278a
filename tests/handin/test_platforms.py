"""Archives of Moodle, Canvas and Gradescope, named as the platforms' own programs name their files."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from airlock.handin.platforms import read_archive
from airlock.model.errors import AirlockError

JOERG = "Jörg Müller_4711_assignsubmission_file"
GRADESCOPE = """---
submission_11:
  :submitters:
  - :name: Jörg Müller
    :sid: jm1
    :email: joerg@x.example
  - :name: Ada King
    :email: ada@x.example
  :created_at: 2026-05-01 21:30:00.123456000 Z
  :score: 0.0
  :history:
  - :created_at: 2026-04-30 10:00:00.000000000 Z
submission_12:
  :submitters:
  - :name: "O'Brien, Ann"
    :sid: 0042
    :email: ann@x.example
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-05-02 01:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: UTC
    time: 2026-05-02 01:00:00.000000000 Z
submission_13:
  :submitters: []
  :created_at:
"""


def packed(files, date=(2026, 5, 3, 12, 0, 0), dates=None):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (files if isinstance(files, dict) else dict.fromkeys(files, "{}")).items():
            archive.writestr(zipfile.ZipInfo(name, (dates or {}).get(name, date)), content)
    return buffer.getvalue()


def read(files, **options):
    data = files if isinstance(files, bytes) else packed(files, **options)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return read_archive(archive, "class.zip")


def whose(archive):
    return {attempt.name: list(attempt.members) for attempt in archive.attempts}


@pytest.mark.parametrize(
    "start", [f"{JOERG}/", f"{JOERG}_/", f"{JOERG}_", f"ps1 4711/{JOERG}/", f"a/b/{JOERG}_"]
)
def test_moodle_in_folders_and_without(start):
    archive = read([f"{start}ps 1_final.ipynb", f"{start}data/a.csv", "readme.txt"])
    assert archive.platform == "Moodle" and [info.filename for info in archive.left] == ["readme.txt"]
    assert whose(archive) == {"Jörg Müller": ["ps 1_final.ipynb", "data/a.csv"]}
    assert archive.attempts[0].who == [("Jörg Müller",)]
    assert archive.attempts[0].number == "participant 4711"


def test_moodle_with_groups_hyphens_and_text_typed_in():
    archive = read(
        [
            "Lab 2-Mary-Anne OConnor_12_assignsubmission_file/x.ipynb",
            "Wei Li_14_assignsubmission_onlinetext_onlinetext.html",
            "Wei Li_14_assignsubmission_file_x.ipynb",
            "Lab 3_31_assignsubmission_file/x.ipynb",
            "Default group_assignsubmission_file/x.ipynb",
        ]
    )
    assert whose(archive)["Wei Li"] == ["onlinetext.html", "x.ipynb"]
    assert archive.attempts[0].who == [("Lab 2-Mary-Anne OConnor", "Mary-Anne OConnor", "Anne OConnor")]
    numbers = {one.name: one.number for one in archive.attempts[1:]}
    assert numbers == {"Wei Li": "participant 14", "Lab 3": "participant 31", "Default group": ""}


@pytest.mark.parametrize("word", ["Participant", "Teilnehmerin", "参加者"])
def test_moodle_where_marking_is_blind_has_numbers_alone(word):
    archive = read([f"{word}_{number}_assignsubmission_file/x.ipynb" for number in (13, 14)])
    assert [(one.name, one.who) for one in archive.attempts] == [(f"participant {n}", [()]) for n in (13, 14)]


def test_canvas_with_late_marks_anonymous_names_and_texts():
    archive = read(
        [
            "müllerjörg_501_90210_ps1-2.ipynb",
            "müllerjörg_501_90211_data-1.csv",
            "kingada_LATE_502_90212_my notebook_1.ipynb",
            "da_silva2_503_90213_x.ipynb",
            "LATE_anon_aB3xZ_90214_x.ipynb",
            "obrienann_505_text.html",
        ]
    )
    assert archive.platform == "Canvas" and archive.left == []
    assert whose(archive) == {
        "müllerjörg": ["ps1-2.ipynb", "data-1.csv"],
        "kingada": ["my notebook_1.ipynb"],
        "da_silva2": ["x.ipynb"],
        "aB3xZ": ["x.ipynb"],
        "obrienann": ["text.html"],
    }
    assert [attempt.late for attempt in archive.attempts] == [False, True, False, True, False]
    assert (archive.attempts[0].who, archive.attempts[0].number) == ([("müllerjörg",)], "501")


def test_of_two_files_of_one_name_in_canvas_the_later_is_the_last_attempt():
    names = ["liwei_7_92_ps1-1.ipynb", "liwei_7_90_data.csv", "liwei_7_91_ps1.ipynb"]
    first, second = read({name: name for name in names}).attempts
    assert {path: info.filename for path, info in first.members.items()} == {"ps1.ipynb": names[2]}
    assert {path: info.filename for path, info in second.members.items()} == {
        "ps1.ipynb": names[0],
        "data.csv": names[1],
    }


def test_gradescope_with_groups_and_times():
    top = "assignment_99_export"
    names = [
        f"{top}/submission_12/a/ps1.ipynb",
        f"{top}/submission_11/ps1.ipynb",
        f"{top}/submission_13/x.ipynb",
    ]
    archive = read({f"{top}/submission_metadata.yml": GRADESCOPE, **dict.fromkeys(names, "{}"), "x.txt": ""})
    assert archive.platform == "Gradescope" and [info.filename for info in archive.left] == ["x.txt"]
    nobody, group, ann = archive.attempts
    assert nobody.who == [] and group.who == [
        ("jm1", "joerg@x.example", "Jörg Müller"),
        ("ada@x.example", "Ada King"),
    ]
    assert ann.name == "O'Brien, Ann" and list(ann.members) == ["a/ps1.ipynb"]
    assert group.time == datetime(2026, 5, 1, 21, 30, 0, 123456, UTC)
    assert ann.time == datetime(2026, 5, 2, 1, tzinfo=UTC)


def test_times_of_an_archives_making_are_nobodys_hand_in():
    files = [f"{name}_{number}_assignsubmission_file/x.ipynb" for number, name in enumerate(("A B", "C D"))]
    archive = read(files, dates={files[1]: (2026, 5, 3, 12, 20, 0)})
    assert [attempt.time for attempt in archive.attempts] == [None, None]
    assert archive.made.astimezone().hour == 12 and archive.made.astimezone().minute == 20
    archive = read(files, dates={files[1]: (2026, 5, 1, 12, 20, 0)})
    assert [one.time.astimezone().day for one in archive.attempts] == [3, 1]


def test_what_systems_add_and_what_leads_out_is_left_alone():
    junk = [
        "__MACOSX/._x.ipynb",
        f"{JOERG}/._x.ipynb",
        f"{JOERG}/.DS_Store",
        f"{JOERG}/.ipynb_checkpoints/x.ipynb",
    ]
    bad = [f"{JOERG}/../../x.ipynb", f"/{JOERG}/x.ipynb"]
    archive = read([*junk, *bad, f"{JOERG}/sub/x.ipynb"])
    assert whose(archive) == {"Jörg Müller": ["sub/x.ipynb"]} and archive.left == []
    link = zipfile.ZipInfo(f"{JOERG}/link.ipynb")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO(packed([f"{JOERG}/x.ipynb"]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert whose(read(buffer.getvalue())) == {"Jörg Müller": ["x.ipynb"]}


def test_names_from_windows_and_from_macs_are_read():
    decomposed = "Jo\u0308rg Mu\u0308ller_4711_assignsubmission_file\\sub\\x.ipynb"
    assert whose(read([decomposed])) == {"Jörg Müller": ["sub/x.ipynb"]}
    unmarked = packed([f"{JOERG}/x.ipynb"]).replace(b"\x00\x08\x00\x00", bytes(4))  # the mark of UTF-8
    assert whose(read(unmarked)) == {"Jörg Müller": ["x.ipynb"]}
    dos = packed([f"{JOERG.replace('ö', '1').replace('ü', '2')}/x.ipynb"])
    dos = dos.replace(b"J1rg M2ller", "Jörg Müller".encode("cp437"))
    assert whose(read(dos)) == {"Jörg Müller": ["x.ipynb"]}


BOMB = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text", ["[", "- a", "submission_1: [", "\x00", "submission_1: !!python/name:os.system"]
)
def test_metadata_that_cannot_be_read_is_told_in_one_sentence(text):
    with pytest.raises(AirlockError, match="no YAML of Gradescope's"):
        read({"submission_metadata.yml": text, "submission_1/x.ipynb": ""})


def test_metadata_that_grows_without_end_is_nobodys():
    archive = read({"submission_metadata.yml": BOMB, "submission_1/x.ipynb": ""})
    assert archive.attempts == [] and len(archive.left) == 1
