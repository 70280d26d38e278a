"""Where submissions are graded: local processes or a Dask cluster, as ``concurrent.futures.Executor``."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import util
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from airlock.model.errors import AirlockError
from airlock.model.limits import Limits
from airlock.model.record import Incident
from airlock.sandbox import fork_server

if TYPE_CHECKING:  # a worker imports them, the command does while the workers do
    from airlock.model.assignment import Master, Observed
    from airlock.model.record import Graded

CONNECT_SECONDS = 10  # to a Dask scheduler
REMOVE_SECONDS = 5  # for a worker that is left alone to remove what was written

_one_at_a_time = threading.Lock()  # tests change the working folder, which is the process's


def grade_job(
    student: str,
    files: dict[str, bytes],
    incidents: list[Incident],
    master: bytes,
    limits: Limits,
    feedback: bool,
) -> Graded:
    """Grade one submission in a worker, see :func:`airlock.run.grade.grade_submission`."""
    os.environ.update(fork_server.ONE_THREAD)  # in time, where this is the first to import numpy
    from airlock.run.grade import grade_submission

    with _one_at_a_time:
        return grade_submission(student, files, _master(master), limits, incidents, feedback)


def observe_job(master: bytes, solutions: dict[str, dict[str, str]], limits: Limits) -> dict[str, Observed]:
    """Grade the reference solution in a worker, see :func:`airlock.run.rehearsal.observe`."""
    os.environ.update(fork_server.ONE_THREAD)
    from airlock.run.rehearsal import observe

    with _one_at_a_time:
        return observe(dataclasses.replace(_master(master), solutions=solutions), limits)


@functools.lru_cache(maxsize=4)
def _master(data: bytes) -> Master:
    from airlock.model.assignment import Master

    return Master.from_bytes(data)


def prepare(preload: Iterable[str] = ()) -> None:
    """Start what workers and kernels are forked from; both import for a second or two.

    ``preload``: modules that kernels find imported.
    """
    from multiprocessing import forkserver  # not where there is none, and a sentence says so

    forkserver.set_forkserver_preload(["airlock.run.grade", "airlock.pages.feedback"])
    try:
        forkserver.ensure_running()
    except OSError as error:
        if "too long" not in str(error):
            raise
        where = tempfile.gettempdir()
        raise AirlockError(f"{where} is too long a path for sockets: set TMPDIR to a shorter one.") from None
    if fork_server.AVAILABLE:
        fork_server.share(preload)


class LocalWorkers(contextlib.AbstractContextManager):
    """``count`` processes on this machine, forked with everything imported."""

    def __init__(self, count: int):
        self.count = count
        self.folder = tempfile.mkdtemp(prefix="airlock-")  # for all that workers and kernels write

    def executor(self) -> Executor:
        """A pool of them; a new one when a worker's death has broken the last."""
        prepare()
        context = multiprocessing.get_context("forkserver")
        arguments = (self.folder, fork_server.share() if fork_server.AVAILABLE else None)
        return ProcessPoolExecutor(self.count, context, _start_worker, arguments)

    def __exit__(self, kind: Any, *_: Any) -> None:
        """After an error or Ctrl-C nobody waits for what is half graded."""
        if kind is not None:
            for worker in multiprocessing.active_children():
                worker.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class DaskWorkers(contextlib.AbstractContextManager):
    """The workers of the Dask cluster whose scheduler is at ``address``.

    Raises AirlockError when it cannot be reached or has none.
    """

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise AirlockError("--scheduler needs Dask: `pip install airlock-grader[dask]`.") from None
        self.address = address
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, TimeoutError) as error:
            raise AirlockError(f"No Dask scheduler answers at {address}: start one there.") from error
        self.count = len(self.client.scheduler_info(n_workers=-1)["workers"])
        if not self.count:
            self.client.close()
            raise AirlockError(f"The Dask scheduler at {address} has no workers: start some.")

    def executor(self) -> Executor:
        """All of them; a worker that dies is the scheduler's affair, unless it is the scheduler that died."""
        if self.client.status != "running":
            raise AirlockError(
                f"The Dask scheduler at {self.address} was lost: start it, and give the same command again."
            )
        return _DaskExecutor(self.client)

    def __exit__(self, *_: Any) -> None:
        self.client.close()


class _DaskExecutor(Executor):
    """Runs functions on a Dask cluster. Every future of it ends.

    Those of Dask's own executor do not where the scheduler dies while a result is fetched from there.
    """

    def __init__(self, client: Any):
        self._client = client

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """As of any executor; BrokenExecutor is what became of a task that the cluster has lost."""
        found: Future = Future()
        task = self._client.submit(fn, *args, retries=1, pure=False, **kwargs)
        found.add_done_callback(functools.partial(_take_back, task))
        task.add_done_callback(functools.partial(_pass_on, found))
        return found


def _take_back(task: Any, found: Future) -> None:
    """Cancel a task with its future."""
    if found.cancelled():
        with contextlib.suppress(Exception):  # a client that has given its scheduler up has nothing to cancel
            task.cancel()


def _pass_on(found: Future, task: Any) -> None:
    """Give a future what has become of a task; in a thread of the client's."""
    if not found.set_running_or_notify_cancel():
        return
    try:
        if task.status == "error":
            found.set_exception(task.exception())
        else:
            found.set_result(task.result())
    except BaseException as error:  # noqa: B036  cancelled, or nobody answers any more
        broken = BrokenExecutor(str(error))
        broken.__cause__ = error
        found.set_exception(broken)


def _start_worker(folder: str, shared: socket.socket | None) -> None:
    gc.freeze()  # what was imported stays: no collection has to look through it again
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator
    if shared is not None:
        fork_server.adopt(shared)
    tempfile.tempdir = folder
    threading.Thread(target=_end_with_parent, args=[folder], daemon=True).start()


def _end_with_parent(folder: str) -> None:
    """A worker whose coordinator was killed would wait for work for ever."""
    coordinator = multiprocessing.parent_process()
    assert coordinator is not None, "a worker has one"
    wait([coordinator.sentinel])
    until = time.monotonic() + REMOVE_SECONDS
    while os.path.exists(folder) and time.monotonic() < until:  # a kernel that starts may be writing into it
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(util.get_temp_dir(), ignore_errors=True)  # the coordinator's, with the fork server's socket
    os._exit(1)
