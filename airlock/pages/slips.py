"""Which slips a class made, and how often: the same message counts together, whatever the numbers in it."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from airlock.model.record import Check, Record

NUMBER = re.compile(
    r"(?<![A-Za-z_])[-+]?(?:\d[\d,]*)?\.?\d+(?:[eE][-+]?\d+)?%?|(?<![A-Za-z])[-+]?(?:nan|inf)\b"
)
SHAPE = re.compile(r"\(\s*#(?:,\s*#)*,?\s*\)|\[\s*#(?:[,\s]+#)*\s*\]")
QUOTED = re.compile(r"'[^'\n]{1,60}'|\"[^\"\n]{1,60}\"|`[^`\n]{1,60}`")
LONGEST = 2_000  # characters of a message
BLANK = re.compile(r"\bblank\b", re.IGNORECASE)
SUBJECT = re.compile(
    r"([A-Za-z_]\w*)(?:: |\(\) )"
)  # whom a message is about: "init_he: ...", "f() raised ..."
LIKE = re.compile(r"\blooks like .*")


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
        return gist(self.general, self.grade_id)


@dataclass(frozen=True)
class Loss:
    """What a class lost by one mistake: at a check, and at those that say that they lost by it.

    ``slips``: how many students, and what they did in few words; the frequent first, blanks among them.
    """

    grade_id: str
    points: float
    students: tuple[str, ...]
    slips: tuple[tuple[int, str], ...]


def behind(records: list[Record]) -> list[Loss]:
    """Return what lost a class its points, most points first."""
    points: dict[tuple[str, str], float] = defaultdict(float)
    made: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for record in records:
        lost = [one for one in record.checks if one.points is not None and one.points < one.max_points]
        for check in lost:
            root = _root(check, lost)
            points[root.notebook, root.grade_id] += check.max_points - (check.points or 0.0)
            made[root.notebook, root.grade_id][record.student] = root.message.strip()[:LONGEST]
    found = []
    for (notebook, name), messages in made.items():
        words: dict[str, str] = {}
        slips = Counter(_in_short(message, name, words) for message in messages.values())
        said = tuple((times, words[slip]) for slip, times in slips.most_common())
        found.append(Loss(name, points[notebook, name], tuple(messages), said))
    return sorted(found, key=lambda one: (-one.points, -len(one.students)))


def _root(check: Check, lost: list[Check]) -> Check:
    """The check of the function that a message blames, where that is lost as well."""
    subject = SUBJECT.match(check.message)
    if subject is None or _names(check.grade_id, subject[1]):
        return check
    return next(
        (one for one in lost if one.notebook == check.notebook and _names(one.grade_id, subject[1])), check
    )


def _names(grade_id: str, subject: str) -> bool:
    """Whether a check's own name has that of a function or a variable in it."""
    return bool(re.search(rf"(^|_){re.escape(subject)}(_|$)", grade_id.replace("-", "_")))


def _in_short(message: str, grade_id: str, words: dict[str, str]) -> str:
    """The kind of a slip; ``words`` gets a wording of it."""
    if not message:
        kind, said = "", "without a message"
    elif BLANK.search(message):
        kind, said = "blank", "left it blank"
    else:
        kind, said = pattern(message), gist(message, grade_id)
        like = LIKE.search(said)
        said = f"“{(like[0] if like else said).rstrip('.')}”"
    words.setdefault(kind, said)
    return kind


def gist(message: str, grade_id: str) -> str:
    """The first sentence, short enough for a headline, without the name that the check has anyway."""
    first = re.split(r"(?<=[.!?])\s|\n", message, maxsplit=1)[0]
    name, colon, rest = first.partition(": ")
    first = rest if colon and _names(grade_id, name) else first
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
