"""What the grader asks of a kernel gets there, and a kernel that does not listen gains no time by it."""

import pytest

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.meter import Overrun
from airlock.model.limits import MIB, Limits

LARGE = [bytes(2**23)]  # more than a socket holds
SLOW = """
import time
kernel = get_ipython().kernel
own = kernel._next_request
def slow():
    time.sleep(0.8)
    return own()
kernel._next_request = slow
"""


def test_what_is_larger_than_a_socket_holds_gets_there():
    with StudentKernel({}, Limits()) as kernel:
        for _ in range(3):
            assert kernel.request({"do": "has", "name": "x"}, LARGE, 10) == ({"status": "missing"}, [])


def test_a_kernel_that_reads_slowly_uses_up_the_time_of_its_notebook():
    with StudentKernel({}, Limits(idle_seconds=1, call_seconds=1)) as kernel:
        kernel.run_cell(SLOW, lambda _: None, 5)
        with pytest.raises(Overrun, match="whole notebook"):
            for _ in range(12):
                kernel.request({"do": "has", "name": "x"}, LARGE, 1)
        assert not kernel.alive


def test_what_a_kernel_uses_is_looked_at_as_often_as_the_course_has_it():
    fills = "open('large', 'wb').write(bytes(2**21))\nimport time\ntime.sleep(1)"
    with StudentKernel({}, Limits(disk=MIB, look_seconds=0.1)) as kernel:
        with pytest.raises(KernelGone):
            kernel.run_cell(fills, lambda _: None, 5)
        assert kernel.cause_of_death() == "disk-limit"
    with StudentKernel({}, Limits(disk=MIB, look_seconds=60)) as kernel:
        assert kernel.run_cell(fills, lambda _: None, 5)["status"] == "ok"
