"""What a process hides from a look at its folder is counted all the same."""

import mmap
import os
import socket

import pytest

from airlock.model.limits import Limits
from airlock.sandbox import warden
from airlock.sandbox.disk import ENTRY, mapped, size
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
