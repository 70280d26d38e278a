"""Every system call of the running Linux is allowed on purpose, refused, or unknown and refused."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from airlock.sandbox import confine

syscalls = pytest.importorskip("airlock.sandbox.syscalls", reason="libseccomp is not installed")

HEADERS = [Path("/usr/include/asm-generic/unistd.h"), *Path("/usr/include").glob("*/asm/unistd_64.h")]
HIGHEST = 600  # beyond the last that any Linux has
# Linux's own traps, which no filter is asked about: whoever calls them is ended.
TRAPS = {335, 336} if os.uname().machine == "x86_64" else set()

TRY = """
import ctypes, errno, os, sys
from airlock.sandbox import confine, syscalls
confine._drop_privileges()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(0, -1, None, 0)
syscalls.load(7)
for number in map(int, sys.argv[1:]):
    ctypes.set_errno(0)
    found = libc.syscall(number, *[ctypes.c_long(-1)] * 6)
    os.write(1, f"{number} {found} {ctypes.get_errno()}\\n".encode())
os._exit(0)
"""


def in_force(numbers):
    """What a filtered process is answered, as (return value, errno), by number."""
    run = subprocess.run(
        [sys.executable, "-c", TRY, *map(str, numbers)], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    lines = [tuple(map(int, line.split())) for line in run.stdout.splitlines()]
    return {number: (found, error) for number, found, error in lines}


@pytest.fixture(scope="module")
def answers():
    if not confine.measures()["network"]:
        pytest.skip("seccomp is not in force here")
    return syscalls.answers()


def test_every_name_is_in_one_list_only():
    names = [*syscalls.ALLOWED, *syscalls.REFUSED, *syscalls.PRETENDED]
    assert len(names) == len({*names})


def test_the_system_calls_of_the_headers_are_all_decided(answers):
    """Of each that this system's headers name it is known what is said: nothing is allowed by oversight."""
    named = {}
    for header in filter(Path.exists, HEADERS):
        if header.name == "unistd_64.h" or os.uname().machine != "x86_64":
            found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
            named |= {name: int(number) for name, number in found}
    if not named:
        pytest.skip("no headers of Linux are installed")
    allowed = {name for name, number in named.items() if answers.get(number) == "allowed"}
    assert allowed <= {*syscalls.ALLOWED}
    for family in ("shm", "msg", "sem", "mq_", "io_uring_", "pidfd_", "fs", "keyctl", "mount", "umount"):
        let = {name for name in allowed if name.startswith(family)}
        assert let <= {"fsync", "fstat", "fstatfs"}, family


def test_what_is_refused_or_unknown_is_refused_by_the_system(answers):
    asked = [number for number in range(HIGHEST) if number not in TRAPS and answers.get(number) != "allowed"]
    told = in_force(asked)
    for number in asked:
        found, error = told[number]
        match answers.get(number):
            case "refused":
                assert (found, error) == (-1, errno.EPERM), number
            case "pretended":
                assert (found, error) == (0, 0), number
            case None:
                assert (found, error) == (-1, errno.ENOSYS), number


def test_what_is_allowed_is_not_unknown(answers):
    """The other side: a list that allowed nothing would pass the tests above."""
    tried = [syscalls.number(name) for name in ("getpid", "getuid", "uname", "sched_yield", "getcwd")]
    told = in_force(tried)
    assert all(told[number][1] not in (errno.ENOSYS, errno.EPERM) for number in tried)


def test_clone3_is_unknown_so_that_programs_use_clone_whose_flags_can_be_seen(answers):
    assert syscalls.number("clone3") not in answers


OLD = """
import errno, os, sys
from airlock.sandbox import confine, syscalls
confine._drop_privileges()
syscalls.load(1)
path = sys.argv[1]
for way in (lambda: os.truncate(path, 0), lambda: os.open(path, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(path, os.O_ACCMODE | os.O_TRUNC), lambda: os.kill(os.getppid(), 0)):
    try:
        print("a hole", way())
    except OSError as error:
        print(errno.errorcode[error.errno])
"""


def test_where_landlock_is_old_the_filter_keeps_lengths_and_signals(answers, tmp_path):
    """As on Linux 5.13, whose Landlock knows of neither; before Linux 6.2 and 6.12 respectively."""
    (tmp_path / "kept").write_text("kept")
    run = subprocess.run(
        [sys.executable, "-c", OLD, tmp_path / "kept"], capture_output=True, text=True, timeout=60
    )
    assert run.stdout.split() == ["EPERM"] * 4, run.stderr
    assert (tmp_path / "kept").read_text() == "kept"
