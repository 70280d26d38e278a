"""How much a submission may use. CPU time decides; what a busy machine slows down is not the student's."""

from dataclasses import dataclass

MIB = 2**20
NETWORK_ALLOWED = "allowed by the course"  # in place of what confines it


@dataclass(frozen=True)
class Limits:
    """Limits of one submission. Seconds of CPU time unless named otherwise, sizes in bytes.

    ``idle_seconds`` bounds the time in which neither the kernel nor any process of it computes or
    waits for a processor, so that a sleep ends and a busy machine costs nobody a point.
    ``wall_seconds`` bounds everything that is done for a notebook, by the clock. Whoever meets it while
    mostly waiting for a processor met a machine that does not grade; else the time was the submission's.
    """

    cell_seconds: float = 30  # one of the student's cells
    call_seconds: float = 10  # one call of a student's function by a test
    test_seconds: float = 120  # one test cell, in the grader's process
    repeat_seconds: float = 1  # the same for what uses a function that ran into a limit before
    submission_seconds: float = 300  # everything together, in the student's kernels and in the grader
    idle_seconds: float = 30
    wall_seconds: float = 1800
    memory: int = 2048 * MIB  # address space of one process beyond its start; resident size of all
    test_memory: int = 400 * MIB  # of the process that runs the tests, beyond its start
    processes: int = 16
    file_size: int = 64 * MIB
    disk: int = 256 * MIB
    message: int = 128 * MIB  # one value that a test asks for
    outputs: int = 16 * MIB  # all outputs of one notebook
    restarts: int = 20
    look_seconds: float = 0.2  # by the clock, between two looks at memory, processes and disk
    network: bool = False  # whether a submission's code may use the internet; c.Airlock.network
