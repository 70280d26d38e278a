"""Archives of Moodle, Canvas and Gradescope, as the platforms make them: whose, which files, and when."""

import zipfile
from datetime import UTC, datetime

import pytest

from airlock.handin.archives import read_archive
from airlock.model.errors import AirlockError

GRADESCOPE = """
submission_11:
  :submitters:
  - :name: Jörg Müller
    :sid: jm1
    :email: joerg@x.org
  - :name: Ada King
    :sid: ak2
    :email: ada@x.org
  :created_at: 2026-05-01 21:30:00.123456000 Z
  :score: 0.0
  :history:
  - :created_at: 2026-04-30 10:00:00.000000000 Z
submission_12:
  :submitters:
  - :name: "O'Brien, Ann"
    :email: ann@x.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-05-02 01:00:00.000000000 Z
    zone: UTC
"""


def packed(tmp_path, files):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def found(path):
    archive = read_archive(path)
    return archive, {str(attempt.people[0]): [*attempt.members] for attempt in archive.attempts}


JOERG = "Jörg Müller_4711_assignsubmission_file"


@pytest.mark.parametrize("start", [f"{JOERG}/", f"{JOERG}_/", f"{JOERG}_", f"ps1-4711/{JOERG}_"])
def test_moodle_in_folders_and_without(tmp_path, start):
    names = [f"{start}ps 1.ipynb", f"{start}data/a.csv"]
    text = "Ada King_4712_assignsubmission_onlinetext/onlinetext.html"
    archive, who = found(packed(tmp_path, dict.fromkeys([*names, text], b"{}")))
    assert archive.platform == "Moodle" and who == {"Jörg Müller": ["ps 1.ipynb", "data/a.csv"]}
    assert archive.attempts[0].people[0].participant == "4711" and archive.left == [text]
    assert archive.files(archive.attempts[0]) == {"ps 1.ipynb": b"{}", "data/a.csv": b"{}"}


def test_canvas(tmp_path):
    names = [
        "müllerjörg_4711_90210_ps1-2.ipynb",
        "kingada_LATE_12_34_my notebook_1.ipynb",
        "late7_8_9_late.ipynb",
        "anon_13_35_x.ipynb",
        "obrienann_77_text.html",
    ]
    archive, who = found(packed(tmp_path, dict.fromkeys(names, b"{}")))
    assert archive.platform == "Canvas" and archive.left == ["obrienann_77_text.html"]
    assert who == {
        "müllerjörg": ["ps1-2.ipynb"],
        "kingada": ["my notebook_1.ipynb"],
        "late7": ["late.ipynb"],
        "13": ["x.ipynb"],
    }
    assert [attempt.late for attempt in archive.attempts] == [False, True, False, False]
    assert archive.attempts[1].people[0].numbers == ("12",)


def test_gradescope_with_groups_and_times(tmp_path):
    start = "assignment_99_export/"
    files = {f"{start}submission_11/ps1.ipynb": b"1", f"{start}submission_12/a/ps1.ipynb": b"2"}
    archive, who = found(
        packed(tmp_path, files | {f"{start}submission_metadata.yml": GRADESCOPE, "x.txt": b""})
    )
    assert archive.platform == "Gradescope" and archive.left == ["x.txt"]
    assert who == {"Jörg Müller": ["ps1.ipynb"], "O'Brien, Ann": ["a/ps1.ipynb"]}
    group, ann = archive.attempts
    assert [one.logins for one in group.people] == [("jm1", "joerg@x.org"), ("ak2", "ada@x.org")]
    assert group.time.astimezone(UTC) == datetime(2026, 5, 1, 21, 30, 0, 123456, UTC)
    assert ann.time == datetime(2026, 5, 2, 1, tzinfo=UTC)


def test_folders_with_names(tmp_path):
    _, who = found(packed(tmp_path, {"class/ada/ps1.ipynb": b"1", "class/Jörg Müller/sub/x.ipynb": b"2"}))
    assert who == {"ada": ["ps1.ipynb"], "Jörg Müller": ["sub/x.ipynb"]}


def test_names_that_are_not_marked_as_utf_8_are_read_nevertheless(tmp_path):
    class Unmarked(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):  # noqa: N802
            return self.filename.encode(), self.flag_bits & ~0x800

    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(Unmarked(f"{JOERG}_x.ipynb"), b"")
    assert next(iter(found(path)[1])) == "Jörg Müller"


def test_nothing_escapes_and_nothing_explodes(tmp_path):
    names = [
        "../x_1_assignsubmission_file_a.ipynb",
        "/y_1_assignsubmission_file_a.ipynb",
        "__MACOSX/z/._a.ipynb",
    ]
    archive, who = found(packed(tmp_path, dict.fromkeys([*names, "a/b.ipynb"], b"")))
    assert who == {"a": ["b.ipynb"]}
    path = packed(tmp_path, {"x_1_assignsubmission_file_a.ipynb": bytes(101 * 2**20)})
    archive = read_archive(path)
    with pytest.raises(AirlockError, match="larger than 100 MB"):
        archive.files(archive.attempts[0])


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive"])
def test_what_is_no_archive_is_said_in_a_sentence(tmp_path, data):
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    with pytest.raises(AirlockError, match=r"class\.zip cannot be read as a zip archive"):
        read_archive(path)
