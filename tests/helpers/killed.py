"""A process that ends, as by a kill, at any of its changes to the disk. Python's audit events say which."""

import os
import sys
import zipfile
from pathlib import Path

CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "shutil.copytree", "shutil.copyfile"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def killed_at(step, action):
    """Whether ``action()`` has a ``step``-th change; a child does it, and ends before that change is made.

    The file that it was writing then is left half written.
    """
    child = os.fork()
    if child == 0:
        left, open_file = step, None

        def watch(event, arguments):
            nonlocal left, open_file
            opens = event == "open" and isinstance(arguments[0], str | os.PathLike)
            mode = arguments[1] if opens else None
            writes = opens and ("w" in mode or "a" in mode if mode else bool(arguments[2] & WRITING))
            if not writes and event not in CHANGES:
                return
            left -= 1
            if left == 0:
                if open_file and os.path.isfile(open_file):
                    os.truncate(open_file, os.path.getsize(open_file) // 2)
                os._exit(9)
            open_file = os.fspath(arguments[0]) if writes else None

        sys.addaudithook(watch)
        try:
            action()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def content(root):
    """The files below a folder, archives unpacked; without gradebook, locks, and files that were begun."""
    found = {}
    for path in sorted(Path(root).rglob("*")):
        if not path.is_file() or path.name.startswith(".") or path.suffix in (".part", ".db"):
            continue
        name = str(path.relative_to(root))
        found[name] = path.read_bytes()
        if zipfile.is_zipfile(path):  # with the times of what is in it
            with zipfile.ZipFile(path) as packed:
                found[name] = {one: packed.read(one) for one in packed.namelist()}
    return found
