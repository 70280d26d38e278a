"""What a test cell's verdict says: why it failed, without a word of what is hidden."""

import traceback
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output

from airlock.model.record import MAX_MESSAGE
from airlock.run.bridge import Lost
from airlock.run.namespace import GIVEN

CELL = "<test cell>"
# Their messages tell of types and shapes, not of values.
TELLING = (TypeError, NameError, AttributeError, IndexError, ZeroDivisionError)


@dataclass(frozen=True)
class Test:
    """One test cell: its text, what of it students have, and its place in the notebook.

    ``strict``: it is known which functions change their arguments, and no other may. ``share``: the value of
    its last expression is points.
    """

    source: str
    released: str
    place: int = 0
    strict: bool = True
    share: bool = False

    __test__ = False  # not for pytest

    def line(self, number: int) -> str:
        """A line of it, from 1; nothing where there is none."""
        lines = self.source.splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def is_hidden(self, text: str) -> bool:
        """Whether students do not have this line."""
        return text not in map(str.strip, self.released.splitlines())


def explain(error: BaseException, test: Test, folder: str) -> tuple[str, str]:
    """Name and message of what went wrong in a test whose own modules are in ``folder``."""
    if isinstance(error, Lost):
        return "Lost", str(error)
    raised_by = getattr(error, "raised_by", None)
    if raised_by:
        function, kind, said = raised_by
        return kind, f"{function}() raised {kind}" + (f": {said}" if said else ".")
    name, message = type(error).__name__, str(error)
    frames = traceback.extract_tb(error.__traceback__)
    here = [frame.lineno for frame in frames if frame.filename == CELL]
    statement = test.line(here[-1] or 0 if here else 0)
    hidden = not statement or test.is_hidden(statement)
    own = bool(frames) and frames[-1].filename.startswith((CELL, GIVEN, folder))
    if isinstance(error, AssertionError):
        if message and own:
            return name, message
        # A bare assert, or the words of a library, which would give expected values away.
        return name, "A hidden test failed." if hidden else f"This does not hold: {statement}"
    if hidden and not isinstance(error, TELLING) and not (own and _is_raise(frames[-1], test)):
        return name, f"A hidden test ended with {name}."
    return name, message


def error_output(name: str, message: str) -> NotebookNode:
    """An error output of a cell, without a traceback."""
    name, message = name[:100], message[:MAX_MESSAGE]
    return new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


def is_share(text: str) -> bool:
    """Whether nbgrader reads the value of a test, as text, as points."""
    try:
        return float(text) >= 0
    except ValueError:
        return False


def is_no_share(text: str, points: float, share: bool) -> bool:
    """Whether nbgrader would read the value of a test, as text, as points that the test cannot give.

    ``share``: the reference solution's value is points; what is no number would then count in full.
    """
    try:
        return not 0 <= float(text) <= points
    except ValueError:
        return share


def _is_raise(frame: traceback.FrameSummary, test: Test) -> bool:
    """Whether an error was raised in so many words, by the instructor."""
    text = test.line(frame.lineno or 0) if frame.filename == CELL else frame.line
    return (text or "").startswith("raise")
