"""Attacks on the grader's own resources and on what lies behind a system call. See attacks.py."""

import textwrap

from attacks import attack

# --- Memory of the grader ----------------------------------------------------------------------------------
FRAMES = """
    import airlock.sandbox.objects as own
    good = own.encode
    def forged(*frames):
        own.encode = lambda *a, **k: list(frames)
"""
NPY = "good(np.zeros(2**20))[1]"
WIRE = {
    "one array named sixty times": (f"b'[' + b','.join([b'{{\"array\":0}}'] * 60) + b']', {NPY}", "forged"),
    "one scalar named twice": ('b\'[{"scalar":0},{"scalar":0}]\', good(np.float64(1))[1]', "forged"),
    "an array that was not sent": ("b'{\"array\":3}'", "forged"),
    "an array of a negative number": (f"b'{{\"array\":-1}}', {NPY}", "forged"),
    "keys of a dict that collide": (
        "b'{\"dict\":[' + b','.join(b'[{\"int\":\"%x\"},0]' % (i * (2**61 - 1)) for i in range(30000)) + b']}'",
        "forged",
    ),
    "a set of integers that collide": (
        "b'{\"set\":[' + b','.join(b'{\"int\":\"%x\"}' % (i * (2**61 - 1)) for i in range(30000)) + b']}'",
        "forged",
    ),
    "a set of tuples that collide": (
        "b'{\"set\":[' + b','.join(b'{\"tuple\":[{\"int\":\"%x\"}]}' % (i * (2**61 - 1)) for i in range(9000)) + b']}'",
        "forged",
    ),
    "empty dicts without number": ("b'[' + b'{\"dict\":[]},' * 900_000 + b'0]'", "forged"),
    "empty sets without number": ("b'[' + b'{\"set\":[]},' * 900_000 + b'0]'", "forged"),
    "a text that one letter makes wide": (
        "b'\"\\\\ud83d\\\\ude00' + b'x' * 30_000_000 * 2 + b'\"'",
        "forged",
    ),
    "brackets in brackets": ("b'[' * 60 + b']' * 60", "forged"),
    "an object of two tags": ('b\'{"int":"1","float":"2"}\'', "forged"),
    "a tag that is none": ('b\'{"pickle":"gASV"}\'', "forged"),
    "JSON that breaks off": ("b'{\"tuple\":[1,'", "forged"),
    "an integer of a million digits in JSON": ("b'1' * 10**6", "forged"),
}
for what, (frames, kind) in WIRE.items():
    attack(f"in an answer: {what}", textwrap.dedent(FRAMES) + f"forged({frames})", seen=kind)
attack(
    "an answer as large as allowed, from which a test makes many",
    """
    def sigmoid(x): return np.zeros(3 * 10**6, np.float64)
    def squares(n): return np.zeros(25 * 10**6, np.uint8)
    """,
)
attack(
    "a list whose items collide once the test makes a set of them",
    "def squares(n): return [i * (2**61 - 1) for i in range(20000)]",
)

# --- Time of the grader ------------------------------------------------------------------------------------
attack(
    "asleep in vfork",
    """
    import ctypes
    def sigmoid(x):
        ctypes.CDLL(None).vfork() or ctypes.CDLL(None).sleep(1000)
        return x
    """,
    seen="time-limit",
)
attack("children that nobody waits for", """
    import os, signal, time
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    def sigmoid(x):
        for _ in range(400):
            if os.fork() == 0:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                end = time.monotonic() + 0.5
                while time.monotonic() < end: pass
                os._exit(0)
            time.sleep(0.5)
        return x
    """, seen="time-limit")  # fmt: skip
attack(
    "a signal stops the kernel", "import os, signal\nos.kill(os.getpid(), signal.SIGTSTP)", seen="time-limit"
)
attack(
    "a thread computes while the cell sleeps",
    "import threading, time\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()\ntime.sleep(1000)",
    seen="time-limit",
)

