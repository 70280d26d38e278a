"""What grading a submission takes from the grader: memory, CPU time, time by the clock, disk."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass, fields
from pathlib import Path

LOOK_SECONDS = 0.1


@dataclass
class Used:
    """memory: bytes of the grader's largest process, without what it had at the start; disk: bytes."""

    memory: float = 0
    cpu: float = 0
    wall: float = 0
    disk: float = 0

    def most(self, other: "Used") -> "Used":
        """Of each figure the larger one."""
        return Used(*(max(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)))


def peak() -> int:
    """The most memory that this process has had since :func:`forget_peak`, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def forget_peak() -> None:
    """Begin to measure the peak of this process's memory anew."""
    Path("/proc/self/clear_refs").write_text("5")


def on_disk(folder: Path) -> int:
    """Bytes that a folder takes on the disk, however deep it is, as du counts them."""
    found = subprocess.run(["du", "-sB1", folder], capture_output=True, text=True)
    return int(found.stdout.split()[0]) if found.stdout else 0


class Measured:
    """A context manager: what this process, those that it waits for and their kernels use meanwhile.

    ``folder`` is where all of them write. The CPU time of the kernels is what the record says.
    """

    def __init__(self, folder: Path):
        self.folder, self.used = folder, Used()
        self._over = threading.Event()

    def __enter__(self) -> "Measured":
        forget_peak()
        self._start, self._cpu, self._wall = peak(), time.process_time(), time.monotonic()
        self._wait4, os.wait4 = os.wait4, self._note
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.wait4 = self._wait4
        self._over.set()
        self._watch.join()
        self.used.wall = time.monotonic() - self._wall
        self._keep(memory=peak() - self._start)

    def _note(self, pid: int, options: int):
        found = self._wait4(pid, options)
        self._keep(memory=found[2].ru_maxrss * 1024 - self._start)
        return found

    def _look(self) -> None:
        pause = LOOK_SECONDS
        while not self._over.wait(pause):
            began = time.monotonic()
            self._keep(disk=on_disk(self.folder))
            pause = max(LOOK_SECONDS, 5 * (time.monotonic() - began))

    def _keep(self, **figures: float) -> None:
        self.used = self.used.most(Used(**figures))
