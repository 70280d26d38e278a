"""What a command and everything it starts use: wall and CPU seconds, and memory at its peak."""

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time

import psutil

from airlock.sandbox.processes import descendants, resident

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 0.1


def measure(words, **options):
    """Run a command to the end of its last process; Linux only.

    Orphans of the command become children of this process, so that no CPU second of a process that it started
    is missed. Memory is proportional: a page that several processes share counts once.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    peak, ended = [0], threading.Event()
    before, started = cpu_of_children(), time.monotonic()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **options)
    sampler = threading.Thread(target=_sample, args=[process.pid, peak, ended])
    sampler.start()
    status = process.wait()
    wall = time.monotonic() - started
    ended.set()
    sampler.join()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    return {"wall": wall, "cpu": cpu_of_children() - before, "peak_memory": peak[0], "exit": status}


def cpu_of_children():
    """CPU seconds of the children of this process that have been waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sample(pid, peak, ended):
    """Proportional memory takes long to read, so it is read when the resident memory is at a new peak."""
    highest = 0
    while not ended.wait(SAMPLE_SECONDS):
        family = [pid, *descendants(pid)]
        together = sum(map(resident, family))
        if together > highest:
            highest, peak[0] = together, max(peak[0], sum(map(_memory, family)))


def _memory(pid):
    with contextlib.suppress(psutil.Error):  # it has ended
        return psutil.Process(pid).memory_full_info().pss
    return 0
