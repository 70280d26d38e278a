"""Notice, in the student's process, what confinement refuses, so that the record can say that it was tried.

A Python audit hook cannot be taken out again, but native code goes around it, and so may whoever
tries hard: what it reports is a hint for a person. What it reports about is refused by confine.py, with
or without it.
"""

import contextlib
import os
import sys
from typing import Any

NETWORK = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
UNIX_FAMILY = 1
ORDINARY = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib", "/opt/", "/run/", "/var/")
MAX_NOTES = 20


def install(descriptor: int, own: list[str], network: bool = False) -> None:
    """Write one line to ``descriptor`` for each thing noticed; paths under ``own`` are the process's.

    ``network``: it may be used.
    """
    roots = tuple(os.path.realpath(path) + os.sep for path in own)
    noted: set[str] = set()
    kernel, busy = os.getpid(), False

    def note(text: str) -> None:
        if text not in noted and len(noted) < MAX_NOTES:
            noted.add(text)
            with contextlib.suppress(OSError):
                os.write(descriptor, text.encode(errors="replace")[:300] + b"\n")

    def foreign(path: Any) -> bool:
        if not isinstance(path, str | bytes):
            return False
        path = os.path.realpath(os.fsdecode(path))
        known = (path + os.sep).startswith(roots) or path.startswith(ORDINARY)
        return not known and os.path.exists(path)

    def hook(event: str, arguments: tuple) -> None:
        nonlocal busy
        if busy:
            return
        if event == "open" or event == "os.listdir" or event == "os.scandir":
            busy = True
            try:
                if foreign(arguments[0]):
                    note(f"opened {os.path.basename(os.fsdecode(arguments[0]))!r}, which is not its own")
            finally:
                busy = False
        elif event in NETWORK and not network:
            note("used the network")
        elif event == "socket.__new__" and arguments[1] != UNIX_FAMILY and not network:
            note("made a network socket")
        elif event == "os.kill" and arguments[0] != kernel:
            note("sent a signal to another process")

    sys.addaudithook(hook)
