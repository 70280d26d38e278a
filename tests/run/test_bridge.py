"""A bridge asks one kernel: what an earlier one had is lost, and what met a limit in it is known."""

import pytest
from small_course import QUICK

from airlock.kernel.client import StudentKernel
from airlock.run.bridge import Bridge, Lost
from airlock.run.references import References

TOP = """class Top:
    def spin(self):
        while True:
            pass
    def whirl(self):
        while True:
            pass
    def stand(self):
        return 1"""


@pytest.fixture
def kernel():
    with StudentKernel({}, QUICK) as kernel:
        kernel.run_cell(TOP, lambda _: None, 3)
        yield kernel


def test_a_stand_in_of_a_kernel_that_is_gone_is_lost_at_once(kernel):
    bridge = Bridge(kernel, References([TOP]))
    top = bridge.get("Top")()
    assert top.stand() == 1
    kernel.restart()
    with pytest.raises(Lost, match="The kernel was lost that this object was in."):
        top.stand()


def test_a_method_without_an_end_gets_less_time_when_it_is_called_again_and_others_do_not(kernel):
    bridge = Bridge(kernel, References([TOP]))
    for name, seconds in (("spin", 1), ("spin", QUICK.repeat_seconds), ("whirl", 1)):
        bridge.begin()
        with pytest.raises(Lost, match=rf"{name}\(\) did not end within {seconds} second"):
            getattr(bridge.get("Top")(), name)()
    bridge.begin()
    assert bridge.get("Top")().stand() == 1
