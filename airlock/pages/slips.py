"""Which slips a class made, and how often: the same message counts together, whatever the numbers in it."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from airlock.model.record import Record

NUMBER = re.compile(
    r"(?<![A-Za-z_])[-+]?(?:\d[\d,]*)?\.?\d+(?:[eE][-+]?\d+)?%?|(?<![A-Za-z])[-+]?(?:nan|inf)\b"
)
SHAPE = re.compile(r"\(\s*#(?:,\s*#)*,?\s*\)|\[\s*#(?:[,\s]+#)*\s*\]")
QUOTED = re.compile(r"'[^'\n]{1,60}'|\"[^\"\n]{1,60}\"|`[^`\n]{1,60}`")
LONGEST = 2_000  # characters of a message
BLANK = re.compile(r"\bblank\b", re.IGNORECASE)


@dataclass(frozen=True)
class Slip:
    """One way of losing points at one check.

    ``message`` is the wording met most often, ``general`` the same without what differs.
    """

    grade_id: str
    message: str
    general: str
    students: tuple[str, ...]
    blank: bool

    @property
    def gist(self) -> str:
        """The first sentence, short enough for a headline, without the name that the check has anyway."""
        first = re.split(r"(?<=[.!?])\s", self.general, maxsplit=1)[0]
        name, colon, rest = first.partition(": ")
        first = rest if colon and re.search(rf"\b{re.escape(name)}$", self.grade_id) else first
        return first if len(first) <= 160 else first[:157].rsplit(" ", 1)[0] + " …"


def gather(records: list[Record]) -> list[Slip]:
    """Return the slips of a class, the most frequent first."""
    wordings: dict[tuple, Counter[str]] = defaultdict(Counter)
    students: dict[tuple, dict[str, None]] = defaultdict(dict)
    for record in records:
        for check in record.checks:
            if check.message and check.points is not None and check.points < check.max_points:
                message = check.message.strip()[:LONGEST]
                key = (check.grade_id, pattern(message))
                wordings[key][message] += 1
                students[key][record.student] = None
    slips = [
        Slip(
            grade_id=key[0],
            message=words.most_common(1)[0][0],
            general=key[1].replace("#", "…") if len(words) > 1 else next(iter(words)),
            students=tuple(students[key]),
            blank=bool(BLANK.search(key[1])),
        )
        for key, words in wordings.items()
    ]
    return sorted(slips, key=lambda slip: (-len(slip.students), slip.grade_id, slip.message))


def pattern(message: str) -> str:
    """``message`` without what differs from student to student: numbers, shapes, and quoted names."""
    message = QUOTED.sub("'…'", message)
    return " ".join(SHAPE.sub("(#)", NUMBER.sub("#", message)).split())
