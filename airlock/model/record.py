"""What grading one submission found out: the record that results, report and feedback are made of."""

from dataclasses import asdict, dataclass, field
from typing import Literal

Status = Literal["graded", "incident", "failed"]
MAX_MESSAGE = 2000  # characters of what a check says
NO_ANSWER = "No response."  # nbgrader's own comment on an answer cell that was left as handed out


@dataclass
class Check:
    """One graded cell: an autograded test, or an answer that a person marks."""

    notebook: str
    grade_id: str
    max_points: float
    points: float | None  # None: waits for a person
    message: str = ""  # why points were lost, as the student may read it; empty when none were
    extra: float = 0.0  # extra credit, which points contain
    by_hand: bool = False  # points were given by a person
    stale: bool = False  # by hand, to an earlier hand-in, and not looked at since
    unguarded: bool = False  # the student's code could have decided it


@dataclass
class Comment:
    """What a person wrote about a cell."""

    notebook: str
    grade_id: str
    text: str
    stale: bool = False  # written about an earlier hand-in


@dataclass
class Earlier:
    """Mark and comment that a cell had by hand when a new hand-in came."""

    notebook: str
    grade_id: str
    mark: float | None
    comment: str


@dataclass
class Change:
    """How grading again changed the points of one check, or with an empty ``grade_id`` the score."""

    notebook: str
    grade_id: str
    was: float | None
    now: float | None


@dataclass
class Incident:
    """Something that happened and that a person may want to see."""

    kind: str  # one of KINDS
    message: str  # one sentence, may be shown to the student
    notebook: str = ""
    cell: str = ""  # grade_id or id of the cell, where there is one


# kind -> what an instructor can do about it
KINDS = {
    "unreadable": "Ask the student to hand in the notebook again.",
    "missing": "Ask the student for the notebook; the assignment cannot be graded without it.",
    "too-large": "Ask the student to clear all outputs and large cells, and to hand in again.",
    "mended": "Nothing, unless the student complains: the notebook was put back in shape before grading.",
    "cells-restored": "Compare the submission with the graded notebook if points were lost nearby.",
    "kernel-died": "Look at the cell named; the points of the checks that needed it are lost.",
    "time-limit": "Look for an endless loop in the cell named.",
    "memory-limit": "Look for an array or a list that grows without end in the cell named.",
    "process-limit": "Look at the cell named: it started more processes than an answer needs.",
    "process-left": "Nothing; the process was ended with its kernel.",
    "disk-limit": "Look at the cell named: it wrote more to disk than an answer needs.",
    "output-limit": "Nothing; the output was cut.",
    "refused": "Look at the cell named: it tried to reach something that is not the student's.",
    "forged": "Look at the cell named: it sent what only the grader may send.",
    "not-graded": "Mark the check by hand in the Formgrader; it cost nobody a point.",
    "gone": "Put the hand-in back, or take the student out of the gradebook (docs/instructor.md).",
    "link": "Nothing, the link was not followed; ask the student to hand in the file itself.",
    "own-comparison": "Look at the cell named: the student's own class compared two of its objects.",
    "machine": "Grade again when the machine is idle or mended; the student is not at fault.",
}


@dataclass
class Record:
    """How one submission ended.

    ``score`` is None where there is none: the submission failed. ``status`` follows from the
    incidents unless grading failed. What grading finds out knows nothing of the gradebook;
    :func:`airlock.course.marked.marked` puts marks, comments and penalty of the gradebook in.
    """

    student: str
    assignment: str
    status: Status
    max_score: float
    score: float | None
    checks: list[Check] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)  # "affine_forward: v", blanks left as they were
    incidents: list[Incident] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # "cpu": grader and kernels; "wall"
    confinement: dict[str, str] = field(default_factory=dict)  # what was confined -> by which means, "" = not
    versions: dict[str, str] = field(default_factory=dict)  # package -> version
    digest: str = ""  # of submission, master and versions: same digest, same grading
    hand_in: str = ""  # digest of the submission alone
    handed_in: str = ""  # when, in ISO format and UTC, where that is known
    late: float = 0.0  # seconds past the due date
    penalty: float = 0.0  # points that lateness costs, which ``score`` no longer has
    comments: list[Comment] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)  # by hand, from before this hand-in
    changes: list[Change] = field(default_factory=list)  # by the last grading, the score first
    changed_by: str = ""  # "hand-in" or "checks", where there are changes

    @property
    def earned(self) -> float | None:
        """The points before the late penalty."""
        return None if self.score is None else sum(check.points or 0.0 for check in self.checks)

    @property
    def to_mark(self) -> int:
        """How many graded cells wait for a person."""
        return sum(check.points is None for check in self.checks)

    def to_json(self) -> dict:
        """Plain data, with ``points`` by grade_id beside the checks for whoever only wants those."""
        points = {check.grade_id: check.points for check in self.checks}
        return asdict(self) | {"points": points}

    @classmethod
    def from_json(cls, data: dict) -> "Record":
        """Inverse of :meth:`to_json`."""
        data = {key: value for key, value in data.items() if key != "points"}
        for name, kind in PARTS.items():
            data[name] = [kind(**part) for part in data.get(name, [])]
        return cls(**data)


PARTS = {"checks": Check, "incidents": Incident, "comments": Comment, "earlier": Earlier, "changes": Change}


@dataclass
class Graded:
    """What grading gives back: by name, the executed notebooks as .ipynb, cells without an answer, pages."""

    notebooks: dict[str, bytes]
    record: Record
    unanswered: dict[str, list[str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)  # feedback, where it is wanted
