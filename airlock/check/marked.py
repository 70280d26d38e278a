"""What the reference costs, and what became of an answer that a test has marked."""

from dataclasses import dataclass, field

from airlock.check.listening import Call, Step


@dataclass
class Cost:
    """What one cell or check of the reference takes, in seconds by the clock and of computing."""

    name: str
    wall: float
    cpu: float


@dataclass
class Marked:
    """What became of one test: points out of ``most``, the message, and what it asked of the kernel."""

    points: float
    most: float
    message: str
    asked: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    endless: bool = False  # it met a limit of time

    @property
    def lost(self) -> bool:
        """Whether points were lost; of a check without points, whether it failed."""
        return self.points < self.most or not self.most and bool(self.message)
