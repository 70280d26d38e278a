"""What IPython's magics and ``!`` lines do in a test cell, as far as a grader can do them.

A test's text is transformed as IPython would, so that they arrive here as calls of ``get_ipython()``.
"""

import contextlib
import io
import re
import time
import timeit
import types
from typing import TYPE_CHECKING, Any

from IPython.utils.capture import CapturedIO

from airlock.run.bridge import Bridge

if TYPE_CHECKING:
    from airlock.run.namespace import TestNamespace

# They set how a notebook looks or loads, which no test sees.
SILENT = set("matplotlib config load_ext reload_ext unload_ext autoreload precision xmode colors".split())
TIMED = ("time", "timeit")
FLAGS = re.compile(r"(-[nrp] ?\d+ +|-[oqtc]+ +)*")  # of %timeit


class Shell:
    """The shell of the test cells of one notebook."""

    def __init__(self, bridge: Bridge, namespace: "TestNamespace"):
        self.user_ns, self._bridge = namespace, bridge
        self.released = ""  # the text of the test that students have

    def get_ipython(self) -> "Shell":
        """As IPython's function of that name."""
        return self

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        """``%name line``."""
        if name in SILENT:
            return None
        if name == "timeit" and (found := FLAGS.match(line)) and found[0]:
            result = _repeated(line[found.end() :], self.user_ns)
            return result if "-o" in found[0] else None
        if name in TIMED and line and not line.startswith("-"):
            return self._timed(line)
        self._bridge.lose(f"The test uses %{name}, which cannot be run outside of a notebook.")

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """``%%name line`` over a cell."""
        if name in SILENT:
            return exec(cell, self.user_ns)
        if name in TIMED and not line:
            return self._timed(cell)
        if name == "capture":
            out, error = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
                exec(cell, self.user_ns)
            for kept in [one for one in line.split() if one.isidentifier()][:1]:
                self.user_ns[kept] = CapturedIO(out, error)
            return None
        self._bridge.lose(f"The test uses %%{name}, which cannot be run outside of a notebook.")

    magic = run_line_magic

    def getoutput(self, command: str, split: bool = True) -> Any:
        """``lines = !command``: run beside the student's files, and by no one but the student's process."""
        printed, _, _ = self._run(command)
        return printed.splitlines() if split else printed

    def system(self, command: str) -> None:
        """``!command``."""
        printed, _, code = self._run(command)
        print(printed, end="")
        self.user_ns["_exit_code"] = code

    system_raw = system_piped = system

    def _run(self, command: str) -> tuple[str, str, int]:
        if command.strip() not in self.released:
            self._bridge.lose("A hidden line of the test is a command of the system, which would show it.")
        return self._bridge.shell(command)

    def _timed(self, source: str) -> None:
        started = time.process_time()
        exec(source, self.user_ns)
        print(f"CPU time: {time.process_time() - started:.3f} s")


def _repeated(source: str, names: Any) -> types.SimpleNamespace:
    """What ``%timeit -o`` tells, of one run."""
    seconds = timeit.timeit(source, number=1, globals=names)
    told = {"timings": [seconds], "all_runs": [seconds], "loops": 1, "repeat": 1, "stdev": 0.0}
    return types.SimpleNamespace(best=seconds, worst=seconds, average=seconds, **told)
