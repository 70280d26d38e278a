"""Attacks on what listens: messages, sockets, limits, the notebook that is handed in. See attacks.py."""

from attacks import attack
from attacks_system import TRY

# --- What is sent ------------------------------------------------------------------------------------------
attack(
    "sockets of every family",
    TRY
    + """
    import socket
    def tcp(): socket.create_connection(("127.0.0.1", PORT), 1).send(b"owned")
    def udp(): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"owned", ("127.0.0.1", PORT))
    def stream(): made = socket.socket(socket.AF_UNIX); made.connect(STREAM); made.send(b"owned")
    attempt(tcp, udp, stream, lambda: socket.getaddrinfo("localhost", 80))
    for kind in (1, 2, 3, 4, 5, 10):
        for flags in (0, socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC):
            def datagram(): socket.socket(socket.AF_UNIX, kind | flags).sendto(b"owned", DATAGRAM)
            def connected(): made = socket.socket(socket.AF_UNIX, kind | flags); made.connect(DATAGRAM); made.send(b"owned")
            def paired(): socket.socketpair(socket.AF_UNIX, kind | flags)[0].sendto(b"owned", DATAGRAM)
            attempt(datagram, connected, paired)
    def family(number, kind):
        made = socket.socket(number, kind)
        raise SystemExit(f"a socket of family {number}" if number != socket.AF_UNIX else "")
    for number in range(46):
        for kind in (1, 2, 3):
            attempt(lambda: family(number, kind))
    """,
    seen="refused",
    needs="network",
)
attack(
    "sockets by system call",
    TRY
    + """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    for family in (2, 10, 16, 17, 40):
        for kind in (1, 2, 3):
            number = libc.syscall(41, family, kind, 0) if os.uname().machine == "x86_64" else -1
            print(f"a socket of family {family}" if number >= 0 else ctypes.get_errno())
    print(libc.syscall(425, 8, ctypes.create_string_buffer(256)))
    """,
    needs="network",
)
attack(
    "an abstract socket",
    TRY
    + """
    import socket
    def abstract(): made = socket.socket(socket.AF_UNIX); made.connect(ABSTRACT); made.send(b"owned")
    def again(): made = socket.socket(socket.AF_UNIX); made.sendto(b"owned", ABSTRACT)
    attempt(abstract, again)
    """,
    needs="network",
)
attack(
    "signals to the grader",
    TRY
    + """
    import signal, resource, fcntl
    me, up = os.getpid(), os.getppid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in (GRADER, up):
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT):
            attempt(lambda: os.kill(process, number))
        attempt(lambda: os.killpg(process, 9), lambda: os.killpg(os.getpgid(process), 9),
                lambda: signal.pidfd_send_signal(os.pidfd_open(process), 9),
                lambda: resource.prlimit(process, resource.RLIMIT_CPU, (1, 1)),
                lambda: os.setpriority(os.PRIO_PROCESS, process, 19), lambda: os.setpriority(os.PRIO_USER, 0, 19),
                lambda: os.sched_setaffinity(process, {0}), lambda: os.sched_setscheduler(process, 5, os.sched_param(0)))
        ends = os.pipe()
        attempt(lambda: fcntl.fcntl(ends[0], fcntl.F_SETOWN, process), lambda: fcntl.fcntl(ends[0], 10, 9),
                lambda: fcntl.fcntl(ends[0], fcntl.F_SETFL, os.O_ASYNC), lambda: os.write(ends[1], b"x"))
    """,
    seen="refused",
    needs="signals",
)
attack(
    "a signal to everybody",
    "import os, signal\nsignal.signal(15, signal.SIG_IGN)\nos.kill(-1, 15)\nos.kill(-1, 9)",
    needs="signals",
)
attack(
    "limits raised and privileges taken",
    TRY
    + """
    import resource, ctypes
    libc = ctypes.CDLL(None)
    for which in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_CPU):
        attempt(lambda: resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2))
        soft, hard = resource.getrlimit(which)
        if hard == resource.RLIM_INFINITY: print("a limit was raised", open(f"{COURSE}/keys.txt").read())
    attempt(lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot("."), lambda: os.nice(-5))
    print(libc.unshare(0x10000000), libc.mount(b"none", b"/tmp", b"tmpfs", 0, 0), libc.prctl(4, 1, 0, 0, 0))
    """,
    needs="files",
)

