"""Files that answers write, and files that a test writes for them: copied between their two folders.

A test sees a file of the student's folder if the reference solution wrote one of that name, or if its name
was given in a call or by the student's side: nobody can lay a file beside a test that does not look for it.
An answer is given the files that a call names, and no other. What Python could import is not copied, and no
pickle that names a class is loaded: it would be code of the student's, run here.
"""

import contextlib
import importlib.machinery
import os
import pickle
import stat
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from airlock.model.limits import MIB

MOST_BYTES = 16 * MIB  # of all files that cross in one test
MOST_FILES = 1_000  # that the reference solution may write
LONGEST_NAME = 255
MAX_DEPTH = 4  # folders within folders
CODE = tuple(importlib.machinery.all_suffixes())
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
AS_IT_IS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # no link followed, no pipe waited for
ANEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
Seen = tuple[int, int, int]  # of a file: inode, size and time of its last change


class TooMuch(Exception):
    """More was written than crosses."""

    def __init__(self) -> None:
        super().__init__(f"There is more in files than {MOST_FILES} of them or {MOST_BYTES >> 20} MiB.")


class Mirror:
    """Keeps the folder of the tests and that of the answers alike, as far as they may know of each other.

    ``names``: the files that the reference solution writes; None while that is being found out.
    """

    def __init__(self, tests: Path, answers: Path, names: Collection[str] | None):
        self._tests, self._answers, self._names = tests, answers, names
        self._own = {str(path.relative_to(tests)) for path in tests.rglob("*")}  # the assignment's
        self._named: set[str] = set()
        self._seen: dict[str, Seen | None] = {}  # in the answers' folder
        self._made: dict[str, Seen | None] = {}  # in the tests' folder, the same files
        self.written: set[str] = set()  # by the answers, as far as it has crossed

    @contextlib.contextmanager
    def for_a_test(self) -> Iterator[None]:
        """While a test runs, that has bytes of its own to read."""
        self._left = MOST_BYTES
        try:
            yield
        finally:
            _refusing.clear()

    def take(self, *told: Any) -> None:
        """Copy what the answers have written since the last time; ``told`` may hold names of such files.

        Raises TooMuch.
        """
        self._named |= {name for name in _names_in(told) if os.path.lexists(self._answers / name)}
        names = self._named.union(_files(self._answers) if self._names is None else self._names)
        for name in names - self._own:
            if not name.endswith(CODE):
                self._take(name)
        if self.written:
            _refuse_pickles()

    def _take(self, name: str) -> None:
        target, seen, content = self._tests / name, None, b""
        with contextlib.suppress(OSError), _opened(self._answers, name, AS_IT_IS) as file:
            seen = _look(file)
            if seen and seen != self._seen.get(name):
                content = _read(file, self._left)
        if seen == self._seen.get(name):
            return
        if seen is None:
            del self._seen[name]
            target.unlink(missing_ok=True)
            return
        self._seen[name] = seen
        self._left -= len(content)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._made[name] = _look(target)
        self.written.add(name)

    def give(self, arguments: Any) -> None:
        """Copy the test's files that ``arguments`` name. Those of the assignment are there already."""
        for name in _names_in(arguments):
            path = self._tests / name
            if name in self._own or not path.is_file() or self._made.get(name) == _look(path):
                continue
            content = path.read_bytes()
            with contextlib.suppress(OSError), _opened(self._answers, name, ANEW) as file:
                os.write(file, content)
                self._seen[name], self._made[name] = _look(file), _look(path)


@contextlib.contextmanager
def _opened(root: Path, name: str, flags: int) -> Iterator[int]:
    """A file below a folder whose owner may put links anywhere: none is followed. Raises OSError."""
    *folders, last = name.split("/")
    with contextlib.ExitStack() as stack:
        place = os.open(root, FOLDER)
        stack.callback(os.close, place)
        for folder in folders:
            place = os.open(folder, FOLDER, dir_fd=place)
            stack.callback(os.close, place)
        if flags == ANEW:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(last, dir_fd=place)
        file = os.open(last, flags, 0o600, dir_fd=place)
        stack.callback(os.close, file)
        yield file


def _look(file: int | Path) -> Seen | None:
    """What changes when a file does; None where it is no file."""
    known = os.stat(file)
    return (known.st_ino, known.st_size, known.st_mtime_ns) if stat.S_ISREG(known.st_mode) else None


def _read(file: int, most: int) -> bytes:
    content = bytearray()
    while part := os.read(file, MIB):
        content += part
        if len(content) > most:
            raise TooMuch
    return bytes(content)


def _files(root: Path) -> set[str]:
    """The files below a folder, by relative path. Raises TooMuch."""
    found: set[str] = set()
    waiting = [("", 0)]
    while waiting:
        place, depth = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(os.path.join(root, place)) as entries:
            for entry in entries:
                name = os.path.join(place, entry.name)
                if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                    waiting.append((name, depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    found.add(name)
                if len(found) + len(waiting) > MOST_FILES:
                    raise TooMuch
    return found


def _names_in(value: Any) -> set[str]:
    """Relative paths among values, or the values of their lists, tuples and dictionaries."""
    waiting, found = [(value, 0)], set()
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str | os.PathLike) and (name := _relative(one)):
            found.add(name)
        elif type(one) in (list, tuple, dict) and depth < MAX_DEPTH and len(one) < MOST_FILES:
            waiting += [(part, depth + 1) for part in (one.values() if type(one) is dict else one)]
    return found


def _relative(value: Any) -> str:
    """A path that stays within a folder, normalised; "" for any other text."""
    if type(value) is not str:
        value = str(value) if isinstance(value, Path) else ""
    if not value or len(value) > LONGEST_NAME or "\0" in value or "\n" in value:
        return ""
    name = os.path.normpath(value)
    inside = not os.path.isabs(name) and name.split(os.sep)[0] not in ("..", ".")
    return name if inside and name.count(os.sep) <= MAX_DEPTH else ""


def _refuse_pickles() -> None:
    """Until the test ends, what is unpickled in this process can name no class and no function."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_refuse)
    _refusing.append(True)


def _refuse(event: str, _arguments: Any) -> None:
    if _refusing and event == "pickle.find_class":
        raise pickle.UnpicklingError("A pickle that an answer has written could run its code here.")


_hooked: list[bool] = []  # an audit hook stays as long as the process
_refusing: list[bool] = []
