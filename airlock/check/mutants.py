"""Wrong answers made by rule: each is the reference solution of one answer cell with a single change."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from airlock.check import mistakes, operators
from airlock.model.names import FUNCTION, parse


@dataclass(frozen=True)
class Mutant:
    """The text of an answer cell with one change. ``line`` counts from 1 in the reference's text."""

    cell: str  # grade_id
    source: str
    line: int
    before: str
    after: str

    @property
    def name(self) -> str:
        """What ``--allow`` takes: the same as long as reference and change are the same."""
        return f"{self.cell}:{hashlib.sha256(self.source.encode()).hexdigest()[:8]}"


def mutants(cell: str, source: str, others: Iterable[str] = ()) -> list[Mutant]:
    """Return the mutants of a reference's text; no two of them are the same program.

    ``others`` are the texts of other answer cells, whose functions are tried in place of this cell's.
    """
    source = source.rstrip("\n")
    tree = parse(source)
    if tree is None:
        return []
    found, seen = [], {_program(source)}
    for start, end, text in [*_changes(tree, source), *_other_answers(tree, source, others)]:
        changed = source[:start] + text + source[end:]
        program = _program(changed)
        if program is None or program in seen:
            continue
        seen.add(program)
        found.append(_mutant(cell, source, changed, source.count("\n", 0, start)))
    return found


def _program(source: str) -> str | None:
    """Equal for equal programs; None for what is none."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _mutant(cell: str, source: str, changed: str, line: int) -> Mutant:
    old, new = source.split("\n"), changed.split("\n")
    same = 0
    while same < min(len(old), len(new)) - line and old[-1 - same] == new[-1 - same]:
        same += 1
    before, after = old[line : len(old) - same], new[line : len(new) - same]
    while before and after and before[0] == after[0]:
        line, before, after = line + 1, before[1:], after[1:]
    return Mutant(cell, changed, line + 1, "\n".join(before), "\n".join(after))


def _changes(tree: ast.Module, source: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of a piece of the text, in characters, and what to put there instead."""
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    lines = source.split("\n")

    def place(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for function, node, whole in _walk(tree, None):
        start, end = place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)
        if isinstance(node, ast.expr):
            for text in operators.expressions(node, function, whole):
                yield start, end, text if whole or _stands_alone(text) else f"({text})"
        else:
            for text in operators.statements(node):
                yield start, end, text
        if isinstance(node, FUNCTION):
            body = node.body[1:] if _has_docstring(node) else node.body
            if body and body[0].lineno > node.lineno:
                first = body[0]
                at = place(first.lineno, first.col_offset)
                for text in mistakes.first_lines(node):
                    yield at, at, f"{text}\n{' ' * first.col_offset}"
                for last in (one for one in ast.walk(node) if isinstance(one, ast.Return)):
                    at = place(last.lineno, last.col_offset)
                    for text in mistakes.last_lines(node):
                        yield at, at, f"{text}\n{' ' * last.col_offset}"
                if node in tree.body:
                    at = len(source)
                    for text in mistakes.kept_states(node):
                        yield at, at, f"\n{text}"


def _walk(node: ast.AST, function: ast.AST | None) -> Iterator[tuple]:
    """Yield statements and values below ``node``: the function around each, it, whether it stands alone."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "returns", "annotation", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.JoinedStr) or _is_blank(child):
                continue
            if name == "body" and _has_docstring(node) and child is value[0]:
                continue
            stored = isinstance(getattr(child, "ctx", None), ast.Store | ast.Del)
            if isinstance(child, ast.stmt) or isinstance(child, ast.expr) and not stored:
                yield function, child, isinstance(node, ast.stmt) and name == "value"
            yield from _walk(child, child if isinstance(child, FUNCTION) else function)


def _is_blank(node: ast.AST) -> bool:
    """Whether a statement is the line of a blank, ``name = ...``, which the solution's line follows."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
    return isinstance(value, ast.Constant) and value.value is ...


def _stands_alone(text: str) -> bool:
    """Whether an expression means the same anywhere in another, without parentheses around it."""
    try:
        kinds = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List)
        return isinstance(ast.parse(text, mode="eval").body, kinds)
    except (SyntaxError, ValueError):
        return False


def _has_docstring(node: ast.AST) -> bool:
    kinds = (*FUNCTION, ast.ClassDef, ast.Module)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def _other_answers(tree: ast.Module, source: str, others: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Put the function of another answer, which takes as many arguments, in the place of this one."""
    own = [node for node in tree.body if isinstance(node, FUNCTION)]
    for text in others:
        for other in [node for node in (parse(text) or tree).body if isinstance(node, FUNCTION)]:
            for node in own:
                same = len(node.args.args) == len(other.args.args)
                if same and node.name != other.name:
                    piece = ast.get_source_segment(text, other)
                    yield len(source), len(source), f"\n{piece}\n{node.name} = {other.name}"
