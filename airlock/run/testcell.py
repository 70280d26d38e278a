"""Run test cells in the grader's process and write down the verdict as an ordinary cell output."""

import contextlib
import importlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
from nbformat.v4 import new_output

from airlock.model.record import Incident
from airlock.model.text import count
from airlock.run.around import watched
from airlock.run.bridge import Bridge, Lost
from airlock.run.code import execute, go_on
from airlock.run.main_module import MainModule
from airlock.run.namespace import TestNamespace
from airlock.run.pictures import shown
from airlock.run.verdict import Test, error_output, explain, is_no_share

MAX_PRINTED = 20_000


class TestCells:
    """Where the tests of one notebook run: a folder with the assignment's own files, importable.

    So is what lies in those of its ``folders`` that there are. A context manager; modules that the tests
    imported from there are forgotten at the end, so that the next assignment may have one of the same name.
    """

    __test__ = False  # not for pytest

    def __init__(self, files: dict[str, bytes], folders: Iterable[str] = ()):
        self.files = files
        names = (os.path.normpath(name) for name in folders)
        self.folders = [name for name in names if any(path.startswith(f"{name}/") for path in files)]

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="airlock-tests-")).resolve()
        # A module of the same name that this process happens to have is not the assignment's.
        below = (path.removeprefix(f"{name}/") for name in ["", *self.folders] for path in self.files)
        own = {path.split("/")[0].removesuffix(".py") for path in below}
        self.hidden = {name: sys.modules.pop(name) for name in [*sys.modules] if name.split(".")[0] in own}
        self.modules = set(sys.modules)
        for name, content in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        importlib.invalidate_caches()
        return self

    def __exit__(self, *_: Any) -> None:
        for name in set(sys.modules) - self.modules:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(self.folder)):
                del sys.modules[name]
        sys.modules.update(self.hidden)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, test: Test, bridge: Bridge, namespace: TestNamespace, points: float) -> list:
        """Run one test cell; returns its outputs: none but prints when it passed, else one error.

        The value of a last expression is an ``execute_result``, which nbgrader takes for partial credit,
        up to ``points``.
        """
        namespace.begin(test.place, test.released)
        kept = namespace.keep()
        printed, value, error = self._run_once(test, bridge, namespace)
        if error is None and bridge.changed and test.strict:
            # What the test expects may have been computed from arguments that the function had changed.
            changed = bridge.changed
            namespace.restore(kept)
            _, _, error = self._run_once(test, bridge, namespace, carry=False)
            if error is not None:
                error = Lost(f"This holds only as long as {changed}() changes what it is given.")
        if isinstance(error, MemoryError) and not hasattr(error, "raised_by"):
            error = Lost("With these answers the test took more memory than it may use.")
            bridge.incidents.append(Incident("memory-limit", str(error)))
        if test.share and isinstance(value, bool | np.number | np.bool_):
            value = float(value)  # which nbgrader reads: numpy's own numbers call themselves by their type
        if error is None and is_no_share(repr(value), points, test.share):
            error = Lost("These are no points that the test can give.")
        outputs = []
        if printed:
            outputs.append(new_output("stream", name="stdout", text=printed[:MAX_PRINTED]))
        if error is not None:
            outputs.append(error_output(*explain(error, test, str(self.folder))))
        elif value is not None:
            outputs.append(new_output("execute_result", data={"text/plain": repr(value)[:MAX_PRINTED]}))
        return outputs

    def _run_once(
        self, test: Test, bridge: Bridge, namespace: TestNamespace, carry: bool = True
    ) -> tuple[str, Any, BaseException | None]:
        """What was printed, the value of the last expression, the error."""
        printed, value, error = io.StringIO(), None, None
        bridge.begin(carry)
        mirrored = bridge.mirror.for_a_test() if bridge.mirror else contextlib.nullcontext()
        captured = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO())
        with self._at_home(), mirrored, captured[0], captured[1]:
            try:
                bridge.surroundings.home(namespace, test.source)
                bridge.take_files()
                pictures = shown(bridge, test.source)
                with _bounded(bridge), watched(bridge.surroundings), pictures, _as_main(namespace, bridge):
                    try:
                        value = execute(test.source, namespace)
                    except Exception as failed:
                        _go_on(test, failed, bridge, namespace)
                        raise
                if bridge.lost:  # and the test did not mind
                    raise Lost(bridge.lost)
            except BaseException as caught:  # noqa: B036  whatever a test raises is its verdict
                if isinstance(caught, KeyboardInterrupt):
                    raise
                error = Lost(bridge.lost) if bridge.lost else caught
            finally:
                bridge.names.take_back()
        return printed.getvalue(), value, error

    @contextlib.contextmanager
    def _at_home(self) -> Iterator[None]:
        path, folder = list(sys.path), os.getcwd()
        random.seed()
        np.random.seed()  # a forked grader must not repeat its siblings' draws
        sys.path[:0] = [str(self.folder), *(str(self.folder / name) for name in self.folders)]
        os.chdir(self.folder)
        tempfile.tempdir, elsewhere = str(self.folder), tempfile.tempdir  # what is given from there crosses
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield
            finally:
                tempfile.tempdir = elsewhere
                os.chdir(folder)
                sys.path[:] = path


def _go_on(test: Test, failed: Exception, bridge: Bridge, namespace: TestNamespace) -> None:
    """A test that has failed goes on asking; what it prints, loses and binds from there on is forgotten."""
    kept = namespace.keep()
    try:
        with bridge.unheard(), contextlib.redirect_stdout(io.StringIO()):
            go_on(test.source, failed, namespace)
    finally:
        namespace.restore(kept)


@contextlib.contextmanager
def _as_main(namespace: TestNamespace, bridge: Bridge) -> Iterator[None]:
    """The test is what its libraries know as ``__main__``."""
    namespace.lend()
    before, sys.modules["__main__"] = sys.modules["__main__"], MainModule(namespace, bridge)
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextlib.contextmanager
def _bounded(bridge: Bridge) -> Iterator[None]:
    """A test that the submission's answers keep computing for ever is lost, and the kernel with it.

    Only a main thread gets signals; in another, as on a cluster, such a test is not bounded.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seconds = bridge.kernel.limits.test_seconds

    def stop(*_: Any) -> None:
        bridge.kernel.kill()  # a request may be half on its way
        sentence = f"With these answers the test did not end within {count(seconds, 'second')} of computing."
        bridge.lose(sentence, "time-limit")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
