"""Settings of libraries that both sides have, and that a test may change for the calls that it makes."""

import contextlib
import decimal
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

PRINTING = "edgeitems floatmode infstr linewidth nanstr precision sign suppress threshold".split()


def settings() -> dict[str, Any]:
    """Those in force now, as plain data: how numpy treats overflow and the like, and prints; how deep calls
    may go; and how precise decimal numbers are."""
    context, printing = decimal.getcontext(), dict(np.get_printoptions())
    return {
        "errors": np.geterr(),
        "printing": {name: printing[name] for name in PRINTING},
        "recursion": sys.getrecursionlimit(),
        "decimals": [context.prec, context.rounding],
    }


@contextlib.contextmanager
def in_force(changed: dict[str, Any]) -> Iterator[None]:
    """Have ``changed`` settings for a while, those that it does not name as they are."""
    before = settings()
    try:
        _put(changed)
        yield
    finally:
        _put({name: before[name] for name in changed})


def _put(changed: dict[str, Any]) -> None:
    if "errors" in changed:
        np.seterr(**changed["errors"])
    if "printing" in changed:
        np.set_printoptions(**changed["printing"])
    if "recursion" in changed:
        sys.setrecursionlimit(changed["recursion"])
    if "decimals" in changed:
        context = decimal.getcontext()
        context.prec, context.rounding = changed["decimals"]
