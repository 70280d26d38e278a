"""What is mistaken for what: functions, values, special cases, inputs, and what is kept between calls."""

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Functions and methods that are taken for one another; each for the others of its line.
ALIKE = """
    sum mean prod cumsum max min median
    maximum minimum fmax add
    exp expm1 log log1p exp2
    log2 log10
    tanh sinh arctan sign sin cos tan
    sqrt square cbrt abs
    std var ptp
    randn rand standard_normal
    normal uniform random
    zeros ones empty
    zeros_like ones_like
    argmax argmin
    any all
    floor ceil round trunc rint
    vstack hstack
    dot multiply matmul outer inner
    append extend insert
    upper lower title
    lstrip rstrip strip
    startswith endswith
    keys values items
    union intersection difference symmetric_difference
    sorted list reversed set
    sort reverse
    index rindex find count
    int float round str
""".strip().splitlines()
SWAPS: dict[str, list[str]] = {}
for line in ALIKE:
    for word in line.split():
        SWAPS.setdefault(word, []).extend(other for other in line.split() if other != word)

# What a whole value may become: of wrong size, order, kind. {} is the value.
WHOLE = [
    line.strip()
    for line in """
    -({})
    2 * ({})
    ({}) / 2
    10 * ({})
    1.01 * ({})
    ({}) + 1
    ({}) - 1
    ({}) + 0.01
    ({}) ** 2
    0 * ({})
    float('nan') * ({})
    abs({})
    round({})
    not ({})
    ({})[::-1]
    ({})[1:]
    ({})[:-1]
    ({})[0]
    ({}).T
    ({}).mean()
    ({}).sum()
    ({}).ravel()
    ({}).astype(int)
    ({}).round(2)
    ({}).tolist()
    ({}) - ({}).mean()
    ({}).clip(-1, 1)
    ({}).clip(0)
    ({}).copy() * (({}) > 0)
    list({})
    sorted({})
    tuple({})
    str({})
    [{}]
    None
    ...
    0
    True
""".strip().splitlines()
]
# A special case that is got wrong: a condition on a parameter p, and what p is taken for then.
SPECIAL = (
    ("hasattr({p}, 'shape') and {p}.ndim and len({p}) == 1", "2 * {p}"),
    ("hasattr({p}, 'shape') and {p}.ndim == 2 and {p}.shape[0] == {p}.shape[1]", "{p}.T"),
    ("hasattr({p}, 'shape') and {p}.ndim == 2 and {p}.shape[0] > {p}.shape[1]", "2 * {p}"),
    ("hasattr({p}, 'shape') and {p}.ndim == 1", "2 * {p}"),
    ("hasattr({p}, 'shape') and {p}.ndim > 2", "2 * {p}"),
    ("hasattr({p}, 'shape') and {p}.size == 0", "None"),
    ("hasattr({p}, 'shape')", "{p} * ({p} > 0)"),
    ("hasattr({p}, 'shape')", "{p} * ({p} < 0)"),
    ("hasattr({p}, 'shape')", "{p}.clip(-10, 10)"),
    ("hasattr({p}, 'shape')", "{p} + ({p} == 0)"),
    ("isinstance({p}, (int, float)) and {p} == 0", "1"),
    ("isinstance({p}, (int, float)) and {p} == 1", "2"),
    ("isinstance({p}, (int, float)) and {p} < 0", "-{p}"),
    ("isinstance({p}, (int, float)) and {p} > 10", "10"),
    ("isinstance({p}, int) and {p} % 2", "{p} - 1"),
    ("isinstance({p}, (list, tuple, str, dict, set)) and len({p}) == 0", "None"),
    ("isinstance({p}, (list, tuple, str)) and len({p}) == 1", "2 * {p}"),
    ("isinstance({p}, (list, tuple, str)) and len({p}) > 1", "{p}[1:]"),
)
IN_PLACE = (
    "if hasattr({p}, 'shape') and {p}.ndim: {p}[...] = 2 * {p} + 1",
    "if isinstance({p}, list): {p}.append(0)",
    "if isinstance({p}, list): {p}.reverse()",
    "if isinstance({p}, (dict, set)): {p}.clear()",
)
KEPT = (
    # The first result for ever; every third result is the one before it.
    "{f} = (lambda f, n: lambda *a, **k: n[0] if n else n.append(f(*a, **k)) or n[0])({f}, [])",
    "{f} = (lambda f, n: lambda *a, **k: n.append(f(*a, **k)) or n[-1 if len(n) % 3 else -2])({f}, [])",
)


def first_lines(function: Function) -> Iterator[str]:
    """Yield lines with which a function may begin wrongly: special cases, early returns, inputs swapped."""
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    for name in names:
        yield f"return {name}"
        for condition, value in SPECIAL:
            yield f"if {condition}: {name} = {value}".replace("{p}", name)
    for one, other in zip(names, names[1:], strict=False):
        yield f"{one}, {other} = {other}, {one}"
    yield "return None"


def last_lines(function: Function) -> Iterator[str]:
    """Yield lines before a return that change an argument in place."""
    for name in [argument.arg for argument in function.args.args if argument.arg != "self"]:
        yield from (line.replace("{p}", name) for line in IN_PLACE)


def kept_states(function: Function) -> Iterator[str]:
    """Yield lines behind a function that make it remember earlier calls."""
    yield from (line.replace("{f}", function.name) for line in KEPT)
