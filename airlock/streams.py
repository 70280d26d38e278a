"""What the student's kernel does otherwise than ipykernel with printed text."""

from ipykernel.iostream import IOPubThread, OutStream

MAX_UNSENT = 1 << 16  # characters


class PatientStream(OutStream):
    """Standard output or error, which waits for its text to be sent now and then.

    A loop that only prints would otherwise fill the memory with it within a fifth of a second.
    """

    _unsent = 0

    def write(self, string):
        """Take text in; the number of characters."""
        written = super().write(string)
        self._unsent += len(string)
        if self._unsent > MAX_UNSENT:
            self._unsent = 0
            self.flush()
        return written


class QuietThread(IOPubThread):
    """Takes no output of child processes: ipykernel would open a TCP socket for it."""

    def __init__(self, socket, pipe=False, session=False):
        super().__init__(socket, pipe=False, session=session)
