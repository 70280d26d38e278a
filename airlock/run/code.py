"""A test's text as code, as IPython would run it: magics, top-level ``await``, the value of the last line."""

import ast
import asyncio
import contextlib
import functools
import inspect
import traceback
import types
from typing import Any

from airlock.run.verdict import CELL


def execute(source: str, namespace: dict) -> Any:
    """Run a test; the value of its last statement if that is an expression."""
    body, last = compiled(source)
    _run(body, namespace)
    return None if last is None else _run(last, namespace)


def go_on(source: str, failed: BaseException, namespace: dict) -> None:
    """Run what follows the statement in which a test has failed, each by itself, whatever it raises.

    An answer that is not asked any more would know that it has failed, and could answer otherwise later.
    """
    lines = [at for frame, at in traceback.walk_tb(failed.__traceback__) if frame.f_code.co_filename == CELL]
    _, tree = _parsed(source)
    for statement in tree.body:
        if lines and statement.lineno > lines[0]:
            with contextlib.suppress(Exception):
                _run(_code(ast.Module([statement], []), "exec"), namespace)


def _run(code: types.CodeType, namespace: dict) -> Any:
    value = eval(code, namespace)
    return asyncio.run(value) if code.co_flags & inspect.CO_COROUTINE else value


@functools.lru_cache(maxsize=256)  # a worker has the same tests for submission after submission
def compiled(source: str) -> tuple[types.CodeType, types.CodeType | None]:
    """A test without its last statement if that is an expression, and that expression."""
    text, tree = _parsed(source)
    shown = not text.rstrip().endswith(";")  # as in IPython
    last = tree.body[-1] if shown and tree.body else None
    if not isinstance(last, ast.Expr):
        return _code(tree, "exec"), None
    tree.body.pop()
    return _code(tree, "exec"), _code(ast.Expression(last.value), "eval")


def _parsed(source: str) -> tuple[str, ast.Module]:
    try:
        return source, ast.parse(source, CELL)
    except SyntaxError:  # a magic, perhaps
        from IPython.core.inputtransformer2 import TransformerManager  # slow to import, rarely needed

        text = TransformerManager().transform_cell(source)
        return text, ast.parse(text, CELL)


def _code(tree: ast.Module | ast.Expression, mode: str) -> Any:
    """Assertions stay, whatever the options of this interpreter."""
    return compile(tree, CELL, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True, 0)
