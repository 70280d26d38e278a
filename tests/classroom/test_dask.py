"""A class on a Dask cluster: same marks, and neither a worker's death nor the scheduler's loses anything."""

import os
import signal
import time
from concurrent.futures import BrokenExecutor

import pytest
from class_course import SCORES, STUDENTS, Course, Listener, grade
from cluster import Cluster

from airlock.classroom import pool
from airlock.model.errors import AirlockError

pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path):
    found = Cluster(tmp_path)
    try:
        found.wait_for_workers()
        yield found
    finally:
        found.close()


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    course = Course.make(tmp_path_factory.mktemp("dask") / "course")
    for student, answers in STUDENTS.items():
        course.hand_in(student, answers)
    return course


def test_same_marks_as_here_also_when_a_worker_dies(cluster, handed_in, tmp_path):
    course = handed_in.copy(tmp_path / "course")
    assert course.grade("--scheduler", cluster.address) == 0
    assert course.scores == SCORES
    here = handed_in.copy(tmp_path / "here")
    assert here.grade("--jobs", "2") == 0
    assert {s: r["points"] for s, r in here.results.items()} == {
        s: r["points"] for s, r in course.results.items()
    }
    assert here.gradebook() == course.gradebook()
    used = {path.name for worker in cluster.root.glob("worker-*") for path in worker.rglob("*.ipynb")}
    assert used == set()

    dying = handed_in.copy(tmp_path / "dying")

    def kill(record):
        os.kill(cluster.processes[1].pid, signal.SIGKILL)
        listener.then = lambda record: None

    listener = Listener(kill)
    records = grade(dying, listener, workers=pool.DaskWorkers(cluster.address))
    assert {student: record.score for student, record in records.items()} == SCORES
    assert dying.gradebook() == here.gradebook()


@pytest.mark.parametrize("given_up", [False, True])
def test_a_scheduler_that_dies_is_told_and_what_is_graded_stays(
    cluster, handed_in, tmp_path, monkeypatch, given_up
):
    """Whether Dask's client gives the scheduler up before or after its jobs come back."""
    course = handed_in.copy(tmp_path / "course")
    if given_up:
        monkeypatch.setattr(pool, "CONNECT_SECONDS", 2)  # as long the client tries to reach it again
    workers = pool.DaskWorkers(cluster.address)

    def kill(record):
        cluster.scheduler.kill()
        while given_up and workers.client.status != "closed":
            time.sleep(0.05)

    with pytest.raises(AirlockError, match="scheduler .* was lost: start it"):
        grade(course, Listener(kill), workers=workers)
    assert 1 <= len(set(course.journal())) < len(STUDENTS)
    assert course.grade() == 0
    assert course.scores == SCORES


def test_a_result_that_cannot_be_fetched_any_more_is_no_wait_without_end(cluster, monkeypatch):
    """As where the scheduler dies when it has told of a result and not yet sent it."""

    async def lost(*_, **__):
        raise OSError("the scheduler is gone")

    with pool.DaskWorkers(cluster.address) as workers:
        executor = workers.executor()
        assert executor.submit(len, "four").result(60) == 4
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result(60)
        monkeypatch.setattr("distributed.Client._gather", lost)
        with pytest.raises(BrokenExecutor, match="gone"):
            executor.submit(len, "four").result(60)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://"])
def test_an_address_where_no_scheduler_is(handed_in, monkeypatch, capsys, address):
    monkeypatch.setattr(pool, "CONNECT_SECONDS", 2)
    assert handed_in.grade("--scheduler", address) == 2
    told = capsys.readouterr().err
    assert f"airlock: No Dask scheduler answers at {address}" in told
    assert "Traceback" not in told
