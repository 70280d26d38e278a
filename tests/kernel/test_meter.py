"""What processes have used, and what a limit of time ends with."""

import pickle
from types import SimpleNamespace

import pytest

from airlock.kernel.client import KernelGone
from airlock.kernel.meter import Overrun
from airlock.kernel.process import KernelProcess


@pytest.mark.parametrize("error", [Overrun("machine", "took long"), KernelGone("memory-limit")])
def test_what_an_exchange_ends_with_survives_a_pool_of_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.reason) == (type(error), str(error), error.reason)


def test_what_a_process_used_that_ends_while_others_are_read_is_counted_once(monkeypatch):
    """Its parent is read before it waits for it, and it itself when it is gone: then it is in neither."""
    both, torn, waited = {1: (1, 0, 0, 0), 9: (3, 0, 0, 0)}, {1: (1, 0, 0, 0)}, {1: (1, 0, 3, 0)}
    readings = iter([both, both, torn, waited, waited, waited, waited])
    kernel = object.__new__(KernelProcess)
    kernel._cpu = kernel._seen = kernel._lost = 0.0
    monkeypatch.setattr(KernelProcess, "_process", lambda self: SimpleNamespace(cpu=None))
    monkeypatch.setattr(KernelProcess, "_times", lambda self: next(readings))
    assert [kernel.cpu() for _ in range(3)] == [4, 4, 4]
