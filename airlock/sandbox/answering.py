"""What the kernel answers to a request of the grader: about a name, a call, or an object that was told of."""

import contextlib
import importlib
import operator
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from airlock.sandbox import given as of_tests
from airlock.sandbox.around import Around
from airlock.sandbox.objects import Objects
from airlock.sandbox.operating import operate
from airlock.wire.changes import restore
from airlock.wire.values import Buffer

Reply = tuple[dict, Sequence[Buffer]]  # content, and the frames of a value

NOTHING = object()
PYPLOT = "matplotlib.pyplot"


class Answers:
    """Answers requests by the names of a ``shell``, and those of other kinds by ``others``."""

    def __init__(self, shell: Any, objects: Objects, others: dict[str, Callable[[Sequence[Buffer]], Reply]]):
        self._shell, self._objects, self._others = shell, objects, others
        self._lent: dict[str, Any] = {}  # names that a test has set, and what they were before
        self._deleted: dict[str, Any] = {}  # what tests took away, and may put back
        self._figures: set[int] = set()  # open since before the tests

    def begin(self) -> None:
        """Tests begin, after a cell."""
        self._figures = _figures()

    def to(self, request: dict, frames: Sequence[Buffer]) -> Reply:
        """The answer, also where the student's code raises whatever there is."""
        self._told: dict[str, Any] | None = None
        try:
            return self._answer(request, frames)
        except KeyboardInterrupt:
            return {"status": "interrupted"}, []
        except BaseException as error:  # noqa: B036  a student's function may raise SystemExit as well
            return self._raised(error)

    def _answer(self, request: dict, frames: Sequence[Buffer]) -> Reply:
        if request["do"] in self._others:
            return self._others[request["do"]](frames)
        space, name, objects = self._shell.user_ns, request["name"], self._objects
        match request["do"]:
            case "has":
                return {"status": "ok" if name in space else "missing"}, []
            case "delete":
                self._deleted[name] = space.pop(name)
                return {"status": "ok"}, []
            case "put back":
                space[name] = self._deleted.pop(name)
                return {"status": "ok"}, []
            case "lend":
                self._lent.setdefault(name, space.get(name, NOTHING))
                space[name] = objects.decode(frames)[0][0]
                return {"status": "ok"}, []
            case "take back":
                for one in [name] if name in self._lent else [*self._lent] if not name else []:
                    before = self._lent.pop(one)
                    space.pop(one, None) if before is NOTHING else space.update({one: before})
                return {"status": "ok"}, []
            case "shell":
                ran = subprocess.run(name, shell=True, capture_output=True, text=True, errors="replace")
                return self._cross([ran.stdout, ran.stderr, ran.returncode])
            case "bind":
                space[name] = objects.decode(frames)[0][0]
                return {"status": "ok"}, []
            case "refill":
                owner = space[name] if request["on"] is None else getattr(objects[request["on"]], name)
                restore(owner, objects.decode(frames)[0][0])
                return {"status": "ok"}, []
            case "library":
                module, path = name.split(":")
                return self._cross(operator.attrgetter(path)(importlib.import_module(module)))
            case "call":
                return self._call(objects[request["on"]], request, frames)
            case "get" if name not in space:
                return {"status": "missing"}, []
            case "get":
                return self._cross(space[name])
        return self._call(operate(request["do"], objects[request["on"]], name), request, frames)

    def _call(self, function: Callable[..., Any], request: dict, frames: Sequence[Buffer]) -> Reply:
        if "first" in request:  # a cell's end closes figures, and so does a test's
            for number in _figures() - self._figures:
                sys.modules[PYPLOT].close(number)
        frames = [bytes(frame) for frame in frames]  # which a callback would overwrite
        given: dict[int, Any] = {}
        arguments, keywords = self._objects.decode(frames, given)
        around = Around(request["around"], self._objects) if "around" in request else None
        try:
            with around or contextlib.nullcontext():
                result = function(*arguments, **keywords)
                of_tests.settle()
        finally:
            of_tests.forget()
            self._told = around.told if around else None  # also when an error is on its way
        same = next((place for place, one in enumerate(arguments) if one is result), None)
        if around:
            result = result, around.told
        content, answer = self._cross(result)
        if content["status"] != "ok":
            return content, []
        try:
            after = self._objects.encode((arguments, keywords), given)
        except (TypeError, ValueError):  # what was put in cannot cross, so it does not
            after = frames
        changed = after != frames  # of bytes, which compare at once
        return content | {"result_frames": len(answer), "same": same}, [*answer, *(after if changed else [])]

    def _cross(self, value: Any) -> Reply:
        try:
            return {"status": "ok"}, self._objects.encode(value)
        except (TypeError, ValueError) as error:
            return {"status": "uncrossable", "type": str(error)}, []

    def _raised(self, error: BaseException) -> Reply:
        content = {"status": "raised"} | _describe(error)
        try:
            return content, self._objects.encode((error, self._told, error.__cause__))
        except BaseException:  # noqa: B036  then its name and text have to do
            return content, []


def _figures() -> set[int]:
    """The figures that pyplot has open and that the end of a cell would show and close."""
    pyplot = sys.modules.get(PYPLOT)
    return set(pyplot.get_fignums()) if pyplot and "inline" in pyplot.get_backend() else set()


def _describe(error: BaseException) -> dict:
    kinds = [kind.__name__ for kind in type(error).__mro__][:20]
    try:
        message = str(error)
    except BaseException:  # noqa: B036  whatever a student's class does there
        message = ""
    # Of the test's own error, on its way through a student's function.
    number = vars(error).get("airlock_number")
    told = {"ename": type(error).__name__[:100], "kinds": kinds, "evalue": message[:2000]}
    return told | ({"number": number} if type(number) is int else {})
