"""Servers that tests start: on the loopback interface, with a home of their own, ended afterwards."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

STARTS_WITHIN = 120  # seconds, on a busy machine
IDLE_SECONDS = 900  # after which a server ends by itself, should the tests be killed
PROGRAMS = Path(sys.executable).parent
# JupyterLab asks nobody for news, and has all cells of a notebook in its page.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


def environment(home: Path) -> dict[str, str]:
    """What a new user's shell has: no settings of anybody, and this environment not on the PATH."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ", "TMPDIR") if name in os.environ}
    places = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    places["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    for place in places.values():
        Path(place).mkdir(parents=True, exist_ok=True)
    for name, setting in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | places | {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def options(port: int, token: str) -> list[str]:
    """What a Jupyter server needs to be started by a test."""
    return [
        *("--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.shutdown_no_activity_timeout={IDLE_SECONDS}"),
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]


@contextmanager
def jupyter_lab(folder: Path, home: Path):
    """``jupyter lab`` started in ``folder``: yields its address and token."""
    port, token = free_port(), secrets.token_hex(16)
    address = f"http://127.0.0.1:{port}"
    with open(home / "server.log", "w") as log:
        command = [str(PROGRAMS / "jupyter"), "lab", *options(port, token)]
        server = subprocess.Popen(command, cwd=folder, env=environment(home), stdout=log, stderr=log)
        try:
            wait_for(f"{address}/api", server, home / "server.log")
            yield address, token
        finally:
            end(server)


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers at ``address``; raise if it ends before, or takes too long."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            with urlopen(address, timeout=10):
                return
        except (URLError, OSError):
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    raise TimeoutError(f"no answer at {address}: {log.read_text()}")


def end(server: subprocess.Popen) -> None:
    """End a process, gently first."""
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
