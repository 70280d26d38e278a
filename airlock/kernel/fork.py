"""The grader's end of a fork of a student's kernel; :mod:`airlock.sandbox.forking` is the other end."""

import contextlib
import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from typing import Any

import psutil

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.sandbox.processes import descendants, lives
from airlock.wire.frames import Inbox, connect
from airlock.wire.values import Malformed

END_SECONDS = 1


class Fork(StudentKernel):
    """A copy of a kernel, with all that the kernel's cells have set, to be thrown away.

    A context manager: the copy ends with it, and what was done in the copy leaves no trace in the kernel.
    Meanwhile it can be asked all that a kernel can be asked, and be forked itself. It counts against the
    limits of its kernel. Raises KernelGone when the kernel cannot be forked, Overrun when it takes too long.
    """

    def __init__(self, kernel: StudentKernel):
        self._root: StudentKernel = kernel._root if isinstance(kernel, Fork) else kernel
        self.limits, self.manager, self.client = kernel.limits, kernel.manager, kernel.client
        self.files, self.folder, self.restarts = kernel.files, kernel.folder, kernel.restarts
        self.seconds, self.budget = kernel.seconds, kernel.budget
        self._events = self._root._events
        self._serving, self._gone, self._pid = True, False, 0
        self.process, self._top = kernel.process, kernel._top
        self._requests = connect(self.manager.connection_file)
        self._requests.setblocking(False)
        self._inbox = Inbox(self.limits.message)
        self._selector = selectors.PollSelector()
        self._selector.register(self._requests, selectors.EVENT_READ)
        try:
            asked, _ = kernel.request({"do": "fork"}, [], self.limits.call_seconds)
            if asked["status"] != "ok":
                raise KernelGone("kernel-died")
            hello, _ = self._reply(self.limits.call_seconds)
            self._pid = hello["pid"] if type(hello.get("pid")) is int else 0
            self.process, self._top = psutil.Process(self._pid), kernel.process.pid
        except BaseException as error:
            self.kill()
            if isinstance(error, psutil.Error | ValueError):
                raise KernelGone("kernel-died") from None
            raise

    def __enter__(self) -> "Fork":
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()

    @property
    def alive(self) -> bool:
        """Whether there is a copy to ask."""
        return not self._gone and self._root.alive

    @property
    def ended(self) -> bool:
        """Whether it is known to be gone, without a look."""
        return self._gone or self._root.ended

    def run_cell(self, source: str, on_output: Callable[[dict], None], seconds: float) -> dict:
        """Run one cell; ``on_output(message)`` gets each message of it once it has ended.

        Raises Overrun, KernelGone, or Malformed for what is no list of messages.
        """
        content, frames = self.request({"do": "run"}, [source.encode("utf-8", "replace")], seconds)
        if content["status"] == "raised":
            raise Malformed("no outputs")
        try:
            messages = [(str(kind), dict(content)) for kind, content in json.loads(bytes(frames[0]))]
        except (ValueError, TypeError, IndexError, RecursionError):
            raise Malformed("no outputs") from None
        for kind, body in messages:
            if kind == "stream" and isinstance(body.get("text"), list):
                body["text"] = "".join(map(str, body["text"]))
            on_output({"msg_type": kind, "content": body, "metadata": {}, "parent_header": {}})
        return content

    def cpu(self) -> float:
        """CPU time of the kernel and all its forks."""
        return self._root.cpu()

    def events(self) -> list[dict]:
        """What the warden told since the last time, of the kernel and all its forks."""
        return self._root.events()

    def interrupt(self) -> None:
        """Interrupt what the copy is doing."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End the copy, and wait until it is gone; not the kernel."""
        if self._gone:
            return
        self._gone = True
        self._selector.close()
        self._requests.close()
        self._signal(signal.SIGKILL)
        deadline = time.monotonic() + END_SECONDS
        while self._pid and lives(self._pid) and time.monotonic() < deadline:
            time.sleep(0.001)

    def _signal(self, number: int) -> None:
        """Signal the copy, whose process id it has told itself: it may name none but the kernel's own."""
        root = self._root.process
        if self._pid and root and self._pid != root.pid and self._pid in descendants(root.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)
