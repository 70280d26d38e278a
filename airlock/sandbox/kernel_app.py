"""What the student's kernel does otherwise than ipykernel's: it has a single client, and no connections."""

from typing import Any

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread, OutStream

from airlock.undocumented import drop_subshells, use_iopub_thread

MAX_UNSENT = 1 << 16  # characters


class PatientStream(OutStream):
    """Standard output or error, which waits for its text to be sent once there is much of it.

    A loop that only prints would otherwise fill the memory with it within a fifth of a second. And it does
    not wait where there is none: ipykernel flushes four times at the end of each cell, from one thread to
    another, which takes a third of the time of a short cell.
    """

    divert = None  # in a fork of the kernel, whose threads are gone: what takes name and text instead
    _unsent = 0  # characters, at most

    def write(self, string: str) -> int:
        """Take text in; the number of characters."""
        if self.divert:
            self.divert(self.name, string)
            return len(string)
        super().write(string)
        self._unsent += len(string)
        if self._unsent > MAX_UNSENT:
            self.flush()
        return len(string)

    def flush(self) -> None:
        """Wait until what was written has been sent."""
        if self._unsent and not self.divert:
            self._unsent = 0
            super().flush()


class QuietThread(IOPubThread):
    """Takes no output of child processes: ipykernel would open a TCP socket for it."""

    def __init__(self, socket: Any, pipe: bool = False, session: Any = False):
        super().__init__(socket, pipe=False, session=session)


class KernelApp(kernelapp.IPKernelApp):
    """Makes the kernel's sockets and threads, but for the thread that several clients' cells would need."""

    def init_control(self, context: Any) -> None:
        """Called when the sockets are made."""
        super().init_control(context)
        drop_subshells(self)

    def init_iopub(self, context: Any) -> None:
        """Called when the sockets are made."""
        use_iopub_thread(QuietThread)
        super().init_iopub(context)


OPTIONS = [
    "--HistoryManager.enabled=False",
    "--IPKernelApp.capture_fd_output=False",
    f"--IPKernelApp.outstream_class={__name__}.PatientStream",
]
