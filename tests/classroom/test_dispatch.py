"""Tasks go out and come back, whatever becomes of the workers."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from airlock.classroom.dispatch import DEATHS, Dispatcher
from airlock.model.errors import MachineError


def work(task):
    """Task "die" takes its worker with it, "raise" raises."""
    if str(task).startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "raise":
        raise ValueError(task)
    return task


def processes():
    return ProcessPoolExecutor(2, multiprocessing.get_context("forkserver"))


def results(tasks, make=processes, slots=4):
    waiting = list(tasks)
    send = lambda executor, task: executor.submit(work, task)  # noqa: E731
    with Dispatcher(make, slots, send) as dispatcher:
        return dict(dispatcher.results(lambda: waiting.pop(0) if waiting else None))


def test_every_task_comes_back_with_its_result_or_its_exception():
    found = results([*range(20), "raise"], lambda: ThreadPoolExecutor(2))
    assert {task: found[task] for task in range(20)} == {task: task for task in range(20)}
    assert isinstance(found["raise"], ValueError)


def test_a_task_that_kills_its_workers_is_given_up_and_costs_no_other():
    found = results([*range(4), "die", *range(4, 8)])
    died = found.pop("die")
    assert isinstance(died, MachineError)
    assert f"killed {DEATHS} times" in str(died)
    assert found == {task: task for task in range(8)}


def test_where_no_process_lives_the_run_ends():
    with pytest.raises(MachineError, match="Every process"):
        results([f"die {number}" for number in range(4)])


def test_no_more_tasks_are_out_than_there_are_slots():
    out, most = [0], [0]

    class Counting(ThreadPoolExecutor):
        def submit(self, function, task):
            out[0] += 1
            most[0] = max(most[0], out[0])
            return super().submit(function, task)

    waiting = list(range(30))
    send = lambda executor, task: executor.submit(work, task)  # noqa: E731
    with Dispatcher(lambda: Counting(2), 5, send) as dispatcher:
        for _ in dispatcher.results(lambda: waiting.pop(0) if waiting else None):
            out[0] -= 1
    assert most[0] == 5


def test_an_executor_that_takes_nothing_any_more_is_made_anew():
    class Closed(ThreadPoolExecutor):
        def submit(self, *_):
            raise ConnectionError("the client is closed")

    made = [ThreadPoolExecutor(2), Closed(2)]
    assert results(range(3), lambda: made.pop()) == {task: task for task in range(3)}
