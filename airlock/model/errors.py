"""What airlock raises: one sentence that names the file and the remedy."""


class AirlockError(Exception):
    """Bad input or a missing file; the message is meant to be read by a person, without traceback."""


class MachineError(AirlockError):
    """Grading could not be done for a reason that is not the student's: no memory, disk full, no kernel."""


class Unreadable(AirlockError):
    """A submission that cannot be graded; ``kind`` is one of :data:`airlock.model.record.KINDS`."""

    def __init__(self, message: str, kind: str = "unreadable"):
        super().__init__(message, kind)  # both, so that the exception survives pickling
        self.message = message
        self.kind = kind

    def __str__(self) -> str:
        return self.message
