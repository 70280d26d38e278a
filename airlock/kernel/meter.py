"""How long an exchange may take: computing and idling count, waiting for a processor does not."""

import time

import psutil

STEP_SECONDS = 0.1


class Overrun(Exception):
    """A limit of time was met. ``reason``: "time-limit" or "machine". The kernel may have been killed."""

    def __init__(self, reason: str, sentence: str):
        super().__init__(sentence)
        self.reason = reason


class Meter:
    """Counts what one exchange with a :class:`~airlock.kernel.process.KernelProcess` has used."""

    def __init__(self, kernel, seconds: float):
        self.kernel, self.seconds = kernel, seconds
        self.start_cpu = self.last_cpu = None
        self.started = self.last_time = time.monotonic()
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
        if cpu - self.last_cpu < 0.1 * step and self._asleep():
            self.idle += step
        self.last_cpu = cpu
        limits = self.kernel.limits
        if cpu - self.start_cpu > self.seconds:
            return Overrun("time-limit", f"did not end within {self.seconds:.3g} seconds of computing")
        if self.kernel.seconds + cpu > limits.submission_seconds:
            return Overrun("time-limit", "used up the time that the whole notebook may take")
        if self.idle > self.idle_limit:
            return Overrun("time-limit", f"did nothing for {self.idle_limit:.3g} seconds")
        if now - self.started > limits.wall_seconds:
            return Overrun("machine", f"took more than {limits.wall_seconds:g} seconds on a busy machine")
        return None

    def _asleep(self) -> bool:
        try:
            return self.kernel.process.status() in (psutil.STATUS_SLEEPING, psutil.STATUS_STOPPED, "zombie")
        except psutil.Error:
            return False
