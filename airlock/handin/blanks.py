"""Which blanks of an assignment a student left as they were."""

import ast

from nbformat import NotebookNode

from airlock.handin.match import same, wanted
from airlock.model.assignment import MasterCell, MasterNotebook
from airlock.model.names import FUNCTION, functions, parse


def blanks_left(notebook: NotebookNode, master: MasterNotebook) -> list[str]:
    """Return the blanks of a mended notebook that nobody filled in.

    A blank is ``name = ...``; it is left if nothing else in its function gives the name a value, and reads
    ``"function: name"``. Of an answer cell without such blanks, the grade_id says that the stub is untouched.
    """
    graded = {c.metadata.nbgrader.get("grade_id"): c for c in notebook.cells if "nbgrader" in c.metadata}
    own = [c.source for c in notebook.cells if c.cell_type == "code" and "nbgrader" not in c.metadata]
    left: list[str] = []
    for grade_id, stub in master.answers.items():
        answer = graded[grade_id].source
        elsewhere = [source for source in own if _answers(source, stub)]
        if _blanks(stub.released, grade_id) and stub.node.cell_type == "code":
            asked = _blanks(stub.released, grade_id)
            in_force = elsewhere[-1] if elsewhere and same(answer, stub.released) else answer
            left.extend(blank for blank in _blanks(in_force, grade_id) if blank in asked)
        elif not elsewhere and (same(answer, stub.released) or _is_copy(answer, stub)):
            left.append(grade_id)
    return left


def _answers(source: str, stub: MasterCell) -> bool:
    """Whether a cell of the student's own defines what an answer is to define."""
    return bool(wanted(stub) & functions(source)) and not _is_copy(source, stub)


def _is_copy(source: str, stub: MasterCell) -> bool:
    """Whether a cell defines the functions of an empty answer just as they are there."""
    names = wanted(stub) & functions(source)
    return bool(names) and _defined(source, names) == _defined(stub.released, names)


def _defined(source: str, names: frozenset[str]) -> list[str]:
    tree = parse(source)
    return [ast.unparse(node) for node in tree.body if getattr(node, "name", "") in names] if tree else []


def _blanks(source: str, grade_id: str) -> list[str]:
    """Names whose only value is ``...``, by function, in the order of the text."""
    tree = parse(source)
    if tree is None:
        return []
    scopes: list[tuple[str, ast.AST]] = [
        (node.name, node) for node in tree.body if isinstance(node, FUNCTION)
    ]
    scopes.append((grade_id, ast.Module([node for node in tree.body if not isinstance(node, FUNCTION)], [])))
    return [f"{name}: {blank}" for name, scope in scopes for blank in _blank_names(scope)]


def _blank_names(scope: ast.AST) -> list[str]:
    stored = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    empty = [
        target
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_ellipsis(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    filled = {name.id for name in stored if name not in empty}
    ordered = sorted(empty, key=lambda name: (name.lineno, name.col_offset))
    return list(dict.fromkeys(name.id for name in ordered if name.id not in filled))


def _is_ellipsis(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis
