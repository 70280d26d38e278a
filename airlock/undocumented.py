"""Every undocumented part of other packages that the engine relies on, and what breaks when it moves.

What changes something of theirs, or reaches for a private name, is a function here. What overrides something
is a class elsewhere, named in ``used_in``. tests/test_undocumented.py looks whether each part is still there;
the bounds in pyproject.toml hold what has been seen to work. Nothing is imported before it is used: a kernel
asks for its own parts alone.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A name in somebody else's package, as ``module:Class.attribute``."""

    name: str
    breaks: str  # what does, without it
    used_in: str = "airlock.undocumented"
    parameters: tuple[str, ...] = ()  # that it is called with


APP, KERNEL, MAGICS = "airlock.sandbox.kernel_app", "airlock.sandbox.kernel", "airlock.model.magics"
POOL = "airlock.classroom.pool"
PARTS = (
    Part("ipykernel.debugger:_is_debugpy_available", "kernels load a debugger, and start half as fast"),
    Part(
        "IPython.core.inputtransformer2:make_tokens_by_line",
        "no cell with magics is read",
        MAGICS,
        ("lines",),
    ),
    Part(
        "IPython.core.inputtransformer2:TransformerManager.do_token_transforms",
        "a cell of a hundred magics takes a minute to be read",
        MAGICS,
        ("lines",),
    ),
    Part("IPython.core.inputtransformer2:TokenTransformBase.find", "the same", MAGICS, ("tokens_by_line",)),
    Part("IPython.core.inputtransformer2:TokenTransformBase.sortby", "the same", MAGICS),
    Part("IPython.core.inputtransformer2:TokenTransformBase.transform", "the same", MAGICS, ("lines",)),
    Part("ipykernel.kernelapp:IOPubThread", "kernels ask for a TCP socket, which is refused: none starts"),
    Part("ipykernel.iostream:IOPubThread.__init__", "no kernel starts", APP, ("socket", "pipe", "session")),
    Part("ipykernel.kernelapp:IPKernelApp.init_iopub", "the thread above is not ours", APP, ("context",)),
    Part(
        "ipykernel.kernelapp:IPKernelApp.init_control",
        "kernels run a thread for subshells: short cells cost twice",
        APP,
        ("context",),
    ),
    Part("ipykernel.kernelapp:IPKernelApp.shell_channel_thread", "the same"),
    Part(
        "ipykernel.iostream:OutStream.write",
        "a loop that prints fills the memory before any limit is met",
        APP,
        ("string",),
    ),
    Part("ipykernel.iostream:OutStream.flush", "the same", APP),
    Part(
        "ipykernel.displayhook:ZMQShellDisplayHook.session",
        "a copy of a kernel gives no value of a last line",
        "airlock.sandbox.forking",
    ),
    Part("ipykernel.kernelbase:Kernel._execute_sleep", "each cell waits half a millisecond", KERNEL),
    Part("ipykernel.kernelbase:Kernel.pre_handler_hook", "a call cannot be interrupted", KERNEL),
    Part("ipykernel.kernelbase:Kernel.post_handler_hook", "the same", KERNEL),
    Part("ipykernel.kernelbase:Kernel.execute_request", "calls miss the context of cells", KERNEL),
    Part("ipykernel.kernelbase:Kernel.shell_channel_thread", "no cell with await is run", KERNEL),
    Part("IPython.core.async_helpers:_asyncio_event_loop", "a copy of a kernel runs no cell with await"),
    Part("asyncio:_set_running_loop", "the same"),
    Part("asyncio:_get_running_loop", "no object of a student's can be awaited"),
    Part("jupyter_core.utils:_loop", "a process that was forked to run tests starts no kernel"),
    Part(
        "jupyter_client.client:KernelClient._create_connected_socket",
        "a kernel may send messages of any size and number",
        "airlock.kernel.bounded_client",
        ("channel", "identity"),
    ),
    Part("jupyter_client.manager:KernelManager._kernel_spec", "kernels are looked up among those installed"),
    Part(
        "nbclient.client:NotebookClient.process_message",
        "no output of a cell is kept",
        "airlock.run.notes",
        ("msg", "cell", "cell_index"),
    ),
    Part("nbconvert.filters.markdown_mistune:MarkdownWithMath", "no page is made", "airlock.pages.prose"),
    Part("nbconvert.filters.markdown_mistune:IPythonRenderer", "nothing is cleaned", "airlock.clean.html"),
    Part("nbgrader.converters.autograde:Autograde._init_preprocessors", "autograde mends twice, or never"),
    Part(
        "nbgrader.preprocessors:AssignLatePenalties._check_late_penalty",
        "late penalties are not those of nbgrader autograde",
        parameters=("notebook", "penalty"),
    ),
    Part("nbgrader.preprocessors:AssignLatePenalties.init_plugin", "the same", "airlock.course"),
    Part(
        "nbgrader.preprocessors:SaveAutoGrades._add_score",
        "a check that waits for a person has no points, instead of none yet",
        "airlock.nbgrader_plugin.preprocessors",
        ("cell", "resources"),
    ),
    Part("unittest.mock:_patch.__enter__", "a test's patches do not reach the submission"),
    Part("unittest.mock:_patch.__exit__", "and do not end there"),
    Part("json:detect_encoding", "no notebook is read", "airlock.handin.reading"),
    Part("linecache:cache", "a test cannot read a function's text", "airlock.run.functions"),
    Part("multiprocessing.util:get_temp_dir", "a run that was killed leaves a folder behind", POOL),
    Part("multiprocessing.forkserver:ensure_running", "workers are a second late", POOL),
)  # fmt: skip


