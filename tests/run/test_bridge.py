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


def test_a_method_without_an_end_costs_its_class_the_time_of_a_second_look(kernel):
    bridge = Bridge(kernel, References([TOP]))
    with pytest.raises(Lost, match=r"Top.spin\(\) did not end within 1 seconds"):
        bridge.get("Top")().spin()
    bridge.begin()
    with pytest.raises(Lost, match=rf"Top.spin\(\) did not end within {QUICK.repeat_seconds} seconds"):
        bridge.get("Top")().spin()
