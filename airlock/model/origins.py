"""Where a name of a test comes from: which statement of the assignment binds it last before the test.

What the instructor's own text binds is made again in the grader; only what an answer is to define is asked
of the student's kernel, so that no helper of a test can be replaced by one of the student's.
"""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from airlock.model.names import FUNCTION, parse

if TYPE_CHECKING:
    from airlock.model.assignment import MasterCell

EXCEPTIONS = {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
}
Owner = Literal["given", "answer", "test"]
Kind = Literal["import", "star", "definition", "class", "constant", "value"]
SCOPES = (*FUNCTION, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Binding:
    """A statement that binds a name. ``source`` is its text, alone."""

    name: str  # "*" for a star import
    kind: Kind
    source: str
    owner: Owner = "given"
    place: int = 0  # of its cell in the notebook


def all_bindings(cells: Sequence["MasterCell"]) -> dict[str, list[Binding]]:
    """What the cells of a notebook of the assignment bind: by name, in order; "*" are the star imports."""
    found: dict[str, list[Binding]] = {}
    exceptions, assigned = set(EXCEPTIONS), _assigned(cells)
    for one in _in_order(cells):
        if one.kind == "class" and _bases(one.source) and _bases(one.source) <= exceptions:
            exceptions.add(one.name)  # which a student's function may raise, and a test expect
            one = replace(one, kind="definition")
        elif one.kind == "constant" and assigned[one.name] != 1:
            one = replace(one, kind="value")
        found.setdefault(one.name, []).append(one)
    return found


def _in_order(cells: Sequence["MasterCell"]) -> Iterator[Binding]:
    for place, cell in enumerate(cells):
        if cell.node.cell_type != "code":
            continue
        if cell.kind != "answer":
            owner: Owner = "test" if cell.kind == "test" else "given"
            for one in bindings(cell.node.source):
                yield replace(one, owner=owner, place=place)
            continue
        asked = {*cell.own, *(name for name, _ in cell.imports)}
        for one in bindings(cell.released):
            if one.name not in asked:
                yield replace(one, place=place)
        for name, source in cell.imports:
            yield Binding(name, "star" if name == "*" else "import", source, "answer", place)
        for name in cell.own:
            yield Binding(name, "value", "", "answer", place)


def _bases(source: str) -> set[str]:
    node = ast.parse(source).body[0]
    return {getattr(base, "id", "?") for base in node.bases} if isinstance(node, ast.ClassDef) else set()


def _assigned(cells: Sequence["MasterCell"]) -> Counter[str]:
    """How often each name is assigned, anywhere in the cells."""
    trees = (parse(cell.node.source) for cell in cells if cell.node.cell_type == "code")
    nodes = (node for tree in trees if tree for node in ast.walk(tree))
    return Counter(n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))


@lru_cache(maxsize=1024)
def bindings(source: str) -> tuple[Binding, ...]:
    """What the top level of a cell binds, in order; also within ``if``, ``try``, ``with`` and loops."""
    tree = parse(source)
    return tuple(one for node in tree.body for one in _of_statement(node)) if tree else ()


@lru_cache(maxsize=1024)
def own_bindings(reference: str, released: str) -> tuple[tuple[str, ...], tuple[Binding, ...]]:
    """Split what an answer cell binds: the names that students are to define, and what imports of the
    reference solution bind.

    A statement that students are given word for word is the instructor's, unless all of the cell is given.
    """
    own: dict[str, None] = {}
    imports: dict[str, Binding] = {}
    given = {} if reference.strip() == released.strip() else _dumps(released)
    tree = parse(reference)
    for node in tree.body if tree else ():
        if given.get(ast.dump(node)) and _is_definition(node):
            continue
        for one in _of_statement(node):
            if one.kind in ("import", "star"):
                imports[one.name] = one
            else:
                own[one.name] = None
                imports.pop(one.name, None)
    return tuple(own), tuple(one for one in imports.values() if one.name not in own)


def names_of(source: str) -> set[str]:
    """All names that the top level of a cell binds, imports included."""
    return {one.name for one in bindings(source)}


def _dumps(source: str) -> dict[str, bool]:
    tree = parse(source)
    return {ast.dump(node): True for node in tree.body} if tree else {}


def _of_statement(node: ast.stmt) -> Iterator[Binding]:
    text = ast.unparse(node)
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            one: ast.stmt = ast.Import([alias])
            if isinstance(node, ast.ImportFrom):
                one = ast.ImportFrom(node.module, [alias], node.level)
            name = alias.asname or alias.name.partition(".")[0]
            yield Binding(name, "star" if name == "*" else "import", ast.unparse(one))
        return
    names = dict.fromkeys(bound(node))
    for name in names:
        if isinstance(node, ast.ClassDef):
            yield Binding(name, "class", text)
        elif _is_definition(node):
            yield Binding(name, "definition", text)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _is_constant(node.value):
            yield Binding(name, "constant", text)
        else:
            yield Binding(name, "value", text)
    if not isinstance(node, SCOPES):
        for child in ast.walk(node):
            if isinstance(child, ast.ImportFrom) and child.names[0].name == "*":
                yield Binding("*", "star", text)


def bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds in its own scope."""
    if isinstance(node, (*FUNCTION, ast.ClassDef)):
        yield node.name
        for child in ast.walk(node):
            if isinstance(child, ast.Global):
                yield from child.names
        return
    if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        yield from (c.target.id for c in ast.walk(node) if isinstance(c, ast.NamedExpr))
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (a.asname or a.name.partition(".")[0] for a in node.names if a.name != "*")
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    for child in ast.iter_child_nodes(node):
        yield from bound(child)


def _is_definition(node: ast.stmt) -> bool:
    """Whether a statement only imports and defines, so that it can be made again anywhere."""
    if isinstance(node, (*FUNCTION, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass, ast.Raise)):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda):
        return True
    if isinstance(node, ast.Try):
        parts = [*node.body, *node.orelse, *node.finalbody, *(s for h in node.handlers for s in h.body)]
    elif isinstance(node, ast.If):
        parts = [*node.body, *node.orelse]
    else:
        return False
    return all(_is_definition(part) or _is_plain(part) for part in parts)


def _is_plain(node: ast.stmt) -> bool:
    """A constant assigned, or a word printed: what stands beside imports that are tried."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return _is_constant(node.value)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Call)


def _is_constant(node: ast.expr | None) -> bool:
    """Whether an expression is a literal that nobody can change in place."""
    try:
        value = ast.literal_eval(node) if node is not None else []
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, AttributeError):
        return False
    return not isinstance(value, list | dict | set)