# --- What is written on the kernel's own sockets -----------------------------------------------------------
FIND = """
    import gc, json, os, socket, struct, threading, time
    kernel = next(found for found in gc.get_objects() if type(found).__name__ == "AirlockKernel")
    def frames(*parts):
        return struct.pack(f"<I{len(parts)}Q", len(parts), *map(len, parts)) + b"".join(parts)
    GOOD = frames(b'{"status": "ok"}', b"true")
    def instead(write, seconds=0):
        def sigmoid(x):
            write(kernel._connection)
            time.sleep(seconds)
            return x
        globals().update(sigmoid=sigmoid)
"""
RAW = {
    "garbage": ("lambda c: c.sendall(os.urandom(1000))", "forged"),
    "text of a test's verdict": ("lambda c: c.sendall(b'passed 10/10\\n' * 100)", "forged"),
    "half a reply": ("lambda c: c.sendall(GOOD[:9])", "forged"),
    "a reply that never ends": ("lambda c: c.sendall(struct.pack('<IQ', 1, 10**7)), 60", "time-limit"),
    "a huge size": ("lambda c: c.sendall(struct.pack('<IQ', 1, 2**63))", "forged"),
    "sizes that overflow": ("lambda c: c.sendall(struct.pack('<I3Q', 3, 2**63, 2**63, 5))", "forged"),
    "a huge number of parts": ("lambda c: c.sendall(struct.pack('<I', 2**32 - 1))", "forged"),
    "no parts": ("lambda c: c.sendall(struct.pack('<I', 0))", "forged"),
    "a reply in two": ("lambda c: c.sendall(GOOD * 2)", ""),
    "an end": ("lambda c: c.shutdown(socket.SHUT_RDWR)", ""),
    "a state of its own": ('lambda c: c.sendall(frames(b\'{"status": "passed"}\'))', "forged"),
    "no object": ("lambda c: c.sendall(frames(b'[[[]]]'))", "forged"),
    "numbers of frames that lie": (
        'lambda c: c.sendall(frames(b\'{"status": "ok", "result_frames": -1}\', b\'1\'))',
        "forged",
    ),
    "a result without frames": ('lambda c: c.sendall(frames(b\'{"status": "ok"}\'))', "forged"),
    "lists beyond number": (
        "lambda c: c.sendall(frames(b'{\"status\": \"ok\"}', b'[' + b'[],' * 9_000_000 + b'[]]'))",
        "forged",
    ),
    "brackets without end": ("lambda c: c.sendall(frames(b'{\"status\": \"ok\"}', b'[' * 10**6))", "forged"),
    "numbers without end": ("lambda c: c.sendall(frames(b'{\"status\": \"ok\"}', b'1' * 10**6))", "forged"),
    "kinds that are none": (
        'lambda c: c.sendall(frames(b\'{"status": "raised", "kinds": 5, "ename": [], "evalue": {}}\'))',
        "",
    ),
    "handles that are none": (
        'lambda c: c.sendall(frames(b\'{"status": "ok"}\', b\'{"function": "\\\\ud800<b>\\\\u001b[2J "}\'))',
        "",
    ),
    "one byte after the other": (
        "lambda c: [c.send(struct.pack('<IQ', 1, 10**6)[i:i + 1] or b'x') and time.sleep(.05) for i in range(10**6)]",
        "time-limit",
    ),
}
for what, (write, kind) in RAW.items():
    attack(f"on the socket for answers: {what}", FIND + f"    instead({write})", seen=kind)
attack(
    "answers before they are asked for",
    FIND
    + """
    kernel._connection, _ = kernel.listener.accept() if kernel._connection is None else (kernel._connection, 0)
    kernel._connection.sendall(GOOD * 1000)
    """,
)
attack(
    "somebody else listens",
    FIND
    + """
    path = kernel.listener.getsockname()
    kernel.listener.close()
    os.unlink(path)
    kernel._connection = None
    kernel.listener = socket.socket(socket.AF_UNIX)
    kernel.listener.bind(path)
    kernel.listener.listen()
    """,
)
attack(
    "requests are not read",
    FIND
    + """
    kernel._next_request = lambda: time.sleep(60)
    """,
    seen="time-limit",
)
attack(
    "false notes to the warden",
    """
    import os
    for number in range(3, 20):
        try:
            for _ in range(200): os.write(number, b'{"exit": 0, "pid": 1, "event": "passed"}\\n' + b"x" * 60_000)
        except OSError:
            pass
    """,
)

# --- What is used up ---------------------------------------------------------------------------------------
attack(
    "the disk filled with files",
    """
    for number in range(60):
        with open(f"file{number}", "wb") as file: file.write(b"x" * 2**20)
    import time
    time.sleep(3)
    """,
    seen="disk-limit",
)
attack(
    "the disk filled with files that have no name",
    """
    import os, time
    kept = []
    for number in range(60):
        kept.append(open(f"file{number}", "wb", buffering=0))
        kept[-1].write(b"x" * 2**20)
        os.unlink(f"file{number}")
    time.sleep(3)
    """,
    seen="disk-limit",
)
attack(
    "folders within folders",
    """
    import os
    for number in range(2000):
        os.mkdir("d")
        os.chdir("d")
        if number % 50 == 0: open("file", "wb").write(b"x" * 4096)
    """,
)
attack(
    "memory in files that have no disk",
    """
    import os
    try:
        kept = [os.memfd_create(str(number)) for number in range(64)]
        for file in kept: os.write(file, b"x" * 2**20)
        print("a memory file was made")
    except OSError as error:
        print(error)
    """,
    needs="memory",
)
attack(
    "threads without number",
    """
    import threading
    try:
        threading.stack_size(2**15)
        for _ in range(1500): threading.Thread(target=threading.Event().wait, daemon=True).start()
    except RuntimeError as error:
        print(error)
    import time
    time.sleep(1)
    """,
    seen="process-limit",
)
attack(
    "files that cannot be deleted",
    """
    import os
    os.mkdir("locked", 0o500)
    os.mkdir("closed", 0)
    os.makedirs("a/b/c", 0o700)
    """,
)

attack(
    "messages without end, each within the limit",
    """
    import threading
    kernel = get_ipython().kernel
    def flood():
        while True:
            kernel.session.send(kernel.iopub_socket, "display_data", {"data": {"text/plain": "x" * 10**7}}, parent={})
    for _ in range(2): threading.Thread(target=flood, daemon=True).start()
    """,
)

# --- What is handed in as a notebook -----------------------------------------------------------------------
attack(
    "the tests' cells changed", answers={"test-sigmoid": "3.0", "test-squares": "pass"}, seen="cells-restored"
)
attack(
    "the setup changed",
    answers={"setup": "import checks\nclass np: pass\nchecks.same_again = print\nFACTOR = 2"},
    seen="cells-restored",
)
attack("a test's cell of its own", answers={"last": "# BEGIN HIDDEN TESTS\n10.0"})
attack(
    "cells that take the tests' place",
    answers={"first": "%%capture\nraise SystemExit", "last": "%reset -f\nexit()\nquit()"},
)
