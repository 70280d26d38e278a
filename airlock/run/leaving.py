"""A test leaves a context of the student's: with an error only if it raises that in any case.

Any other may come of a wrong answer, and whoever swallowed it would pass the check.
"""

import ast
import builtins
import types
from typing import Any

from airlock.model.names import parse


def leave(manager: Any, name: str, error: Any, trace: Any) -> bool:
    """``manager.__exit__`` or ``__aexit__``: whether the error is swallowed."""
    bridge = manager._standin_bridge
    meant = error is not None and is_meant(
        error, trace, bridge.surroundings.source, bridge.surroundings.names
    )
    told = (bridge.callbacks.as_raised(error),) if meant else ()
    return bool(bridge.operate("special", manager, name, told)) and meant


def is_meant(error: BaseException, trace: types.TracebackType, source: str, names: dict[str, Any]) -> bool:
    """Whether the test raises this by a statement right in a ``with`` block that asks nothing of an answer:
    ``raise``, or an expression of Python's own names alone, as ``1 / 0``.
    """
    while trace.tb_next is not None:
        trace = trace.tb_next
    if isinstance(error, AssertionError) or trace.tb_frame.f_globals is not names:
        return False
    tree, line = parse(source), trace.tb_lineno
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With | ast.AsyncWith)] if tree else []
    found = [one for block in blocks for one in block.body if one.lineno <= line <= (one.end_lineno or 0)]
    return any(isinstance(one, ast.Raise) or _is_of_python(one, names) for one in found)


def _is_of_python(statement: ast.stmt, names: dict[str, Any]) -> bool:
    if not isinstance(statement, ast.Expr | ast.Assign):
        return False
    used = [
        one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    ]
    return all(hasattr(builtins, name) and not dict.__contains__(names, name) for name in used)
