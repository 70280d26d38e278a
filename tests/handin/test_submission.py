"""What lies in a submission's folder is read without harm, and the right notebook is found in it."""

import io
import json
import os
import resource
import stat
import time
import zipfile

import pytest
from courses import course, release, solved

from airlock.course.load import load_master
from airlock.handin import files as hand_in
from airlock.handin.choice import choose_notebooks
from airlock.handin.filenames import printable
from airlock.handin.files import beside, read_submission
from airlock.handin.mend import mend
from airlock.handin.reading import MAX_NOTEBOOK, read_cells
from airlock.handin.unzip import Room
from airlock.model.errors import Unreadable
from airlock.model.record import KINDS
from airlock.sandbox.disk import lay_out


@pytest.fixture(scope="module")
def master():
    return load_master(course("ps1"), "ps1")


@pytest.fixture(scope="module")
def files():
    """The two notebooks of the assignment, answered; and the first one empty."""
    answered = {name: json.dumps(solved("ps1", name)).encode() for name in ("problem1", "problem2")}
    return answered | {"empty": json.dumps(release("ps1", "problem1")).encode()}


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_files_are_read_with_their_folders_and_rubbish_is_not(tmp_path):
    (tmp_path / "data" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "data" / "a.csv").write_bytes(b"1")
    (tmp_path / "data" / ".ipynb_checkpoints" / "n.ipynb").write_bytes(b"2")
    (tmp_path / "n.ipynb").write_bytes(b"3")
    (tmp_path / "__pycache__").mkdir()
    assert read_submission(tmp_path) == ({"n.ipynb": b"3", "data/a.csv": b"1"}, [])


def test_links_pipes_and_sockets_are_left_out_and_told(tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "n.ipynb").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    (folder / "gone").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    os.mknod(folder / "socket", stat.S_IFSOCK | 0o600)
    files, incidents = read_submission(folder)
    assert files == {}
    assert [i.kind for i in incidents] == ["link"] * 5
    assert {i.message.split()[0] for i in incidents} == {"n.ipynb", "folder", "gone", "pipe", "socket"}


def test_a_file_that_becomes_a_link_while_it_is_read_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(Unreadable):
        hand_in._read(hand_in._Entry("link", str(tmp_path / "link"), 6))


def test_odd_names_survive(tmp_path):
    names = [b"new\nline.ipynb", b"\xff\xfe.txt", b"x" * 250, "größe '\".csv".encode(), b"-rf", b"\x1b[31m"]
    for name in names:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(name)
    files, incidents = read_submission(tmp_path)
    assert {os.fsencode(name): data for name, data in files.items()} == {name: name for name in names}
    assert incidents == []
    for name in files:
        assert printable(name).encode() and "\n" not in printable(name) and len(printable(name)) <= 80


def test_number_and_size_of_files_are_bounded_and_notebooks_come_first(tmp_path, monkeypatch):
    monkeypatch.setattr(hand_in, "MAX_FILES", 5)
    monkeypatch.setattr(hand_in, "MAX_TOTAL", 1000)
    for number in range(8):
        (tmp_path / f"a{number}.txt").write_bytes(b"x" * 10)
    (tmp_path / "big.bin").write_bytes(b"x" * 2000)
    (tmp_path / "z.ipynb").write_bytes(b"x" * 900)
    files, incidents = read_submission(tmp_path)
    assert list(files) == ["z.ipynb", "a0.txt", "a1.txt", "a2.txt", "a3.txt"]
    assert [i.kind for i in incidents] == ["too-large"] and "5 files" in incidents[0].message


def test_a_notebook_of_200_megabytes_is_refused_at_once(tmp_path, master):
    with open(tmp_path / "problem1.ipynb", "wb") as file:
        file.truncate(200 * 2**20)
    begin, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files, _ = read_submission(tmp_path)
    chosen, _ = choose_notebooks(files, master)
    with pytest.raises(Unreadable, match=r"problem1.ipynb is too large") as refusal:
        mend(files[chosen["problem1"]], master.notebooks["problem1"], "problem1.ipynb")
    assert refusal.value.kind == "too-large"
    assert time.process_time() - begin < 2
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) * 1024 < 3 * MAX_NOTEBOOK


def test_what_cannot_be_read_is_said(tmp_path, monkeypatch):
    with pytest.raises(Unreadable) as refusal:
        read_submission(tmp_path / "gone")
    assert refusal.value.kind == "missing"
    (tmp_path / "n.ipynb").write_bytes(b"x")

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Unreadable, match=r"n.ipynb cannot be read: Permission denied."):
        read_submission(tmp_path)


def test_too_many_entries_are_not_even_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(hand_in, "MAX_ENTRIES", 20)
    for number in range(21):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(Unreadable) as refusal:
        read_submission(tmp_path)
    assert refusal.value.kind == "too-large"


