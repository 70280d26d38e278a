"""Run one notebook in a process of its own, which may end at any moment without the loss of what it found.

Tests work on what a student's functions return, so they may take memory and time of any amount; some of it
inside of libraries where no exception can end it. So the process is limited, watched from outside, and killed
if need be. A cell in which it was killed is lost, the others are not: the next process goes on from there.
"""

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from airlock.model.errors import MachineError
from airlock.model.limits import MIB, Limits
from airlock.sandbox import fork_server
from airlock.sandbox.disk import remove
from airlock.sandbox.processes import address_space, cpu_times, end_with_parent, private_memory
from airlock.undocumented import forget_loops

POSSIBLE = fork_server.AVAILABLE  # elsewhere a notebook is run in the grader's own process
ATTEMPTS = 4  # processes for one notebook
GRACE_SECONDS = 5  # of computing beyond a limit that the process itself should have kept
LATE_SECONDS = 30  # by the clock, for the same
THREADS_MEMORY = 256 * MIB  # address space, not memory, that threads of libraries set aside
POLL_SECONDS = 0.2


@dataclass
class Found:
    """What was found out about a notebook so far; a process begins with what those before it found."""

    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # of the tests that are decided
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)  # of these: that it waits, or is unguarded
    skipped: dict[int, tuple[str, str]] = field(default_factory=dict)  # cell -> kind of incident, and why
    incidents: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0  # CPU time, of the processes and of the kernels


Tell = Callable[[dict[str, Any]], None]


def run(
    work: Callable[[Found, Limits, Tell], dict[str, Any]], limits: Limits, preload: Iterable[str] = ()
) -> tuple[dict[str, Any], Found]:
    """Have a child call ``work(found, limits, tell)``, again if it dies; what it returns, and what it found.

    ``work`` tells ``{"begin": index, "seconds": most}`` of each cell, ``{"cell": index, "outputs": ...,
    "note": ..., "incidents": ..., "kernels": seconds}`` of each that is done, or both in one, and returns
    plain data.

    ``preload`` names modules that its kernels find imported.

    Raises MachineError when the child was ended by somebody else or could not be started.
    """
    found, started = Found(), time.monotonic()
    for _ in range(ATTEMPTS):
        rest = limits.wall_seconds - (time.monotonic() - started)
        if rest <= 0 or found.seconds >= limits.submission_seconds:
            break
        seconds = limits.submission_seconds - found.seconds
        left = replace(limits, submission_seconds=seconds, wall_seconds=rest)
        child = _Child(work, found, left, preload)
        try:
            result = child.watch()
        finally:
            child.end()
            found.seconds += child.seconds
        if result is not None:
            return result, found
        found.skipped[child.cell] = child.cause
    return {}, found


