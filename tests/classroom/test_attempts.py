"""Whatever a kill leaves half done: collecting again ends as if nobody had killed it."""

import os

from killed import content, killed_at
from test_collect import CLASS, Course, archive_of

from airlock.classroom.collect import Collector

NAME = "Wei Li_1_assignsubmission_file/hw.ipynb"
OTHER = "Jürgen Müller_2_assignsubmission_file/data/hw.ipynb"
NOBODY = "Nobody Known_3_assignsubmission_file/hw.ipynb"


def collect(root):
    return Collector(Course(root), "ps1", CLASS).collect(root / "class.zip")


def prepared(root):
    """A course with an older attempt, one put there by hand, and a newer archive."""
    root.mkdir()
    (root / "class.zip").write_bytes(archive_of({NAME: "old"}, (2026, 1, 1, 9, 0, 0)))
    collect(root)
    by_hand = root / "submitted" / "li1" / "ps1" / "hw.ipynb"
    by_hand.write_text("by hand")
    os.utime(by_hand, (1_767_430_000, 1_767_430_000))
    files = {NAME: "new", OTHER: "first", NOBODY: "whose"}
    (root / "class.zip").write_bytes(archive_of(files, (2026, 2, 1, 9, 0, 0)))


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
    step, killed = 0, True
    while killed:
        step += 1
        root = tmp_path / f"step-{step}"
        prepared(root)
        killed = killed_at(step, lambda root=root: collect(root))
        collect(root)
        assert content(root) == expected, f"killed at step {step}"
    assert step > 25, "there were steps to be killed at"
