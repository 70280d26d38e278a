"""What airlock raises: one sentence that names the file and the remedy."""


class AirlockError(Exception):
    """Bad input or a missing file; the message is meant to be read by a person, without traceback.

    ``kind``: of the incident, one of :data:`airlock.model.record.KINDS`, where it ends a submission.
    """

    kind = "unreadable"


class MachineError(AirlockError):
    """Grading could not be done for a reason that is not the student's: no memory, disk full, no kernel."""

    kind = "machine"


class Unreadable(AirlockError):
    """A submission that cannot be graded."""

    def __init__(self, message: str, kind: str = "unreadable"):
        super().__init__(message, kind)  # both, so that the exception survives pickling
        self.message = message
        self.kind = kind

    def __str__(self) -> str:
        return self.message
