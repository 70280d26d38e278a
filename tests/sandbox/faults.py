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

# --- Clocks, signals, the interpreter ----------------------------------------------------------------------
fault(
    "clocks that stand still",
    FULL,
    first="import time\ntime.time = time.monotonic = time.process_time = lambda: 0.0",
)
fault("a sleep that is a number", FULL, first="import time\ntime.sleep = 3")
fault(
    "an alarm that rings in a cell",
    FULL,
    "kernel-died",
    last="import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntime.sleep(5)",
)
fault("a signal to end itself", FULL, "kernel-died", last="import os\nos.kill(os.getpid(), 15)")
fault(
    "recursion whose limit was taken away",
    WITHOUT_SIGMOID,
    "kernel-died",
    "memory-limit",
    sigmoid="import sys\nsys.setrecursionlimit(10**9)\ndef sigmoid(x):\n    return sorted([x], key=sigmoid)",
)
fault(
    "a number of millions of digits",  # one call of C, which hears no interrupt
    FULL,
    "time-limit",
    last="import sys\nsys.set_int_max_str_digits(0)\nprint(len(str(7**10_000_000)))",
    cpu=25,
)
fault("warnings and overflows that are errors", FULL,
      first="import warnings\nimport numpy as np\nwarnings.simplefilter('error')\nnp.seterr(all='raise')")  # fmt: skip
fault(
    "names of Python taken",
    FULL,
    last="list = [1, 2]\nsum = max = 0\ndef len(x): return 3\nprint = type = None",
)
fault("a thread that computes for ever", FULL, last="""
    import threading
    threading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()
    """)  # fmt: skip
fault("an await without end", FULL, "time-limit", last="import asyncio\nawait asyncio.sleep(1e6)")
fault("something slow at exit", FULL, last="import atexit, time\natexit.register(time.sleep, 1e6)")

# --- Files and descriptors ---------------------------------------------------------------------------------
fault("standard input and output closed", FULL, first="import os\nfor number in range(3): os.close(number)")
fault("every descriptor closed", FULL, "kernel-died", "time-limit", last="import os\nos.closerange(0, 1000)")
fault("as many files as can be opened", FULL, last="kept = []\nwhile True: kept.append(open('file', 'w'))")
fault("its own folder deleted", FULL, last="import os, shutil\nshutil.rmtree(os.getcwd())")
fault("another folder", FULL, sigmoid="""
    import os
    os.makedirs("inner", exist_ok=True)
    os.chdir("inner")
    def sigmoid(x): return 1 / (1 + np.exp(-x))
    """)  # fmt: skip
fault("a file that hides a module", FULL, first="with open('random.py', 'w') as file: file.write('1 / 0')")
fault("a program that reads from the keyboard", FULL, last="import subprocess\nsubprocess.run(['cat'])")

# --- What is shown and returned ----------------------------------------------------------------------------
fault("a magic that does not exist", FULL, first="%nosuchmagic\n")
fault("a picture of itself without end", FULL, "time-limit", last="""
    class Endless:
        def __repr__(self):
            while True: pass
    Endless()
    """)  # fmt: skip
fault("an object that cannot be shown", FULL, last="""
    class Shy(Exception):
        def __repr__(self): raise self
        __str__ = __repr__
    display(Shy())
    raise Shy()
    """)  # fmt: skip
fault("an object that is slow to die", FULL, "time-limit", last="""
    import time
    class Slow:
        def __del__(self): time.sleep(1e6)
    slow = Slow()
    del slow
    """)  # fmt: skip
fault("lists in lists", FULL, last="deep = []\nfor _ in range(10**5): deep = [deep]\ndeep")
fault(
    "an error of ten million letters",
    WITHOUT_SIGMOID,
    sigmoid="def sigmoid(x): raise ValueError('x' * 10**7)",
)
fault(
    "an array in an array in an array",
    WITHOUT_SIGMOID,
    sigmoid="def sigmoid(x):\n    for _ in range(1000): x = [x]\n    return x",
)

# --- What a cell leaves behind for those after it ----------------------------------------------------------
fault("a fork whose child goes on", FULL, last="import os\nif os.fork() == 0: print('child')")
fault("a function that forks and returns twice", FULL, sigmoid="""
    import os
    def sigmoid(x):
        os.fork()
        return 1 / (1 + np.exp(-x))
    """)  # fmt: skip
fault("an environment emptied", FULL, first="import os\nos.environ.clear()\nos.unsetenv('HOME')")
fault("files that nobody may read", FULL, first="""
    import os
    os.umask(0o777)
    os.makedirs("closed/inner")
    with open("closed-file", "w") as file: file.write("x")
    """)  # fmt: skip
fault("output and input put elsewhere", FULL, first="""
    import io, sys
    sys.stdout, sys.stderr, sys.stdin = io.StringIO(), None, None
    """)  # fmt: skip
fault("tracing, profiling and a collector at every turn", FULL, first="""
    import gc, sys, tracemalloc
    tracemalloc.start()
    gc.set_threshold(1, 1, 1)
    sys.setswitchinterval(1e-6)
    sys.settrace(lambda *a: None), sys.setprofile(lambda *a: None)
    """)  # fmt: skip
fault("half of a letter printed", FULL, first="print('\\ud83d', end=''); display('\\ud83d')\n'\\ud83d'")
fault("names of Jupyter taken", FULL, first="In = Out = _ = __ = exit = display = None\n__name__ = 5\ndel get_ipython")
fault("a task that goes on in the background", FULL, first="""
    import asyncio
    async def tick():
        while True: await asyncio.sleep(0.01)
    task = asyncio.get_running_loop().create_task(tick())
    """)  # fmt: skip
fault("limits lowered", FULL, first="""
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
    """)  # fmt: skip
fault("a package for web pages in the background", FULL, first="""
    import http.server, threading
    try:
        server = http.server.HTTPServer(("localhost", 8000), http.server.SimpleHTTPRequestHandler)
        threading.Thread(target=server.serve_forever).start()
    except OSError: pass
    import antigravity
    """)  # fmt: skip
fault("a thread that is never joined", FULL, last="import threading\nthreading.Thread(target=threading.Event().wait).start()")
fault("objects whose looks fail in every way", FULL, last="""
    class Odd:
        def _repr_mimebundle_(self, **_): return 5, 6, 7
        def _repr_html_(self): return 5
        def _repr_png_(self): return "no picture"
        def __getattr__(self, name): return lambda *a, **k: Odd()
    display(Odd(), Odd, {Odd(): Odd()})
    Odd()
    """)  # fmt: skip
fault("every name forgotten", FULL, first="x = 1\n%reset -f\n%xdel x", last="%reset -f\nget_ipython().reset()")
