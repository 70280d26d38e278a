"""What Linux tells of processes, and does with this one: who descends from whom, who lives, what they use."""

import contextlib
import ctypes
import os
import signal
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
TICKS = os.sysconf("SC_CLK_TCK")  # in a second


def end_with_parent() -> None:
    """Have this process killed when the one that forked it ends, whatever that dies of."""
    _process_control(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Have this process take the place of parents that ended before their children."""
    _process_control(PR_SET_CHILD_SUBREAPER, 1)


def _process_control(what: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def address_space() -> int:
    """Bytes of the address space of this process."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def private_memory() -> int:
    """Bytes of memory that this process has set aside for itself alone, be they used or not."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def descendants(root: int | None = None) -> list[int]:
    """Process ids of all that ``root`` (this process) and its children started, as Linux lists them."""
    found, ask = [], [root or os.getpid()]
    while ask:
        pid = ask.pop()
        try:
            children = [int(child) for child in _told(f"/proc/{pid}/task/{pid}/children").split()]
        except OSError:
            continue
        found += children
        ask += children
    return found


def _told(path: str) -> bytes:
    """What a file of Linux's says; a path object and a text would take three times as long."""
    with open(path, "rb", buffering=0) as file:
        return file.read()


def lives(pid: int) -> bool:
    """Whether a process is there, and not just its exit status."""
    try:
        return _told(f"/proc/{pid}/stat").rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def cpu_times(pid: int) -> list[float]:
    """CPU time of a process: its own, the system's for it, and both of those that it has waited for.

    Nothing if it has ended.
    """
    try:
        fields = _told(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        return [int(field) / TICKS for field in fields[11:15]]
    except OSError:
        return []


def threads(pid: int) -> int:
    """How many threads a process has; none if it has ended."""
    try:
        return os.stat(f"/proc/{pid}/task").st_nlink - 2  # a folder for each
    except OSError:
        return 0


def computes(pid: int) -> bool:
    """Whether any thread of a process has a processor or waits for one."""
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):
            if thread.read_text().rpartition(")")[2].split()[0] == "R":
                return True
    return False


def channels(pid: int) -> tuple[int, int]:
    """How many pipes and sockets a process has open, and how many files are in flight between the latter."""
    open_ones = flying = 0
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            kind = os.readlink(f"/proc/{pid}/fd/{number}").partition(":")[0]
            open_ones += kind in ("pipe", "socket")
            if kind == "socket":
                told = Path(f"/proc/{pid}/fdinfo/{number}").read_text()
                flying += int(told.partition("scm_fds:")[2].split()[0]) if "scm_fds:" in told else 0
    except OSError:
        pass
    return open_ones, flying


def resident(pid: int) -> int:
    """Bytes of memory that a process occupies; none if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def own_share(pid: int) -> int:
    """Bytes of memory that a process occupies, what it shares with others divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except OSError:
        return resident(pid)
