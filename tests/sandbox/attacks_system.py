"""Attacks on the machine rather than on the marks: processes and files. See attacks.py."""

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