def test_an_archive_is_looked_into_if_there_is_no_notebook_beside_it(tmp_path):
    members = {"hw/n.ipynb": "1", "hw/data.csv": "2", "../evil.py": "3", "/abs.py": "4", "__MACOSX/._n": "5"}
    data = zipped(**members)
    (tmp_path / "hw.zip").write_bytes(data)
    files, incidents = read_submission(tmp_path)
    assert files == {"hw.zip/hw/n.ipynb": b"1", "hw.zip/hw/data.csv": b"2"} and incidents == []
    assert beside(files, "hw.zip/hw/n.ipynb") == {"data.csv": b"2"}
    (tmp_path / "n.ipynb").write_bytes(b"x")
    assert read_submission(tmp_path)[0] == {"n.ipynb": b"x", "hw.zip": data}


def test_archives_are_bounded_and_their_links_not_followed(tmp_path, monkeypatch):
    monkeypatch.setattr(hand_in, "MAX_TOTAL", 100_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("n.ipynb", "{}")
        archive.writestr("bomb.bin", bytes(50_000_000))
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (tmp_path / "a.zip").write_bytes(buffer.getvalue())
    files, incidents = read_submission(tmp_path)
    assert files == {"a.zip/n.ipynb": b"{}"}
    assert sorted(i.kind for i in incidents) == ["link", "too-large"]


def test_what_an_archive_unpacks_to_is_bounded_whatever_is_kept_of_it(tmp_path, monkeypatch):
    """A notebook's outputs are unpacked to be left behind: of a few kilobytes, half a gigabyte each time."""
    monkeypatch.setattr(hand_in, "Room", lambda *room: Room(*room, unpacked=4_200_000))
    data = json.dumps(notebook_with([{"text": "x" * 1_200_000}]))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"{number}.ipynb", data)
        archive.writestr("data.csv", "1")
    files, incidents = read_submission(tmp_path)
    assert sorted(files) == ["a.zip/0.ipynb", "a.zip/1.ipynb", "a.zip/2.ipynb"]
    assert all(json.loads(kept) == notebook_with([]) for kept in files.values())
    assert [i.kind for i in incidents] == ["too-large"] and "7 files" in incidents[0].message


def test_lines_of_magics_are_bounded():
    cells = [{"cell_type": "code", "source": "%time 1\n" * 51, "metadata": {}}] * 99
    assert len(read_cells(json.dumps({"cells": cells[:98]}).encode(), "n.ipynb")[0]) == 98
    with pytest.raises(Unreadable, match="5,049 lines of magics, the limit is 5,000"):
        read_cells(json.dumps({"cells": cells}).encode(), "n.ipynb")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x05\x06" + bytes(18), b"x" * 1000, zipped(a="b")[:-30]],
    ids=["empty", "name only", "no members", "no archive", "cut off"],  # an archive holds the time of day
)
def test_a_broken_archive_is_no_failure(tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    files, incidents = read_submission(tmp_path)
    assert files == {} and {i.kind for i in incidents} <= {"unreadable"}


@pytest.mark.parametrize(("names", "expected"), [
    (["problem1.ipynb", "problem2.ipynb"], ["problem1.ipynb", "problem2.ipynb"]),
    (["Copy_of_problem1.ipynb", "problem2 (1).ipynb"], ["Copy_of_problem1.ipynb", "problem2 (1).ipynb"]),
    (["ada.ipynb", "lovelace.ipynb"], ["ada.ipynb", "lovelace.ipynb"]),
    (["hw/problem1.ipynb", "a.zip/hw/problem2.ipynb"], ["hw/problem1.ipynb", "a.zip/hw/problem2.ipynb"]),
    (["problem1.ipynb.txt", "PROBLEM2.IPYNB"], ["problem1.ipynb.txt", "PROBLEM2.IPYNB"]),
])  # fmt: skip
def test_notebooks_are_found_under_any_name(master, files, names, expected):
    lying = dict(zip(names, files.values(), strict=False)) | {"a.py": b""}
    chosen, incidents = choose_notebooks(lying, master)
    assert chosen == dict(zip(["problem1", "problem2"], expected, strict=True))
    assert len(incidents) == sum(name not in ("problem1.ipynb", "problem2.ipynb") for name in expected)
    assert all(i.kind in KINDS for i in incidents)


def test_the_right_name_decides_and_what_is_ignored_is_told(master, files):
    lying = {"problem1 (1).ipynb": files["problem1"], "problem1.ipynb": files["problem1"] + b" ",
             "problem2.ipynb": files["problem2"]}  # fmt: skip
    chosen, incidents = choose_notebooks(lying, master)
    assert chosen == {"problem1": "problem1.ipynb", "problem2": "problem2.ipynb"}
    assert "problem1 (1).ipynb" in incidents[0].message


def test_an_empty_notebook_gives_way_to_an_answered_one(master, files):
    lying = {"problem1.ipynb": files["empty"], "mine.ipynb": files["problem1"]}
    lying["problem2.ipynb"] = files["problem2"]
    chosen, incidents = choose_notebooks(lying, master)
    assert chosen["problem1"] == "mine.ipynb"
    assert len(incidents) == 2


def test_a_broken_notebook_gives_way_to_a_whole_one(master, files):
    lying = {"problem1.ipynb": files["problem1"][:500], "problem1-v2.ipynb": files["problem1"]}
    assert choose_notebooks(lying, master)[0] == {"problem1": "problem1-v2.ipynb"}


def test_a_notebook_that_is_not_there_is_an_incident_and_none_at_all_a_refusal(master, files):
    chosen, incidents = choose_notebooks({"problem2.ipynb": files["problem2"]}, master)
    assert chosen == {"problem2": "problem2.ipynb"} and [i.kind for i in incidents] == ["missing"]
    other = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "print('hello')"}]}).encode()
    for lying in ({}, {"a.pdf": b"x"}, {"other.ipynb": other}, {"x.ipynb": b"{", "y.ipynb": b""}):
        with pytest.raises(Unreadable, match="No notebook of ps1 was handed in") as refusal:
            choose_notebooks(lying, master)
        assert refusal.value.kind == "missing"


