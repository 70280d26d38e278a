"""Attacks on the machine rather than on the marks: processes, files, sockets, signals. See attacks.py."""

from attacks import attack

# --- What outlives the call --------------------------------------------------------------------------------
attack(
    "threads that keep changing names",
    """
    import threading
    def forever():
        while True:
            globals().update(x=True, token=True, right=True)
            print("still here")
            threading.Event().wait(0.01)
    for _ in range(3): threading.Thread(target=forever, daemon=True).start()
    """,
)
attack(
    "a forked child outlives the call",
    """
    import os, time
    def sigmoid(x):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        return x
    sigmoid(0)
    """,
    seen="process-left",
)
attack(
    "a child in a session of its own outlives its parents",
    """
    import os, time
    for _ in range(2):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.setsid()
                os.setpgid(0, 0)
                time.sleep(60)
            os._exit(0)
    time.sleep(0.3)
    """,
    seen="process-left",
)
attack(
    "a program in the background",
    """
    import subprocess, sys
    for options in ({}, {"start_new_session": True}):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], **options)
    """,
    seen="process-left",
)
attack(
    "the answering socket handed to a child",
    """
    import os, time
    kernel = get_ipython().kernel
    def sigmoid(x):
        if os.fork():
            return x
        while True:
            time.sleep(0.05)
            kernel._connection.send(b"\\1\\0\\0\\0\\4\\0\\0\\0\\0\\0\\0\\0true")
    """,
    seen="process-left",
)
attack(
    "at exit and when collected",
    """
    import atexit
    class Last:
        def __del__(self): print("last words", open(f"{COURSE}/keys.txt").read())
    atexit.register(lambda: open(f"{OUTSIDE}/owned", "w").write("x"))
    last, cycle = Last(), [Last()]
    cycle.append(cycle)
    del last, cycle
    """,
    needs="files",
)

# --- What is handed in beside ------------------------------------------------------------------------------
OWNED = (
    b"import os\nos.system('touch OUTSIDE/owned')\nimport sys\nallclose = same_again = lambda *a, **k: True\n"
)
SHADOWS = (
    "numpy",
    "checks",
    "sitecustomize",
    "usercustomize",
    "airlock",
    "nbgrader",
    "conftest",
    "json",
    "random",
)
attack("files named like modules", files={f"{name}.py": OWNED for name in SHADOWS})
attack(
    "packages named like modules",
    files={f"{name}/__init__.py": OWNED for name in SHADOWS}
    | {"checks/same_again.py": OWNED, "x.pth": OWNED},
)
attack(
    "configuration files",
    files={
        ".ipython/profile_default/startup/00.py": OWNED,
        "ipython_config.py": OWNED,
        "jupyter_config.py": OWNED,
        "nbgrader_config.py": OWNED,
        "pyproject.toml": b"[tool.pytest.ini_options]\naddopts = '--fail'",
        "matplotlibrc": b"backend: module://numpy",
    },
)
attack("paths that lead away", files={"../../../owned": b"x", "../owned.py": b"x", "a/../../b": b"x"})

