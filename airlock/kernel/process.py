"""One student's kernel as a process: start it in a folder of its own, end it, start it again, measure it."""

import contextlib
import dataclasses
import os
import queue
import selectors
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from airlock.kernel.meter import Budget
from airlock.kernel.provisioner import WardenClient
from airlock.model.errors import MachineError
from airlock.model.limits import Limits
from airlock.sandbox.disk import lay_out, remove
from airlock.sandbox.processes import cpu_times, descendants
from airlock.undocumented import use_kernel_spec
from airlock.wire.frames import Inbox, connect

START_SECONDS = 120
LONGEST_PATH = 103 - len("/run/requests")  # bytes; the address of a Unix socket ends there, on macOS first
ASK_SECONDS = 0.2  # for an answer of a kernel that is starting, before it is asked again
MAX_LOG = 1 << 20  # characters of a kernel's log that are read
READINGS = 5  # of the CPU time of processes that start and end meanwhile


class KernelProcess:
    """A kernel and the folder it works in; a context manager that leaves neither behind."""

    def __init__(self, files: dict[str, bytes], limits: Limits, preload: Iterable[str] = ()):
        """``files`` are put beside the notebook; ``preload`` names modules that the kernel finds imported."""
        self.files, self.limits, self.preload = files, limits, list(preload)
        self.budget = Budget(limits)
        self.restarts = 0
        self.seconds = 0.0  # CPU time of the kernels before this one
        self._cpu = self._seen = self._lost = 0.0  # of this one: all, as last seen, and gone unseen
        self._events: list[dict] = []

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="k"))
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        with contextlib.suppress(AttributeError):
            self._stop()
        remove(self.folder)

    @property
    def alive(self) -> bool:
        """Whether there is a kernel to ask."""
        process = self._process()
        return self.manager.is_alive() if process is None else process.poll() is None

    @property
    def ended(self) -> bool:
        """Whether it is known to be gone, without a look."""
        process = self._process()
        return process is not None and process.returncode is not None

    def restart(self) -> None:
        """A fresh kernel in a fresh folder, in place of one that is gone."""
        self._stop()
        self.restarts += 1
        self._start()

    def events(self) -> list[dict]:
        """What the warden told since the last time: ``{"event": kind}`` or ``{"seen": text}``."""
        process = self._process()
        if process is not None:
            process.poll()
            self._events += process.events
            process.events.clear()
        told, self._events = self._events, []
        return told

    def cpu_seconds(self) -> float:
        """CPU time of all kernels of this submission so far, their processes included."""
        return self.seconds + self.cpu()

    def _start(self) -> None:
        for part in ("work", "home", "run"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        lay_out(self.folder / "work", self.files)
        client = "airlock.kernel.bounded_client.BoundedClient"
        self.manager = KernelManager(client_class=client, cache_ports=False)
        if len(os.fsencode(self.folder)) > LONGEST_PATH:
            where = self.folder.parent
            raise MachineError(f"{where} is too long a path for sockets: set TMPDIR to a shorter one.")
        self.manager.transport, self.manager.ip = "ipc", str(self.folder / "run" / "k")
        self.manager.connection_file = str(self.folder / "run" / "kernel.json")
        limits = dataclasses.asdict(self.limits)
        provisioner = {"folder": str(self.folder), "limits": limits, "preload": self.preload}
        spec = KernelSpec(
            argv=[sys.executable, "-P", "-m", "airlock.sandbox.kernel", "{connection_file}"],
            language="python",
            metadata={
                "kernel_provisioner": {"provisioner_name": "airlock-provisioner", "config": provisioner}
            },
        )
        use_kernel_spec(self.manager, spec)
        try:
            self.manager.start_kernel()
            self.client = self.manager.client()
            self.client.start_channels(stdin=False, hb=False)
            self._wait_until_ready()
            self._requests = connect(self.manager.connection_file)
            self._requests.setblocking(False)
            self._inbox = Inbox(self.limits.message)
            self._selector = selectors.PollSelector()
            self._selector.register(self._requests, selectors.EVENT_READ)
            self._serving = False
        except (RuntimeError, OSError) as error:
            why = self._complaint() or error
            raise MachineError(f"No kernel could be started ({why}); grade again.") from error
        self.process = psutil.Process(getattr(self.manager.provisioner, "pid"))  # noqa: B009  # of our own provisioner
        self._top = self.process.ppid() if self._process() else self.process.pid  # its warden, if it has one

    def _complaint(self) -> str:
        """The last line of the kernel's log, unless the submission has put something else in its place."""
        with contextlib.suppress(OSError):
            log = os.open(self.folder / "run" / "kernel.log", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(log, errors="replace") as file:
                return "".join(file.read(MAX_LOG).strip().splitlines()[-1:])
        return ""

    def _wait_until_ready(self) -> None:
        """Until the kernel's answer shows on its output channel: no output of a cell can be missed then.

        The client's own wait_for_ready() would stand still for a fifth of a second at the end.
        """
        deadline = time.monotonic() + START_SECONDS
        while self.alive and time.monotonic() < deadline:
            asked = self.client.kernel_info()
            with contextlib.suppress(queue.Empty):
                while True:
                    message = self.client.get_iopub_msg(timeout=ASK_SECONDS)
                    idle = message["content"].get("execution_state") == "idle"
                    if idle and message["parent_header"].get("msg_id") == asked:
                        return
        raise RuntimeError("it did not answer")

    def _stop(self) -> None:
        self.cpu()
        self._events += self.events()
        self.client.stop_channels()
        process = self._process()
        if process is not None:
            process.kill()
            process.wait(10)
            self._events += process.events
            process.events.clear()
            process.control.close()
        elif self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.seconds, self._cpu = self.seconds + self.cpu(), 0.0
        self._seen = self._lost = 0.0
        self.process = None  # type: ignore[assignment]
        self._selector.close()
        self._requests.close()  # not before the kernel has ended: it would complain of it
        remove(self.folder)  # before the manager goes by paths in it, which may lead elsewhere by now
        self.manager.cleanup_resources()

    def interrupt(self) -> None:
        """Interrupt what the kernel is doing."""
        self.manager.interrupt_kernel()

    def kill(self) -> None:
        """End the kernel and all that it started."""
        self.cpu()
        self.manager.signal_kernel(signal.SIGKILL)
        process = self._process()
        if process is not None:
            process.wait(10)

    def _process(self) -> WardenClient | None:
        process = getattr(self.manager.provisioner, "process", None)
        return process if hasattr(process, "events") else None

    def cause_of_death(self) -> str:
        """The kind of incident that ended the kernel."""
        causes = [event["event"] for event in self._peek() if "event" in event]
        return next((cause for cause in causes if cause.endswith("-limit")), "kernel-died")

    def _peek(self) -> list[dict]:
        self._events = self.events()
        return self._events

    def cpu(self) -> float:
        """CPU time of this kernel and of what it started, also of what has left it and of what has ended."""
        process = self._process()
        with contextlib.suppress(psutil.Error, AttributeError):
            if process is not None and process.cpu is not None:
                self._cpu = max(self._cpu, process.cpu)  # its warden's last word
                return self._cpu
            times = self._times()
            # Who ends while others are read is in no reading, or in two; nobody is there to end but two.
            for _ in range(READINGS if len(times) > 2 else 0):
                before, times = times, self._times()
                if {one: time[2:4] for one, time in before.items()} == {
                    one: time[2:4] for one, time in times.items()
                }:
                    break
            now = sum(sum(time[:4]) for time in times.values())
            # What a process used that nobody waited for is gone with it.
            self._lost += max(0.0, self._seen - now)
            self._seen, self._cpu = now, now + self._lost
        return self._cpu

    def _times(self) -> dict[int, Any]:
        """CPU times of this kernel's processes and of its warden, by process id."""
        if self._process() is not None:
            return {one: cpu_times(one) for one in [self._top, *self.process_ids()]}
        times = {}
        for one in self.process_ids():
            with contextlib.suppress(psutil.Error):
                times[one] = psutil.Process(one).cpu_times()
        return times

    def process_ids(self) -> list[int]:
        """This kernel's process and all that it started."""
        started: list[int] = []
        with contextlib.suppress(psutil.Error, AttributeError):
            started = descendants(self._top)
            return [self.process.pid, *(one for one in started if one != self.process.pid)]
        return started
