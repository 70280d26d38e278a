"""The grader's side of one student's kernel: run a cell, ask for a value, call a function.

Everything is bounded by :class:`airlock.model.limits.Limits`. CPU time is counted, and idle time, so a
busy machine changes nothing; a kernel that does not react to an interrupt is killed.
"""

import json
import selectors
import time
from collections.abc import Callable, Container, Sequence
from typing import Any, TypeVar

import zmq

from airlock.kernel.meter import Meter, Overrun
from airlock.kernel.process import KernelProcess
from airlock.wire.frames import Outbox, send
from airlock.wire.values import Buffer, Malformed, Refer, decode

POLL_MILLISECONDS = 100
GRACE_SECONDS = 3  # from an interrupt to the kill
TIDY_SECONDS = 0.5  # for outputs that are still under way when a cell has ended
LEAST_SECONDS = 0.05  # for what is left of a call behind a callback
MAX_HEAD = 1 << 16  # bytes of a reply without its value
Ready = Container[Any]  # sockets that can be read
Answer = TypeVar("Answer")
STATES = ("ok", "callback", "missing", "raised", "uncrossable", "interrupted")


CAUSES = {
    "kernel-died": "it exited or crashed",
    "memory-limit": "it used more memory than it may",
    "process-limit": "it started more processes than it may",
    "disk-limit": "it wrote more to disk than it may",
}


