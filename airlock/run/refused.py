"""What a test's own functions do not do while the student's side calls them: open other files, run programs.

They are called with what an answer chooses, a path as well: of ``patch("builtins.open", wraps=open)`` a
student's code would read and write whatever the grader may.
"""

import contextlib
import importlib.machinery
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CODE = tuple(importlib.machinery.all_suffixes())
STARTING = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "ctypes.")
CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate")
CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_folders: list[str] = []  # of the tests, for each call that goes on; "" while the grader itself is at work
_hooked: list[bool] = []


@contextlib.contextmanager
def called(folder: str | Path) -> Iterator[None]:
    """A function is called for the student's side, by a test in this folder; "" ends that for a while."""
    if folder and not _hooked:
        _hooked.append(True)
        sys.addaudithook(_refuse)
    _folders.append(str(folder))
    try:
        yield
    finally:
        _folders.pop()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _folders or not _folders[-1]:
        return
    harm = event.startswith(STARTING) or event == "open" and not _may_open(*arguments)
    if harm or event.startswith(CHANGING) and not _is_within(_folders[-1], arguments[0]):
        raise PermissionError(f"{event} outside of the test's folder, in a function that an answer calls")


def _may_open(path: Any, _mode: Any, flags: Any) -> bool:
    if isinstance(path, int) or path == os.devnull or _is_within(_folders[-1], path):
        return True
    own = any(_is_within(place, path) for place in (sys.prefix, sys.base_prefix, "/usr/share"))
    return not flags & CHANGES and (own or os.fsdecode(path).endswith(CODE))


def _is_within(folder: str, path: Any) -> bool:
    if isinstance(path, int):
        return True
    return os.path.realpath(os.fsdecode(path)).startswith(f"{os.path.realpath(folder)}{os.sep}")