class _Child:
    """A process that runs a notebook, as its parent sees it."""

    def __init__(
        self, work: Callable[..., dict[str, Any]], found: Found, limits: Limits, preload: Iterable[str]
    ):
        self.found, self.limits = found, limits
        self.cell, self.cause, self.seconds = -1, ("", ""), 0.0
        self._kernels, self._most, self._begun_at = 0.0, limits.cell_seconds, 0.0
        self._started, self._killed = time.monotonic(), False
        self.folder = tempfile.mkdtemp(prefix="airlock-")
        parent = os.getpid()
        channel = fork_server.share(preload)  # of this process, so that the child need not warm up its own
        self._ours, theirs = multiprocessing.Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, that there are threads: the child has no use for them
            self.pid = os.fork()
        if self.pid == 0:
            self._ours.close()
            fork_server.adopt(channel)
            _be_child(work, found, limits, theirs, self.folder, parent)
        theirs.close()
        self._status: int | None = None

    def watch(self) -> dict[str, Any] | None:
        """What the child returned; None when it died, in ``cell`` and of ``cause``."""
        while True:
            if self._ours.poll(POLL_SECONDS):
                try:
                    message = json.loads(self._ours.recv_bytes())
                except (EOFError, OSError):
                    self._died()
                    return None
                if "result" in message:
                    return dict(message["result"])
                self._take(message)
            self._look()

    def _take(self, message: dict[str, Any]) -> None:
        if "error" in message:
            raise MachineError(message["error"])
        self._kernels = message.get("kernels", self._kernels)
        self._begun_at = self._computed()
        if "cell" in message:
            self.found.incidents = message["incidents"]
            if message["outputs"] is not None:
                self.found.outputs[message["cell"]] = message["outputs"]
                self.found.notes[message["cell"]] = message["note"]
        if "begin" in message:
            self.cell, self._most = message["begin"], message["seconds"]
        if "memory" in message:
            self.cause = ("memory-limit", MEMORY)

    def _look(self) -> None:
        if self._killed:
            return
        if self._computed() - self._begun_at > self._most + GRACE_SECONDS:
            sentence = f"With these answers the grader did not end within {self._most:g} seconds."
            self.cause = ("time-limit", sentence)
        elif time.monotonic() - self._started > self.limits.wall_seconds + LATE_SECONDS:
            self.cause = ("time-limit", "The notebook used up the time that it may take by the clock.")
        else:
            return
        self._killed = True
        os.kill(self.pid, signal.SIGKILL)

    def _computed(self) -> float:
        times = cpu_times(self.pid)
        return sum(times[:2]) if times else self._begun_at

    def _died(self) -> None:
        self._reap()
        number = os.WTERMSIG(self._status or 0)
        if not self.cause[0]:
            if number == signal.SIGXCPU:
                self.cause = ("time-limit", "The notebook used up the time that it may take.")
            elif number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS):
                self.cause = ("memory-limit", MEMORY)
            else:
                raise MachineError("The process that ran the tests was ended from outside; grade again.")

    def end(self) -> None:
        """Leave nothing behind: the process, its kernels, what they wrote."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._reap()
        self._ours.close()
        deadline = time.monotonic() + 5
        remove(self.folder)
        while os.path.exists(self.folder) and time.monotonic() < deadline:  # wardens are clearing up
            time.sleep(0.05)
            remove(self.folder)

    def _reap(self) -> None:
        _, self._status, usage = os.wait4(self.pid, 0)
        self.seconds = usage.ru_utime + usage.ru_stime + self._kernels


MEMORY = "With these answers the grader would have needed more memory than it may use."


def _be_child(
    work: Any, found: Found, limits: Limits, channel: Connection, folder: str, parent: int
) -> NoReturn:
    """Work, tell, and end without whatever this process's parent would do at its end."""

    def tell(message: dict[str, Any]) -> None:
        channel.send_bytes(json.dumps(message).encode())

    try:
        gc.freeze()  # what is there stays shared with the parent: collections leave it alone
        _limit(limits)
        if os.getppid() != parent:  # it was killed before this process would have been killed with it
            os._exit(0)
        tempfile.tempdir = folder
        tell({"result": work(found, limits, tell)})
    except MemoryError:
        tell({"memory": True})
    except (MachineError, OSError) as error:
        tell({"error": str(error) or type(error).__name__})
    except BaseException as error:
        import traceback

        tell({"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()})
    finally:
        os._exit(0)


def _limit(limits: Limits) -> None:
    """Bound what this process may take, whatever code runs in it."""
    import resource

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    room = address_space() + limits.test_memory + THREADS_MEMORY
    own = private_memory() + limits.test_memory
    seconds = int(limits.submission_seconds) + 2 * GRACE_SECONDS
    most = {resource.RLIMIT_AS: room, resource.RLIMIT_DATA: own, resource.RLIMIT_CPU: seconds}
    for which, value in most.items():
        _, hard = resource.getrlimit(which)
        value = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        resource.setrlimit(which, (value, hard))
    core, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    forget_loops()
