"""A test's text as code, as IPython would run it: magics, top-level ``await``, the value of the last line."""

import ast
import asyncio
import functools
import inspect
import types
from typing import Any

from airlock.run.verdict import CELL


def execute(source: str, namespace: dict) -> Any:
    """Run a test; the value of its last statement if that is an expression."""
    body, last = compiled(source)
    _run(body, namespace)
    return None if last is None else _run(last, namespace)


def _run(code: types.CodeType, namespace: dict) -> Any:
    value = eval(code, namespace)
    return asyncio.run(value) if code.co_flags & inspect.CO_COROUTINE else value


@functools.lru_cache(maxsize=256)  # a worker has the same tests for submission after submission
def compiled(source: str) -> tuple[types.CodeType, types.CodeType | None]:
    """A test without its last statement if that is an expression, and that expression."""
    text = source
    try:
        tree = ast.parse(source, CELL)
    except SyntaxError:  # a magic, perhaps
        from IPython.core.inputtransformer2 import TransformerManager  # slow to import, rarely needed

        text = TransformerManager().transform_cell(source)
        tree = ast.parse(text, CELL)
    shown = not text.rstrip().endswith(";")  # as in IPython
    last = tree.body[-1] if shown and tree.body else None
    if not isinstance(last, ast.Expr):
        return _code(tree, "exec"), None
    tree.body.pop()
    return _code(tree, "exec"), _code(ast.Expression(last.value), "eval")


def _code(tree: ast.Module | ast.Expression, mode: str) -> Any:
    """Assertions stay, whatever the options of this interpreter."""
    return compile(tree, CELL, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True, 0)
