"""A notebook file without its outputs, read so that not even a huge one takes much memory."""

import mmap
import re
from typing import IO

from airlock.handin.reading import MAX_NOTEBOOK
from airlock.handin.reading import STRING as TEXT

MAX_STORED = 512 * 2**20  # bytes of a notebook file with its outputs; a larger one is cut, and then refused
MAX_BRACKETS = 2_000_000  # in the outputs of a cell
SMALL = 2**20  # bytes: not worth looking into

STRING = TEXT.pattern  # a key of an object is one too
OUTPUTS = rb'"outputs"[ \t\r\n]*+:[ \t\r\n]*+\['
KEPT = re.compile(rb"(?:[^\"]++|(?!" + OUTPUTS + rb")" + STRING + rb")*+", re.DOTALL)
SKIPPED = re.compile(rb"(?:[^\"\[\]]++|" + STRING + rb")*+", re.DOTALL)
START = re.compile(OUTPUTS)


def read_notebook(file: IO[bytes]) -> bytes:
    """Return the content of a notebook file on disk, every list of ``outputs`` in it emptied.

    At most ``MAX_NOTEBOOK + 1`` bytes come back: more is for the reader to refuse. The file is mapped, not
    read: its pages are the system's to take back, and only what is kept is copied.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size <= SMALL:
        return file.read()
    if size > MAX_STORED:
        return file.read(MAX_NOTEBOOK + 1)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data[: MAX_NOTEBOOK + 1] if data.find(b"\0", 0, 4) >= 0 else _without_outputs(data)


def _without_outputs(data: mmap.mmap) -> bytes:
    """``data`` with empty outputs. What is no complete JSON comes back as it is, up to the limit."""
    parts, kept, position = [], 0, 0
    while kept <= MAX_NOTEBOOK:
        end = KEPT.match(data, position).end()  # type: ignore[union-attr]  # it may be empty
        start = START.match(data, end)
        end = start.end() if start else len(data)
        kept += end - position
        parts.append((position, min(end, position + MAX_NOTEBOOK + 1)))
        if not start:
            break
        position = _closing(data, end)  # type: ignore[assignment]
        if position is None:
            return data[: MAX_NOTEBOOK + 1]
    return b"".join(data[start:end] for start, end in parts)[: MAX_NOTEBOOK + 1]


def _closing(data: mmap.mmap, position: int) -> int | None:
    """Where the ``]`` stands that closes the list before ``position``; None where none does, or too late."""
    depth = 1
    for _ in range(MAX_BRACKETS):
        position = SKIPPED.match(data, position).end()  # type: ignore[union-attr]  # it may be empty
        bracket = data[position : position + 1]
        if bracket not in (b"[", b"]"):
            return None
        depth += 1 if bracket == b"[" else -1
        if not depth:
            return position
        position += 1
    return None
