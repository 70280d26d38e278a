"""How long an exchange may take: computing and idling count, waiting for a processor does not."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import psutil

from airlock.model.limits import Limits
from airlock.model.text import count
from airlock.sandbox.processes import computes

if TYPE_CHECKING:
    from airlock.kernel.process import KernelProcess

STEP_SECONDS = 0.1
BUSY_SHARE = 0.5  # of the time; who computes less is idle meanwhile
IDLE_LIMITS = 4  # a notebook may idle as long as so many exchanges may
USED_UP = "used up the time that the whole notebook may take"


class Overrun(Exception):
    """A limit of time was met. ``reason``: "time-limit" or "machine". The kernel may have been killed."""

    def __init__(self, reason: str, sentence: str):
        super().__init__(reason, sentence)  # what it is made of again behind a process pool
        self.reason, self.sentence = reason, sentence

    def __str__(self) -> str:
        return self.sentence


class Budget:
    """What a whole notebook has used, in this process and in its kernels, by CPU and by the clock."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.idle = 0.0
        self._started, self._cpu = time.monotonic(), time.process_time()

    def own_cpu(self) -> float:
        """CPU seconds of this process since the notebook began."""
        return time.process_time() - self._cpu

    def exceeded(self, kernels: float) -> Overrun | None:
        """The limit that is met, when the kernels have used so many seconds of CPU time."""
        limits, clock = self.limits, time.monotonic() - self._started
        computed = kernels + self.own_cpu()
        if computed > limits.submission_seconds or self.idle > IDLE_LIMITS * limits.idle_seconds:
            return Overrun("time-limit", USED_UP)
        if clock > limits.wall_seconds:
            if computed + self.idle > clock / 2:
                return Overrun("time-limit", f"{USED_UP} by the clock")
            return Overrun(
                "machine", f"took more than {count(limits.wall_seconds, 'second')} on a busy machine"
            )
        return None


class Meter:
    """Counts what one exchange with a :class:`~airlock.kernel.process.KernelProcess` has used."""

    def __init__(self, kernel: KernelProcess, seconds: float):
        self.kernel, self.seconds = kernel, seconds
        self.start_cpu: float | None = None
        self.last_cpu = 0.0
        self.last_time = time.monotonic()
        self.idle, self.idle_limit = 0.0, min(kernel.limits.idle_seconds, max(1, 3 * seconds))

    def exceeded(self) -> Overrun | None:
        """The limit that is met by now, if any."""
        now = time.monotonic()
        if now - self.last_time < STEP_SECONDS:
            return None
        step, self.last_time = min(now - self.last_time, 1.0), now
        cpu = self.kernel.cpu()
        if self.start_cpu is None:
            self.start_cpu = self.last_cpu = cpu
        used, self.last_cpu = cpu - self.last_cpu, cpu
        if used < BUSY_SHARE * step and not self._wants_to_compute():
            self.idle += step - used
            self.kernel.budget.idle += step - used
        if cpu - self.start_cpu > self.seconds:
            return Overrun("time-limit", f"did not end within {count(self.seconds, 'second')} of computing")
        if self.idle > self.idle_limit:
            return Overrun("time-limit", f"did nothing for {count(self.idle_limit, 'second')}")
        return self.kernel.budget.exceeded(self.kernel.seconds + cpu)

    def _wants_to_compute(self) -> bool:
        """Whether any process of the kernel has or waits for a processor: none does that sleeps in vfork."""
        for pid in self.kernel.process_ids():
            with contextlib.suppress(psutil.Error):
                if computes(pid) or psutil.Process(pid).status() == psutil.STATUS_RUNNING:
                    return True
        return False