# --- What is read ------------------------------------------------------------------------------------------
SHOW = """
    import os, pathlib
    def show(path):
        for way in (lambda: open(path, "rb").read(10**6), lambda: os.listdir(path),
                    lambda: os.read(os.open(path, os.O_RDONLY), 10**6)):
            try:
                print(path, way())
            except OSError as error:
                print(type(error))
    PLACES = [COURSE, f"{COURSE}/gradebook.db", f"{COURSE}/keys.txt", f"{COURSE}/source/ps1/problem1.ipynb",
              f"{COURSE}/submitted/bitdiddle/ps1/problem1.ipynb", f"{COURSE}/source/ps1/checks.py"]
"""
attack(
    "source, gradebook and other submissions read",
    SHOW + "\n    for place in PLACES: show(place)\n    show(f'{COURSE}/release/../gradebook.db')",
    seen="refused",
    needs="files",
)
attack(
    "the same in other ways",
    SHOW
    + """
    import sqlite3, mmap, subprocess, shutil
    for command in (["cat"], ["sh", "-c", 'cat "$@"', "-"], ["cp", "-r", "-t", "."], ["ln", "-t", "."]):
        done = subprocess.run([*command, *PLACES], capture_output=True)
        print(done.stdout)
    for place in PLACES:
        for way in (lambda: np.fromfile(place, "u1").tobytes(), lambda: shutil.copy(place, "mine"),
                    lambda: os.link(place, "linked"), lambda: os.symlink(place, "sym") or open("sym").read(),
                    lambda: sqlite3.connect(f"file:{place}?mode=ro", uri=True).execute("select * from cell").fetchall(),
                    lambda: os.sendfile(1, os.open(place, 0), 0, 10**6), lambda: pathlib.Path(place).read_bytes()):
            try:
                print(way(), open("mine", "rb").read())
            except Exception as error:
                print(type(error))
    """,
    needs="files",
)
attack(
    "by a link in its own folder",
    SHOW
    + """
    os.symlink(COURSE, "course")
    os.symlink("/", "root")
    for place in ("course/gradebook.db", "root" + COURSE + "/keys.txt", "/proc/self/root" + COURSE + "/keys.txt",
                  "/proc/self/cwd/course/keys.txt", "../../../../../../.." + COURSE + "/keys.txt"):
        show(place)
    """,
    needs="files",
)
attack(
    "the tests' folder and other kernels'",
    SHOW
    + """
    import glob, tempfile
    for place in (OUTSIDE, os.path.dirname(OUTSIDE), "/tmp", os.path.dirname(os.path.dirname(os.getcwd()))):
        show(place)
        for found in glob.glob(f"{place}/**", recursive=True): print(found), show(found)
    """,
    needs="files",
)
attack(
    "environment and command line",
    SHOW
    + """
    print(dict(os.environ), os.environb)
    for process in ("self", os.getppid(), GRADER, *filter(str.isdigit, os.listdir("/proc/self/task"))):
        for what in ("environ", "cmdline", "maps", "fd", "cwd", "root", "status", "task"):
            show(f"/proc/{process}/{what}")
    """,
    needs="files",
)
attack(
    "the grader's memory",
    SHOW
    + """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    for process in (GRADER, os.getppid()):
        show(f"/proc/{process}/mem"), show(f"/proc/{process}/mem")
        print(libc.ptrace(16, process, 0, 0))
        buffer = ctypes.create_string_buffer(4096)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 4096)
        print(libc.process_vm_readv(process, vector, 1, vector, 1, 0), buffer.raw)
    """,
    needs="files",
)
attack(
    "inherited file descriptors",
    """
    import os, fcntl
    for number in range(1024):
        try:
            print(number, os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            continue
        for way in (lambda: os.pread(number, 10**6, 0), lambda: os.listdir(number)):
            try:
                os.set_blocking(number, False)
                print(way())
            except OSError:
                pass
    """,
)
attack(
    "frames and objects searched for the tests",
    """
    import gc, sys, inspect, traceback
    def sigmoid(x):
        frame = sys._getframe()
        while frame:
            print(frame.f_code.co_filename, frame.f_code.co_consts, sorted(frame.f_globals))
            frame = frame.f_back
        print(inspect.stack()[:3], traceback.format_stack())
        for found in gc.get_objects():
            if isinstance(found, (str, dict, list)) and "HIDDEN" in str(found)[:10**5]: print(str(found)[:500])
        return x
    """,
)
attack(
    "everything traced",
    """
    import sys, threading
    def trace(frame, event, argument):
        if "sigmoid" in frame.f_code.co_names or "assert" in str(frame.f_code.co_names):
            print(frame.f_code.co_consts, frame.f_locals)
        return trace
    sys.settrace(trace), sys.setprofile(trace), threading.settrace(trace)
    sys.addaudithook(lambda event, arguments: event == "exec" and print(arguments[0].co_consts))
    """,
)
attack(
    "inputs written down",
    """
    seen = []
    def sigmoid(x):
        seen.append(x)
        print("asked for", x, seen)
        return next((1 / (1 + np.exp(-old)) for old in seen[:-1] if np.array_equal(old, x)), x)
    """,
)

# --- What is written ---------------------------------------------------------------------------------------
TRY = """
    import os
    def attempt(*ways):
        for way in ways:
            try:
                print(way())
            except BaseException as error:
                print(type(error), getattr(error, "errno", ""))
"""
attack(
    "files outside written, moved and deleted",
    TRY
    + """
    import shutil, tempfile
    for place in (f"{COURSE}/gradebook.db", f"{COURSE}/source/ps1/checks.py", f"{OUTSIDE}/kept"):
        folder = os.path.dirname(place)
        attempt(lambda: open(place, "a").write("owned"), lambda: open(place, "w"), lambda: os.truncate(place, 0),
                lambda: os.unlink(place), lambda: os.rename(place, place + "2"), lambda: os.rename(place, "mine"),
                lambda: os.link(place, folder + "/owned"), lambda: os.symlink("/", folder + "/owned"),
                lambda: os.mkdir(folder + "/owned"), lambda: os.mkfifo(folder + "/owned"),
                lambda: open(folder + "/owned", "x"), lambda: shutil.rmtree(folder), lambda: os.replace("w", place),
                lambda: os.open(folder, os.O_TMPFILE | os.O_WRONLY), lambda: tempfile.mkstemp(dir=folder))
    """,
    needs="files",
)
attack(
    "modes, times and attributes outside changed",
    TRY
    + """
    for place in (COURSE, f"{COURSE}/gradebook.db", f"{OUTSIDE}/kept"):
        attempt(lambda: os.chmod(place, 0), lambda: os.utime(place, (0, 0)), lambda: os.chown(place, 1, 1),
                lambda: os.setxattr(place, "user.owned", b"x"), lambda: os.removexattr(place, "user.owned"),
                lambda: os.lchown(place, 1, 1), lambda: os.utime(place))
    """,
    needs="network",  # it takes a filter of system calls
)

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