# --- System calls ------------------------------------------------------------------------------------------
CALL = """
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    def call(number, *arguments):
        found = libc.syscall(number, *(ctypes.c_long(a) if type(a) is int else a for a in arguments))
        print("a wall has a hole" if found >= 0 else ctypes.get_errno())
    kept = f"{OUTSIDE}/kept".encode()
"""
CALLS = {  # numbers of x86-64; of those above 423 all architectures share the numbers
    "extended attributes by file and folder": "call(463, -100, kept, 0, b'user.x', None, 0), call(466, -100, kept, 0, b'user.x')",
    "attributes of a file": "call(469, -100, kept, ctypes.create_string_buffer(24), 24, 0)",
    "numbers that nobody knows": "[call(number) for number in (470, 500, 600, 1000, 2**20, 2**31 - 1)]",
    "shared memory of System V": "call(29, 0x1234, 4096, 0o1777), call(30, 0, 0, 0), call(31, 0, 0, 0)",
    "semaphores of System V": "call(64, 0x1234, 1, 0o1777), call(65, 0, 0, 0), call(66, 0, 0, 0), call(220, 0, 0, 0, 0)",
    "queues of System V": "call(68, 0x1234, 0o1777), call(69, 0, 0, 0, 0), call(70, 0, 0, 0, 0, 0), call(71, 0, 0, 0)",
    "queues of POSIX": "call(240, b'owned', 0o102, 0o600, None), call(241, b'owned'), call(242, 3, b'x', 1, 0, None)",
    "asynchronous input and output": "call(206, 8, ctypes.create_string_buffer(8)), call(425, 8, ctypes.create_string_buffer(256))",
    "a namespace by unshare": "[call(272, flag) for flag in (0x10000000, 0x20000, 0x40000000, 0x8000000)]",
    "a file system opened and moved": "call(430, b'tmpfs', 0), call(428, -100, b'/', 1), call(442, -100, b'/', 0, None, 0)",
    "what is mounted": "call(457, None, None, 0, 0), call(458, None, None, 0, 0)",
    "memory files": "call(319, b'x', 0), call(447, 0)",
    "other processes' descriptors and memory": "call(434, GRADER, 0), call(438, 3, 0, 0), call(440, 3, None, 0, 0, 0), call(448, 3, 0)",
    "pages of other processes moved": "call(256, GRADER, 0, None, None), call(279, GRADER, 0, None, None, None, 0)",
    "handles of files": "call(303, -100, kept, ctypes.create_string_buffer(200), ctypes.create_string_buffer(8), 0)",
    "who looks at files": "call(300, 0, 0), call(253), call(294, 0)",
    "a filter of one's own": "call(317, 1, 0, None)",
}
for what, code in CALLS.items():
    attack(f"by system call: {what}", textwrap.dedent(CALL) + "if os.uname().machine == 'x86_64':\n    " + code,
           needs="network")  # fmt: skip
attack(
    "user namespaces by clone",
    textwrap.dedent(CALL)
    + textwrap.dedent("""
    import signal
    for flags in (0x10000000, 0x10020000, 0x40000000, 0x10000000 | 0x7C020000):
        found = libc.syscall(56, ctypes.c_long(flags | signal.SIGCHLD), None, None, None, None)
        if found == 0: os._exit(0)
        print("a wall has a hole" if found > 0 else ctypes.get_errno())
    arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, signal.SIGCHLD)
    found = libc.syscall(435, arguments, 88)
    if found == 0: os._exit(0)
    print("a wall has a hole" if found > 0 else ctypes.get_errno())
    """),
    needs="network",
)
attack(
    "signals by a file's owner, with more bits than the system reads",
    textwrap.dedent(CALL)
    + textwrap.dedent("""
    ends = os.pipe()
    for high in (0, 1 << 32, 5 << 40):
        call(72, ends[0], high | 8, GRADER), call(72, ends[0], high | 10, 9), call(72, ends[0], high | 4, 0x2000)
        call(16, ends[0], high | 0x8901, ctypes.byref(ctypes.c_int(GRADER)))
        call(16, ends[0], high | 0x5452, ctypes.byref(ctypes.c_int(1)))
    os.write(ends[1], b"x")
    """),
    needs="network",
)
attack(
    "memory shared without a file",
    """
    import mmap
    for flags in (mmap.MAP_SHARED | mmap.MAP_ANONYMOUS,):
        try:
            kept = [mmap.mmap(-1, 2**26, flags) for _ in range(40)]
            print("a wall has a hole")
        except (OSError, ValueError) as error:
            print(error)
    """,
    needs="network",
)

# --- What is hidden from who counts ------------------------------------------------------------------------
attack(
    "empty files without number",
    """
    import os, time
    open("empty", "w").close()  # under many names, since a slow disk makes few new files in the time of a cell
    for number in range(7_000): os.link("empty", f"empty{number}")
    time.sleep(0.8)
    end = time.monotonic() + 0.5
    while time.monotonic() < end: pass
    """,
    seen="disk-limit",
)
attack(
    "deleted files on their way between sockets",
    """
    import os, socket, time
    ours, theirs = socket.socketpair()
    for number in range(8):
        with open("file", "wb") as file:
            file.write(b"x" * 2**22)
            os.unlink("file")
            socket.send_fds(ours, [b"x"], [file.fileno()])
    time.sleep(6)
    """,
)
attack(
    "deleted files of which one page is mapped",
    """
    import mmap, os, time
    kept = []
    for number in range(8):
        with open("file", "w+b") as file:
            file.write(b"x" * 2**22)
            file.flush()
            kept.append(mmap.mmap(file.fileno(), 4096))
            os.unlink("file")
    end = time.monotonic() + 2.5
    while time.monotonic() < end: pass
    """,
    seen="disk-limit",
)
attack(
    "the disk filled as fast as it goes",
    """
    block = bytes(2**23)
    for number in range(2000):
        with open(f"fast{number}", "wb") as file: file.write(block)
    """,
    seen="disk-limit",
)
