"""Files that answers write, and files that a test writes for them: copied between their two folders.

A test sees a file of the student's folder if the reference solution wrote one of that name, or if its name
was given in a call or by the student's side: nobody can lay a file beside a test that does not look for it.
An answer is given the files that a call names, and no other. What Python could import is not copied, and no
pickle that names a class is loaded: it would be code of the student's, run here.
"""

import contextlib
import importlib.machinery
import itertools
import operator
import os
import pickle
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from airlock.run import foreign
from airlock.run.foreign import Seen

LONGEST_NAME = 255
CODE = tuple(importlib.machinery.all_suffixes())


class Mirror:
    """Keeps the folder of the tests and that of the answers alike, as far as they may know of each other.

    ``names``: the files that the reference solution writes; None while that is being found out.
    """

    def __init__(self, tests: Path, answers: Path, names: Collection[str] | None):
        self.tests, self._answers, self._names = tests, answers, names
        self._own = {str(path.relative_to(tests)) for path in tests.rglob("*")}  # the assignment's
        self._named: set[str] = set()
        self._seen: dict[str, Seen | None] = {}  # in the answers' folder
        self._made: dict[str, Seen | None] = {}  # in the tests' folder, the same files
        self.written: set[str] = set()  # by the answers, as far as it has crossed

    @contextlib.contextmanager
    def for_a_test(self) -> Iterator[None]:
        """While a test runs, that has bytes of its own to read."""
        self._left = foreign.MOST_BYTES
        try:
            yield
        finally:
            _refusing.clear()

    def take(self, value: Any, given: Iterable[str] = ()) -> None:
        """Copy what the answers have written since the last time. ``value``, which they have returned, may
        hold names of such files; ``given`` are those in the arguments.

        Raises TooMuch.
        """
        told = self._names_in(value).union(given)
        self._named |= {name for name in told if os.path.lexists(self._answers / name)}
        names = self._named.union(foreign.files_in(self._answers) if self._names is None else self._names)
        for name in names - self._own:
            if not name.endswith(CODE):
                self._take(name)
        if self.written:
            _refuse_pickles()

    def _take(self, name: str) -> None:
        target, seen, content = self.tests / name, None, b""
        with contextlib.suppress(OSError), foreign.opened(self._answers, name, foreign.AS_IT_IS) as file:
            seen = foreign.state_of(file)
            if seen and seen != self._seen.get(name):
                content = foreign.read_at_most(file, self._left)
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
        self._made[name] = foreign.state_of(target)
        self.written.add(name)

    def give(self, arguments: Any) -> tuple[Any, set[str]]:
        """Copy the test's files that ``arguments`` name, but the assignment's, which are there already.

        Returns the arguments with the paths that they have there, and the names.
        """
        names = self._names_in(arguments)
        for name in names:
            path = self.tests / name
            if name in self._own:
                continue
            with contextlib.suppress(OSError):
                if path.parent.is_dir():  # one to write into, perhaps
                    with foreign.folder_in(self._answers, name.split("/")[:-1], make=True):
                        pass
                if path.is_file() and self._made.get(name) != foreign.state_of(path):
                    content = path.read_bytes()
                    with foreign.opened(self._answers, name, foreign.ANEW) as file:
                        os.write(file, content)
                        self._seen[name], self._made[name] = foreign.state_of(file), foreign.state_of(path)
        return moved(arguments, self.tests, self._answers), names

    def here(self, value: Any) -> Any:
        """What the student's side has returned, with the paths that files have here."""
        return moved(value, self._answers, self.tests)

    def _names_in(self, value: Any) -> set[str]:
        """Paths within the folders, relative to them, among the first of these values."""
        waiting, found, looked = [(value, 0)], set(), 0
        while waiting and looked < foreign.MOST_FILES:
            one, depth = waiting.pop()
            looked += 1
            if isinstance(one, str | Path) and (name := self._relative(str(one))):
                found.add(name)
            elif type(one) in (list, tuple, dict) and depth < foreign.MAX_DEPTH:
                waiting += [(part, depth + 1) for part in itertools.islice(_parts(one), foreign.MOST_FILES)]
        return found

    def _relative(self, text: str) -> str:
        """A path within the folders, relative to them and normalised; "" for any other text."""
        for folder in (self.tests, self._answers):
            text = text.removeprefix(f"{folder}{os.sep}")
        if not text or len(text) > LONGEST_NAME or "\0" in text or "\n" in text:
            return ""
        name = os.path.normpath(text)
        inside = not os.path.isabs(name) and name.split(os.sep)[0] not in ("..", ".")
        return name if inside and name.count(os.sep) <= foreign.MAX_DEPTH else ""


def moved(value: Any, before: Path, after: Path, depth: int = 0) -> Any:
    """A value with the paths below one folder, also in small containers of it, below another."""
    kind = type(value)
    if isinstance(value, str | Path) and str(value).startswith(f"{before}{os.sep}"):
        return kind(after / str(value).removeprefix(f"{before}{os.sep}"))
    if kind not in (list, tuple, dict) or len(value) > foreign.MOST_FILES or depth > foreign.MAX_DEPTH:
        return value
    parts = [moved(part, before, after, depth + 1) for part in _parts(value)]
    if all(map(operator.is_, parts, _parts(value))):
        return value
    return dict(zip(value, parts, strict=True)) if kind is dict else kind(parts)


def _parts(container: Any) -> Iterable[Any]:
    return container.values() if type(container) is dict else container


def _refuse_pickles() -> None:
    """Until the test ends, what is unpickled in this process can name no class and no function."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_refuse)
    if not _refusing:
        _refusing.append(True)


def _refuse(event: str, _arguments: Any) -> None:
    if _refusing and event == "pickle.find_class":
        raise pickle.UnpicklingError("A pickle that an answer has written could run its code here.")


_hooked: list[bool] = []  # an audit hook stays as long as the process
_refusing: list[bool] = []
