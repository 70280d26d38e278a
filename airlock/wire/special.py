"""The special methods by which a test uses an object of the other side, and what each one does there."""

import asyncio
import copy
import math
import operator
from collections.abc import Callable
from typing import Any

from airlock.undocumented import outside_of_loops

BINARY = "add sub mul truediv floordiv mod divmod pow matmul lshift rshift and xor or".split()
FUNCTIONS = {"divmod": divmod, "and": operator.and_, "or": operator.or_}
ORDER: dict[str, Callable[..., Any]] = {
    f"__{name}__": getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
ARITHMETIC: dict[str, Callable[..., Any]] = {}
for _name in BINARY:
    _function = FUNCTIONS.get(_name) or getattr(operator, _name)
    ARITHMETIC[f"__{_name}__"] = _function
    ARITHMETIC[f"__r{_name}__"] = lambda value, other, function=_function: function(other, value)
    if _name != "divmod":
        ARITHMETIC[f"__i{_name}__"] = getattr(operator, f"i{_name}")


def to_the_end(coroutine: Any) -> Any:
    """What a coroutine returns, by a loop of its own beside the one that may be running here."""
    with outside_of_loops():
        return asyncio.run(coroutine)


def _step(awaitable: Any) -> Any:
    """What is awaited of an object that goes on: by the same loop each time, not closed in between."""

    async def wait() -> Any:
        return await awaitable

    if not _loops:
        _loops.append(asyncio.new_event_loop())
    with outside_of_loops():
        return _loops[0].run_until_complete(wait())


_loops: list[asyncio.AbstractEventLoop] = []


def _exit(leave: Callable[..., Any], value: Any, error: Any) -> Any:
    if error is None:
        return leave(value, None, None, None)
    return leave(value, type(error), error, error.__traceback__)


PLAIN: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__length_hint__": operator.length_hint,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__iter__": iter,
    "__next__": next,
    "__reversed__": lambda value: iter(reversed(value)),
    "__call__": lambda value, *arguments, **keywords: value(*arguments, **keywords),
    "__enter__": lambda value: type(value).__enter__(value),
    "__exit__": lambda value, error=None: _exit(type(value).__exit__, value, error),
    "__bool__": bool,
    "__int__": int,
    "__float__": float,
    "__complex__": complex,
    "__index__": operator.index,
    "__abs__": abs,
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__invert__": operator.invert,
    "__round__": round,
    "__trunc__": math.trunc,
    "__floor__": math.floor,
    "__ceil__": math.ceil,
    "__await__": to_the_end,
    "__aiter__": lambda value: type(value).__aiter__(value),
    "__anext__": lambda value: _step(type(value).__anext__(value)),
    "__aenter__": lambda value: _step(type(value).__aenter__(value)),
    "__aexit__": lambda value, error=None: _step(_exit(type(value).__aexit__, value, error)),
    "__fspath__": lambda value: type(value).__fspath__(value),
    "__bytes__": lambda value: type(value).__bytes__(value),
}
ALWAYS: dict[str, Callable[..., Any]] = {  # every object has them
    "__str__": str,
    "__repr__": repr,
    "__format__": format,
    "__hash__": hash,
    "__dir__": dir,
    "__copy__": copy.copy,
    "__deepcopy__": copy.deepcopy,
}
AWAITED = frozenset({"__anext__", "__aenter__", "__aexit__"})
MEMBERSHIP: dict[str, Callable[..., Any]] = {"__contains__": operator.contains}
ALL = PLAIN | ARITHMETIC | ORDER | ALWAYS | MEMBERSHIP
