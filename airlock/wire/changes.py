"""What a call changed in its arguments, carried over to the caller's own objects, as a call at home would."""

import io
import random
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from airlock.wire.generators import follow

DICTS = (dict, Counter, OrderedDict, defaultdict)
USED_UP = (io.StringIO, io.BytesIO, np.random.Generator, np.random.RandomState, random.Random)
REFILLED = (set, deque, bytearray)


def restore(target: Any, changed: Any) -> None:
    """Make ``target`` equal to ``changed``, of the same structure, as far as it can be changed in place.

    Random generators go on to the state that the call left them in, if it can be reached by drawing.
    """
    kind = type(target)
    if kind is not type(changed):
        return
    if kind is np.ndarray:
        if target.shape == changed.shape and target.dtype == changed.dtype and target.flags.writeable:
            target[...] = changed
    elif kind is tuple and len(target) == len(changed):
        for one, other in zip(target, changed, strict=True):
            restore(one, other)
    elif kind is list:
        _restore_list(target, changed)
    elif kind in DICTS:
        _restore_dict(target, changed)
    elif kind in REFILLED:
        target.clear()
        (target.update if kind is set else target.extend)(changed)
    elif kind in (io.StringIO, io.BytesIO):
        target.seek(0)
        target.truncate()
        target.write(changed.getvalue())
        target.seek(changed.tell())
    elif kind in (np.random.Generator, np.random.RandomState, random.Random):
        follow(target, changed)
    elif (pd := sys.modules.get("pandas")) is not None and kind in (pd.DataFrame, pd.Series):
        if not (target.equals(changed) and target.index.equals(changed.index)):
            kind.__init__(target, changed)  # what changes a table in place
        elif kind is pd.DataFrame and not target.columns.equals(changed.columns):
            target.columns = changed.columns


def _restore_list(target: list, changed: list) -> None:
    for one, other in zip(target, changed, strict=False):
        restore(one, other)
    target[:] = [
        one if _same_container(one, other) else other
        for one, other in zip(target + changed[len(target) :], changed, strict=False)
    ]


def _restore_dict(target: dict, changed: dict) -> None:
    for key, value in list(target.items()):
        if key in changed and _same_container(value, changed[key]):
            restore(value, changed[key])
            changed[key] = value
    target.clear()
    target.update(changed)


def _same_container(one: Any, other: Any) -> bool:
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is np.ndarray:
        return bool(one.shape == other.shape and one.dtype == other.dtype)
    return kind in (list, *DICTS, *REFILLED) or kind is tuple and len(one) == len(other)