def notebook_with(outputs):
    code = {"cell_type": "code", "source": 'x = {"outputs": [1, "]"]}\n', "metadata": {}, "outputs": outputs}
    text = {"cell_type": "markdown", "source": '"outputs": [ ü \\"', "metadata": {}}
    return {"cells": [code, text], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


OUTPUTS = {
    "a picture": [{"data": {"image/png": "A" * 60_000_000}, "output_type": "display_data", "metadata": {}}],
    "lines": [{"text": ['a "[]] b\\\n', "]"] * 200_000, "output_type": "stream", "name": "stdout"}] * 10,
    "lists in lists": [[[]] * 500_000, {"outputs": [[]]}],
}


@pytest.mark.parametrize("kind", OUTPUTS)
@pytest.mark.parametrize("zipped_up", [False, True])
def test_old_outputs_of_any_size_are_left_behind(tmp_path, kind, zipped_up):
    data = json.dumps(notebook_with(OUTPUTS[kind]), ensure_ascii=False, indent=1).encode()
    (tmp_path / "n.ipynb").write_bytes(data)
    if zipped_up:
        with zipfile.ZipFile(tmp_path / "n.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(tmp_path / "n.ipynb", "n.ipynb")
        (tmp_path / "n.ipynb").unlink()
    files, incidents = read_submission(tmp_path)
    assert [json.loads(data) for data in files.values()] == [notebook_with([])] and incidents == []


ENDS = {"text": '[["', "list": '{"a": [1, 2}', "quote": '"]', "deep": "[" * 3_000_000}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_outputs_that_do_not_end_are_left_to_the_reader(tmp_path, end):
    (tmp_path / "n.ipynb").write_text('{"cells": [{"source": "1", "outputs": [' + end + " " * 2**20)
    files, _ = read_submission(tmp_path)
    assert files["n.ipynb"].startswith(b'{"cells": [{"source": "1", "outputs": [')
    with pytest.raises(Unreadable):
        read_cells(files["n.ipynb"], "n.ipynb")


NAMES = {
    "a file that is a folder as well": (["a", "a/b", "n.ipynb"], {"n.ipynb", "a"}),
    "a notebook that is a folder as well": (["n.ipynb/data.csv", "n.ipynb"], {"n.ipynb"}),
    "a name that no file system takes": (["x" * 304, "n.ipynb"], {"n.ipynb"}),
    "a path that no file system takes": (["/".join(["folder"] * 300), "n.ipynb"], {"n.ipynb"}),
    "a long name in many bytes": (["ü" * 130 + ".csv", "n.ipynb"], {"n.ipynb"}),
}


@pytest.mark.parametrize("case", NAMES)
def test_files_of_an_archive_that_cannot_lie_together_are_left_out(tmp_path, case):
    members, kept = NAMES[case]
    with zipfile.ZipFile(tmp_path / "hw.zip", "w") as archive:
        for name in members:
            archive.writestr(name, "{}")
    files, incidents = read_submission(tmp_path)
    assert {path.removeprefix("hw.zip/") for path in files} == kept
    assert [incident.kind for incident in incidents] == ["unreadable"]
    lay_out(tmp_path / "place", files)


def test_a_notebook_with_an_impossible_name_is_read_under_another(tmp_path):
    with zipfile.ZipFile(tmp_path / "hw.zip", "w") as archive:
        archive.writestr("y" * 304 + ".ipynb", "{}")
    files, incidents = read_submission(tmp_path)
    (path,) = files
    assert path.endswith("y.ipynb") and files[path] == b"{}" and [i.kind for i in incidents] == ["mended"]
    lay_out(tmp_path / "place", files)
