"""Keep one kernel: fork it confined, watch what it uses, and leave nothing of it behind.

The warden stands between the grader and the kernel. It hears the grader on a control socket, one
JSON object a line: ``{"signal": N}`` for the kernel's process group. It tells of the kernel the same
way: ``{"pid": N}`` at first, ``{"event": KIND}`` when a limit is met, ``{"seen": TEXT}`` for what the
kernel's audit hook noticed, ``{"exit": STATUS}`` at the end. When the control socket closes, for whatever
reason, everything that the kernel started is killed.
"""

import contextlib
import json
import os
import random
import select
import signal
import socket
import sys
import time
from typing import Any

from airlock.model.limits import Limits
from airlock.sandbox.disk import mapped, size, unnamed
from airlock.sandbox.processes import (
    adopt_orphans,
    channels,
    descendants,
    end_with_parent,
    lives,
    own_share,
    resident,
    threads,
)

FLIGHT_POLLS = 5  # what is open, mapped or in flight is looked at once in so many polls
DISK_SHARE = 0.1  # of the time that passes, at most, for measuring the folder
CHANNEL = 512 * 1024  # bytes that a pipe or socket can hold, about
MAX_FLIGHTS = 3  # looks at the disk in a row
THREADS = 32  # of one process, on average
ENDED = 20  # times as many as there may be at a time: processes that nobody has waited for
MAX_SEEN, MAX_NOTE = 20, 300


def main(request: dict, control: socket.socket) -> None:
    """Run a kernel on ``request["connection_file"]`` in ``request["folder"]``; never returns."""
    limits = Limits(**request["limits"])
    os.setsid()
    adopt_orphans()
    seen, kernels_end = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        control.close()
        os.close(seen)
        try:
            _become_kernel(request, limits, kernels_end)
        finally:
            os._exit(1)
    os.close(kernels_end)
    os.set_blocking(seen, False)
    status = None
    try:
        _tell(control, pid=kernel)
        status = _watch(kernel, control, seen, request["folder"], limits)
    finally:
        left = [pid for pid in descendants() if pid != kernel and lives(pid)]
        _kill_all(kernel)
        with contextlib.suppress(OSError):
            if left:
                _tell(control, event="process-left")
            used = os.times()
            _tell(control, exit=status, cpu=sum(used[:4]))
        os._exit(0)


def _watch(kernel: int, control: socket.socket, seen: int, folder: str, limits: Limits) -> int | None:
    """Until the kernel or the grader is gone; returns the kernel's wait status, None for the grader."""
    measure_at = 0.0  # by the clock
    told, polls = 0, 0
    sources: list[socket.socket | int] = [control, seen]
    flights: list[int] = []  # files in flight between sockets, at each look in a row at which there were any
    while True:
        ready, _, _ = select.select(sources, [], [], limits.look_seconds)
        if control in ready:
            lines = control.recv(4096)
            if not lines:
                return None
            for line in lines.splitlines():
                _signal_group(kernel, json.loads(line)["signal"])
        if seen in ready:
            notes = os.read(seen, 65536)
            if not notes:
                sources.remove(seen)
            for note in notes.decode(errors="replace").splitlines()[: MAX_SEEN - told]:
                told += 1
                _tell(control, seen=note[:MAX_NOTE])
            if told == MAX_SEEN:  # to read more would be work that the kernel makes for nothing
                sources.remove(seen)
        status = _reap(kernel)
        if status is not None:
            return status
        polls += 1
        excess = _excess(folder if polls % FLIGHT_POLLS == 0 else None, limits, flights)
        if not excess and (began := time.monotonic()) >= measure_at:
            excess = "disk-limit" if size(folder, limits.disk) > limits.disk else None
            measure_at = began + (time.monotonic() - began) / DISK_SHARE
        if excess:
            _kill_all(kernel)
            _tell(control, event=excess)
            return signal.SIGKILL


def _excess(folder: str | None, limits: Limits, flights: list[int]) -> str | None:
    processes = descendants()
    if len(processes) > limits.processes and (
        len(processes) > ENDED * limits.processes or sum(map(lives, processes)) > limits.processes
    ):
        return "process-limit"
    if sum(map(threads, processes)) > THREADS * limits.processes:
        return "process-limit"
    most = limits.memory + 512 * 2**20
    if sum(map(resident, processes)) > most and sum(map(own_share, processes)) > most:  # forks share memory
        return "memory-limit"
    return _excess_of_files(folder, limits, flights, processes) if folder else None


def _excess_of_files(folder: str, limits: Limits, flights: list[int], processes: list[int]) -> str | None:
    open_ones, flying = map(sum, zip((0, 0), *map(channels, processes), strict=True))
    if open_ones * CHANNEL > limits.memory:
        return "memory-limit"
    flights[:] = [*flights, flying] if flying else []
    kept = unnamed(processes)
    hidden = len(mapped(processes, folder)) - len(kept)  # as large as a file may be, for all that is known
    used = size(folder, limits.disk) + sum(kept.values()) + max(0, hidden) * limits.file_size
    return "disk-limit" if used > limits.disk or len(flights) >= MAX_FLIGHTS else None


def _reap(kernel: int) -> int | None:
    """Take leave of the processes that have ended; the kernel's wait status if it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended == kernel:
                found = status
            if not ended:
                break
    return found


def _kill_all(kernel: int) -> None:
    """Kill the kernel and all that it started, and wait until they are gone.

    At first its process group, in one step, so that nothing can fork faster than it is killed.
    """
    _signal_group(kernel, signal.SIGKILL)
    while True:
        alive = descendants()
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not alive:
            return
        time.sleep(0.005)


def _become_kernel(request: dict, limits: Limits, notes: int) -> None:
    from airlock.sandbox import audit, confine, kernel

    _draw_afresh()
    os.setpgid(0, 0)
    end_with_parent()  # should the warden be killed
    folder = request["folder"]
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(os.path.join(folder, "run", "kernel.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for source, descriptor in ((nothing, 0), (nothing, 1), (log, 2)):
        os.dup2(source, descriptor)
    notes = os.dup2(notes, 3)
    os.closerange(4, 65536)
    home = os.path.join(folder, "home")
    os.environ.update(HOME=home, TMPDIR=home, IPYTHONDIR=home, MPLCONFIGDIR=home, JUPYTER_RUNTIME_DIR=home)
    os.environ.update(request["environment"])
    os.chdir(os.path.join(folder, "work"))
    confine.confine([folder], limits)
    # A traceback, or a warning that names its caller, looks for our source: that is nobody's attack.
    ours = os.path.dirname(os.path.dirname(__file__))
    own = [folder, *confine.readable_paths(limits.network), ours]
    audit.install(notes, own, limits.network)
    with_network = (lambda: confine.filter_calls(network=True)) if limits.network else None
    kernel.run(request["connection_file"], with_network)
    os._exit(0)


def _draw_afresh() -> None:
    """A fork would continue the fork server's random numbers: the same in every kernel."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _signal_group(kernel: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(kernel, number)


def _tell(control: socket.socket, **message: Any) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")
