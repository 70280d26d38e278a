"""Which names a cell's text binds, found without running it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 200_000  # characters; nobody writes a longer cell, and parsing one takes seconds
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
CHANGING = set("append extend insert pop remove clear sort reverse update add discard fill".split())
BEGINS = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Definition:
    """A name that a cell binds at top level, and the text that binds it alone."""

    name: str  # "*" for a star import
    kind: str  # "import", "function", "class" or "value"
    source: str
    cell: int  # position of the cell in its notebook


@lru_cache(maxsize=1024)
def parse(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, magics and shell lines included, or None where there is none."""
    if len(source) > LONGEST:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        from IPython.core.inputtransformer2 import TransformerManager  # slow to import, rarely needed

        return ast.parse(TransformerManager().transform_cell(source))
    except Exception:  # it runs a tokenizer over whatever a student wrote
        return None


def is_complete(source: str) -> bool:
    """Whether a cell compiles on its own: half a function does not, nor what begins indented."""
    tree = None if source.lstrip("\n")[:1].isspace() else parse(source)
    try:
        return tree is not None and bool(compile(tree, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


@lru_cache(maxsize=1024)
def bound_names(source: str) -> frozenset[str]:
    """Names of the functions, classes and variables that a cell binds at top level."""
    tree = parse(source)
    return frozenset(name for node in tree.body for name in targets(node)) if tree else functions(source)


@lru_cache(maxsize=1024)
def functions(source: str) -> frozenset[str]:
    """Names of the functions and classes that a cell defines at top level, even if it does not parse."""
    tree = parse(source)
    if tree is None:
        return frozenset(BEGINS.findall(source[:LONGEST]))
    return frozenset(node.name for node in tree.body if isinstance(node, (*FUNCTION, ast.ClassDef)))


def cut(source: str, names: set[str] | frozenset[str]) -> tuple[str, str]:
    """Return the text that defines the functions ``names`` at top level, and the text without it."""
    lines = source.split("\n")
    taken: set[int] = set()
    tree = parse(source)
    for node in tree.body if tree else ():
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and node.name in names:
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
            while start and lines[start - 1].startswith("#"):
                start -= 1
            taken.update(range(start, node.end_lineno or start))
    piece = "\n".join(line for number, line in enumerate(lines) if number in taken)
    return piece, "\n".join(line for number, line in enumerate(lines) if number not in taken).strip("\n")


@lru_cache(maxsize=1024)
def used_names(source: str) -> frozenset[str]:
    """All names that a cell reads, anywhere in it."""
    tree = parse(source)
    nodes = ast.walk(tree) if tree else ()
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


@lru_cache(maxsize=1024)
def uses(source: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """What a cell defines or assigns at top level, each with all names in that statement, in order."""
    tree, found = parse(source), []
    for node in tree.body if tree else ():
        names = frozenset(child.id for child in ast.walk(node) if isinstance(child, ast.Name))
        found += [(name, names) for name in targets(node)]
    return tuple(found)


def in_place(source: str) -> set[str]:
    """The functions of a cell that seem to change what they are given, by assignment or by a method."""
    found, tree = set(), parse(source)
    for function in ast.walk(tree) if tree else ():
        if isinstance(function, FUNCTION):
            given = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
            for node in ast.walk(function):
                changed: ast.AST | None = node.target if isinstance(node, ast.AugAssign) else None
                if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
                    changed = node
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    changed = node.func if node.func.attr in CHANGING else None
                while isinstance(changed, ast.Subscript | ast.Attribute):
                    changed = changed.value
                if isinstance(changed, ast.Name) and changed.id in given:
                    found.add(function.name)
    return found


def targets(node: ast.stmt) -> Iterator[str]:
    """Yield the names that one statement defines or assigns; imports are not among them."""
    if isinstance(node, (*FUNCTION, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (
                part.id for part in ast.walk(target) if isinstance(part, ast.Name) and _is_stored(part)
            )


def definitions(source: str, cell: int = 0) -> Iterator[Definition]:
    """Yield the imports, functions, classes and literal values that a cell binds at top level, in order."""
    tree = parse(source)
    for node in tree.body if tree else ():
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                one: ast.stmt = ast.Import([alias])
                if isinstance(node, ast.ImportFrom):
                    one = ast.ImportFrom(node.module, [alias], node.level)
                name = alias.asname or alias.name.partition(".")[0]
                yield Definition(name, "import", ast.unparse(one), cell)
        elif isinstance(node, (*FUNCTION, ast.ClassDef)):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            yield Definition(node.name, kind, ast.unparse(node), cell)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _is_literal(node.value):
            for name in targets(node):
                if _is_simple(node) and node.value:
                    yield Definition(name, "value", f"{name} = {ast.unparse(node.value)}", cell)
                else:
                    yield Definition(name, "value", ast.unparse(node), cell)


def imported_modules(source: str) -> list[str]:
    """What a cell imports, by full name; ``from a import b`` may mean a module ``a.b`` as well as ``a``."""
    tree, found = parse(source), []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{one.name}" for one in node.names if one.name != "*")]
    return list(dict.fromkeys(found))


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _is_simple(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether every target is one name, so that each can be assigned alone."""
    ends = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(isinstance(target, ast.Name) for target in ends)


def _is_literal(node: ast.expr | None) -> bool:
    try:
        ast.literal_eval(node or "")
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, AttributeError):
        return False
    return True
