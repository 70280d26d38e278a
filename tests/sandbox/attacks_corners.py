"""Attacks by corners of the system, and on what the grader does with what a kernel leaves. See attacks.py."""

import textwrap

from attacks import attack
from attacks_walls import CALL, FRAMES

CALL, FRAMES = textwrap.dedent(CALL), textwrap.dedent(FRAMES)
FLAGS = """
import fcntl, struct
with open(np.__file__, "rb") as file:
    try:
        flags = struct.unpack("l", fcntl.ioctl(file, 0x80086601, bytes(8)))[0]
        fcntl.ioctl(file, 0x40086602, struct.pack("l", flags ^ 0x40))
        print("a wall has a hole")
    except OSError as error:
        print(error)
"""
attack("flags of a file that can be read, by ioctl", FLAGS, needs="files")

# --- What the system counts by user, or sets aside ---------------------------------------------------------
attack(
    "all of the disk set aside in one call",
    CALL
    + textwrap.dedent("""
    with open("large", "wb") as file:
        for mode in (0, 1, 2, 0x40):
            if libc.fallocate(file.fileno(), mode, ctypes.c_long(0), ctypes.c_long(2**23)) == 0 and mode != 0:
                print("a wall has a hole")
        try:
            os.posix_fallocate(file.fileno(), 0, 2**16)
            assert os.path.getsize("large") == 2**16, "a wall has a hole"
        except OSError as error:
            print(error)
    """),
    needs="disk",
)
attack(
    "descriptors on their way until nobody of this user may send any",
    """
    import socket, os
    pairs, sent = [socket.socketpair() for _ in range(8)], 0
    file = os.open("file", os.O_RDWR | os.O_CREAT)
    try:
        for number in range(2000):
            socket.send_fds(pairs[number % 8][0], [b"x"], [file])
            sent += 1
    except OSError as error:
        print(error)
    if sent > 600: print("a wall has a hole")
    """,
)
attack(
    "timers until nobody of this user may have any",
    CALL
    + textwrap.dedent("""
    made, timer = 0, ctypes.c_int()
    while made < 5000 and libc.timer_create(1, None, ctypes.byref(timer)) == 0: made += 1
    if made > 600: print("a wall has a hole")
    """),
)
attack(
    "rules of Landlock without number, which the system keeps",
    CALL + "call(444, (ctypes.c_uint64 * 3)(1, 1, 0), 8, 0), call(445, 3, 1, None, 0), call(446, 3, 0)",
    needs="network",
)
attack(
    "very many mappings and descriptors, for who has to look at them",
    """
    import mmap, os, time
    kept = []
    for number in range(60_000 // 2):
        kept += [mmap.mmap(-1, 8192, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | number % 2 * mmap.PROT_WRITE)]
    ends = [os.eventfd(0) for _ in range(400)]
    for _ in range(3):
        if os.fork() == 0: time.sleep(60)
    time.sleep(3)
    """,
    seen="time-limit",
)
attack(
    "notes to the warden, a byte at a time",
    """
    import os, time
    end = time.monotonic() + 60
    while time.monotonic() < end:
        os.write(3, b"\\n")
        time.sleep(0.0003)
    """,
    seen="time-limit",
)

attack(
    "system calls as processes of 32 bits make them",
    CALL
    + textwrap.dedent("""
    import mmap
    def made(code):
        if os.uname().machine != "x86_64": return 0
        child = os.fork()
        if child == 0:
            own = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
            own.write(bytes(code) + b"\\xc3")
            found = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(own)))()
            os._exit(found > 0)
        return os.waitpid(child, 0)[1]
    for code in ([0xB8, 20, 0, 0, 0, 0xCD, 0x80], [0xB8, 39, 0, 0, 0x40, 0x0F, 0x05]):  # getpid: int 0x80, x32
        if made(code) == 1 << 8: print("a wall has a hole")
    """),
    needs="network",
)

# --- Time without computing --------------------------------------------------------------------------------
attack(
    "computing an eighth of the time",
    """
    import time
    def sigmoid(x):
        while True:
            end = time.monotonic() + 0.0125
            while time.monotonic() < end: pass
            time.sleep(0.0875)
    """,
    seen="time-limit",
)
attack(
    "waiting for a processor by choice",
    """
    import os
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except OSError as error:
        print(error)
    if os.sched_getscheduler(0) == os.SCHED_IDLE: print("a wall has a hole")
    """,
    needs="network",
)
attack(
    "signals blocked, and then for ever",
    """
    import signal
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    def sigmoid(x):
        while True: pass
    """,
    seen="time-limit",
)

