"""Tasks go out and come back, whatever becomes of the workers."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from airlock.classroom.dispatch import DEATHS, Dispatcher
from airlock.model.errors import MachineError


def work(job):
    """Job "die" takes its worker with it, "raise" raises."""
    if str(job).startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if job == "raise":
        raise ValueError(job)
    return job


def processes():
    return ProcessPoolExecutor(2, multiprocessing.get_context("forkserver"))


def results(jobs, make=processes, slots=4):
    waiting = list(jobs)
    send = lambda executor, job: executor.submit(work, job)  # noqa: E731
    with Dispatcher(make, slots, send) as dispatcher:
        return dict(dispatcher.results(lambda: waiting.pop(0) if waiting else None))


def test_every_task_comes_back_with_its_result_or_its_exception():
    found = results([*range(20), "raise"], lambda: ThreadPoolExecutor(2))
    assert {job: found[job] for job in range(20)} == {job: job for job in range(20)}
    assert isinstance(found["raise"], ValueError)


def test_a_task_that_kills_its_workers_is_given_up_and_costs_no_other():
    found = results([*range(4), "die", *range(4, 8)])
    died = found.pop("die")
    assert isinstance(died, MachineError)
    assert f"killed {DEATHS} times" in str(died)
    assert found == {job: job for job in range(8)}


def test_where_no_process_lives_the_run_ends():
    with pytest.raises(MachineError, match="Every process"):
        results([f"die {number}" for number in range(4)])


def test_no_more_tasks_are_out_than_there_are_slots():
    out, most = [0], [0]

    class Counting(ThreadPoolExecutor):
        def submit(self, function, job):
            out[0] += 1
            most[0] = max(most[0], out[0])
            return super().submit(function, job)

    waiting = list(range(30))
    send = lambda executor, job: executor.submit(work, job)  # noqa: E731
    with Dispatcher(lambda: Counting(2), 5, send) as dispatcher:
        for _ in dispatcher.results(lambda: waiting.pop(0) if waiting else None):
            out[0] -= 1
    assert most[0] == 5


def test_an_executor_that_takes_nothing_any_more_is_made_anew():
    class Closed(ThreadPoolExecutor):
        def submit(self, *_):
            raise ConnectionError("the client is closed")

    made = [ThreadPoolExecutor(2), Closed(2)]
    assert results(range(3), lambda: made.pop()) == {job: job for job in range(3)}
