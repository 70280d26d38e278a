"""Mutation operators: what one slip makes of an expression, a statement or a function.

The usual ones of mutation testing, as in cosmic-ray and mutmut, whose packages would bring along web
servers, databases and parsers of their own, and those that make sense only for arrays.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy

from airlock.check.mistakes import SWAPS, WHOLE, Function

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
OPPOSITES = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}


def expressions(node: ast.expr, function: Function | None, whole: bool) -> Iterator[str]:
    """Yield what a slip makes of an expression. ``whole``: it is all that a statement returns or assigns."""
    text = ast.unparse(node)
    if whole:
        yield from (template.replace("{}", text) for template in WHOLE)
    match node:
        case ast.BinOp():
            yield from _arithmetic(node)
        case ast.BoolOp():
            other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
            yield ast.unparse(ast.BoolOp(other, node.values))
            yield from map(ast.unparse, node.values)
        case ast.Compare():
            yield from _comparison(node)
        case ast.UnaryOp():
            yield ast.unparse(node.operand)
        case ast.Call():
            yield from _call(node)
        case ast.Attribute(attr="T"):
            yield ast.unparse(node.value)
        case ast.Attribute():
            others = SWAPS.get(node.attr, ())
            yield from (ast.unparse(ast.Attribute(node.value, name, ast.Load())) for name in others)
        case ast.Subscript():
            yield from _subscript(node)
        case ast.IfExp():
            yield from (ast.unparse(node.body), ast.unparse(node.orelse))
            yield ast.unparse(ast.IfExp(node.test, node.orelse, node.body))
        case ast.Tuple() | ast.List() if len(node.elts) > 1:
            yield from _sequence(node)
        case ast.Constant():
            yield from _constant(node)
        case ast.Name():
            yield from _name(node, function)


def statements(node: ast.stmt) -> Iterator[str]:
    """Yield what a slip makes of a statement."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Assign() | ast.AugAssign() | ast.Expr() | ast.Raise() | ast.Assert() | ast.Delete():
            yield "pass"
        case ast.If():
            for test in (ast.Constant(True), ast.Constant(False), ast.UnaryOp(ast.Not(), node.test)):
                yield _indented(ast.If(test, node.body, node.orelse), node)
        case ast.For():
            for change in ("({})[1:]", "({})[:-1]", "[]"):
                values = change.replace("{}", f"list({ast.unparse(node.iter)})")
                other = deepcopy(node)
                other.iter = ast.parse(values, mode="eval").body
                yield _indented(other, node)
            yield _indented(ast.For(node.target, node.iter, [*node.body, ast.Break()], []), node)
        case ast.While():
            yield "pass"
        case ast.Break():
            yield "continue"
        case ast.Continue():
            yield from ("break", "pass")
    if isinstance(node, ast.AugAssign):
        for kind in ARITHMETIC if isinstance(node.op, ARITHMETIC) else BITS:
            yield ast.unparse(ast.AugAssign(node.target, kind(), node.value))
        yield f"{ast.unparse(node.target)} = {ast.unparse(node.value)}"


def _arithmetic(node: ast.BinOp) -> Iterator[str]:
    kinds = ARITHMETIC if isinstance(node.op, ARITHMETIC) else BITS
    for kind in kinds:
        if not isinstance(node.op, kind):
            yield ast.unparse(ast.BinOp(node.left, kind(), node.right))
    yield ast.unparse(ast.BinOp(node.right, node.op, node.left))
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    yield from (left, right)
    sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}.get(type(node.op))
    if sign:
        yield from (f"({left}).T {sign} ({right})", f"({left}) {sign} ({right}).T")
        yield from (f"2 * ({left}) {sign} ({right})", f"({left}) {sign} (2 * ({right}))")
        yield from (f"({left}).sum() {sign} ({right})", f"({left}) {sign} ({right}).sum()")
        yield from (f"({left}).mean() {sign} ({right})", f"({left}) {sign} ({right}).mean()")


