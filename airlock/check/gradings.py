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


def _airlock_gradings(answer: str, test: str, times: int, seconds: float) -> list[bool]:
    """Whether an answer lost a test in each of so many gradings, each with the answer run anew.

    There are no more of them than fit into so many seconds of computing, but for the first.
    """
    shell = get_ipython()  # type: ignore[name-defined]  # noqa: F821
    space = shell.user_ns
    texts = {name: shell.transform_cell(text) for name, text in (("<answer>", answer), ("<test>", test))}
    for name, text in texts.items():  # as for any cell: a test may look at the text of a function
        _linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    programs = [compile(text, name, "exec") for name, text in texts.items()]
    kept, lost = dict(space), list[bool]()
    end = _time.process_time() + seconds
    while len(lost) < times and (not lost or _time.process_time() < end):
        lost.append(_airlock_loses(programs, space))
        space.clear()
        space.update(kept)
    return lost


def _airlock_loses(programs: list, space: dict[str, _Any]) -> bool:
    """Whether one of these raises something, run one after the other."""
    _random.seed()
    _numpy.random.seed()
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
    return False
