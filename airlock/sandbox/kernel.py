"""The student's kernel: an ipykernel that also answers the grader's requests for values and calls.

This runs in the student's process, which may lie. Nothing here is trusted; see bridge.py for the
other side. Requests and replies are frames of :mod:`airlock.wire.values` on a socket of their own, the first
frame a JSON object: a call costs a tenth of what it would on the kernel's own channels.
"""

import contextlib
import contextvars
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ipykernel.ipkernel import IPythonKernel

from airlock.sandbox import forking
from airlock.sandbox.around import Around
from airlock.sandbox.kernel_app import OPTIONS, KernelApp
from airlock.sandbox.objects import Objects
from airlock.sandbox.operating import operate
from airlock.wire.frames import Inbox, listen, send
from airlock.wire.values import Buffer

Reply = tuple[dict, Sequence[Buffer]]  # content, and the frames of a value

NOTHING = object()


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
        super().start()
        self._lent: dict[str, Any] = {}  # names that a test has set, and what they were before
        self._deleted: dict[str, Any] = {}  # what tests took away, and may put back
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

    def _end_copies(self) -> None:
        """A process that the student's code has forked is no kernel: it would answer what this one is asked."""
        if os.getpid() != self._process:
            os._exit(0)

    def _accept(self, *_: Any) -> None:
        self.io_loop.remove_handler(self.listener)
        self._connection, _ = self.listener.accept()
        self._inbox, self._objects = Inbox(sys.maxsize), Objects(self._call_back)
        self.io_loop.add_handler(self._connection, self._on_request, self.io_loop.READ)

    def _on_request(self, *_: Any) -> None:
        self._context.run(self._serve)

    def _serve(self) -> None:
        """Answer requests for values and calls until the grader says that its tests have ended."""
        self.pre_handler_hook()  # an interrupt raises KeyboardInterrupt, as in a cell
        try:
            while self._serve_one():
                pass
        except OSError:  # the grader is gone
            self.io_loop.remove_handler(self._connection)
        finally:
            self.post_handler_hook()

    def _fork(self) -> Reply:
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
        self._told: dict[str, Any] | None = None
        try:
            content, frames = self._answer(request, frames)
        except KeyboardInterrupt:
            content, frames = {"status": "interrupted"}, []
        except BaseException as error:  # noqa: B036  a student's function may raise SystemExit as well
            content, frames = self._raised(error)
        self._end_copies()
        return [json.dumps(content).encode(), *frames]

    def _answer(self, request: dict, frames: Sequence[Buffer]) -> Reply:
        if request["do"] == "fork":
            return self._fork()
        if request["do"] == "run":
            return forking.run(self.shell, bytes(frames[0]).decode())
        assert self.shell is not None, "a kernel that has started has one"
        space, name, objects = self.shell.user_ns, request["name"], self._objects
        match request["do"]:
            case "has":
                return {"status": "ok" if name in space else "missing"}, []
            case "delete":
                self._deleted[name] = space.pop(name)
                return {"status": "ok"}, []
            case "put back":
                space[name] = self._deleted.pop(name)
                return {"status": "ok"}, []
            case "lend":
                self._lent.setdefault(name, space.get(name, NOTHING))
                space[name] = objects.decode(frames)[0][0]
                return {"status": "ok"}, []
            case "take back":
                for one in [name] if name in self._lent else [*self._lent] if not name else []:
                    before = self._lent.pop(one)
                    space.pop(one, None) if before is NOTHING else space.update({one: before})
                return {"status": "ok"}, []
            case "shell":
                ran = subprocess.run(name, shell=True, capture_output=True, text=True, errors="replace")
                return self._cross([ran.stdout, ran.stderr, ran.returncode])
            case "bind":
                space[name] = objects.decode(frames)[0][0]
                return {"status": "ok"}, []
            case "call":
                return self._call(objects[request["on"]], request, frames)
            case "get" if name not in space:
                return {"status": "missing"}, []
            case "get":
                return self._cross(space[name])
        return self._call(operate(request["do"], objects[request["on"]], name), request, frames)

    def _call(self, function: Callable[..., Any], request: dict, frames: Sequence[Buffer]) -> Reply:
        frames = [bytes(frame) for frame in frames]  # which a callback would overwrite
        given: dict[int, Any] = {}
        arguments, keywords = self._objects.decode(frames, given)
        around = Around(request["around"], self._objects) if "around" in request else None
        try:
            with around or contextlib.nullcontext():
                result = function(*arguments, **keywords)
        finally:
            self._told = around.told if around else None  # also when an error is on its way
        if around:
            result = result, around.told
        content, answer = self._cross(result)
        if content["status"] != "ok":
            return content, []
        try:
            after = self._objects.encode((arguments, keywords), given)
        except (TypeError, ValueError):  # what was put in cannot cross, so it does not
            after = frames
        changed = after != frames  # of bytes, which compare at once
        return content | {"result_frames": len(answer)}, [*answer, *(after if changed else [])]

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

    def _cross(self, value: Any) -> Reply:
        try:
            return {"status": "ok"}, self._objects.encode(value)
        except (TypeError, ValueError) as error:
            return {"status": "uncrossable", "type": str(error)}, []

    def _raised(self, error: BaseException) -> Reply:
        content = {"status": "raised"} | _describe(error)
        try:
            return content, self._objects.encode(error if self._told is None else (error, self._told))
        except BaseException:  # noqa: B036  then its name and text have to do
            return content, []


def _describe(error: BaseException) -> dict:
    kinds = [kind.__name__ for kind in type(error).__mro__][:20]
    try:
        message = str(error)
    except BaseException:  # noqa: B036  whatever a student's class does there
        message = ""
    number = vars(error).get(
        "airlock_number"
    )  # of the test's own error, on its way through a student's function
    told = {"ename": type(error).__name__[:100], "kinds": kinds, "evalue": message[:2000]}
    return told | ({"number": number} if type(number) is int else {})


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
