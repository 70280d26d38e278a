"""Many gradings of one answer by one test, both in one process. Its text is run in a fork of the kernel.

Between two processes a grading takes a tenth of a second, most of it on the way; as nbgrader runs a test, it
takes some milliseconds. So it imports nothing of ours, and what it defines begins with ``_airlock``.
"""

import contextlib as _contextlib
import io as _io
import linecache as _linecache
import random as _random
import time as _time
import warnings as _warnings
from typing import Any as _Any

import numpy as _numpy

_airlock_tests: dict[int, _Any] = {}
_airlock_kept: dict[str, _Any] = {}


def _airlock_try(number: int, test: str) -> bool:
    """Whether the answers that are there pass a test twice; it is then known by this number."""
    program = _airlock_program(test, f"<test {number}>")
    passed = not any(_airlock_loses([program]) for _ in "12")
    if passed:
        _airlock_tests[number] = program
    return passed


def _airlock_gradings(answer: str, number: int, times: int, seconds: float) -> list[bool]:
    """Whether an answer lost a test in each of so many gradings, each with the answer run anew.

    There are no more of them than fit into so many seconds of computing, but for the first; and none by a
    test that is not known.
    """
    if number not in _airlock_tests:
        return []
    programs, lost = [_airlock_program(answer, "<answer>"), _airlock_tests[number]], list[bool]()
    end = _time.process_time() + seconds
    while len(lost) < times and (not lost or _time.process_time() < end):
        lost.append(_airlock_loses(programs))
    return lost


def _airlock_draw_anew() -> None:
    """What is drawn from now on is not what another fork draws."""
    _random.seed()
    _numpy.random.seed()


def _airlock_renew() -> bool:
    """Every name stands for what it stood for when this was first called."""
    space = get_ipython().user_ns  # type: ignore[name-defined]  # noqa: F821
    if _airlock_kept:
        space.clear()
        space.update(_airlock_kept)
    else:
        _airlock_kept.update(space)
    return True


def _airlock_program(text: str, name: str) -> _Any:
    """A cell, compiled; a test may look at the text of a function, as of any cell."""
    shell = get_ipython()  # type: ignore[name-defined]  # noqa: F821
    text = shell.transform_cell(text)
    _linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    return compile(text, name, "exec")


def _airlock_loses(programs: list) -> bool:
    """Whether one of these raises something, run one after the other; what they bind is forgotten."""
    space = get_ipython().user_ns  # type: ignore[name-defined]  # noqa: F821
    kept = dict(space)
    _airlock_draw_anew()
    said = _io.StringIO()
    try:
        with (
            _warnings.catch_warnings(),
            _contextlib.redirect_stdout(said),
            _contextlib.redirect_stderr(said),
        ):
            _warnings.simplefilter("ignore")
            for program in programs:
                exec(program, space)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: B036  whatever a test raises is its verdict
        return True
    finally:
        space.clear()
        space.update(kept)
    return False
