"""The student's kernel: an ipykernel that also answers the grader's requests for values and calls.

This runs in the student's process, which may lie. Nothing here is trusted; see bridge.py for the
other side. Requests and replies are frames of :mod:`airlock.wire.values` on a socket of their own, the first
frame a JSON object: a call costs a tenth of what it would on the kernel's own channels.
"""

import contextvars
import json
import os
import socket
import subprocess
import sys
import threading
import types

from ipykernel.ipkernel import IPythonKernel

from airlock.sandbox import forking
from airlock.sandbox.kernel_app import OPTIONS, KernelApp
from airlock.wire.frames import Inbox, listen, send
from airlock.wire.values import decode, encode


class NoThread:
    """In place of the thread that hands messages to subshells, which this kernel does without."""

    parent_thread = threading.main_thread()


class AirlockKernel(IPythonKernel):
    """An IPython kernel that answers the grader's requests between cells, on a socket of their own."""

    listener: socket.socket = None  # set by :func:`run`
    _execute_sleep = 0  # ipykernel's wait for outputs on their way; the grader waits for what follows them

    def start(self):
        """Begin to listen, to the grader's requests as well."""
        self._forks = set()
        super().start()
        self._deleted = {}  # what tests took away, and may put back
        self._context = contextvars.copy_context()
        self.io_loop.add_handler(self.listener, self._accept, self.io_loop.READ)

    async def execute_request(self, *message):
        """Run a cell, and keep what it has set of its context: numpy's error state, decimal's precision."""
        self._forks = forking.still_running(self._forks)
        try:
            await super().execute_request(*message)
        finally:
            self._context = contextvars.copy_context()

    async def do_execute(self, *arguments, **options):
        """Run a cell's code; at a top-level ``await`` ipykernel asks whose child its thread is."""
        self.shell_channel_thread = NoThread()
        try:
            return await super().do_execute(*arguments, **options)
        finally:
            self.shell_channel_thread = None

    def _accept(self, *_):
        self.io_loop.remove_handler(self.listener)
        self._connection, _ = self.listener.accept()
        self._inbox = Inbox(sys.maxsize)
        self.io_loop.add_handler(self._connection, self._on_request, self.io_loop.READ)

    def _on_request(self, *_):
        self._context.run(self._serve)

    def _serve(self):
        """Answer requests for values and calls until the grader says that its tests have ended."""
        self._functions = {}
        self.pre_handler_hook()  # an interrupt raises KeyboardInterrupt, as in a cell
        try:
            while self._serve_one():
                pass
        except OSError:  # the grader is gone
            self.io_loop.remove_handler(self._connection)
        finally:
            self.post_handler_hook()

    def _fork(self):
        """Have a copy of this process answer on the connection that waits at the listener."""
        connection, _ = self.listener.accept()
        self._forks.add(forking.fork(lambda: self._serve_on(connection)))
        connection.close()
        return {"status": "ok"}, []

    def _serve_on(self, connection):
        """In a fork: answer requests on a connection of its own, until it is closed."""
        self._connection.close()
        self._forks = set()
        self._connection, self._inbox = connection, Inbox(sys.maxsize)
        send(connection, [json.dumps({"status": "ok", "pid": os.getpid()}).encode()])
        while self._serve_one():
            pass

    def _serve_one(self):
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

    def _next_request(self):
        frames = None
        while frames is None:
            frames = self._inbox.receive(self._connection)
        return frames

    def _reply(self, request, frames):
        try:
            content, frames = self._answer(request, frames)
        except KeyboardInterrupt:
            content, frames = {"status": "interrupted"}, []
        except BaseException as error:  # noqa: B036  a student's function may raise SystemExit as well
            content, frames = {"status": "raised"} | _describe(error), []
        return [json.dumps(content).encode(), *frames]

    def _answer(self, request, frames):
        if request["do"] == "fork":
            return self._fork()
        if request["do"] == "run":
            return forking.run(self.shell, bytes(frames[0]).decode())
        space, name = self.shell.user_ns, request["name"]
        if request["do"] == "has":
            return {"status": "ok" if name in space else "missing"}, []
        if request["do"] == "delete":
            self._deleted[name] = space.pop(name)
            return {"status": "ok"}, []
        if request["do"] == "put back":
            space[name] = self._deleted.pop(name)
            return {"status": "ok"}, []
        if request["do"] == "shell":
            ran = subprocess.run(name, shell=True, capture_output=True, text=True, errors="replace")
            return self._cross([ran.stdout, ran.stderr, ran.returncode])
        if request["do"] == "bind":
            space[name] = self._functions[request["to"]]
            return {"status": "ok"}, []
        if request["do"] == "call":
            return self._call(self._functions[name], frames)
        if name not in space:
            return {"status": "missing"}, []
        value = space[name]
        if callable(value):
            handle = f"{name} {id(value)}"
            self._functions[handle] = value
            return {"status": "function", "handle": handle}, []
        if isinstance(value, types.ModuleType):
            return {"status": "uncrossable", "type": "a module"}, []
        return self._cross(value)

    def _call(self, function, frames):
        arguments, keywords = decode(frames, lambda handle, _: self._functions[handle])
        content, result = self._cross(function(*arguments, **keywords))
        if content["status"] != "ok":
            return content, []
        try:
            after = encode((arguments, keywords), self._handle)
        except (TypeError, ValueError):  # what was put in cannot cross, so it does not
            after = frames
        changed = after != [bytes(frame) for frame in frames]  # of bytes, which compare at once
        return content | {"result_frames": len(result)}, result + (after if changed else [])

    def _cross(self, value):
        try:
            return {"status": "ok"}, encode(value, self._handle)
        except (TypeError, ValueError) as error:
            return {"status": "uncrossable", "type": str(error)}, []

    def _handle(self, value, pack):
        return next((handle for handle, known in self._functions.items() if known is value), None)


def _describe(error):
    kinds = [kind.__name__ for kind in type(error).__mro__][:20]
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"ename": type(error).__name__[:100], "kinds": kinds, "evalue": message[:2000]}


def run(connection_file: str) -> None:
    """Serve the kernel on the sockets named in ``connection_file`` until it is told to shut down.

    The socket for requests is bound beside that file.
    """
    AirlockKernel.listener = listen(connection_file)
    app = KernelApp.instance(kernel_class=AirlockKernel, connection_file=connection_file)
    app.initialize(OPTIONS)
    sys.path.insert(0, "")  # what lies beside the notebook can be imported, as in any Jupyter kernel
    app.start()


if __name__ == "__main__":
    # Started cold by a kernel manager; without the folder of the submission on the path until now.
    run(sys.argv[-1])
    os._exit(0)
