"""The student's kernel: an ipykernel that also answers the grader's requests for values and calls.

This runs in the student's process, which may lie. Nothing here is trusted; see bridge.py for the
other side. Requests and replies are frames of :mod:`airlock.wire.values` on a socket of their own, the first
frame a JSON object: a call costs a tenth of what it would on the kernel's own channels.
"""

import contextvars
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ipykernel.ipkernel import IPythonKernel

from airlock.sandbox import forking
from airlock.sandbox.answering import Answers, Reply
from airlock.sandbox.kernel_app import OPTIONS, KernelApp
from airlock.sandbox.objects import Objects
from airlock.wire.frames import Inbox, listen, send
from airlock.wire.values import Buffer


class NoThread:
    """In place of the thread that hands messages to subshells, which this kernel does without."""

    parent_thread = threading.main_thread()


class AirlockKernel(IPythonKernel):
    """An IPython kernel that answers the grader's requests between cells, on a socket of their own."""

    listener: socket.socket  # set by :func:`run`
    _execute_sleep = 0  # ipykernel's wait for outputs on their way; the grader waits for what follows them

    def start(self) -> None:
        """Begin to listen, to the grader's requests as well."""
        self._forks: set[int] = set()
        self._process = os.getpid()
        self._streams = {"stdout": sys.stdout, "stderr": sys.stderr}
        super().start()
        self._context = contextvars.copy_context()
        self.io_loop.add_handler(self.listener, self._accept, self.io_loop.READ)

    async def execute_request(self, *message: Any) -> None:
        """Run a cell, and keep what it has set of its context: numpy's error state, decimal's precision."""
        self._forks = forking.still_running(self._forks)
        try:
            await super().execute_request(*message)
        finally:
            self._context = contextvars.copy_context()

    async def do_execute(self, *arguments: Any, **options: Any) -> dict:
        """Run a cell's code; at a top-level ``await`` ipykernel asks whose child its thread is."""
        self.shell_channel_thread = NoThread()
        try:
            return await super().do_execute(*arguments, **options)
        finally:
            self.shell_channel_thread = None
            self._end_copies()
            self._mend_streams()

    def _mend_streams(self) -> None:
        """Take back what a cell has put in place of its output, if no cell could be run with it."""
        for name, own in self._streams.items():
            try:
                getattr(sys, name).flush()
                getattr(sys, name).write  # noqa: B018  as IPython asks for it
            except Exception:  # closed, or something else altogether
                setattr(sys, name, own)

    def _end_copies(self) -> None:
        """A process that the student's code forked is no kernel: it would answer what this one is asked."""
        if os.getpid() != self._process:
            os._exit(0)

    def _accept(self, *_: Any) -> None:
        self.io_loop.remove_handler(self.listener)
        self._connection, _ = self.listener.accept()
        self._inbox, self._objects = Inbox(sys.maxsize), Objects(self._call_back)
        others = {
            "fork": self._fork,
            "run": lambda frames: forking.run(self.shell, bytes(frames[0]).decode()),
        }
        self._answers = Answers(self.shell, self._objects, others)
        self.io_loop.add_handler(self._connection, self._on_request, self.io_loop.READ)

    def _on_request(self, *_: Any) -> None:
        self._context.run(self._serve)

    def _serve(self) -> None:
        """Answer requests for values and calls until the grader says that its tests have ended."""
        self.pre_handler_hook()  # an interrupt raises KeyboardInterrupt, as in a cell
        self._answers.begin()
        try:
            while self._serve_one():
                pass
        except OSError:  # the grader is gone
            self.io_loop.remove_handler(self._connection)
        finally:
            self.post_handler_hook()

    def _fork(self, _: Any) -> Reply:
        """Have a copy of this process answer on the connection that waits at the listener."""
        connection, _ = self.listener.accept()
        self._forks.add(forking.fork(lambda: self._serve_on(connection)))
        connection.close()
        return {"status": "ok"}, []

    def _serve_on(self, connection: socket.socket) -> None:
        """In a fork: answer requests on a connection of its own, until it is closed."""
        self._connection.close()
        self._forks, self._process = set(), os.getpid()
        self._connection, self._inbox = connection, Inbox(sys.maxsize)
        send(connection, [json.dumps({"status": "ok", "pid": os.getpid()}).encode()])
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        try:
            head, *frames = self._next_request()
            self._forks = forking.still_running(self._forks)
            request = json.loads(bytes(head))
        except KeyboardInterrupt:  # meant for a call that has just ended
            return True
        if request["do"] == "end":
            return False
        send(self._connection, self._reply(request, frames))
        return True

    def _next_request(self) -> list[memoryview]:
        frames = None
        while frames is None:
            frames = self._inbox.receive(self._connection)
        return frames

    def _reply(self, request: dict, frames: Sequence[Buffer]) -> list[Buffer]:
        content, frames = self._answers.to(request, frames)
        self._end_copies()
        return [json.dumps(content).encode(), *frames]

    def _call_back(self, number: int, arguments: tuple, keywords: dict) -> Any:
        """Have the grader call one of its own functions, and answer what it asks until that has ended."""
        frames = self._objects.encode((arguments, keywords))
        self._end_copies()
        send(self._connection, [json.dumps({"status": "callback", "number": number}).encode(), *frames])
        while True:
            head, *frames = self._next_request()
            request = json.loads(bytes(head))
            if request["do"] == "return":
                break
            send(self._connection, self._reply(request, frames))
        found = self._objects.decode(frames)
        if request["raised"]:
            found.airlock_number = request["raised"]  # by which the grader knows its own again
            raise found
        return found


def run(connection_file: str, ready: Callable[[], None] | None = None) -> None:
    """Serve the kernel on the sockets named in ``connection_file`` until it is told to shut down.

    The socket for requests is bound beside that file. ``ready`` is called once all sockets are there.
    """
    AirlockKernel.listener = listen(connection_file)
    app = KernelApp.instance(kernel_class=AirlockKernel, connection_file=connection_file)
    app.initialize(OPTIONS)
    if ready:
        ready()
    sys.path.insert(0, "")  # what lies beside the notebook can be imported, as in any Jupyter kernel
    app.start()


if __name__ == "__main__":
    # Started cold by a kernel manager; without the folder of the submission on the path until now.
    run(sys.argv[-1])
    os._exit(0)
