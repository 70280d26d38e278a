"""The kernel provisioner: where jupyter_client starts a kernel, it gets one that is forked and confined."""

import contextlib
import dataclasses
import json
import os
import signal
import socket
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Dict, List, Unicode

from airlock.model.limits import Limits
from airlock.sandbox import fork_server


class WardenClient:
    """What jupyter_client takes for the kernel's process: its warden, at the end of the control socket."""

    stdin = stdout = stderr = None

    def __init__(self, control: socket.socket):
        self.control = control
        self.pid: int | None = None
        self.returncode: int | None = None
        self.cpu: float | None = None  # seconds of the kernel and all that it started, once they have ended
        self.events: list[dict] = []
        self._rest = b""
        control.settimeout(60)
        while self.pid is None and self.returncode is None:
            self._read()
        control.setblocking(False)

    def poll(self) -> int | None:
        """The kernel's exit status once it has ended, as ``Popen.poll`` gives it."""
        with contextlib.suppress(BlockingIOError):  # nothing new
            while self.returncode is None:
                self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end."""
        self.control.settimeout(timeout)
        with contextlib.suppress(OSError):
            while self.returncode is None:
                self._read()
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Signal the kernel's process group."""
        with contextlib.suppress(OSError):
            self.control.sendall(json.dumps({"signal": signum}).encode() + b"\n")

    def kill(self) -> None:
        """End the kernel and all that it started."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)

    def _read(self) -> None:
        try:
            received = self.control.recv(4096)
        except BlockingIOError:
            raise
        except OSError:  # closed, by us or by its end
            received = b""
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            message = json.loads(line)
            self.pid = message.get("pid", self.pid)
            if "exit" in message:
                self.cpu = message["cpu"]
                self._end(message["exit"])
            elif "pid" not in message:
                self.events.append(message)
        if not received and self.returncode is None:
            self._end(None)
            if self.pid is not None:  # the warden is gone and has not cleared up
                with contextlib.suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)

    def _end(self, status: int | None) -> None:
        if self.returncode is None:
            self.returncode = -signal.SIGKILL if status is None else os.waitstatus_to_exitcode(status)


class AirlockProvisioner(LocalProvisioner):
    """Kernels forked by the fork server and confined, where the platform can; others elsewhere."""

    parent: Any  # the kernel manager
    process: Any  # what has the methods of a Popen: a WardenClient, where kernels are forked

    folder = Unicode(help="The kernel's own folder, with work/ (its working directory) and home/ in it.")
    preload = List(Unicode(), help="Modules that the kernel finds imported.")
    limits = Dict(help="airlock.model.limits.Limits, as a dict.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Called by the kernel manager once connection file and command are ready."""
        if not fork_server.AVAILABLE:
            kwargs["env"] = fork_server.environment()
            kwargs["cwd"] = os.path.join(self.folder, "work")
            return await super().launch_kernel(cmd, **kwargs)
        request = {
            "folder": self.folder,
            "limits": self.limits or dataclasses.asdict(Limits()),
            "connection_file": self.parent.connection_file,
            "environment": {"NBGRADER_EXECUTION": "autograde"},  # as nbgrader sets it
        }
        for preload in (list(self.preload), []):  # without, where importing that ended the fork server
            self.process = WardenClient(fork_server.fork_kernel(request | {"preload": preload}))
            if self.process.pid is not None:
                break
        self.pid, self.pgid = self.process.pid, None
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Called for an interrupt and at shutdown."""
        if fork_server.AVAILABLE and signum == signal.SIGKILL and self.process:
            self.process.kill()
        else:
            await super().send_signal(signum)