class KernelGone(Exception):
    """The kernel ended while it worked for us: why, in words; ``reason``: as a kind of incident."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return CAUSES[self.reason]


class StudentKernel(KernelProcess):
    """A kernel that is talked to.

    ``call_back(number, frames)`` calls a function of the test; it gives content and frames of what to send.
    """

    call_back: Callable[..., tuple[dict, list]] | None = None

    def run_cell(self, source: str, on_output: Callable[[dict], None], seconds: float) -> dict:
        """Run one cell; ``on_output(message)`` gets each iopub message of it. Returns the reply's content.

        Raises Overrun or KernelGone. An interrupted cell whose kernel survives raises Overrun too.
        """
        self._end_requests()
        request = self.client.session.msg(
            "execute_request",
            {
                "code": source,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        self.client.session.send(self.client.shell_channel.socket, request)
        return self._wait_for_reply(request["header"]["msg_id"], seconds, on_output)["content"]

    def request(
        self, content: dict, frames: Sequence[Buffer], seconds: float
    ) -> tuple[dict, list[memoryview]]:
        """Have the kernel answer one request of a test; returns content and frames of its reply.

        On the way the kernel may ask for calls of the test's own functions, see ``call_back``.
        """
        began = None
        reply, frames = self._request(content, frames, seconds)
        while reply["status"] == "callback":
            began = self.cpu() if began is None else began
            content, frames = self.call_back(reply.get("number"), frames)  # type: ignore[misc]
            left = seconds - (self.cpu() - began)
            reply, frames = self._request(content, frames, max(left, LEAST_SECONDS))
        return reply, frames

    def _request(
        self, content: dict, frames: Sequence[Buffer], seconds: float
    ) -> tuple[dict, list[memoryview]]:
        self._serving = True
        self._send(Outbox([json.dumps(content).encode(), *frames]), seconds)
        return self._reply(seconds)

    def _send(self, outbox: Outbox, seconds: float) -> None:
        """Send a request. A kernel that does not read it is idle, which counts as it does for a reply."""
        try:
            if outbox.send(self._requests):
                return
            with selectors.PollSelector() as selector:
                selector.register(self._requests, selectors.EVENT_WRITE)

                def look() -> Ready:
                    return (self._requests,) if selector.select(POLL_MILLISECONDS / 1000) else ()

                def write(ready: Ready) -> bool | None:
                    return outbox.send(self._requests) or None

                self._wait(look, write, seconds, lambda _: None)
        except Overrun:
            self.kill()  # what follows would be out of step
            raise
        except OSError:
            self.kill()
            raise KernelGone(self.cause_of_death()) from None

    def _reply(self, seconds: float) -> tuple[dict, list[memoryview]]:
        """The next reply on the socket for requests."""
        iopub = self.client.iopub_channel.socket

        def look() -> Ready:
            """What cells put out waits meanwhile: looking for it at each call would cost more."""
            if self._selector.select(POLL_MILLISECONDS / 1000):
                return (self._requests,)
            return (iopub,) if iopub.getsockopt(zmq.EVENTS) & zmq.POLLIN else ()

        def receive(ready: Ready) -> list[memoryview] | None:
            return self._inbox.receive(self._requests) if self._requests in ready else None

        try:
            head, *frames = self._wait(look, receive, seconds, lambda _: None)
            if len(head) > MAX_HEAD:
                raise Malformed("too large")
            reply = json.loads(bytes(head))
            if reply["status"] not in STATES:
                raise Malformed("unknown reply")
        except (ValueError, TypeError, KeyError, RecursionError):
            self.kill()  # what follows would be out of step
            raise Malformed("unknown reply") from None
        except OSError:
            self.kill()
            raise KernelGone(self.cause_of_death()) from None
        return reply, frames

    def _end_requests(self) -> None:
        """Tests have ended: let the kernel's main thread go back to its cells."""
        if self._serving and self.alive:
            try:
                send(self._requests, [b'{"do": "end"}'])
            except OSError:
                self.kill()
        self._serving = False

    def ask(self, name: str, seconds: float, refer: Refer, what: str = "get") -> tuple[str, Any]:
        """The state and value of a name: ("ok", value), ("missing", None), ...

        ``what``: "get" for the student's own names, "library" for a module's, given as "module:path".
        """
        content, frames = self.request({"do": what, "name": name}, [], seconds)
        if content["status"] == "ok":
            return "ok", decode(frames, refer)
        return content["status"], content.get("type")

    def call(
        self, request: dict, frames: Sequence[Buffer], seconds: float, refer: Refer
    ) -> tuple[dict, Any, Any]:
        """Call a function; returns (reply content, result or error, arguments as changed or None)."""
        content, received = self.request(request, frames, seconds)
        if content["status"] == "raised" and received:
            return content, decode(received, refer), None
        if content["status"] != "ok":
            return content, None, None
        count = content.get("result_frames", len(received))
        if type(count) is not int or not 0 < count <= len(received):
            raise Malformed("no result")
        changed = decode(received[count:], refer) if len(received) > count else None
        return content, decode(received[:count], refer), changed

    def _wait_for_reply(self, parent: str, seconds: float, on_output: Callable[[dict], None]) -> dict:
        """The reply to a message on the shell channel, once its outputs are in as well."""
        shell, iopub = self.client.shell_channel.socket, self.client.iopub_channel.socket
        poller = zmq.Poller()
        poller.register(shell, zmq.POLLIN)
        poller.register(iopub, zmq.POLLIN)
        reply: dict | None = None
        idle, until = False, 0.0

        def take(output: dict) -> None:
            nonlocal idle
            if output["parent_header"].get("msg_id") == parent:
                if output["msg_type"] == "status":
                    idle = output["content"].get("execution_state") == "idle"
                else:
                    on_output(output)

        def receive(ready: Ready) -> dict | None:
            nonlocal reply, until
            if shell in ready and reply is None:
                answer = self._receive(shell)
                if answer and answer["parent_header"].get("msg_id") == parent:
                    reply, until = answer, time.monotonic() + TIDY_SECONDS
            return reply if idle or time.monotonic() > until else None

        return self._wait(lambda: dict(poller.poll(POLL_MILLISECONDS)), receive, seconds, take)

    def _wait(
        self,
        look: Callable[[], Ready],
        receive: Callable[[Ready], Answer | None],
        seconds: float,
        on_output: Callable[[dict], None],
    ) -> Answer:
        """Until ``receive(ready)`` returns something; raises Overrun or KernelGone instead.

        ``look()`` waits a little for what can be read, and returns it.
        """
        iopub, meter, interrupted = self.client.iopub_channel.socket, Meter(self, seconds), None
        while True:
            ready = look()
            if iopub in ready:
                output = self._receive(iopub)
                if output and interrupted is None:
                    on_output(output)
            try:
                answer = receive(ready)
            except OSError:
                if interrupted is None:
                    raise
                self.kill()
                raise interrupted from None  # it died of being interrupted
            if answer is not None:
                if interrupted:
                    raise interrupted
                return answer
            if not ready and not self.alive:
                raise interrupted or KernelGone(self.cause_of_death())
            if interrupted is None:
                interrupted = meter.exceeded()
                if interrupted:
                    deadline = time.monotonic() + min(GRACE_SECONDS, 2 * seconds)
                    self.interrupt()
            elif time.monotonic() > deadline:
                self.kill()
                raise interrupted

    def _receive(self, channel: zmq.Socket) -> dict | None:
        try:
            _, message = self.client.session.recv(channel, mode=zmq.NOBLOCK, copy=True)
            if not all(isinstance(message[part], dict) for part in ("header", "parent_header", "content")):
                raise TypeError
        except Exception:  # not signed, not a message, or one that jupyter_client stumbles over
            self._events.append({"event": "forged"})
            return None
        return message
