"""The student's objects that the grader has been told of: each has a number, by which it is asked again.

Runs in the student's process, which may lie: run/standin.py is the other end.
"""

import abc
import builtins
import enum
import importlib
import operator
import pickle
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from airlock.sandbox.given import make_class, make_given
from airlock.sandbox.given import place_of as place_of_given
from airlock.sandbox.operating import BASES
from airlock.wire import databases as databases  # for pickles: nothing of ours is imported later
from airlock.wire import special
from airlock.wire.places import place_of
from airlock.wire.values import Buffer, decode, encode

MOST = 200_000  # objects that are kept; the oldest are not dropped, further ones do not cross
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)
OF_CLASSES = (types.FunctionType, property)  # what ``super()`` may be asked for
PARTS = {"property": property, "staticmethod": staticmethod, "classmethod": classmethod}
MOST_PARENTS = 100
IN_TYPES = {kind: name for name, kind in vars(types).items() if isinstance(kind, type)}


class Objects:
    """Numbers for objects, and back. ``call_back(number, arguments, keywords)`` calls one of the grader's."""

    def __init__(self, call_back: Callable[[int, tuple, dict], Any]):
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}  # id -> number, of objects that are kept alive here
        self._told: set[int] = set()  # classes that were described
        self._telling: list[int] = []
        self._callbacks: dict[Any, Callback] = {}
        self._given: dict[int, Any] = {}  # by place: what stands for objects and classes of the test
        self._call_back = call_back

    def number(self, value: Any) -> int:
        """The number of an object, a new one if it has none."""
        found = self._numbers.get(id(value))
        if found is None:
            if len(self._objects) >= MOST:
                raise ValueError("one object too many")
            found = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return found

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def encode(self, value: Any, given: dict[int, Any] | None = None) -> list:
        """A value as frames; TypeError or ValueError if it cannot cross even by reference.

        ``given``: id -> node, of what the grader is to be told as it has told it itself.
        """
        self._telling.clear()
        try:
            return encode(value, lambda part, pack: (given or {}).get(id(part)) or self.refer(part, pack))
        except BaseException:
            self._told.difference_update(self._telling)
            raise

    def decode(self, frames: Sequence[Buffer], given: dict[int, Any] | None = None) -> Any:
        """What the grader gives along; ``given`` learns by which nodes."""

        def find(node: Any, unpack: Any) -> Any:
            found = self.find(node, unpack)
            if given is not None:
                given[id(found)] = node
            return found

        return decode(frames, find)

    def refer(self, value: Any, pack: Callable[[Any], Any]) -> Any:
        """What the grader is told of an object: number, class, and what it is worth as a plain value."""
        if isinstance(value, Callback):
            return {"callback": value.number}
        if (place := place_of_given(value)) is not None:
            return {"own": place}
        if isinstance(value, type):
            return self._class(value)
        number, kind = self.number(value), type(value)
        if isinstance(value, FUNCTIONS):
            return {
                "function": number,
                "name": str(getattr(value, "__name__", ""))[:100],
                "path": str(getattr(value, "__qualname__", ""))[:200],
                "of": kind.__name__,
                "place": place_of(value),
            }
        if isinstance(value, enum.Enum) and kind.__module__ in sys.stdlib_module_names:
            return {"enum": [kind.__module__, kind.__qualname__, value.name]}
        node = {"object": number, "class": self._class(kind)}
        for base, plain in BASES.items():
            if issubclass(kind, base):
                node["base"] = pack(plain(value))
                break
        if isinstance(value, BaseException):
            try:
                node["base"] = pack(tuple(value.args))
            except (TypeError, ValueError):
                node["base"] = pack(())
        return node

    def find(self, node: Any, unpack: Callable[[Any], Any]) -> Any:
        """What the grader refers to: an object from here, a library's function, or what the test gives."""
        if "pickle" in node:
            return pickle.loads(unpack(node["pickle"]))
        if "part" in node:
            return PARTS[node["part"]](*map(unpack, node["of"]))
        if "number" in node:
            return self._objects[node["number"]]
        if "named" in node:
            module, path = node["named"]
            return operator.attrgetter(path)(importlib.import_module(module))
        if "kind" in node:
            return self._find_given(node)
        number = node["callback"]
        key = tuple(number) if type(number) is list else number
        if key not in self._callbacks:
            kind = Items if "items" in node else Method if node["binds"] else Callback
            made = self._callbacks[key] = kind(number, self._call_back, node["name"])
            made.__doc__ = node.get("doc")
        return self._callbacks[key]

    def _find_given(self, node: dict) -> Any:
        """What stands for an object or a class of the test."""
        place, kind = node.get("given"), node["kind"]
        if place in self._given:
            return self._given[place]
        own = self._given.get(kind)
        if own is None:
            bases = tuple(self._find_given(one) for one in node["bases"])
            own = make_class(node, bases, self._call_back)
            self._given |= {kind: own} if kind is not None else {}
        if place is None:
            return own
        made = self._given[place] = make_given(own, place)
        return made

    def _class(self, kind: type) -> Any:
        number = self.number(kind)
        if number in self._told:
            return {"class": number}
        self._told.add(number)
        self._telling.append(number)
        mro = list(kind.__mro__)
        own = [one for one in mro if _is_own(one)]
        about: dict[str, Any] = {
            "name": str(kind.__name__)[:100],
            "module": str(kind.__module__)[:200],
            "qualname": str(kind.__qualname__)[:200],
            "mro": [
                self._class(one) if _is_own(one) else _library(one)
                for one in mro[:MOST_PARENTS]
                if one is not kind or not _is_own(kind)
            ],
            "special": [name for name in special.ALL if _has(mro, name)],
            "own": [name for name in special.ALL if any(name in vars(one) for one in own)],
        }
        if _is_own(kind):
            about["methods"] = [name for name, one in vars(kind).items() if isinstance(one, OF_CLASSES)]
        if _is_own(kind) and isinstance(kind, abc.ABCMeta):
            about["abstract"] = True
        if _is_own(kind) and isinstance(fields := getattr(kind, "_fields", None), tuple):
            about["fields"] = [str(name) for name in fields]
        return {"class": number, "about": about}


class Callback:
    """Stands for a function of the test: calling it has the grader call that function."""

    def __init__(self, number: Any, call_back: Callable[[int, tuple, dict], Any], name: str):
        self.number, self._call_back, self.__name__ = number, call_back, name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """What the test's function returns for these arguments."""
        return self._call_back(self.number, arguments, keywords)


class Method(Callback):
    """A callback that is a method of the class that it is an attribute of."""

    def __get__(self, value: Any, _kind: Any = None) -> Any:
        return self if value is None else types.MethodType(self, value)


def _is_own(kind: type) -> bool:
    """Whether a class was made in the notebook: the grader cannot know it."""
    return kind.__module__ == "__main__" or "<locals>" in kind.__qualname__


def _library(kind: type) -> list[str]:
    if kind in IN_TYPES and kind.__name__ not in vars(builtins):
        return ["types", IN_TYPES[kind]]
    return [str(kind.__module__), str(kind.__qualname__)]


def _has(mro: list[type], name: str) -> bool:
    """Whether a class brings a special method along: one of its own, or of what it extends but ``object``."""
    definer = next((one for one in mro if name in vars(one)), object)
    return definer is not object and vars(definer)[name] is not None


class Items(Callback):
    """An iterator of the test: each item is asked for."""

    def __iter__(self) -> "Items":
        return self

    def __next__(self) -> Any:
        return self()
