"""Which tests and other cells can depend on an answer cell: read from names, and from what tests asked."""

import ast
import symtable
from collections.abc import Sequence
from functools import lru_cache

from airlock.model.assignment import MasterCell, MasterNotebook
from airlock.model.names import FUNCTION, bound_names, parse
from airlock.model.origins import bindings


@lru_cache(maxsize=4096)
def globals_used(source: str) -> frozenset[str]:
    """Names that a text looks up as globals, and its strings that could be such names."""
    tree = parse(source)
    if tree is None:
        return frozenset()
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    names = {value for value in values if isinstance(value, str) and value.isidentifier() and len(value) > 2}
    try:
        tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(names | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found = table.get_symbols()
        top = table.get_type() == "module"
        names |= {one.get_name() for one in found if one.is_referenced() and (top or one.is_global())}
    return frozenset(names)


class Dependence:
    """What depends on what in a notebook whose answer cells hold ``references`` (text by grade_id).

    ``asked`` is to have, by position of a test that the reference passes, what it asks the kernel for.
    """

    def __init__(self, notebook: MasterNotebook, references: dict[str, str]):
        self.notebook, self.references = notebook, references
        self.asked: dict[int, set[str]] = {}
        self._uses: dict[str, set[str]] = {}
        self._again: dict[tuple[int, tuple[int, ...]], bool] = {}
        self._imported: set[str] = set()
        for cell in notebook.cells:
            source = self.source(cell)
            if cell.kind == "test" or cell.node.cell_type != "code":
                continue
            tree = parse(source)
            self._imported.update(one.name for one in bindings(source) if one.kind in ("import", "star"))
            for node in tree.body if tree else ():
                for name in bound_names(ast.unparse(node)):
                    self._uses.setdefault(name, set()).update(globals_used(ast.unparse(node)))

    def source(self, cell: MasterCell) -> str:
        """The text of a cell of the reference."""
        return self.references.get(cell.grade_id or "", cell.node.source)

    def reach(self, names: set[str]) -> set[str]:
        """Those names, and all that what they stand for uses in turn."""
        found, ask = set(), list(names)
        while ask:
            name = ask.pop()
            if name not in found:
                found.add(name)
                ask += self._uses.get(name, ())
        return found

    def names(self, position: int) -> frozenset[str]:
        """What the answer cell at a position binds."""
        return bound_names(self.source(self.notebook.cells[position]))

    def tests(self, position: int) -> list[int]:
        """Positions of the tests behind an answer cell that can depend on it."""
        own = self.names(position)
        return [
            place
            for place, cell in enumerate(self.notebook.cells)
            if cell.kind == "test" and place > position and not own.isdisjoint(self._needs(place))
        ]

    def own_tests(self, position: int) -> list[int]:
        """Positions of the tests that are this answer's own: that name it, before the next answer."""
        cells, names = self.notebook.cells, self.names(position)
        tests = [place for place, cell in enumerate(cells) if cell.kind == "test" and place > position]
        naming = [place for place in tests if names & globals_used(cells[place].node.source)]
        later = (p for p, cell in enumerate(cells) if cell.kind == "answer" and p > position)
        end = next((p for p in later if any(position < test < p for test in tests)), len(cells))
        near = [place for place in tests if place < end]
        return [place for place in naming if place in near] or naming or near

    def must_run_again(self, position: int, tests: Sequence[int]) -> bool:
        """Whether a change in an answer can show in values that cells have computed for one of ``tests``."""
        key = position, tuple(tests)
        if key not in self._again:
            self._again[key] = self._must_run_again(position, tests)
        return self._again[key]

    def _must_run_again(self, position: int, tests: Sequence[int]) -> bool:
        if not only_defines(self.source(self.notebook.cells[position])):
            return True
        needed = {name for place in tests for name in self._needs(place)}
        changed = set(self.names(position))
        for cell in self.notebook.cells[position + 1 : max(tests, default=0)]:
            if cell.kind in ("test", "answer") or cell.node.cell_type != "code":
                continue
            used, bound = _computed(self.source(cell))
            bound -= self._imported
            if not changed.isdisjoint(self.reach(set(used))):
                changed |= bound
                if bound & needed:
                    return True
        return False

    def _needs(self, place: int) -> set[str]:
        """What a test can depend on; one that the reference passed, on what it asked the kernel for then."""
        if place in self.asked:
            return self.reach(self.asked[place])
        source = self.notebook.cells[place].node.source
        return self.reach(set(globals_used(source)) - bound_names(source))


@lru_cache(maxsize=1024)
def _computed(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a cell uses and what it may change while it runs, its definitions of functions aside."""
    tree = parse(source)
    body = [node for node in tree.body if not isinstance(node, (*FUNCTION, ast.ClassDef))] if tree else []
    text = ast.unparse(ast.Module(body, []))
    nodes = [inner for node in body for inner in ast.walk(node)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    roots = [_root(n) for n in nodes if isinstance(n, ast.Attribute | ast.Subscript)]
    return globals_used(text), frozenset(stored | {root.id for root in roots if isinstance(root, ast.Name)})


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def only_defines(source: str) -> bool:
    """Whether a cell only defines functions and classes, and imports."""
    tree = parse(source)
    kinds = (*FUNCTION, ast.ClassDef, ast.Import, ast.ImportFrom)
    return tree is not None and all(isinstance(node, kinds) or _is_text(node) for node in tree.body)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
