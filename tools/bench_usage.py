"""What a command and everything it starts use: wall and CPU seconds, and memory at its peak."""

import ctypes
import os
import resource
import subprocess
import threading
import time

import psutil

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 1.0


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
    while not ended.wait(SAMPLE_SECONDS):
        peak[0] = max(peak[0], sum(map(_memory, _family(pid))))


def _family(pid):
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.Error:
        return []


def _memory(process):
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0
