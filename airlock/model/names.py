"""Which names a cell's text binds, found without running it."""

import ast
import re
import symtable
from collections.abc import Iterator
from functools import lru_cache

from airlock.model.magics import without_magics

LONGEST = 200_000  # characters; nobody writes a longer cell, and parsing one takes seconds
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
BEGINS = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


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
        return ast.parse(without_magics(source))
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
def global_reads(source: str) -> frozenset[str]:
    """The names that a cell takes from the cells before it, in its functions as well."""
    scopes = _scopes(source)
    if not scopes:
        return used_names(source)
    own = {symbol.get_name() for symbol in scopes[0].get_symbols() if symbol.is_assigned()}
    top = {symbol.get_name() for symbol in scopes[0].get_symbols() if symbol.is_referenced()}
    return (_globals_in(scopes[1:]) | top) - own


@lru_cache(maxsize=1024)
def inner_reads(source: str) -> frozenset[str]:
    """The globals that the functions of a cell read, those that it defines itself too."""
    return _globals_in(_scopes(source)[1:]) | inner_sets(source)  # to Python, ``x += 1`` only binds


@lru_cache(maxsize=1024)
def inner_sets(source: str) -> frozenset[str]:
    """The globals that the functions of a cell bind anew."""
    symbols = (one for scope in _scopes(source)[1:] for one in scope.get_symbols())
    return frozenset(one.get_name() for one in symbols if one.is_declared_global() and one.is_assigned())


def _globals_in(scopes: list[symtable.SymbolTable]) -> frozenset[str]:
    read = (one for scope in scopes for one in scope.get_symbols() if one.is_referenced())
    return frozenset(one.get_name() for one in read if one.is_global())


def _scopes(source: str) -> list[symtable.SymbolTable]:
    """The scopes of a cell, that of the cell itself first; none where Python cannot tell."""
    tree = parse(source)
    try:
        found = [symtable.symtable(ast.unparse(tree), "cell", "exec")] if tree else []
    except (SyntaxError, ValueError, RecursionError):
        return []
    for scope in found:  # which grows meanwhile
        found += scope.get_children()
    return found


@lru_cache(maxsize=1024)
def uses(source: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """What a cell defines or assigns at top level, each with all names in that statement, in order."""
    tree, found = parse(source), []
    for node in tree.body if tree else ():
        names = frozenset(child.id for child in ast.walk(node) if isinstance(child, ast.Name))
        found += [(name, names) for name in targets(node)]
    return tuple(found)


def targets(node: ast.stmt) -> Iterator[str]:
    """Yield the names that one statement defines or assigns; imports are not among them."""
    if isinstance(node, (*FUNCTION, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            names = (part for part in ast.walk(target) if isinstance(part, ast.Name))
            yield from (name.id for name in names if isinstance(name.ctx, ast.Store))


def imported_modules(source: str) -> list[str]:
    """What a cell imports, by full name; ``from a import b`` may mean a module ``a.b`` as well as ``a``."""
    tree, found = parse(source), []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{one.name}" for one in node.names if one.name != "*")]
    return list(dict.fromkeys(found))
