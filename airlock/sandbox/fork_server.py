"""The fork server: a process that kernels are forked from, so that what they import is loaded once.

``python -m airlock.sandbox.fork_server FD [MODULE ...]`` imports the modules and serves requests on the
inherited socket FD: one JSON message with one file descriptor, the warden's end of the control socket, per
kernel. It ends when the other end of FD closes. It has read nothing of any course, so neither has a kernel
forked from it.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable

from airlock.sandbox.warm_up import import_more, threads, warm_up

AVAILABLE = sys.platform == "linux"  # elsewhere a fork of a process with threads of the system's may crash
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

_lock = threading.Lock()
# of this process: process id, the server if it is this one's own, the socket
_server: tuple[int, subprocess.Popen | None, socket.socket] | None = None


def environment() -> dict[str, str]:
    """What a kernel may know of the grader's environment: where things are, no secrets."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | ONE_THREAD | {"PYTHONUNBUFFERED": "1"}


def fork_kernel(request: dict) -> socket.socket:
    """Have a warden and its kernel forked, see :func:`airlock.sandbox.warden.main`; return its socket.

    ``request["preload"]`` names the modules that the kernel finds imported.
    """
    ours, theirs = socket.socketpair()
    with theirs, _lock:
        for _ in range(2):  # a second time when the fork server was ended from outside
            try:
                channel = _fork_server(request.get("preload", ()))
                socket.send_fds(channel, [json.dumps(request).encode()], [theirs.fileno()])
                return ours
            except OSError:
                _forget()
    ours.close()
    raise OSError("no fork server to fork a kernel from")


def share(preload: Iterable[str] = ()) -> socket.socket:
    """The socket of this process's fork server, to be given to a child's :func:`adopt`.

    One that is not running yet is started, and begins with importing the modules ``preload``.
    """
    with _lock:
        return _fork_server(preload)


def adopt(channel: socket.socket) -> None:
    """Have the kernels of this process forked from its parent's fork server."""
    global _server
    _server = os.getpid(), None, channel


def _fork_server(preload: Iterable[str]) -> socket.socket:
    global _server
    ended = _server and _server[1] is not None and _server[1].poll() is not None
    if _server is None or _server[0] != os.getpid() or ended:
        _forget()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "airlock.sandbox.fork_server", str(theirs.fileno()), *preload],
                env=environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        _server = os.getpid(), process, ours
    return _server[2]


def _forget() -> None:
    global _server
    if _server is not None and _server[0] == os.getpid():
        _server[2].close()
        if _server[1] is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                _server[1].wait(1)
    _server = None


def main(descriptor: int, modules: list[str]) -> None:
    """Import ``modules`` and what every kernel needs, then serve."""
    warm_up(modules)
    if modules and threads() > 1:
        _start_again(descriptor)
    serve(socket.socket(fileno=descriptor), set(modules))


def serve(channel: socket.socket, imported: set[str] | None = None) -> None:
    """Fork a warden for each request, until the other end closes; ``imported`` is what is there already."""
    imported = imported or set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, 1 << 20, 1)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            return
        request = json.loads(message)
        more = [name for name in request.get("preload", ()) if name not in imported]
        if more:
            _prepare(channel, more, imported)
        if os.fork() == 0:
            channel.close()
            try:
                from airlock.sandbox import warden

                warden.main(request, socket.socket(fileno=descriptors[0]))
            finally:
                os._exit(1)
        os.close(descriptors[0])


def _prepare(channel: socket.socket, modules: list[str], imported: set[str]) -> None:
    """Import what the next kernels need, unless it ends or starts threads there: a child tries it first."""
    imported.update(modules)
    trial = os.fork()
    if trial == 0:
        channel.close()
        import_more(modules)
        os._exit(threads() > 1)
    if os.waitpid(trial, 0)[1] == 0:
        import_more(modules)


def _start_again(descriptor: int) -> None:
    """As a process without what started threads: a fork of one with threads may wait for ever."""
    os.set_inheritable(descriptor, True)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "airlock.sandbox.fork_server", str(descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