# --- Processes ---------------------------------------------------------------------------------------------
attack(
    "a child whose death is to kill who stands above",
    CALL
    + textwrap.dedent("""
    import signal, time
    for flags in (signal.SIGKILL, 0x8000 | signal.SIGKILL):  # CLONE_PARENT: the warden's own child
        if os.uname().machine == "x86_64" and libc.syscall(56, ctypes.c_long(flags), None, None, None, None) == 0:
            os._exit(0)
    time.sleep(0.3)
    """),
)
attack(
    "orphans adopted below, under a name that is hard to read",
    """
    import ctypes, os, time
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    libc.prctl(15, b") Z 1 1 (\\n", 0, 0, 0)  # PR_SET_NAME
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            libc.prctl(1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG
            time.sleep(60)
        os._exit(0)
    time.sleep(0.3)
    """,
    seen="process-left",
)

# --- What is left behind for who clears up -----------------------------------------------------------------
attack(
    "the folder of the kernel's sockets leads elsewhere",
    """
    import os
    try:
        os.rename("../run", "../gone")
        os.symlink(OUTSIDE, "../run")
    except OSError as error:
        print(error)
    """,
)
attack(
    "folders that have the names of those that are moved",
    """
    import os
    for number in range(40):
        os.makedirs(f"../.{number}-moved/.{number + 1}-moved/inner/inner")
        os.makedirs(f"../home/.{number}-moved/inner")
    """,
)
attack(
    "a kernel that dies of its folder",
    """
    import os, shutil
    os.symlink("/proc/self/mem", "link")
    for name in ("run", "home"):
        shutil.rmtree(f"../{name}", ignore_errors=True)
        os.mkfifo(f"../{name}")
    os.umask(0o777)
    os.mkdir("closed")
    open("closed-file", "w").close()
    os._exit(1)
    """,
    seen="kernel-died",
)

# --- Messages ----------------------------------------------------------------------------------------------
attack(
    "a message whose parts never end",
    """
    import zmq
    socket = get_ipython().kernel.iopub_thread.socket
    while True: socket.send(bytes(2**20), zmq.SNDMORE)
    """,
    # It fills its memory, which a watcher or ZeroMQ may notice first, or stands still where nobody reads more.
    seen="memory-limit or time-limit or kernel-died",
)
attack(
    "a message whose parts never end, from a thread while a test waits",
    """
    import threading, zmq
    socket = get_ipython().kernel.iopub_thread.socket
    def flood():
        while True: socket.send(bytes(2**20), zmq.SNDMORE)
    def sigmoid(x):
        threading.Thread(target=flood, daemon=True).start()
        threading.Event().wait(0.8)
        return x
    """,
    answers={"squares": "def squares(n):\n    return sigmoid(n)"},
)
attack(
    "a reply on the shell channel made of brackets",
    """
    kernel = get_ipython().kernel
    socket = kernel.shell_stream or kernel.shell_socket
    parts = [b'{"msg_id": "x", "msg_type": "execute_reply"}', b"{}", b"{}", b'{"a": [' + b"[]," * 10**7 + b"0]}"]
    (getattr(socket, "socket", socket)).send_multipart([b"x", b"<IDS|MSG>", kernel.session.sign(parts), *parts])
    """,
)

# --- Hashes ------------------------------------------------------------------------------------------------
COMPLEX = "b','.join(b'{\"complex\":[\"%d\",\"%d\"]}' % (2**60 - 1000003 * i, i) for i in range(9000))"
INTEGERS = "b','.join(b'{\"int\":\"%x\"}' % (i * (2**61 - 1)) for i in range(30000))"
PAIRS = "b','.join(b'[{\"int\":\"%x\"},1]' % (i * (2**61 - 1)) for i in range(30000))"
ALIASES = "b','.join(b'{\"alias\":{\"tuple\":[{\"type\":\"list\"},[%d]]}}' % i for i in range(20000))"
CLASSES = "b','.join(b'{\"namedtuple\":[\"x%d\",[\"a\"],[1]]}' % i for i in range(20000))"
for what, frame in {
    "a set of complex numbers that collide": f"b'{{\"set\":[' + {COMPLEX} + b']}}'",
    "a frozen set of integers that collide": f"b'{{\"frozenset\":[' + {INTEGERS} + b']}}'",
    "a counter of integers that collide": f"b'{{\"counter\":[' + {PAIRS} + b']}}'",
    "keys that collide": f"b'{{\"keys\":[' + {INTEGERS} + b']}}'",
    "an ordered dict of integers that collide": f"b'{{\"ordereddict\":[' + {PAIRS} + b']}}'",
    "a union of very many types": f"b'{{\"union\":[' + {ALIASES} + b']}}'",
    "classes of named tuples without number": f"b'[' + {CLASSES} + b']'",
}.items():
    attack(f"in an answer: {what}", FRAMES + f"forged({frame})", seen="forged")
