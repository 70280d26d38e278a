"""What a test gives to the student's functions beside plain values.

A function of a library goes by its name, an object of a library's class as a pickle, which only the student's
side reads. A function of the test's own is called back: its name crosses and what it returns, its text does
not. Calls are bounded in number, and so is how deeply they go to and fro.
"""

import io
import pickle
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from airlock.model.limits import MIB
from airlock.run.remote_class import number_of
from airlock.wire.places import place_of
from airlock.wire.values import Malformed, decode, encode

MOST_CALLS = 20_000  # in one test
DEEPEST = 20
LARGEST = 16 * MIB  # of an object
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
LIBRARIES = {*sys.stdlib_module_names, "numpy", "scipy", "pandas", "sklearn", "matplotlib"}


class Callbacks:
    """What of the test the student's side may refer to, by number."""

    def __init__(self, bridge: Any):
        self._bridge = bridge
        self._functions: list[Callable[..., Any]] = []
        self._objects: list[Any] = []
        self._nexts: dict[int, Callable[..., Any]] = {}  # by the id of an iterator, which they keep alive
        self.errors: dict[Any, BaseException] = {}
        self._depth = 0
        self.begin()

    def begin(self) -> None:
        """A test begins."""
        self._calls = 0

    def refer(self, value: Any, pack: Any) -> Any:
        """What the student's side is told of something that is no value."""
        number = number_of(value)
        if number is not None:
            return {"number": self._bridge.stand_ins.number(value)}
        if (named := name_of(value)) is not None:
            return {"named": named}
        if (data := _as_pickle(value)) is not None:
            return {"own": _place(value, self._objects), "pickle": pack(data)}
        if isinstance(value, Iterator):
            return self.node(self._nexts.setdefault(id(value), value.__next__)) | {"items": True}
        return self.node(value) if callable(value) else None

    def node(self, function: Callable[..., Any]) -> dict:
        """By what the student's side calls a function of the test."""
        binds = isinstance(function, types.FunctionType)  # as an attribute of a class it is a method
        name = str(getattr(function, "__name__", "function"))
        return {"callback": _place(function, self._functions), "name": name, "binds": binds}

    def find(self, node: dict) -> Any:
        """What the test has given, and the student's side gives back."""
        if "own" in node:
            return _at(node["own"], self._objects)
        return _at(node["callback"], self._functions)

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
            found = _at(number, self._functions)(*arguments, **keywords)
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
        kept = type(error) in (LookupError, KeyError, IndexError, ValueError, TypeError, ZeroDivisionError)
        kind = (
            type(error)
            if isinstance(error, Exception) and type(error).__module__ == "builtins"
            else RuntimeError
        )
        if isinstance(error, Exception):
            self.errors[number] = error
        try:  # an assertion's text may hold what is expected
            frames = encode(kind(*error.args) if kept else kind(), self.refer)
        except Exception:
            frames = encode(RuntimeError(), self.refer)
        return {"do": "return", "raised": number}, frames


def _place(value: Any, kept: list) -> int:
    """Where a value is kept, by identity; it is, from now on."""
    places = [place for place, known in enumerate(kept) if known is value]
    if not places:
        kept.append(value)
    return places[0] if places else len(kept) - 1


def _at(number: Any, kept: list) -> Any:
    if type(number) is not int or not 0 <= number < len(kept):
        raise Malformed("nothing that the test has given")
    return kept[number]


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
        if "__main__" in (type(value).__module__, getattr(value, "__module__", None)):
            raise pickle.PicklingError("of the test")
        return NotImplemented


def name_of(value: Any) -> list[str] | None:
    """Module and path of a function or class of a library; None for any other."""
    place = place_of(value)
    return place if place and place[0].partition(".")[0] in LIBRARIES else None
