"""Two answers on many inputs. Its text is run in a fork of the kernel, where a call costs microseconds.

So it imports nothing of ours that is not there, and what it defines begins with ``_airlock``. The text of
alike.py and varied.py is run before it.
"""

import contextlib as _contextlib
import copy as _copy
import io as _io
import itertools as _itertools
import math as _math
import random as _random
import time as _time
import warnings as _warnings
from pathlib import Path as _Path
from typing import Any as _Any

import numpy as _numpy

from airlock.sandbox.operating import operate as _airlock_operate

if __name__ == "airlock.check.compare":  # in the kernel they are there already
    from airlock.check.alike import (
        _airlock_draw,
        _airlock_drawn_apart,
        _airlock_gap,
        _airlock_same,
        _airlock_same_draws,
    )
    from airlock.check.varied import _airlock_inputs

_AIRLOCK_DRAWS = 60  # results with random numbers that are enough
_AIRLOCK_FAR = 0.2  # a share of the size of what is right, from which on an error is large
_AIRLOCK_LOOKED, _AIRLOCK_LEAST = 1 << 21, 5  # bytes of results, and calls, that tell whether one is far off
_AIRLOCK_ITEMS = 1000  # of a generator
_AIRLOCK_BYTES = 1 << 27  # of inputs and results that are kept
_airlock_known: dict[str, _Any] = {}
_airlock_files: dict[str, bytes | None] = {}  # that answers write, as they are before a call


def _airlock_learn(reference: str, calls: list, inputs: int, seconds: float, files: _Any = ()) -> bool:
    """Keep what a text's functions give for ``calls``, and for random ones like them, and what they write.

    ``calls``: (name of the function, arguments, keywords). So many ``inputs`` at most, and no more than fit
    into so many seconds of computing. ``files`` are looked at. False for a text that cannot be run.
    """
    _airlock_files.update({name: _airlock_content(name) for name in files})
    space, left = _airlock_space(reference), _AIRLOCK_BYTES
    if space is None:
        return False
    cases = []
    end = _time.process_time() + seconds
    for number, case in enumerate(_airlock_inputs(calls, inputs)):
        name, arguments, keywords = case
        given = _airlock_result(space, name, arguments, keywords, number)
        cases.append((*case, given))
        left -= _airlock_size(case) + _airlock_size(given)
        if number >= len(calls) - 1 and (left < 0 or _time.process_time() > end):
            break
    _airlock_known.update(space=space, cases=cases, asked=len(calls), seconds=2 * seconds)
    return True


def _airlock_is_alike(text: str) -> bool:
    """Whether another text's functions give what was learnt; what is drawn at random is compared as such."""
    other, known = _airlock_space(text), _airlock_known
    if other is None:
        return False
    drawn: list[tuple] = []
    end = _time.process_time() + known["seconds"]
    for number, case in enumerate(known["cases"]):
        gap = _airlock_apart(known["space"], other, case, number)
        if isinstance(gap, tuple):
            drawn.append(gap)
        elif gap:
            return False
        if number >= known["asked"] and (len(drawn) >= _AIRLOCK_DRAWS or _time.process_time() > end):
            break
    return not drawn or _airlock_same_draws(drawn)


def _airlock_is_far(text: str) -> bool:
    """Whether another text's functions are far off in most of the calls learnt: of those, in a sample.

    That is by a fifth of the size of what is right, or in kind.
    """
    other, known = _airlock_space(text), _airlock_known
    if other is None:
        return True
    gaps: list[float] = []
    left = _AIRLOCK_LOOKED
    cases = list(enumerate(known["cases"][: known["asked"]]))
    for number, case in _random.Random(1).sample(cases, len(cases)):
        gap = _airlock_apart(known["space"], other, case, number)
        gaps.append(_airlock_drawn_apart(*gap) if isinstance(gap, tuple) else gap)
        left -= _airlock_size(case[3])
        if left < 0 and len(gaps) >= _AIRLOCK_LEAST:
            break
    return sum(gap > _AIRLOCK_FAR for gap in gaps) > len(gaps) / 2


