"""A process that tests have made endless or huge is ended, and the next one takes over what it found."""

import faulthandler
import os
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from airlock.model.errors import MachineError
from airlock.model.limits import MIB, Limits
from airlock.run import apart

if not apart.POSSIBLE:
    pytest.skip("nothing is forked on this platform", allow_module_level=True)

LIMITS = replace(Limits(), test_memory=64 * MIB, submission_seconds=60, wall_seconds=60)


def collide():
    """Take a minute in one call of C, in which no signal handler runs."""
    set([i * (2**61 - 1) for i in range(40_000)])


def crash():
    faulthandler.disable()  # pytest's: it would print where
    os.kill(os.getpid(), signal.SIGSEGV)


def work_with(deed):
    """Two cells: the first is decided at once, the second does ``deed`` unless it is to be skipped."""

    def work(found, limits, tell):
        if 0 not in found.outputs:
            tell({"begin": 0, "seconds": 5})
            told = {"cell": 0, "outputs": [{"first": os.getpid()}], "note": {"waits": "why"}}
            tell(told | {"incidents": [], "kernels": 0.0})
        tell({"begin": 1, "seconds": 0.1})
        if 1 not in found.skipped:
            deed()
        return {"skipped": {str(cell): kind for cell, (kind, _) in found.skipped.items()}}

    return work


DEEDS = {
    "computes without end where no exception comes": (collide, "time-limit"),
    "takes memory without end": (lambda: [bytearray(2**24) for _ in range(1000)], "memory-limit"),
    "breaks down in native code": (crash, "memory-limit"),
}


@pytest.mark.parametrize("what", DEEDS)
def test_a_cell_that_ends_its_process_is_lost_and_no_other(what, monkeypatch):
    monkeypatch.setattr(apart, "GRACE_SECONDS", 0.5)
    deed, kind = DEEDS[what]
    result, found = apart.run(work_with(deed), LIMITS)
    assert result == {"skipped": {"1": kind}}
    assert list(found.outputs) == [0] and found.notes == {0: {"waits": "why"}}
    assert found.seconds < 10


def test_a_process_that_somebody_else_kills_is_the_machines_fault():
    with pytest.raises(MachineError):
        apart.run(work_with(lambda: os.kill(os.getpid(), signal.SIGKILL)), LIMITS)


def test_nothing_is_left_of_it_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def work(found, limits, tell):
        Path(tempfile.mkdtemp(), "file").write_bytes(bytes(1000))
        return {"worked": True}

    assert apart.run(work, LIMITS)[0] == {"worked": True}
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_that_always_ends_its_process_is_given_up():
    def work(found, limits, tell):
        tell({"begin": len(found.skipped), "seconds": 5})
        crash()

    result, found = apart.run(work, LIMITS)
    assert result == {} and len(found.skipped) == apart.ATTEMPTS
