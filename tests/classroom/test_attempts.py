"""Whatever a kill leaves half done: collecting again ends as if nobody had killed it."""

import os
import sys

from test_collect import CLASS, Course, archive_of

from airlock.classroom.collect import Collector

NAME = "Wei Li_1_assignsubmission_file/hw.ipynb"
OTHER = "Jürgen Müller_2_assignsubmission_file/data/hw.ipynb"
STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.copytree", "shutil.copyfile"}


def collect(root):
    return Collector(Course(root), "ps1", CLASS).collect(root / "class.zip")


def content(root):
    """All but what write_whole leaves of a file that was begun."""
    files = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".part")
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def prepared(root):
    """A course with an older attempt, one put there by hand, and a newer archive."""
    root.mkdir()
    (root / "class.zip").write_bytes(archive_of({NAME: "old"}, (2026, 1, 1, 9, 0, 0)))
    collect(root)
    by_hand = root / "submitted" / "li1" / "ps1" / "hw.ipynb"
    by_hand.write_text("by hand")
    os.utime(by_hand, (1_767_430_000, 1_767_430_000))
    (root / "class.zip").write_bytes(archive_of({NAME: "new", OTHER: "first"}, (2026, 2, 1, 9, 0, 0)))


def killed_at(step, root):
    """Collect in a process that ends, as by a kill, before its ``step``-th change; whether there was one."""
    child = os.fork()
    if child == 0:
        left = [step]

        def watch(event, arguments):
            writes = event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
            if event in STEPS or writes:
                left[0] -= 1
                if left[0] == 0:
                    os._exit(9)

        sys.addaudithook(watch)
        try:
            collect(root)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_killed_at_each_step_and_given_again_it_ends_the_same(tmp_path):
    prepared(tmp_path / "whole")
    collect(tmp_path / "whole")
    expected = content(tmp_path / "whole")
    assert expected["submitted/li1/ps1/hw.ipynb"] == b"new"
    assert sorted(map(bytes.decode, (v for k, v in expected.items() if "attempts/li1" in k))) == [
        "by hand",
        "new",
        "old",
    ]
    step = 1
    while True:
        root = tmp_path / f"step-{step}"
        prepared(root)
        killed = killed_at(step, root)
        collect(root)
        assert content(root) == expected, f"killed at step {step}"
        if not killed:
            break
        step += 1
    assert step > 15, "there were steps to be killed at"
