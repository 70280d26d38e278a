"""The student's names as a test sees them: data is copied, a function becomes a stand-in that asks.

The other end is kernel.py, in a process that may lie. It is told names and arguments, and nothing
else of a test; what it answers is checked to be plain data by :mod:`airlock.wire.values`.
"""

import contextlib
import enum
import sys
from collections.abc import Callable, Container, Sequence
from typing import Any, NoReturn, TypeVar

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.meter import Overrun
from airlock.model.record import Incident
from airlock.run.around import Surroundings
from airlock.run.callbacks import Callbacks
from airlock.run.functions import RemoteFunction
from airlock.run.making import make_class, make_object
from airlock.run.mirror import Mirror, TooMuch
from airlock.run.references import References
from airlock.run.remote_class import RemoteClass, number_of
from airlock.run.standin import MISSING, refresh
from airlock.wire.changes import USED_UP, restore
from airlock.wire.values import Malformed, decode, encode

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
        self.incidents: list[Incident] = []
        self.changing: set[str] = set()  # functions that changed their arguments
        self._stand_ins: dict = {}
        self._owners: dict = {}
        self._restarts = kernel.restarts
        self.callbacks, self.surroundings = Callbacks(self), Surroundings(self)
        kernel.call_back = self.callbacks.answer
        self.begin()

    def exception(self, name: str) -> type | None:
        """The exception class that the test knows by this name; its namespace says which."""

    def begin(self, carry: bool = True) -> None:
        """A test begins. ``carry``: what a function changes in its arguments, the test sees changed."""
        self.carry = carry
        self._items = self._exchanges = 0
        self.callbacks.begin()
        self.surroundings.begin()
        self._lent: int | None = None  # how often the kernel had been started anew when names were lent
        self.lost = ""  # why the test that is running is lost already
        self.changed = ""  # a function that gave a result, and changed its arguments although it need not

    def get(self, name: str) -> Any:
        """The value of a name in the student's namespace; KeyError where there is none."""
        limits = self.kernel.limits
        seconds = self.references.allowance([name], limits.call_seconds, limits.repeat_seconds)

        def ask() -> tuple[str, Any]:
            return self.kernel.ask(name, seconds, self.refer)

        status, value = self._exchange(ask, name)
        match status:
            case "ok":
                self.take_files(value)
                return value
            case "missing":
                raise KeyError(name)
        self._lose(f"{name} is {value}; it is too large or too deep to be handed to a test.")

    def take_files(self, *told: Any) -> None:
        """What the student's code has written is there for the test; ``told`` may hold names of files."""
        try:
            if self.mirror:
                self.mirror.take(*told)
        except TooMuch as error:
            self._lose(str(error))

    def call(self, function: RemoteFunction, arguments: tuple, keywords: dict) -> Any:
        """Call the student's function; raises what it raised, or Lost."""
        request = {"do": "call", "name": "", "on": self._number(function)}
        return self._ask(request, function.__name__, arguments, keywords)

    def operate(
        self, what: str, on: Any, name: str = "", arguments: tuple = (), keywords: dict | None = None
    ) -> Any:
        """Have the kernel do something with an object, see :func:`airlock.sandbox.objects.operate`."""
        self._exchanges += 1
        if self._exchanges > MOST_EXCHANGES:
            self._lose("The test asked too much of the submission's objects.")
        kind = on if type(on) in (RemoteClass, RemoteFunction) else type(on)
        request = {"do": what, "name": name, "on": self._number(on)}
        return self._ask(request, kind.__name__, arguments, keywords or {}, name)

    def attribute(self, on: Any, name: str) -> Any:
        """An attribute of an object, as in the kernel."""
        return self.operate("attribute", on, name)

    def count(self) -> None:
        """One more item of an iterator."""
        self._items += 1
        if self._items > MOST_ITEMS:
            self._lose("An iterator of the submission goes on and on.")

    def refuse(self, why: str) -> None:
        """What only the student's side could decide is not decided there."""
        self._lose(f"{why}, so it cannot be judged.")

    def decided(self, kind: str, name: str) -> None:
        """Two objects of the submission are compared by its own method, which the instructor should know."""
        incident = Incident("own-comparison", f"Decided by the student's own {name} of {kind}.")
        if incident not in self.incidents:
            self.incidents.append(incident)

    def _number(self, value: Any) -> int | None:
        number = number_of(value)
        if self._owners.get(id(value)) is not value:
            self._lose("The kernel was lost that this object was in.")
        return number

    def _ask(self, request: dict, name: str, arguments: Sequence, keywords: dict, method: str = "") -> Any:
        limits, called = self.kernel.limits, f"{name}.{method}()" if method else f"{name}()"
        seconds = self.references.allowance([name], limits.call_seconds, limits.repeat_seconds)
        around = self.surroundings.now()
        if around:
            request["around"] = around

        if self.mirror:
            self.mirror.give((arguments, keywords))

        def ask() -> tuple[dict, Any, Any]:
            try:
                frames = encode((list(arguments), keywords), self.callbacks.refer)
            except (TypeError, ValueError) as error:
                self._lose(f"{called} cannot be given {error}.")
            return self.kernel.call(request, frames, seconds, self.refer)

        reply, result, changed = self._exchange(ask, called)
        if around and reply["status"] in ("ok", "raised") and type(result) is tuple and len(result) == 2:
            result, told = result
            self.surroundings.take(told)
        self.take_files(arguments, keywords, result)
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
                    if self.carry or not self.changed:
                        restore((list(arguments), keywords), changed)
                return result
            case "raised":
                raise self._exception(name, reply, result)
            case "uncrossable":
                kind = str(reply.get("type"))[:200]
                self._lose(
                    f"{called} returned {kind}, which is too large or too deep to be handed to a test."
                )
        self._lose(f"{called} was interrupted.")

    def _differ(self, arguments: Sequence, changed: Sequence) -> bool:
        """Whether more than streams and generators has changed, which whoever uses them does change."""
        used = [type(one) in USED_UP for one in arguments]
        if not any(used) or len(changed) != len(used):
            return True
        kept = [
            [one for one, drop in zip(part, used, strict=True) if not drop] for part in (arguments, changed)
        ]
        return encode(kept[0], self.callbacks.refer) != encode(kept[1], self.callbacks.refer)

    def has(self, name: str) -> bool:
        """Whether there is such a name in the student's namespace."""
        reply, _ = self._exchange(lambda: self.kernel.request({"do": "has", "name": name}, [], 10), name)
        return reply["status"] == "ok"

    def delete(self, name: str) -> None:
        """Take a name out of the student's namespace."""
        self._exchange(lambda: self.kernel.request({"do": "delete", "name": name}, [], 10), name)

    def put_back(self, name: str) -> None:
        """Undo :meth:`delete`."""
        self._exchange(lambda: self.kernel.request({"do": "put back", "name": name}, [], 10), name)

    def shell(self, command: str) -> tuple[str, str, int]:
        """Run a command beside the student's files; what it printed, its errors, its exit code."""
        seconds = self.kernel.limits.call_seconds

        def ask() -> Any:
            reply, frames = self.kernel.request({"do": "shell", "name": command}, [], seconds)
            return decode(frames) if reply["status"] == "ok" else ["", "", 1]

        match self._exchange(ask, "A command"):
            case [str(printed), str(errors), int(code)]:
                return printed, errors, code
        return self._lose("A command gave an answer that is no text.", "forged")

    def lose(self, sentence: str) -> None:
        """The test cannot be run here, and the student has no part in it."""
        self._lose(sentence)

    def bind(self, name: str, function: RemoteFunction) -> None:
        """Give a function of the student a name in the student's namespace."""
        frames = encode(([function], {}), self.callbacks.refer)
        self._exchange(lambda: self.kernel.request({"do": "bind", "name": name}, frames, 10), name)

    def lend(self, name: str, value: Any) -> None:
        """Have the student's functions read a name as the test has set it, if the value can cross."""
        try:
            frames = encode(([value], {}), self.callbacks.refer)
        except (TypeError, ValueError):
            return
        self._lent = self.kernel.restarts
        self._exchange(lambda: self.kernel.request({"do": "lend", "name": name}, frames, 10), name)

    def take_back(self, name: str = "") -> None:
        """Undo :meth:`lend`, of all names when the test ends."""
        if self._lent == self.kernel.restarts and self.kernel.alive:
            self._lent = self._lent if name else None
            with contextlib.suppress(Overrun, KernelGone, Malformed):
                self.kernel.request({"do": "take back", "name": name}, [], 10)

    def _exchange(self, ask: Callable[[], Found], what: str) -> Found:
        if self.lost:
            raise Lost(self.lost)
        if self.kernel.ended:
            self._lose(f"{what} could not be asked for: the kernel was lost too often or took too long.")
        try:
            found = ask()
            if self.lost:  # in a function of the test that was called back on the way
                raise Lost(self.lost)
            return found
        except Overrun as error:
            self.references.suspect([what.removesuffix("()")])
            self._lose(f"{what} {error}.", error.reason)
        except KernelGone as error:
            self._lose(f"The kernel ended in {what}: {CAUSES[error.reason]}.", error.reason)
        except Malformed:
            self._lose(f"{what} gave an answer that is no plain data.", "forged")

    def _lose(self, sentence: str, kind: str | None = None) -> NoReturn:
        self.lost = sentence
        if kind:
            self.incidents.append(Incident(kind, sentence))
        raise Lost(sentence)

    def refer(self, node: Any, unpack: Callable[[Any], Any]) -> Any:
        """What stands here for an object there."""
        self._renew()
        if "callback" in node or "own" in node:
            return self.callbacks.find(node["callback" if "callback" in node else "own"])
        if "enum" in node:
            module, *path = map(str, node["enum"])
            found = sys.modules.get(module)
            for part in ".".join(path).split("."):
                found = getattr(found, part)
            if not isinstance(found, enum.Enum):
                raise Malformed("no member of an enum")
            return found
        if "class" in node and "object" not in node:
            return self._class(node)
        number = node["function" if "function" in node else "object"]
        known = self._stand_ins.get(number)
        if "function" in node:
            if type(known) is not RemoteFunction:
                name = str(node["name"])
                name = name if name.isidentifier() and len(name) < 100 or name == "<lambda>" else "a function"
                known = RemoteFunction(self, name, number, str(node["of"]), node.get("place"))
                self._keep(number, known)
            return known
        kind, base = self._class(node["class"]), unpack(node["base"]) if "base" in node else MISSING
        if type(known) is not kind:
            return self._keep(number, make_object(kind, number, base))
        if base is not MISSING and type(base) in (list, dict, set):
            refresh(known, base)
        return known

    def _class(self, node: dict) -> RemoteClass:
        number, about = node["class"], node.get("about")
        known = self._stand_ins.get(number)
        if type(known) is RemoteClass:
            return known
        if type(number) is not int or about is None:
            raise Malformed("an unknown class")
        parents = [self._class(one) if isinstance(one, dict) else tuple(one) for one in about["mro"]]
        return self._keep(number, make_class(self, number, about, parents))

    def _keep(self, number: int, stand_in: Any) -> Any:
        self._stand_ins[number] = stand_in
        self._owners[id(stand_in)] = stand_in
        return stand_in

    def _renew(self) -> None:
        """A new kernel has told nothing yet."""
        if self._restarts != self.kernel.restarts:
            self._restarts = self.kernel.restarts
            self._stand_ins, self._owners = {}, {}

    def _exception(self, name: str, reply: dict, error: Any) -> BaseException:
        own = self.callbacks.errors.pop(reply.get("number"), None)
        if own is not None:
            return own
        kinds = reply.get("kinds")
        kinds = [str(kind) for kind in kinds[:20]] if isinstance(kinds, list) else []
        given = next((base for kind in kinds if (base := self.exception(kind)) is not None), None)
        message = f"{reply.get('evalue', '')}"[:2000]
        if given is not None and issubclass(given, Exception) and given.__module__ != "builtins":
            error = None
        if not isinstance(error, Exception) and given is not None and issubclass(given, Exception):
            error = _made(given, message)
        if not isinstance(error, Exception) or isinstance(error, Lost):
            self._lose(f"{name}() raised {str(reply.get('ename'))[:100]}.")
        object.__setattr__(error, "raised_by", (name, str(reply.get("ename")), message))
        if isinstance(error, MemoryError):
            sentence = f"{name}() asked for more memory than it may use."
            self.incidents.append(Incident("memory-limit", sentence))
        return error


def _made(kind: type[Exception], message: str) -> Exception | None:
    try:
        return kind(message)
    except Exception:  # it wants other arguments
        return None


CAUSES = {
    "kernel-died": "it exited or crashed",
    "memory-limit": "it used more memory than it may",
    "process-limit": "it started more processes than it may",
    "disk-limit": "it wrote more to disk than it may",
}
