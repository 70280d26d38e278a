"""Functions and classes by the names under which both sides find them."""

import inspect
import sys
import types
from typing import Any

import numpy as np

KINDS: tuple[type, ...] = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, type),
    *(types.MethodDescriptorType, types.WrapperDescriptorType, type(np.sum)),
)


def place_of(value: Any) -> list[str] | None:
    """Module and path of a function or class that is found there; None for any other value."""
    if isinstance(value, np.ufunc):
        name = getattr(value, "__name__", "")
        return ["numpy", name] if getattr(np, name, None) is value else None
    mocked = inspect.isclass(type(value)) and type(value).__module__ == "unittest.mock"
    if not isinstance(value, KINDS) or mocked:
        return None
    owner = getattr(value, "__objclass__", None)
    module = getattr(owner or value, "__module__", None)
    path = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if type(module) is not str or type(path) is not str:
        return None
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return [module, path] if found is value and "<" not in path else None
