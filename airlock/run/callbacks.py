"""What a test gives to the student's functions beside plain values.

A function of a library goes by its name, an object of a library's class as a pickle, which only the student's
side reads. A function of the test's own is called back: its name crosses and what it returns, its text does
not. Calls are bounded in number, and so is how deeply they go to and fro.
"""

import io
import pickle
import sqlite3
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from airlock.model.limits import MIB
from airlock.run.given import about, is_given, operation
from airlock.run.refused import called
from airlock.run.remote_class import number_of
from airlock.wire import databases
from airlock.wire.places import place_of
from airlock.wire.values import Malformed, decode, encode

MOST_CALLS = 20_000  # in one test
DEEPEST = 20
LARGEST = 16 * MIB  # of an object
WITH_TEXT = (LookupError, KeyError, IndexError, ValueError, TypeError, ZeroDivisionError)
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
PARTS = {property: ("fget", "fset", "fdel"), staticmethod: ("__func__",), classmethod: ("__func__",)}
LIBRARIES = {*sys.stdlib_module_names, "numpy", "scipy", "pandas", "sklearn", "matplotlib"}


class Callbacks:
    """What of the test the student's side may refer to, by number."""

    def __init__(self, bridge: Any):
        self._bridge = bridge
        self._functions, self._objects = Kept(), Kept()
        self._nexts: dict[int, Callable[..., Any]] = {}  # by the id of an iterator, which they keep alive
        self.errors: dict[Any, BaseException] = {}
        self._depth = 0
        self.begin()

    def begin(self) -> None:
        """A test begins."""
        self._calls = 0

    def refer(self, value: Any, pack: Any) -> Any:
        """What the student's side is told of something that is no value."""
        if number_of(value) is not None:
            return {"number": self._bridge.stand_ins.number(value)}
        if (named := name_of(value)) is not None:
            return {"named": named}
        if type(value) in PARTS:
            parts = [pack(getattr(value, name)) for name in PARTS[type(value)]]
            return {"part": type(value).__name__, "of": parts}
        if isinstance(value, types.MethodType) and is_given(value.__self__) and value.__name__[:2] != "__":
            number: Any = ["call", self._objects.place(value.__self__), value.__name__]
            return {"callback": number, "name": value.__name__, "binds": False}
        if is_given(value):
            return about(value, self._objects.place)
        if isinstance(value, type) and value.__module__ == "__main__":  # it opens files, perhaps
            return None
        if (data := _as_pickle(value)) is not None:
            return {"own": self._objects.place(value), "pickle": pack(data)}
        if isinstance(value, Iterator):
            return self.node(self._nexts.setdefault(id(value), value.__next__)) | {"items": True}
        return self.node(value) if callable(value) else None

    def node(self, function: Callable[..., Any]) -> dict:
        """By what the student's side calls a function of the test."""
        binds = isinstance(function, types.FunctionType)  # as an attribute of a class it is a method
        name = str(getattr(function, "__name__", "function"))
        told = {"callback": self._functions.place(function), "name": name, "binds": binds}
        return told | ({"doc": text} if type(text := getattr(function, "__doc__", None)) is str else {})

    def replacing(self, value: Any) -> dict:
        """By what the student's side calls what a test has put in the place of a library's function."""
        return about(value, self._objects.place) if is_given(value) else self.node(value)

    def find(self, node: dict) -> Any:
        """What the test has given, and the student's side gives back."""
        if "own" in node:
            return self._objects.at(node["own"])
        return self._function(node["callback"])

    def _function(self, number: Any) -> Callable[..., Any]:
        """What the kernel calls by a number, or what it asks of an object that it was given."""
        if type(number) is list and len(number) == 3:
            what, place, name = number
            return operation(self._objects.at(place), what, name)
        function: Callable[..., Any] = self._functions.at(number)
        return function

    def answer(self, number: Any, frames: list) -> tuple[dict, list]:
        """Call a function of the test; what to send of its result, or of what it raised."""
        self._calls += 1
        self._depth += 1
        try:
            arguments, keywords = decode(frames, self._bridge.stand_ins.refer)
            if self._calls > MOST_CALLS:
                self._bridge.lose("A function of the test was called without end.")
            if self._depth > DEEPEST:
                raise RecursionError("calls to and fro, too deep")
            with called(self._bridge.folder):
                found = self._function(number)(*arguments, **keywords)
            return {"do": "return", "raised": 0}, encode(found, self.refer)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: B036  it goes through the student's function, and may come back
            return self._raised(error)
        finally:
            self._depth -= 1

    def _raised(self, error: BaseException) -> tuple[dict, list]:
        number = len(self.errors) + 1
        while number in self.errors:
            number += 1
        if isinstance(error, Exception):
            self.errors[number] = error
        return {"do": "return", "raised": number}, encode(self.as_raised(error), self.refer)

    def as_raised(self, error: BaseException) -> BaseException:
        """What the student's side is told of an error of the test's."""
        if number_of(error) is not None:
            return error
        kind = next((one for one in type(error).__mro__ if one.__module__ == "builtins"), RuntimeError)
        if not issubclass(kind, Exception):
            return RuntimeError()
        own = type(error).__module__ == "__main__" and not issubclass(kind, AssertionError)
        try:  # an assertion's text may hold what is expected
            made = kind(*error.args) if own or type(error) in WITH_TEXT else kind()
            encode(made, self.refer)
        except Exception:
            return RuntimeError()
        return made


class Kept:
    """What was given, by place."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._places: dict[int, int] = {}  # by id, of what is kept alive here

    def place(self, value: Any) -> int:
        """Where a value is kept; it is, from now on."""
        found = self._places.setdefault(id(value), len(self._values))
        if found == len(self._values):
            self._values.append(value)
        return found

    def at(self, place: Any) -> Any:
        """The value that is kept there; raises Malformed."""
        if type(place) is not int or not 0 <= place < len(self._values):
            raise Malformed("nothing that the test has given")
        return self._values[place]


def _as_pickle(value: Any) -> bytes | None:
    """An object of a class that the student's side may have as well; None for functions and any other."""
    if isinstance(value, FUNCTIONS):
        return None
    file = io.BytesIO()
    try:
        Pickler(file).dump(value)
    except Exception:
        return None
    return file.getvalue() if file.tell() <= LARGEST else None


class Pickler(pickle.Pickler):
    """Refuses what the test has defined: under its name the student's side has nothing, or something else."""

    def reducer_override(self, value: Any) -> Any:
        """As the class of the value wants it; raises PicklingError."""
        artist = getattr(sys.modules.get("matplotlib.artist"), "Artist", ())
        if number_of(value) is not None or isinstance(value, artist):  # drawn on a copy, lost
            raise pickle.PicklingError("it stays where it is")
        if "__main__" in (type(value).__module__, getattr(value, "__module__", None)):
            raise pickle.PicklingError("of the test")
        return databases.reduced(value) if type(value) is sqlite3.Connection else NotImplemented


def name_of(value: Any) -> list[str] | None:
    """Module and path of a function or class of a library; None for any other."""
    place = place_of(value)
    return place if place and place[0].partition(".")[0] in LIBRARIES else None
