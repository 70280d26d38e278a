"""Files as they were at some place of a notebook: what a wrong answer has written since is gone again."""

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Self

from airlock.run.foreign import MOST_BYTES, Seen, state_of

SECOND = 10**9  # nanoseconds


class KeptFiles:
    """The files of a folder, for :meth:`restore`, but those called ``without``; large ones are left alone."""

    def __init__(self, folder: Path, without: Collection[str] = ()):
        self._folder = folder
        self._content: dict[str, bytes] = {}
        self._seen: dict[str, Seen | None] = {}
        for name, seen in _files(folder):
            if name not in without:
                small = seen is not None and seen[1] <= MOST_BYTES
                if small:
                    self._content[name] = (folder / name).read_bytes()
                self._seen[name] = _aged(folder / name) if small else seen

    def take(self, names: Collection[str], other: "KeptFiles") -> Self:
        """Have the files of these names as another has them."""
        for name in names:
            if name in other._content:
                self._content[name], self._seen[name] = other._content[name], None
        return self

    def restore(self) -> None:
        """Have them as they were: others are deleted, and changed ones put back."""
        now = dict(_files(self._folder))
        for name in now.keys() - self._seen.keys():
            (self._folder / name).unlink(missing_ok=True)
        for name, content in self._content.items():
            if now.get(name) != self._seen[name]:
                path = self._folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.unlink(missing_ok=True)
                path.write_bytes(content)
                self._seen[name] = _aged(path)


def _files(folder: Path) -> Iterator[tuple[str, Seen | None]]:
    """Yield the files below a folder, by relative path, each with what changes when it does."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = Path(root, name)
            with contextlib.suppress(OSError):
                yield str(path.relative_to(folder)), None if path.is_symlink() else state_of(path)


def _aged(path: Path) -> Seen | None:
    """Make a file a second older, so that a change within the clock's tick shows, too."""
    known = path.stat()
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns - SECOND))
    return state_of(path)
