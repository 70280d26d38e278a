"""The student's names as a test sees them: data is copied, a function becomes a stand-in that asks.

The other end is sandbox/answering.py, in a process that may lie. It is told names and arguments, and nothing
else of a test; what it answers is checked to be plain data by :mod:`airlock.wire.values`.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.meter import Overrun
from airlock.model.record import Incident
from airlock.run.around import Surroundings
from airlock.run.callbacks import Callbacks
from airlock.run.copies import Copies
from airlock.run.foreign import TooMuch
from airlock.run.functions import RemoteFunction
from airlock.run.lent import Names
from airlock.run.mirror import Mirror
from airlock.run.raised import raised
from airlock.run.references import References
from airlock.run.refused import called
from airlock.run.remote_class import RemoteClass, number_of
from airlock.run.told import StandIns
from airlock.wire.changes import USED_UP, restore
from airlock.wire.values import Buffer, Malformed, decode, encode

Found = TypeVar("Found")
MOST_ITEMS = 20_000  # that a test takes from iterators of the submission
MOST_EXCHANGES = 200_000  # with objects, in one test


class Lost(BaseException):
    """A test cannot be finished, and is lost, whatever it catches: no ``except Exception`` holds this."""


class Bridge:
    """What the tests of one submission ask of its kernel. ``incidents`` collects what went wrong."""

    def __init__(
        self,
        kernel: StudentKernel,
        references: References,
        in_place: Container[str] = frozenset(),
        mirror: Mirror | None = None,
    ):
        self.kernel, self.references, self.in_place, self.mirror = kernel, references, in_place, mirror
        self.folder = str(mirror.tests) if mirror else os.getcwd()
        self.incidents: list[Incident] = []
        self._turn = threading.RLock()  # a test may use threads, of which one at a time asks
        self.changing: set[str] = set()  # functions that changed their arguments
        # The exception class that the test knows by a name; its namespace says which.
        self.exception: Callable[[str], type | None] = lambda name: None
        self.callbacks, self.surroundings = Callbacks(self), Surroundings(self)
        self.stand_ins, self.names, self.copies = StandIns(self), Names(self), Copies(self)
        self.stale: Callable[[], None] = lambda: None  # what a test knows of the student's names may be so
        kernel.call_back = self.callbacks.answer
        self.begin()

    def begin(self, carry: bool = True) -> None:
        """A test begins. ``carry``: what a function changes in its arguments, the test sees changed."""
        self.carry = carry
        self._items = self._exchanges = 0
        self.has_called = False  # a function of the student's
        self.callbacks.begin()
        self.copies.begin()
        self.surroundings.begin()
        self.lost = ""  # why the test that is running is lost already
        self.changed = ""  # a function that gave a result, and changed its arguments although it need not

    @contextlib.contextmanager
    def unheard(self) -> Iterator[None]:
        """While a test goes on that has failed: what happens changes nothing of that, if the kernel lives."""
        lost, incidents = self.lost, self.incidents[:]
        with contextlib.suppress(Lost):
            yield
        self.lost = lost
        if self.kernel.alive:
            self.incidents[:] = incidents

    def get(self, name: str) -> Any:
        """The value of a name in the student's namespace; KeyError where there is none."""
        seconds, refer = self._seconds_for(name), self.stand_ins.refer
        status, value = self.exchange(lambda: self.kernel.ask(name, seconds, refer), name)
        match status:
            case "ok":
                return self.take_files(value)
            case "missing":
                raise KeyError(name)
        self.lose(f"{name} is {value}; it is too large or too deep to be handed to a test.")

    def take_files(self, value: Any = None, given: Iterable[str] = ()) -> Any:
        """What the student's code has written is there for the test, see :meth:`Mirror.take`.

        Returns the value, with the paths that files have here.
        """
        if self.mirror is None:
            return value
        try:
            self.mirror.take(value, given)
        except TooMuch as error:
            self.lose(str(error))
        return self.mirror.here(value)

    def call(self, function: RemoteFunction, arguments: tuple, keywords: dict) -> Any:
        """Call the student's function; raises what it raised, or Lost."""
        request = {"do": "call", "name": "", "on": self.stand_ins.number(function)}
        with self._turn, called(""):
            return self._ask(request, function.__name__, arguments, keywords, function._path)

    def operate(
        self, what: str, on: Any, name: str = "", arguments: tuple = (), keywords: dict | None = None
    ) -> Any:
        """Have the kernel do something with an object, see :func:`airlock.sandbox.operating.operate`."""
        self._exchanges += 1
        if self._exchanges > MOST_EXCHANGES:
            self.lose("The test asked too much of the submission's objects.")
        kind = on if type(on) in (RemoteClass, RemoteFunction) else type(on)
        request = {"do": what, "name": name, "on": self.stand_ins.number(on)}
        path = f"{kind.__name__}.{name}" if name else kind.__name__
        with self._turn, called(""):
            return self._ask(request, kind.__name__, arguments, keywords or {}, path, path)

    def attribute(self, on: Any, name: str) -> Any:
        """An attribute of an object, as in the kernel."""
        return self.copies.keep(number_of(on), name, self.operate("attribute", on, name))

    def refill(self, on: int | None, name: str, frames: Sequence[Buffer]) -> None:
        """Have a container of the student's hold what the test's copy of it holds."""
        request = {"do": "refill", "name": name, "on": on}
        self.exchange(lambda: self.kernel.request(request, frames, self.kernel.limits.call_seconds), name)

    def count(self) -> None:
        """One more item of an iterator."""
        self._items += 1
        if self._items > MOST_ITEMS:
            self.lose("An iterator of the submission goes on and on.")

    def refuse(self, why: str) -> None:
        """What only the student's side could decide is not decided there."""
        self.lose(f"{why}, so it cannot be judged.")

    def decided(self, kind: str, name: str) -> None:
        """Two objects of the submission are compared by its own method, which the instructor should know."""
        incident = Incident("own-comparison", f"Decided by the student's own {name} of {kind}.")
        if incident not in self.incidents:
            self.incidents.append(incident)

    def _ask(
        self, request: dict, name: str, arguments: Sequence, keywords: dict, path: str, said: str = ""
    ) -> Any:
        self.copies.push()
        called, seconds = f"{said or name}()", self._seconds_for(name, path)
        around = self.surroundings.now()
        if around:
            request["around"] = around

        if not self.has_called:
            request["first"] = self.has_called = True
        given, names = (list(arguments), keywords), set[str]()
        if self.mirror:
            given, names = self.mirror.give(given)

        def ask() -> tuple[dict, Any, Any]:
            try:
                frames = encode(given, self.callbacks.refer)
            except (TypeError, ValueError) as error:
                self.lose(f"{called} cannot be given {error}.")
            return self.kernel.call(request, frames, seconds, self.stand_ins.refer)

        reply, result, changed = self.exchange(ask, called, path)
        self.stale()
        told = cause = None
        if reply["status"] == "raised" and type(result) is tuple and len(result) == 3:
            result, told, cause = result
        elif around and reply["status"] == "ok" and type(result) is tuple and len(result) == 2:
            result, told = result
        if around:
            self.surroundings.take(told)
        result = self.take_files(result, names)
        match reply["status"]:
            case "ok":
                if type(changed) is tuple and len(changed) == 2:
                    self.changing.add(name)
                    if (
                        result is not None
                        and name not in self.in_place
                        and self._differ(arguments, changed[0])
                    ):
                        self.changed = name
                    if not self.carry and self.changed:
                        return result
                    restore((list(arguments), keywords), changed)
                same = reply.get("same")  # the place of what was given, and is given back
                if type(same) is int and 0 <= same < len(arguments) and type(arguments[same]) is type(result):
                    return arguments[same]
                return result
            case "raised":
                error = raised(self, name, reply, result)
                if isinstance(cause, Exception):
                    error.__cause__ = cause
                raise error
            case "uncrossable":
                kind = str(reply.get("type"))[:200]
                self.lose(f"{called} returned {kind}, which is too large or too deep to be handed to a test.")
        self.lose(f"{called} was interrupted.")

    def _differ(self, arguments: Sequence, changed: Sequence) -> bool:
        """Whether more than streams and generators has changed, which whoever uses them does change."""
        used = [type(one) in USED_UP for one in arguments]
        if not any(used) or len(changed) != len(used):
            return True
        kept = [
            [one for one, drop in zip(part, used, strict=True) if not drop] for part in (arguments, changed)
        ]
        return encode(kept[0], self.callbacks.refer) != encode(kept[1], self.callbacks.refer)

    def shell(self, command: str) -> tuple[str, str, int]:
        """Run a command beside the student's files; what it printed, its errors, its exit code."""
        seconds = self.kernel.limits.call_seconds

        def ask() -> Any:
            reply, frames = self.kernel.request({"do": "shell", "name": command}, [], seconds)
            return decode(frames) if reply["status"] == "ok" else ["", "", 1]

        match self.exchange(ask, "A command"):
            case [str(printed), str(errors), int(code)]:
                return printed, errors, code
        self.lose("A command gave an answer that is no text.", "forged")

    def _seconds_for(self, *names: str) -> float:
        """How long a call of something may take: less, where it has run into a limit before."""
        limits = self.kernel.limits
        called = self.references.called(*names)
        return self.references.allowance(called, limits.call_seconds, limits.repeat_seconds)

    def exchange(self, ask: Callable[[], Found], what: str, path: str = "") -> Found:
        """What ``ask()`` returns, or else the test is lost. ``what`` is asked for, ``path`` called for it."""
        with self._turn, called(""):
            return self._exchange(ask, what, path)

    def _exchange(self, ask: Callable[[], Found], what: str, path: str) -> Found:
        if self.lost:
            raise Lost(self.lost)
        if self.kernel.ended:
            self.lose(f"{what} could not be asked for: the kernel was lost too often or took too long.")
        try:
            found = ask()
            if self.lost:  # in a function of the test that was called back on the way
                raise Lost(self.lost)
            return found
        except Overrun as error:
            self.references.suspect(self.references.called(path or what))
            self.lose(f"{what} {error}.", error.reason)
        except KernelGone as error:
            self.lose(f"The kernel ended in {what}: {error}.", error.reason)
        except Malformed:
            self.lose(f"{what} gave an answer that is no plain data.", "forged")

    def lose(self, sentence: str, kind: str | None = None) -> NoReturn:
        """End the test: it is lost. ``kind``: of the incident, where the student has a part in it."""
        self.lost = sentence
        if kind:
            self.incidents.append(Incident(kind, sentence))
        raise Lost(sentence)
