"""One person as a learning platform, a roster or a folder may name them, and how they are told apart."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

CLOSE = 70  # per cent of likeness from which a name is worth suggesting
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"})
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@dataclass(frozen=True)
class Person:
    """A student: ``id`` names folders and gradebook entries; the rest is what platforms know them by."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    section: str = ""
    lms_user_id: str = ""  # Canvas's ID, or Moodle's ID number
    sis_id: str = ""
    login: str = ""
    participant: str = ""  # Moodle's number of somebody in one assignment

    @property
    def name(self) -> str:
        """First name and last name, or the id where neither is known."""
        return " ".join(part for part in (self.first, self.last) if part) or self.id


@dataclass(frozen=True)
class Identity:
    """What a file tells of who handed it in; any part may be empty."""

    name: str = ""
    numbers: tuple[str, ...] = ()  # a platform's own, of a person
    logins: tuple[str, ...] = ()  # addresses and ids
    participant: str = ""

    def __str__(self) -> str:
        return self.name or next(iter((*self.logins, *self.numbers, self.participant)), "") or "nobody"


@dataclass
class Names:
    """People, and an index of all that they are known by."""

    people: list[Person] = field(default_factory=list)
    by_id: dict[str, Person] = field(default_factory=dict)
    _known: dict[tuple[str, str], dict[str, Person]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, person: Person) -> None:
        """Add somebody whose id is not taken."""
        self.people.append(person)
        self.by_id[person.id] = person
        for key in _keys_of(person):
            self._known[key][person.id] = person

    def find(self, identity: Identity) -> list[Person]:
        """Who that is: one person; none where nobody is known so; more where it could be each of them.

        A platform's number decides before an address or id, and that before a name.
        """
        for kind, values in (
            ("number", identity.numbers),
            ("participant", (identity.participant,)),
            ("login", [value.casefold() for value in identity.logins]),
            ("name", [key for name in _without_group(identity.name) for key in spellings(name)]),
        ):
            found: dict[str, Person] = {}
            for value in values:
                if value and not (kind == "name" and found):
                    found |= self._known.get((kind, value), {})
            if found:
                return list(found.values())
        return []

    def closest(self, name: str) -> Person | None:
        """Whose name is most like this one, to suggest; None if nobody's is."""
        names = {person.id: min(spellings(person.name), default="") for person in self.people}
        ids = {person.id: person.id.casefold() for person in self.people}
        best = [
            process.extractOne(
                min(spellings(name), default=""), choices, scorer=fuzz.ratio, score_cutoff=CLOSE
            )
            for choices in (names, ids)
        ]
        found = max((one for one in best if one), key=lambda one: one[1], default=None)
        return self.by_id[found[2]] if found else None


def spellings(name: str) -> set[str]:
    """A name without case, accents and spaces, in the ways in which umlauts are written."""
    folded = unicodedata.normalize("NFC", name).casefold()
    found = set()
    for text in (folded.translate(UMLAUTS), folded):
        plain = unicodedata.normalize("NFKD", text.translate(LETTERS))
        found.add("".join(c for c in plain if c.isalnum()))
    return found - {""}


def split_name(name: str) -> tuple[str, str]:
    """First and last name of "Last, First" or "First Last"."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first.strip(), last


def _keys_of(person: Person) -> Iterator[tuple[str, str]]:
    for number in {person.lms_user_id, person.sis_id} - {""}:
        yield "number", number
    if person.participant:
        yield "participant", person.participant
    for login in {person.id, person.login, person.email, person.lms_user_id, person.sis_id} - {""}:
        yield "login", login.casefold()
    words = re.split(r"[\s,]+", f"{person.first} {person.last}".strip())
    for turn in range(len(words)):  # "Jane Ann Doe", "Doe, Jane Ann", and without spaces
        for spelling in spellings("".join(words[turn:] + words[:turn])):
            yield "name", spelling
    for spelling in spellings(person.id):
        yield "name", spelling


def _without_group(name: str) -> list[str]:
    """Moodle puts the group before the name, with a hyphen, which a name may have as well."""
    parts = name.split("-")
    return ["-".join(parts[start:]) for start in range(len(parts))]
