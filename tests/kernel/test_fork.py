"""Forks of a student's kernel: all that the kernel knows is in them, and nothing of them in the kernel."""

import dataclasses
import time

import psutil
import pytest

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.fork import Fork
from airlock.kernel.meter import Overrun
from airlock.model.limits import Limits
from airlock.run.bridge import Bridge
from airlock.run.references import References

QUICK = Limits(cell_seconds=2, call_seconds=2, idle_seconds=1)
CELL = """
import os
numbers = [1, 2]
def grow(number):
    numbers.append(number)
    return sum(numbers)
"""


@pytest.fixture(scope="module")
def kernel():
    with StudentKernel({}, QUICK) as kernel:
        kernel.run_cell(CELL, lambda _: None, 5)
        yield kernel


def run(kernel, source, seconds=5):
    messages = []
    kernel.run_cell(source, messages.append, seconds)
    return [(one["msg_type"], one["content"]) for one in messages]


def test_a_fork_knows_what_the_kernel_knows_and_keeps_what_it_does_to_itself(kernel):
    with Fork(kernel) as fork:
        assert Bridge(fork, References([])).get("grow")(4) == 7
        assert Bridge(fork, References([])).get("numbers") == [1, 2, 4]
        run(fork, "other = 1; del grow")
        assert fork.ask("grow", 2, None) == ("missing", None)
    assert Bridge(kernel, References([])).get("numbers") == [1, 2]
    assert kernel.ask("other", 2, None) == ("missing", None)
    assert ("stream", {"name": "stdout", "text": "[1, 2]\n"}) in run(kernel, "print(numbers)")


def test_a_fork_can_be_forked(kernel):
    with Fork(kernel) as fork:
        run(fork, "numbers.append(3)")
        with Fork(fork) as second:
            run(second, "numbers.append(4)")
            assert second.ask("numbers", 2, None) == ("ok", [1, 2, 3, 4])
        assert fork.ask("numbers", 2, None) == ("ok", [1, 2, 3])


def test_a_cell_in_a_fork_puts_out_what_it_would_in_the_kernel(kernel):
    cell = (
        "import asyncio, sys\nfrom IPython.display import HTML, display\n"
        "print('one'); print('two', file=sys.stderr)\nawait asyncio.sleep(0)\ndisplay(HTML('<b>'))\n"
        "import matplotlib.pyplot as plt\n%matplotlib inline\nplt.plot([1, 2]);\n{}"
    )
    in_fork, in_kernel = [], []
    for end in ("6 * 7", "1 / 0", "def f(:"):
        with Fork(kernel) as fork:
            in_fork += [summary(kind, content) for kind, content in run(fork, cell.format(end))]
    for end in ("6 * 7", "1 / 0", "def f(:"):
        in_kernel += [summary(kind, content) for kind, content in run(kernel, cell.format(end))]
    kept = ("stream", "display_data", "execute_result", "error")
    assert [one for one in in_fork if one[0] in kept] == [one for one in in_kernel if one[0] in kept]
    assert len(in_fork) >= 10


def summary(kind, content):
    data = content.get("data", {})
    return kind, content.get("text"), content.get("ename"), sorted(data), data.get("text/plain")


def test_an_endless_cell_in_a_fork_is_interrupted_and_the_fork_goes_on(kernel):
    with Fork(kernel) as fork:
        with pytest.raises(Overrun):
            run(fork, "while True: pass", 0.5)
        assert fork.ask("numbers", 2, None) == ("ok", [1, 2])
    assert kernel.ask("numbers", 2, None) == ("ok", [1, 2])


def test_a_fork_that_heeds_no_interrupt_is_killed_and_the_kernel_lives(kernel):
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    with Fork(kernel) as fork:
        with pytest.raises(Overrun):
            run(fork, stubborn, 0.2)
        assert fork.ended
    assert kernel.ask("numbers", 2, None) == ("ok", [1, 2])


def test_a_fork_that_exits_is_gone_and_the_kernel_lives(kernel):
    with Fork(kernel) as fork, pytest.raises(KernelGone):
        run(fork, "os._exit(3)")
    assert kernel.ask("numbers", 2, None) == ("ok", [1, 2])


def test_a_fork_is_confined_as_its_kernel_is(kernel, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    attempts = (
        f"try: print(open({str(secret)!r}).read())\nexcept OSError as e: print(type(e).__name__)",
        "import socket\ntry: socket.socket()\nexcept OSError as e: print(type(e).__name__)",
    )
    with Fork(kernel) as fork:
        for attempt in attempts:
            assert run(fork, attempt) == [one for one in run(kernel, attempt) if one[0] != "execute_input"]


def test_what_forks_compute_counts_against_the_kernel():
    with StudentKernel({}, dataclasses.replace(QUICK, submission_seconds=2)) as kernel:
        busy = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
        with pytest.raises(Overrun) as caught:
            for _ in range(10):
                with Fork(kernel) as fork:
                    run(fork, busy)
        assert "whole notebook" in str(caught.value)


def test_forks_that_share_memory_are_not_too_large_together():
    with StudentKernel({}, dataclasses.replace(QUICK, memory=2**30)) as kernel:
        run(kernel, "import numpy as np\nlarge = np.ones(2**26); size = 1")  # 512 MiB
        with Fork(kernel) as one, Fork(one), Fork(one) as third:
            time.sleep(0.5)  # the warden looks five times a second
            assert third.ask("size", 5, None) == ("ok", 1)
        assert kernel.alive


def test_no_fork_is_left_and_none_is_noted_as_left():
    with StudentKernel({}, QUICK) as kernel:
        pids = []
        for _ in range(20):
            with Fork(kernel) as fork:
                pids.append(fork.process.pid)
        kernel.ask("x", 1, None)
        assert not any(map(psutil.pid_exists, pids))  # nor as a zombie
        with Fork(kernel) as last:
            pids.append(last.process.pid)
    assert kernel.events() == []
    assert not any(map(psutil.pid_exists, pids))


def test_a_fork_that_lies_about_its_process_id_has_no_other_process_signalled(kernel):
    with psutil.Popen(["sleep", "30"]) as other:
        with Fork(kernel) as fork:
            fork._pid = other.pid
            fork.interrupt()
            fork.kill()
        assert other.poll() is None
        other.kill()


def test_a_top_level_await_is_awaited(kernel):
    cell = "import asyncio\nawait asyncio.sleep(0)\nprint('after')"
    assert ("stream", {"name": "stdout", "text": "after\n"}) in run(kernel, cell)