def _comparison(node: ast.Compare) -> Iterator[str]:
    for place, operator in enumerate(node.ops):
        kinds = [OPPOSITES[type(operator)]] if type(operator) in OPPOSITES else ORDERS
        for kind in kinds:
            if not isinstance(operator, kind):
                ops = [*node.ops[:place], kind(), *node.ops[place + 1 :]]
                yield ast.unparse(ast.Compare(node.left, ops, node.comparators))
    yield f"not ({ast.unparse(node)})"


def _call(node: ast.Call) -> Iterator[str]:
    name = ast.unparse(node.func)
    if isinstance(node.func, ast.Name):
        for other in SWAPS.get(name, ()):
            yield ast.unparse(ast.Call(ast.Name(other), node.args, node.keywords))
    yield from map(ast.unparse, node.args)  # the call forgotten
    if isinstance(node.func, ast.Attribute):
        yield ast.unparse(node.func.value)
    for place in range(len(node.args)):
        yield ast.unparse(ast.Call(node.func, [*node.args[:place], *node.args[place + 1 :]], node.keywords))
    for place in range(len(node.args) - 1):
        first, second = node.args[place : place + 2]
        swapped = [*node.args[:place], second, first, *node.args[place + 2 :]]
        yield ast.unparse(ast.Call(node.func, swapped, node.keywords))
    for place, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield ast.unparse(ast.Call(node.func, node.args, rest))
        if keyword.arg == "axis":
            for axis in (0, 1, -1, None):
                changed = [*rest, ast.keyword("axis", ast.Constant(axis))]
                yield ast.unparse(ast.Call(node.func, node.args, changed))


def _subscript(node: ast.Subscript) -> Iterator[str]:
    value = ast.unparse(ast.Attribute(node.value, "_")).removesuffix("._")  # in parentheses if it needs them
    index = node.slice
    yield value
    if isinstance(index, ast.Slice):
        low, high = (ast.unparse(end) if end else None for end in (index.lower, index.upper))
        step = f":{ast.unparse(index.step)}" if index.step else ""
        yield f"{value}[{f'({low}) + 1' if low else '1'}:{high or ''}{step}]"
        yield f"{value}[{low or ''}:{f'({high}) - 1' if high else '-1'}{step}]"
        if low:
            yield f"{value}[:{high or ''}{step}]"
        if high:
            yield f"{value}[{low or ''}:{step}]"
    elif isinstance(index, ast.Tuple) and len(index.elts) == 2:
        yield f"{value}[{ast.unparse(index.elts[1])}, {ast.unparse(index.elts[0])}]"
    elif not isinstance(index, ast.Constant) or isinstance(index.value, int):
        yield from (f"{value}[({ast.unparse(index)}) + 1]", f"{value}[({ast.unparse(index)}) - 1]")


def _sequence(node: ast.Tuple | ast.List) -> Iterator[str]:
    for place in range(len(node.elts)):
        yield ast.unparse(type(node)([*node.elts[:place], *node.elts[place + 1 :]], ast.Load()))
    for place in range(len(node.elts) - 1):
        one, other = node.elts[place : place + 2]
        yield ast.unparse(type(node)([*node.elts[:place], other, one, *node.elts[place + 2 :]], ast.Load()))


def _constant(node: ast.Constant) -> Iterator[str]:
    value = node.value
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int | float):
        others = [value + 1, value - 1, -value, 2 * value, value / 2, 10 * value, value / 10, value**2, 0, 1]
        yield from (repr(other) for other in others if other != value)
    elif isinstance(value, str):
        yield from (repr(value + "x"), repr(""), repr(value.swapcase()))
    elif value is None:
        yield "0"


def _name(node: ast.Name, function: Function | None) -> Iterator[str]:
    yield from SWAPS.get(node.id, ())
    if function is None:
        return
    known = [argument.arg for argument in function.args.args]
    known += [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    if node.id in known:
        yield from (name for name in dict.fromkeys(known) if name not in (node.id, "self"))
        yield from (f"{node.id}.T", f"-{node.id}", f"{node.id} + 1", f"2 * {node.id}", f"0 * {node.id}")


def _indented(new: ast.stmt, old: ast.stmt) -> str:
    """The text of a statement that stands where ``old`` stood."""
    return ast.unparse(ast.fix_missing_locations(new)).replace("\n", "\n" + " " * old.col_offset)
