"""The records of a class as they come in: a line each, so that a run that was killed goes on where it was."""

import contextlib
import fcntl
import json
import os
from collections.abc import Container, Iterator
from pathlib import Path

from airlock.course.results import write_whole
from airlock.model.errors import AirlockError
from airlock.model.record import Record

FILE = "records.jsonl"


class Journal:
    """``records.jsonl`` in the report folder: what was graded so far; the last record of a student counts."""

    def __init__(self, folder: Path):
        self.path = folder / FILE
        self.records: dict[str, Record] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
                # Cut off by a kill, or no record at all.
                with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                    record = Record.from_json(json.loads(line))
                    self.records[record.student] = record

    def keep(self, students: Container[str]) -> None:
        """Forget whoever is not among ``students``, and rewrite the file with one line for each."""
        self.records = {name: record for name, record in self.records.items() if name in students}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, "".join(map(_line, self.records.values())))

    def add(self, record: Record) -> None:
        """Add a record; it is on disk when this returns."""
        self.records[record.student] = record
        append(self.path.parent, record)


def append(folder: Path, record: Record) -> None:
    """Add a record to the journal of a report folder without reading it; it is on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("ab+") as file:
        cut_off = file.tell() and (file.seek(-1, os.SEEK_END), file.read())[1] != b"\n"
        file.write(b"\n" * bool(cut_off) + _line(record).encode())
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def only_one(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold the report folder for one run; the lock ends with the process.

    While another run has it: wait for its end, or raise AirlockError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise AirlockError(f"{folder} cannot be written ({error.strerror}): mend that first.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            sentence = f"Another run is grading {folder.name} in this course: wait for its end."
            raise AirlockError(sentence) from None
        yield


def _line(record: Record) -> str:
    return json.dumps(record.to_json()) + "\n"
