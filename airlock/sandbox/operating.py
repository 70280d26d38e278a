"""What the grader asks of an object or a function of the student, and what it is worth as a plain value."""

import inspect
import types
from collections.abc import Callable
from typing import Any

from airlock.wire import special

# What a class may extend whose values the grader wants to see as such; one of a subclass is taken as the base
# has it, whatever the subclass says of itself.
BASES: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda value: bytes(bytes.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    list: lambda value: list(list.__iter__(value)),
    dict: lambda value: {key: dict.__getitem__(value, key) for key in dict.__iter__(value)},
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
}


def operate(what: str, value: Any, name: str) -> Callable[..., Any]:
    """What the grader asks of an object, as a function of what it gives along."""
    if what == "special":
        return lambda *arguments, **keywords: special.ALL[name](value, *arguments, **keywords)
    asked: dict[str, Callable[..., Any]] = {
        "attribute": lambda: getattr(value, name),
        "set attribute": lambda new: setattr(value, name, new),
        "delete attribute": lambda: delattr(value, name),
        "base": lambda: next(plain(value) for base, plain in BASES.items() if isinstance(value, base)),
        "extend": lambda bases, own: types.new_class(name, tuple(bases), {}, lambda space: space.update(own)),
        "instance": lambda other: isinstance(other, value),
        "subclass": lambda other: issubclass(other, value),
        "signature": lambda: _signature(value),
        "code": lambda: _code(value),
    }
    return asked[what]


def _signature(function: Any) -> tuple:
    """Name, kind, default and annotation of each parameter, and the annotation of what is returned."""
    found, missing = inspect.signature(function), inspect.Parameter.empty
    parameters = [
        (
            one.name,
            int(one.kind),
            [] if one.default is missing else [one.default],
            [] if one.annotation is missing else [one.annotation],
        )
        for one in found.parameters.values()
    ]
    returned = found.return_annotation
    return parameters, [] if returned is inspect.Signature.empty else [returned]


def _code(function: Any) -> dict:
    """What a test may want to know of a function's code; the code itself stays here."""
    code = inspect.unwrap(function).__code__ if not isinstance(function, types.CodeType) else function
    try:
        source = inspect.getsource(code)
    except (OSError, TypeError):
        source = ""
    kept = ["co_name", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_varnames"]
    kept += ["co_names", "co_freevars", "co_cellvars", "co_firstlineno"]
    plain = (bool, int, float, complex, str, bytes, type(None))
    consts = tuple(one for one in code.co_consts if type(one) in plain)
    return {name: getattr(code, name) for name in kept} | {"co_consts": consts, "source": source}
