"""What each measure of confinement keeps from happening, tried in a process that is confined: prints JSON.

Nothing here does harm where it is not refused: of the signals nobody dies, the files are a test's own.
"""

import contextlib
import ctypes
import fcntl
import json
import mmap
import os
import signal
import site
import socket
import struct
import sys

from airlock.model.limits import Limits
from airlock.sandbox import confine

OWN, OUTSIDE, LIBRARY, PORT = *sys.argv[1:4], int(sys.argv[4])
KEPT, STREAM, MODULE, PARENT = f"{OUTSIDE}/kept", f"{OUTSIDE}/stream", f"{LIBRARY}/module.py", os.getppid()
FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_NODUMP_FL = 0x80086601, 0x40086602, 0x40
F_SETSIG, CLONE_NEWUSER, SYSTEM_V_QUEUE = 10, 0x10000000, 68
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call by its number on x86-64, as elsewhere it would be another."""
    found = libc.syscall(number, *arguments) if os.uname().machine == "x86_64" else -1
    if found < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return found


def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.connect(address)


def owner_is_signalled():
    """By a pipe that its owner is told of: with a signal that is ignored unless somebody asks for it."""
    ends = os.pipe()
    fcntl.fcntl(ends[0], fcntl.F_SETOWN, PARENT)
    fcntl.fcntl(ends[0], F_SETSIG, signal.SIGURG)
    fcntl.fcntl(ends[0], fcntl.F_SETFL, os.O_ASYNC)
    os.write(ends[1], b"x")


def new_user():
    child = call(56, CLONE_NEWUSER | signal.SIGCHLD, None, None, None, None)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def metadata_changed(change):
    """Of the file outside: what only pretends to have done it has not."""
    before = os.stat(KEPT)
    change()
    if os.stat(KEPT)[:9] == before[:9]:
        raise OSError("nothing has changed")


def flags_changed():
    """By a descriptor that may only be read from."""
    with open(MODULE, "rb") as file:
        flags = struct.unpack("l", fcntl.ioctl(file, FS_IOC_GETFLAGS, bytes(8)))[0]
        fcntl.ioctl(file, FS_IOC_SETFLAGS, struct.pack("l", flags ^ FS_NODUMP_FL))


PROBES = {
    "files": {
        "read": lambda: open(KEPT).close(),
        "listed": lambda: os.listdir(OUTSIDE),
        "written": lambda: open(KEPT, "a").close(),
        "made": lambda: open(f"{OUTSIDE}/made", "w").close(),
        "linked": lambda: os.link(KEPT, f"{OWN}/linked"),
        "emptied": lambda: os.truncate(KEPT, 0),
        "a library emptied": lambda: os.truncate(MODULE, 0),
        "its mode": lambda: metadata_changed(lambda: os.chmod(KEPT, 0o640)),
        "its times": lambda: metadata_changed(lambda: os.utime(KEPT, (1, 1))),
        "its attributes": lambda: os.setxattr(KEPT, "user.x", b"x"),
        "the flags of a library": flags_changed,
    },
    "network": {
        "TCP": lambda: connect(socket.AF_INET, ("127.0.0.1", PORT)),
        "UDP": lambda: connect(socket.AF_INET, ("127.0.0.1", PORT), socket.SOCK_DGRAM),
        "a socket of the file system's": lambda: connect(socket.AF_UNIX, STREAM),
        "an abstract socket": lambda: connect(socket.AF_UNIX, f"\0airlock-{PORT}"),
        "netlink": lambda: connect(socket.AF_NETLINK, (0, 0), socket.SOCK_RAW),
    },
    "signals": {
        "sent": lambda: os.kill(PARENT, signal.SIGURG),
        "sent by a descriptor": lambda: signal.pidfd_send_signal(os.pidfd_open(PARENT), signal.SIGURG),
        "sent by the system": owner_is_signalled,
        "another's priority": lambda: os.setpriority(os.PRIO_PROCESS, PARENT, 0),
        "a queue of everybody's": lambda: call(SYSTEM_V_QUEUE, 0, 0o1600),
    },
    "disk": {"set aside": lambda: call(285, MINE, 1, 0, 2**20)},  # fallocate, KEEP_SIZE
    "memory": {
        "shared without a file": lambda: mmap.mmap(-1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS).close(),
        "a file without a disk": lambda: os.close(os.memfd_create("x")),
        "user namespaces": new_user,
    },
}

with contextlib.suppress(ImportError):
    import airlock.sandbox.syscalls  # noqa: F401  as the fork server does, while it can be read
packages = site.getsitepackages()
site.getsitepackages = lambda: [*packages, LIBRARY]  # what may be read
MINE = os.open(f"{OWN}/file", os.O_RDWR | os.O_CREAT)
said = confine.measures()
confine.confine([OWN], Limits())
happened = {measure: [] for measure in PROBES}
for measure, probes in PROBES.items():
    for what, probe in probes.items():
        with contextlib.suppress(OSError, OverflowError):
            probe()
            happened[measure].append(what)
print(json.dumps({"said": said, "happened": happened}))
