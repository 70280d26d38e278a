"""A warm process that kernels are forked from: everything that they import is loaded once.

``python -m airlock.sandbox.fork_server FD`` serves requests on the inherited socket FD: one JSON message with
one file descriptor, the warden's end of the control socket, per kernel. It ends when the other end
of FD closes. It has read nothing of any course, so neither has a kernel forked from it.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import threading

# What a kernel has imported by its first cell, and what most notebooks import then.
PRELOADED = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "sklearn.datasets",
    "sklearn.preprocessing",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.subshell_manager",
    "ipykernel.shellchannel",
    "resource",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "encodings.idna",
    "airlock.sandbox.audit",
    "airlock.sandbox.confine",
    "airlock.sandbox.kernel",
    "airlock.sandbox.warden",
)
WARM = sys.platform == "linux"  # elsewhere a fork of a process with threads of the system's own may crash
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

_lock = threading.Lock()
_server = None  # of this process: (process id, Popen, socket)


def environment() -> dict[str, str]:
    """What a kernel may know of the grader's environment: where things are, no secrets."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | ONE_THREAD | {"PYTHONUNBUFFERED": "1"}


def fork_kernel(request: dict) -> socket.socket:
    """Have a warden and its kernel forked, see :func:`airlock.sandbox.warden.main`; return its socket."""
    ours, theirs = socket.socketpair()
    with theirs, _lock:
        for _ in range(2):  # a second time when the warm process was ended from outside
            try:
                socket.send_fds(_warm_process(), [json.dumps(request).encode()], [theirs.fileno()])
                return ours
            except OSError:
                _forget()
    ours.close()
    raise OSError("no warm process to fork a kernel from")


def share() -> socket.socket:
    """The socket of this process's warm process, to be given to a child's :func:`adopt`."""
    with _lock:
        return _warm_process()


def adopt(channel: socket.socket) -> None:
    """Have the kernels of this process forked from its parent's warm process."""
    global _server
    _server = os.getpid(), None, channel


def _warm_process() -> socket.socket:
    global _server
    ended = _server and _server[1] is not None and _server[1].poll() is not None
    if _server is None or _server[0] != os.getpid() or ended:
        _forget()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "airlock.sandbox.fork_server", str(theirs.fileno())],
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


def serve(channel: socket.socket) -> None:
    """Fork a warden for each request, until the other end closes."""
    from airlock.sandbox import warden

    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, 1 << 20, 1)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            return
        if os.fork() == 0:
            channel.close()
            try:
                warden.main(json.loads(message), socket.socket(fileno=descriptors[0]))
            finally:
                os._exit(1)
        os.close(descriptors[0])


def _warm_up() -> None:
    gc.disable()  # until all is imported: nothing of it is garbage
    from IPython.core import magics

    _import_without_debugger()
    ours = [f"{magics.__name__}.{module.name}" for module in pkgutil.iter_modules(magics.__path__)]
    for module in [*PRELOADED, *ours]:
        with contextlib.suppress(ImportError):  # another course may do without, say, scikit-learn
            importlib.import_module(module)
    if "matplotlib.pyplot" in sys.modules:
        _draw_once()
    gc.collect()
    gc.freeze()  # the kernels' collections leave the shared pages alone
    gc.enable()


def _import_without_debugger() -> None:
    """Nobody attaches a debugger, and loading one would take half of a kernel's start."""
    sys.modules["debugpy"] = None  # ipykernel finds that it is not installed
    try:
        importlib.import_module("ipykernel.debugger")
    finally:
        del sys.modules["debugpy"]


def _draw_once() -> None:
    """A first picture loads fonts and a dozen modules that every later one finds in place."""
    import io

    import matplotlib
    from matplotlib import pyplot

    matplotlib.use("agg")
    figure, axes = pyplot.subplots()
    axes.semilogy([1, 2], [1, 10], label="$10^x$")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
    pyplot.close("all")


if __name__ == "__main__":
    channel = socket.socket(fileno=int(sys.argv[1]))
    _warm_up()
    serve(channel)
