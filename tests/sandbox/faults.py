"""Faults: what goes wrong in an honest submission, one per entry, and what must be left of its points."""

import textwrap
from dataclasses import dataclass, field

FULL, WITHOUT_SIGMOID = 10.0, 5.0


@dataclass(frozen=True)
class Fault:
    """``answers`` replace cells of a right submission.

    score: what it still earns. kinds: of incidents, of which one at least must be in the record; none
    are wanted in a submission that is merely graded. cpu: seconds that it may use at most.
    """

    name: str
    answers: dict[str, str] = field(default_factory=dict)
    score: float | None = FULL
    kinds: tuple[str, ...] = ()
    cpu: float = 60


def fault(name, score, *kinds, cpu=60, **answers):
    """Add one to the list."""
    code = {cell: textwrap.dedent(source).strip() for cell, source in answers.items()}
    FAULTS.append(Fault(name, code, score, kinds, cpu))


FAULTS: list[Fault] = []

# --- Time --------------------------------------------------------------------------------------------------
LOOP = "def sigmoid(x):\n    while True:\n        pass"
SWALLOWED = """
    def sigmoid(x):
        while True:
            try:
                while True: pass
            except BaseException:
                pass
"""
fault("an endless loop in a function", WITHOUT_SIGMOID, "time-limit", sigmoid=LOOP, cpu=12)
fault("an endless loop at top level", FULL, "time-limit", last="while True:\n    pass", cpu=12)
fault("an endless loop in the first cell", FULL, "time-limit", first="n = 0\nwhile True:\n    n += 1", cpu=12)
fault("an endless loop that swallows interrupts", WITHOUT_SIGMOID, "time-limit", sigmoid=SWALLOWED, cpu=25)
fault(
    "an endless loop in native code",
    WITHOUT_SIGMOID,
    "time-limit",
    sigmoid="import re\ndef sigmoid(x):\n    return re.match('(a|a)*b', 'a' * 60)",
    cpu=25,
)
fault(
    "interrupts ignored at top level",
    FULL,
    "time-limit",
    last="import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass",
    cpu=20,
)
fault(
    "a sleep without end in a function",
    WITHOUT_SIGMOID,
    "time-limit",
    sigmoid="import time\ndef sigmoid(x):\n    time.sleep(1e6)",
)
fault(
    "a sleep without end at top level", FULL, "time-limit", last="import threading\nthreading.Event().wait()"
)
fault(
    "a function that waits for its own thread",
    WITHOUT_SIGMOID,
    "time-limit",
    sigmoid="import threading\nlock = threading.Lock()\ndef sigmoid(x):\n    lock.acquire()\n    lock.acquire()",
)
fault("a question to the keyboard", FULL, first="name = input('Your name? ')")
fault(
    "a precision that a cell sets and a call needs",  # decimal keeps it in a context variable
    FULL,
    first="from decimal import Decimal, getcontext\ngetcontext().prec = 60",
    sigmoid="""
    def sigmoid(x):
        assert Decimal(1) / 3 != Decimal("0." + 28 * "3")
        return 1 / (1 + np.exp(-x))
    """,
)
fault("recursion without end", WITHOUT_SIGMOID, sigmoid="def sigmoid(x):\n    return sigmoid(x)")

# --- Memory, processes, disk, output -----------------------------------------------------------------------
fault(
    "a list that grows without end",
    FULL,
    "memory-limit",
    last="kept = []\nwhile True:\n    kept.append(bytearray(10**7))",
)
fault("an array that is too large", FULL, "memory-limit", first="import numpy as np\nnp.ones(10**12)")
fault(
    "memory in a function",
    WITHOUT_SIGMOID,
    "memory-limit",
    sigmoid="def sigmoid(x):\n    return [bytearray(10**8) for _ in range(100)]",
)
fault(
    "more processes than it may",
    FULL,
    "process-limit",
    last="""
    import os, time
    for _ in range(30):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
    """,
)
fault(
    "a small fork bomb",
    FULL,
    "process-limit",
    "kernel-died",
    last="import os\nfor _ in range(9):\n    os.fork()\nimport time; time.sleep(9)",
)
fault("a fork bomb", FULL, "process-limit", "kernel-died", last="import os\nwhile True:\n    os.fork()")
fault(
    "a file that is too large",
    FULL,
    last="with open('file', 'wb') as file:\n    for _ in range(64): file.write(bytes(2**20))",
)
fault(
    "more files than it may write",
    FULL,
    "disk-limit",
    last="""
    import time
    for number in range(40):
        with open(f"file{number}", "wb") as file: file.write(bytes(2**20))
    time.sleep(5)
    """,
)
fault("output without end", FULL, "time-limit", "output-limit", last="while True:\n    print('x' * 10**4)")
fault("an output of 100 MB", FULL, "output-limit", last="for _ in range(100):\n    print('x' * 10**6)")
fault("2,000 outputs", FULL, last="for _ in range(2000):\n    display(1)", cpu=40)
fault(
    "output while a test calls",
    FULL,
    sigmoid="def sigmoid(x):\n    print('x' * 10**6)\n    return 1 / (1 + np.exp(-x))",
)
fault(
    "warnings while a test calls",
    FULL,
    sigmoid="import warnings\ndef sigmoid(x):\n    warnings.warn('slow')\n    return 1 / (1 + np.exp(-x))",
)

# --- The kernel ends ---------------------------------------------------------------------------------------
DIES = "import os\ndef sigmoid(x):\n    os._exit(1)"
fault("the kernel ends in an answer's cell", WITHOUT_SIGMOID, "kernel-died", sigmoid="import os\nos._exit(1)")
fault("the kernel ends in a call", WITHOUT_SIGMOID, "kernel-died", sigmoid=DIES)
fault("the kernel crashes at the end", FULL, "kernel-died", last="import ctypes\nctypes.string_at(0)")
fault(
    "the kernel ends while idle",
    FULL,
    "kernel-died",
    last="import os, threading\nthreading.Timer(0.01, os._exit, [1]).start()\nimport time; time.sleep(5)",
)
fault("the kernel is asked to leave", FULL, last="exit()")
fault("exceptions everywhere", FULL, first="1 / 0", last="raise SystemExit(3)")
