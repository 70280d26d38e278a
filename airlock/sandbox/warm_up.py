"""What is imported before kernels are forked: what all need, and what an assignment's notebooks import."""

import contextlib
import gc
import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator

from airlock.undocumented import without_debugger

# What a kernel has imported by its first cell, whatever it is told to run.
KERNELS_OWN = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.subshell_manager",
    "ipykernel.shellchannel",
    "resource",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "encodings.idna",
    "airlock.sandbox.audit",
    "airlock.sandbox.confine",
    "airlock.sandbox.kernel",
    "airlock.sandbox.syscalls",
    "airlock.sandbox.warden",
)
# What a kernel shows pictures by. Imported there, it sees to it that a cell's end shows and closes them.
INLINE = "matplotlib_inline.backend_inline"
WITH_PYPLOT = ("matplotlib.backends.backend_agg", INLINE)


def warm_up(modules: Iterable[str] = ()) -> None:
    """Import what every kernel needs, and ``modules``."""
    with _collected_once():
        from IPython.core import magics

        _import_without_debugger()
        ours = [f"{magics.__name__}.{module.name}" for module in pkgutil.iter_modules(magics.__path__)]
        _import_all([*KERNELS_OWN, *ours])
        _import_those(modules)


def import_more(modules: Iterable[str]) -> None:
    """Import ``modules`` as well, for the kernels that are forked from here on."""
    with _collected_once():
        _import_those(modules)


def threads() -> int:
    """How many threads this process has; a fork has but one of them, and may wait for the others for ever."""
    return len(os.listdir("/proc/self/task"))


def _import_those(modules: Iterable[str]) -> None:
    drawn = "matplotlib.pyplot" in sys.modules
    os.environ["MPLBACKEND"] = f"module://{INLINE}"  # as a kernel does; matplotlib reads it on import
    _import_all(modules)
    if not drawn and "matplotlib.pyplot" in sys.modules:
        _import_all(WITH_PYPLOT)
        _draw_once()
    for name in [name for name in sys.modules if name.startswith(INLINE.partition(".")[0])]:
        del sys.modules[name]  # what it needs is there, and each kernel imports it anew


def _import_all(modules: Iterable[str]) -> None:
    for module in modules:
        # What is not there, or is no module, or fails: the notebook will say so itself.
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(module)


@contextlib.contextmanager
def _collected_once() -> Iterator[None]:
    gc.disable()  # until all is imported: nothing of it is garbage
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()  # the kernels' collections leave the shared pages alone
        gc.enable()


def _import_without_debugger() -> None:
    """Nobody attaches a debugger, and loading one would take half of a kernel's start."""
    with without_debugger():
        importlib.import_module("ipykernel.debugger")


def _draw_once() -> None:
    """A first picture loads fonts and a dozen modules that every later one finds in place."""
    from matplotlib.figure import Figure  # not of pyplot: that would choose what kernels show pictures by

    figure = Figure()
    axes = figure.subplots()
    axes.semilogy([1, 2], [1, 10], label="$10^x$")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