@contextlib.contextmanager
def without_debugger() -> Iterator[None]:
    """What is imported within finds that debugpy is not installed."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["debugpy"]


def use_iopub_thread(kind: type) -> None:
    """Have ipykernel's application make its thread for outputs of this class: there is no other way."""
    from ipykernel import kernelapp

    kernelapp.IOPubThread = kind  # type: ignore[attr-defined, assignment]


def drop_subshells(application: Any) -> None:
    """Take the thread of subshells from a kernel's application, before it is started."""
    application.shell_channel_thread = None


def leave_event_loop() -> None:
    """In a fork: the loop that ran when it was made goes on in the parent alone, here there is a new one."""
    import asyncio

    from IPython.core import async_helpers

    asyncio._set_running_loop(None)
    asyncio.set_event_loop(asyncio.new_event_loop())
    async_helpers._asyncio_event_loop = None


@contextlib.contextmanager
def outside_of_loops() -> Iterator[None]:
    """A loop may run within, though one runs around it, and waits meanwhile."""
    import asyncio

    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


def forget_loops() -> None:
    """Event loops do not survive a fork: their selectors would be shared with the parent."""
    core = sys.modules.get("jupyter_core.utils")
    if core is not None and hasattr(core, "_loop"):
        core._loop.set(None)


def use_kernel_spec(manager: Any, spec: Any) -> None:
    """Have a kernel manager start kernels by this spec, which is not installed anywhere."""
    manager._kernel_spec = spec


def is_sanitizing(converter: Any) -> bool:
    """Whether ``nbgrader autograde`` reads what was submitted, and not yet what it has made of it."""
    return bool(converter._sanitizing)


@contextlib.contextmanager
def watched_patches(
    patched: Callable[[Any, str], None], put_back: Callable[[Any, str], None]
) -> Iterator[None]:
    """Within, ``unittest.mock`` tells of each patch: ``patched(target, attribute)``, and when it ends."""
    import unittest.mock

    kind: Any = unittest.mock._patch
    enter, leave = kind.__enter__, kind.__exit__

    def entered(self: Any) -> Any:
        made = enter(self)
        patched(self.target, self.attribute)
        return made

    def left(self: Any, *error: Any) -> Any:
        if hasattr(self, "target"):
            put_back(self.target, self.attribute)
        return leave(self, *error)

    kind.__enter__, kind.__exit__ = entered, left
    try:
        yield
    finally:
        kind.__enter__, kind.__exit__ = enter, leave


def wraps_something(mock: Any) -> bool:
    """Whether a mock hands its calls on to an object that it stands before."""
    return mock._mock_wraps is not None


def checked_penalty(preprocessor: Any, notebook: Any, penalty: float) -> float:
    """A late penalty as nbgrader writes it: no more than the score, and no less than nothing."""
    return preprocessor._check_late_penalty(notebook, penalty)
