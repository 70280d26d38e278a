"""Functions of the student as a test sees them: called in the kernel, and told of without their code.

What a test reads of a function's text is the notebook's own: the student's side cannot show it another.
"""

import ast
import functools
import inspect
import itertools
import linecache
import types
from typing import Any, cast

from airlock.model.names import parse
from airlock.wire.places import place_of


def _asked(name: str) -> Any:
    """An attribute that every Python function has, so that it must be asked for by a property."""
    return property(lambda self: self._bridge.attribute(self, name))


class RemoteFunction:
    """Stands for a function of the student: calling it has the student's kernel call the function.

    Arguments are sent as copies; what the function changed in them is carried over afterwards.
    """

    def __init__(
        self, bridge: Any, name: str, number: int, of: str = "function", place: Any = None, path: str = ""
    ):
        """``of``: the name of its type. ``place``: module and path under which the kernel finds the function,
        if it does; ``path``: its qualified name, which has that of its class.
        """
        self.__name__ = name
        self._bridge, self._number, self._of = bridge, number, of
        self._place, self._path = place, path or name

    def __eq__(self, other: Any) -> bool:
        """Of the student's, only itself is equal; else what is found under the name that the kernel tells."""
        if type(other) is RemoteFunction or self._place is None:
            return other is self
        return place_of(other) == self._place

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """What the student's function returns for these arguments."""
        return self._bridge.call(self, arguments, keywords)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and not name.startswith("__"):
            raise AttributeError(name)
        return self._bridge.attribute(self, name)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return {"method": types.MethodType, "builtin_function_or_method": types.BuiltinFunctionType}.get(
            self._of, types.FunctionType
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            self._bridge.operate("set attribute", self, name, (value,))

    def __delattr__(self, name: str) -> None:
        self._bridge.operate("delete attribute", self, name)

    def __get__(self, value: Any, _kind: Any = None) -> Any:
        return self if value is None else functools.partial(self, value)

    __doc__ = _asked("__doc__")
    __module__ = _asked("__module__")
    __dict__ = _asked("__dict__")
    __annotations__ = _asked("__annotations__")

    @property
    def __signature__(self) -> inspect.Signature:
        return make_signature(*self._bridge.operate("signature", self))

    @property
    def __code__(self) -> types.CodeType:
        return make_code(self._bridge.operate("code", self), self._bridge.references.sources)

    def __repr__(self) -> str:
        return f"<function {self.__name__} of the submission>"


def make_signature(parameters: list, returned: list) -> inspect.Signature:
    """The signature that the kernel tells of: name, kind, default and annotation of each parameter."""
    missing, kinds = inspect.Parameter.empty, cast(Any, type(inspect.Parameter.KEYWORD_ONLY))
    made = [
        inspect.Parameter(
            name,
            kinds(kind),
            default=default[0] if default else missing,
            annotation=annotation[0] if annotation else missing,
        )
        for name, kind, default, annotation in parameters
    ]
    return inspect.Signature(made, return_annotation=returned[0] if returned else missing)


@functools.lru_cache(maxsize=256)
def _functions(cell: str) -> tuple[tuple[str, int, int], ...]:
    """Name, first and last line of each function that a cell of the notebook defines."""
    tree, found = parse(cell), []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            found.append((getattr(node, "name", "<lambda>"), first - 1, node.end_lineno or first))
    return tuple(found)


def _defines(cell: str, name: str, source: str) -> bool:
    """Whether a cell of the notebook defines a function of this name in these very lines."""
    if name == "<lambda>" and source.strip() in cell:
        return any(known == name for known, _, _ in _functions(cell))
    # The kernel's cells have no spaces in lines that are empty but for them.
    told, lines = ([line.strip() and line for line in text.splitlines()] for text in (source.rstrip(), cell))
    return any(
        known == name
        and lines[first : first + len(told)] == told
        # Comments that end a function belong to it.
        and all(line.lstrip()[:1] in ("", "#") for line in lines[last : first + len(told)])
        and first + len(told) >= last
        for known, first, last in _functions(cell)
    )


def make_code(told: dict, sources: list[str]) -> types.CodeType:
    """A code object that tells of the student's, and does nothing; its text is the notebook's."""
    name, source, line = str(told["co_name"]), str(told["source"]), int(told["co_firstlineno"])
    if not any(_defines(one, name, source) for one in sources if source):
        source = ""
    file = f"<answer {name} {abs(hash(source))}>"
    lines = list(itertools.repeat("\n", max(0, min(line, 10_000) - 1))) + source.splitlines(keepends=True)
    if source:
        linecache.cache[file] = (len(source), None, lines, file)
    replaced = {
        key: told[key] for key in told if key.startswith("co_") and key not in ("co_name", "co_flags")
    }
    locals_ = len(replaced["co_varnames"])
    empty = compile("", file, "exec")
    kind = int(told["co_flags"]) & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR)
    return empty.replace(co_name=name, co_nlocals=locals_, co_flags=empty.co_flags | kind, **replaced)
