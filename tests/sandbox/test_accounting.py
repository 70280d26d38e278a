"""What a process hides from a look at its folder is counted all the same."""

import mmap
import os
import socket

import pytest

from airlock.model.limits import Limits
from airlock.sandbox import disk, warden
from airlock.sandbox.disk import ENTRY, mapped, remove, size
from airlock.sandbox.processes import channels

LIMITS = Limits()


def test_files_in_flight_between_sockets_are_seen(tmp_path):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        before = channels(os.getpid())
        for _ in range(3):
            with (tmp_path / "file").open("w") as file:
                socket.send_fds(ours, [b"x"], [file.fileno()])
        told = channels(os.getpid())
        if told[1] == before[1]:
            pytest.skip("before Linux 5.6 it is not told what is in flight")
        assert (told[0], told[1]) == (before[0], before[1] + 3)


def test_files_that_stay_in_flight_meet_the_disk_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(warden, "channels", lambda pid: (2, 1))
    flights = []
    told = [warden._excess_of_files(str(tmp_path), LIMITS, flights, [os.getpid()]) for _ in range(3)]
    assert told == [None, None, "disk-limit"]
    monkeypatch.setattr(warden, "channels", lambda pid: (2, 0))
    assert warden._excess_of_files(str(tmp_path), LIMITS, flights, [os.getpid()]) is None


def test_pipes_and_sockets_count_with_what_they_can_hold(tmp_path, monkeypatch):
    monkeypatch.setattr(warden, "channels", lambda pid: (5000, 0))
    assert warden._excess_of_files(str(tmp_path), LIMITS, [], [os.getpid()]) == "memory-limit"


def test_a_deleted_file_of_which_a_page_is_mapped_is_seen(tmp_path):
    with (tmp_path / "file").open("w+b") as file:
        file.write(bytes(2**20))
        file.flush()
        kept = mmap.mmap(file.fileno(), 4096)
        (tmp_path / "file").unlink()
        assert len(mapped([os.getpid()], str(tmp_path))) == 1
        assert mapped([os.getpid()], "/elsewhere") == set()
        kept.close()
    assert mapped([os.getpid()], str(tmp_path)) == set()


def test_empty_files_take_room_too(tmp_path):
    for number in range(100):
        (tmp_path / str(number)).touch()
    assert size(str(tmp_path)) >= 100 * ENTRY
    assert size(str(tmp_path), limit=10 * ENTRY) <= 102 * ENTRY


def test_a_folder_that_becomes_a_link_while_it_is_deleted_is_not_followed(tmp_path, monkeypatch):
    folder, outside, known = tmp_path / "folder", tmp_path / "outside", disk._folders
    for place in (folder / "work", outside / "inner"):
        place.mkdir(parents=True)
        (place / "kept").touch()

    def exchanged(place):
        found = known(place)
        if (folder / "work").is_dir() and not (folder / "work").is_symlink():
            (folder / "work").rename(folder / "gone")
            (folder / "work").symlink_to(outside)
        return found

    monkeypatch.setattr(disk, "_folders", exchanged)
    remove(folder)
    assert (outside / "inner" / "kept").exists()
    remove(folder)
    assert not folder.exists() and (outside / "inner" / "kept").exists()


def test_folders_of_any_depth_and_mode_are_deleted(tmp_path):
    place = tmp_path / "folder"
    for number in range(300):
        place /= "f"
        if number % 3 == 0:
            (tmp_path / "folder" / f"closed{number}" / "inner").mkdir(parents=True)
            (tmp_path / "folder" / f"closed{number}").chmod(0)
    os.makedirs(place)
    (place / "file").touch()
    remove(tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_processes_that_have_ended_are_not_at_a_time(monkeypatch):
    limits = Limits(processes=2, memory=2**40)
    for alive, excess in ((2, None), (3, "process-limit")):
        monkeypatch.setattr(warden, "descendants", lambda: list(range(30)))
        monkeypatch.setattr(warden, "lives", lambda pid, alive=alive: pid < alive)
        assert warden._excess(None, limits, []) == excess
    monkeypatch.setattr(warden, "descendants", lambda: list(range(50)))
    assert warden._excess(None, limits, []) == "process-limit"
