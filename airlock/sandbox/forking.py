"""Forks of a student's kernel: copies of the process with all that its cells have set, to be thrown away.

The kernel forks itself when the grader asks for it. The copy is confined as the kernel is, belongs to the
same warden, and answers requests on a connection of its own. It has none of the kernel's threads, so it
never touches the kernel's channels: what a cell puts out in it is collected and returned.
"""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from airlock.sandbox.kernel_app import PatientStream
from airlock.sandbox.processes import end_with_parent
from airlock.undocumented import leave_event_loop

MAX_OUTPUT = 1 << 24  # characters of one cell; what follows is dropped


def fork(serve: Callable[[], None]) -> int:
    """Fork this process, and have the copy ``serve`` and then end; its process id."""
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        copy = os.fork()
        if copy == 0:
            _be_a_copy(parent, serve)
        return copy
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def _be_a_copy(parent: int, serve: Callable[[], None]) -> None:
    """In the copy; never returns, whatever happens."""
    try:
        end_with_parent()
        if os.getppid() != parent:  # it ended in between
            os._exit(0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        leave_event_loop()
        serve()
    finally:
        os._exit(0)


def still_running(forks: set[int]) -> set[int]:
    """Take leave of the forks that have ended, and return the others."""
    left = set()
    for pid in forks:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                left.add(pid)
        except ChildProcessError:  # the student's code has waited for it
            continue
    return left


def run(shell: Any, source: str) -> tuple[dict, list[bytes]]:
    """Run a cell in a copy; the reply, and the messages that a kernel would have published, as JSON."""
    collected = Outputs()
    shell.displayhook.session.send = collected.send
    PatientStream.divert = staticmethod(collected.write)  # type: ignore[assignment]
    result = shell.run_cell(source, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    reply = {"status": "ok", "ename": type(error).__name__[:100] if error else ""}
    return reply, [json.dumps(collected.messages, default=repr).encode()]


class Outputs:
    """What a cell puts out, as type and content of the messages of a Jupyter kernel."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict]] = []
        self.size = 0

    def write(self, name: str, text: str) -> None:
        """Take in text that was printed."""
        text = str(text)[: MAX_OUTPUT - self.size]
        self.size += len(text)
        kind, content = self.messages[-1] if self.messages else ("", {})
        if text and kind == "stream" and content["name"] == name:
            content["text"].append(text)
        elif text:
            self.messages.append(("stream", {"name": name, "text": [text]}))

    def send(self, _: Any, message: Any, content: Any = None, *__: Any, **___: Any) -> None:
        """Take in a message; called in place of the session's own ``send``."""
        if isinstance(message, dict):
            message, content = message["msg_type"], message["content"]
        size = len(json.dumps(content, default=repr))
        if message != "status" and self.size + size < MAX_OUTPUT:
            self.size += size
            self.messages.append((message, content))