def _airlock_apart(space: dict, other: dict, case: tuple, number: int) -> float | tuple:
    """How far apart what two cells give for a case is: 0 where it is the same; of random numbers, both."""
    name, arguments, keywords, one = case
    two = _airlock_result(other, name, arguments, keywords, number)
    if _airlock_same(one, two):
        return 0.0
    again = _airlock_result(space, name, arguments, keywords, number + 10**6)
    if not _airlock_same(one, again) and (pair := _airlock_draw(one, two)):  # something is drawn in it
        return pair
    return max(_airlock_gap(one[0], two[0]), 1e-9) if len(one) == len(two) == 3 else _math.inf


def _airlock_space(text: str) -> dict[str, _Any] | None:
    """The globals after a cell."""
    shell = get_ipython()  # type: ignore[name-defined]  # noqa: F821
    space = dict(shell.user_ns)
    try:
        exec(shell.transform_cell(text), space)
    except Exception:
        return None
    return space


def _airlock_size(value: _Any) -> int:
    """Bytes of the arrays in a value, about."""
    if isinstance(value, tuple | list):
        return sum(map(_airlock_size, value)) + 8 * len(value)
    if isinstance(value, dict):
        return sum(map(_airlock_size, value.values())) + 8 * len(value)
    return int(getattr(value, "nbytes", 64)) if type(value).__module__ == "numpy" else 64


def _airlock_result(space: dict, name: str, arguments: tuple, keywords: dict, seed: int) -> tuple:
    """What a call gives, or prints instead, how its arguments and files are afterwards, or what it raises."""
    _random.seed(seed)
    _numpy.random.seed(seed)
    printed = _io.StringIO()
    for file, content in _airlock_files.items():
        _airlock_put(file, content)
    try:
        arguments, keywords = _copy.deepcopy((arguments, keywords))
        with _warnings.catch_warnings(), _contextlib.redirect_stdout(printed):
            _warnings.simplefilter("ignore")
            made = space[name](*arguments, **keywords) if name else _airlock_session(space, arguments)
            made = ("printed", printed.getvalue()) if made is None else _airlock_drained(made)
        written = [_airlock_content(file) for file in _airlock_files]
        return made, arguments, [keywords, *written]
    except Exception as error:
        return "raised", type(error).__name__


def _airlock_content(file: str) -> bytes | None:
    """What is in a file, if there is one."""
    try:
        return _Path(file).read_bytes()
    except OSError:
        return None


def _airlock_put(file: str, content: bytes | None) -> None:
    """Have that in a file, or no file."""
    if content is None:
        _Path(file).unlink(missing_ok=True)
    elif _airlock_content(file) != content:
        _Path(file).write_bytes(content)


def _airlock_drained(value: _Any) -> _Any:
    """What a generator yields, in its place."""
    return list(_itertools.islice(value, _AIRLOCK_ITEMS)) if hasattr(type(value), "__next__") else value


def _airlock_session(space: dict, steps: tuple) -> list:
    """What comes of each step, done one after the other with classes of a cell and with their objects.

    A step: what is done, with what (["name", its name] or ["step", the number of the step that gave it]), the
    name of an attribute or special method, arguments, keywords.
    """
    made: list[_Any] = []

    def find(origin: list) -> _Any:
        kind, key = origin
        return space[key] if kind == "name" else made[key]

    def given(value: _Any) -> _Any:
        if type(value) in (tuple, list):
            return type(value)(map(given, value))
        if type(value) is dict:
            if "_airlock_from" in value:
                return find(value["_airlock_from"])
            return {key: given(one) for key, one in value.items()}
        return value

    for what, origin, name, arguments, keywords in steps:
        try:
            value, arguments, keywords = find(origin), given(arguments), given(keywords)
            made.append(_airlock_done(what, value, name)(*arguments, **keywords))
        except Exception as error:
            made.append(("raised", type(error).__name__))
    return made


def _airlock_done(what: str, value: _Any, name: str) -> _Any:
    """What a step does, as a function of its arguments; what a test reads of a text is not compared."""
    if what in ("signature", "code"):
        return lambda: None
    return value if what == "call" else _airlock_operate(what, value, name)
