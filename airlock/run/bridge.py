"""The student's names as a test sees them: data is copied, a function becomes a stand-in that asks.

The other end is kernel.py, in a process that may lie. It is told names and arguments, and nothing
else of a test; what it answers is checked to be plain data by :mod:`airlock.wire.values`.
"""

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.meter import Overrun
from airlock.model.record import Incident
from airlock.run.references import References
from airlock.wire.changes import restore
from airlock.wire.values import Malformed, decode, encode


class Lost(BaseException):
    """A test cannot be finished, and is lost, whatever it catches: no ``except Exception`` holds this."""


class RemoteFunction:
    """Stands for a function of the student: calling it has the student's kernel call the function.

    Arguments are sent as copies; what the function changed in them is carried over afterwards.
    """

    def __init__(self, bridge, name, handle):
        self.__name__ = self.__qualname__ = name
        self._bridge, self._handle = bridge, handle

    def __call__(self, *arguments, **keywords):
        """What the student's function returns for these arguments."""
        return self._bridge.call(self, arguments, keywords)

    def __repr__(self):
        return f"<function {self.__name__} of the submission>"


class Bridge:
    """What the tests of one submission ask of its kernel. ``incidents`` collects what went wrong."""

    def __init__(self, kernel: StudentKernel, references: References, in_place: set[str] = frozenset()):
        self.kernel, self.references, self.in_place = kernel, references, in_place
        self.incidents: list[Incident] = []
        self.changing: set[str] = set()  # functions that changed their arguments
        self.begin()

    def exception(self, name: str) -> type | None:
        """The exception class that the test knows by this name; its namespace says which."""

    def begin(self, carry: bool = True) -> None:
        """A test begins. ``carry``: what a function changes in its arguments, the test sees changed."""
        self.carry = carry
        self.lost = ""  # why the test that is running is lost already
        self.changed = ""  # a function that gave a result, and changed its arguments although it need not

    def get(self, name: str):
        """The value of a name in the student's namespace; KeyError where there is none."""
        limits = self.kernel.limits
        seconds = self.references.allowance([name], limits.call_seconds, limits.repeat_seconds)

        def ask():
            return self.kernel.ask(name, seconds, self._stand_in)

        status, value = self._exchange(ask, name)
        match status:
            case "ok":
                return value
            case "function":
                return RemoteFunction(self, name, str(value))
            case "missing":
                raise KeyError(name)
        self._lose(f"{name} is {value}; only plain data and numpy arrays can be handed to a test.")

    def call(self, function: RemoteFunction, arguments, keywords):
        """Call the student's function; raises what it raised, or Lost."""
        name, limits = function.__name__, self.kernel.limits
        seconds = self.references.allowance([name], limits.call_seconds, limits.repeat_seconds)

        def ask():
            handle = function._handle
            try:
                frames = encode((list(arguments), keywords), self._handle_of)
            except (TypeError, ValueError) as error:
                self._lose(f"{name}() cannot be given {error}; only plain data and arrays can.")
            return self.kernel.call(handle, frames, seconds, self._stand_in)

        reply, result, changed = self._exchange(ask, f"{name}()")
        match reply["status"]:
            case "ok":
                if type(changed) is tuple and len(changed) == 2:
                    self.changing.add(name)
                    if result is not None and name not in self.in_place:
                        self.changed = name
                    if self.carry or not self.changed:
                        restore((list(arguments), keywords), changed)
                return result
            case "raised":
                raise self._exception(name, reply)
            case "uncrossable":
                kind = str(reply.get("type"))[:200]
                self._lose(f"{name}() returned {kind}; only plain data and arrays can be handed to a test.")
        self._lose(f"{name}() was interrupted.")

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

        def ask():
            reply, frames = self.kernel.request({"do": "shell", "name": command}, [], seconds)
            return decode(frames) if reply["status"] == "ok" else ["", "", 1]

        match self._exchange(ask, "A command"):
            case [str(printed), str(errors), int(code)]:
                return printed, errors, code
        self._lose("A command gave an answer that is no text.", "forged")

    def lose(self, sentence: str) -> None:
        """The test cannot be run here, and the student has no part in it."""
        self._lose(sentence)

    def bind(self, name: str, function: RemoteFunction) -> None:
        """Give a function of the student a name in the student's namespace."""
        content = {"do": "bind", "name": name, "to": function._handle}
        self._exchange(lambda: self.kernel.request(content, [], 10), name)

    def _exchange(self, ask, what):
        if self.lost:
            raise Lost(self.lost)
        if self.kernel.ended:
            self._lose(f"{what} could not be asked for: the kernel was lost too often or took too long.")
        try:
            return ask()
        except Overrun as error:
            self.references.suspect([what.removesuffix("()")])
            self._lose(f"{what} {error}.", error.reason)
        except KernelGone as error:
            self._lose(f"The kernel ended in {what}: {CAUSES[error.reason]}.", error.reason)
        except Malformed:
            self._lose(f"{what} gave an answer that is no plain data.", "forged")

    def _lose(self, sentence: str, kind: str | None = None):
        self.lost = sentence
        if kind:
            self.incidents.append(Incident(kind, sentence))
        raise Lost(sentence)

    def _stand_in(self, handle, unpack):
        name = handle.partition(" ")[0]
        return RemoteFunction(self, name if name.isidentifier() and len(name) < 100 else "a function", handle)

    def _handle_of(self, value, pack):
        return value._handle if type(value) is RemoteFunction else None

    def _exception(self, name, reply):
        message = f"{reply.get('evalue', '')}"[:2000]
        kinds = reply.get("kinds")
        for kind in kinds[:20] if isinstance(kinds, list) else []:
            base = self.exception(str(kind))
            if base is not None:
                if not issubclass(base, Exception):
                    break
                try:
                    error = base(message)
                except Exception:  # it wants other arguments
                    continue
                error.raised_by = name, str(reply.get("ename"))
                if base is MemoryError:
                    sentence = f"{name}() asked for more memory than it may use."
                    self.incidents.append(Incident("memory-limit", sentence))
                return error
        self._lose(f"{name}() raised {str(reply.get('ename'))[:100]}.")


CAUSES = {
    "kernel-died": "it exited or crashed",
    "memory-limit": "it used more memory than it may",
    "process-limit": "it started more processes than it may",
    "disk-limit": "it wrote more to disk than it may",
}
