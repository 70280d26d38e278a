"""With a part of what confines switched off, what then happens is what ``measures()`` does not promise.

``make lacking`` runs all attacks so; here each measure has a few things that it keeps from happening.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from airlock.sandbox.confine import measures

LACKING = Path(__file__).parent / "lacking"
PARTS = ["", "5", "4", "3", "2", "1", "Landlock", "libseccomp", "both"]

if not all(measures().values()):
    pytest.skip("this machine itself lacks a part of what confines", allow_module_level=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Folders ``own``, ``outside`` and ``library``, with a listener and a port's number beside them."""
    root = tmp_path_factory.mktemp("t")
    for name in ("own", "outside", "library"):
        (root / name).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as one:
        port = server.getsockname()[1]
        with socket.socket(socket.AF_UNIX) as other:
            for listener, address in ((one, str(root / "outside" / "stream")), (other, f"\0airlock-{port}")):
                listener.bind(address)
                listener.listen(100)
            yield root, port


def tried(place, lacking):
    """What a machine that lacks this says, and what happened there by measure."""
    root, port = place
    for kept in (root / "outside" / "kept", root / "library" / "module.py"):
        kept.write_text("kept")
        kept.chmod(0o600)
    folders = [root / name for name in ("own", "outside", "library")]
    words = [sys.executable, LACKING / "probes.py", *folders, str(port)]
    environment = os.environ | {"PYTHONPATH": str(LACKING), "LACKING": lacking}
    run = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout).values()


@pytest.mark.parametrize("lacking", PARTS)
def test_what_happens_is_what_is_not_said_to_be_in_force(place, lacking):
    said, happened = tried(place, lacking)
    assert {measure for measure, things in happened.items() if things} == {
        measure for measure in happened if not said[measure]
    }, happened


def test_each_part_is_missed_by_a_measure_of_its_own(place):
    """The other side: without both, everything happens that could."""
    by_seccomp = {"files", "network", "signals", "memory", "disk"}
    for lacking, missed in (("Landlock", {"files"}), ("libseccomp", by_seccomp)):
        said, _ = tried(place, lacking)
        assert {measure for measure, means in said.items() if not means} == missed
