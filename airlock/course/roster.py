"""The people of a class, and who of them is meant by a name."""

import re
import unicodedata
from dataclasses import dataclass

# Letters that are written in two ways, or that Unicode does not take apart.
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"})
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@dataclass(frozen=True)
class Person:
    """A student: ``id`` names the folder in ``submitted/``, the rest is what platforms know them by."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    platform: str = ""  # Moodle's ID number
    extension: str = ""  # how much longer they have, as written: "2 days"
    first: str = ""
    last: str = ""
    canvas: str = ""  # Canvas's number of a person
    sis: str = ""  # Canvas's SIS user id
    participant: str = ""  # Moodle's number of somebody in one assignment
    time: str = ""  # when they handed in, as Moodle's grading worksheet writes it
    excluded: bool = False


class Roster:
    """The people of a class in their order, found by whatever a platform calls them."""

    def __init__(self, people: list[Person], extends: bool = False):
        self.people, self.extends = people, extends  # whether it says who has longer
        self._known: dict[str, set[Person]] = {}
        for person in people:
            address = person.email.partition("@")[0]
            participant = f"participant {person.participant}" if person.participant else ""
            numbers = person.platform, person.canvas, person.sis, participant
            for word in (person.id, person.email, address, *numbers):
                if word:
                    self._known.setdefault(word.casefold(), set()).add(person)
            for name in (*_spellings(person.name), *_spellings(f"{person.last} {person.first}")):
                self._known.setdefault(name, set()).add(person)

    def find(self, *words: str) -> Person | None:
        """The one person whom the first of ``words`` that is known means; None for nobody, or for several."""
        for word in words:
            found = self.meant(word)
            if len(found) == 1:
                return found[0]
        return None

    def meant(self, word: str) -> list[Person]:
        """Everybody whom ``word`` may mean: more than one where two have a name in common."""
        found = self._known.get(word.strip().casefold()) or set()
        for name in _spellings(word):
            found = found or self._known.get(name, set())
        return sorted(found, key=self.people.index)

    @property
    def excluded(self) -> set[str]:
        """Ids of who is not graded, and in no list."""
        return {person.id for person in self.people if person.excluded}

    def absent(self, students: set[str]) -> list[Person]:
        """Who of the class is not among ``students``."""
        return [person for person in self.people if person.id not in students and not person.excluded]

    def unknown(self, students: set[str]) -> dict[str, Person | None]:
        """Who of ``students`` is not in the class, each with the person who may be meant."""
        ids = {person.id for person in self.people}
        return {student: self.find(student) for student in sorted(students - ids)}


def _spellings(name: str) -> set[str]:
    """A name as platforms write it: in any order, without marks, with umlauts either way, run together."""
    found = set()
    folded = unicodedata.normalize("NFC", name).replace("ß", "ss").casefold()
    for spelled in (folded, folded.translate(UMLAUTS)):
        plain = unicodedata.normalize("NFKD", spelled.translate(LETTERS))
        plain = "".join(c for c in plain if not unicodedata.combining(c))
        words = re.findall(r"\w+", plain.replace("_", " ").replace("'", "").replace("’", ""))
        turned = ("".join(words[turn:] + words[:turn]) for turn in range(len(words)))
        if words:
            found |= {" ".join(sorted(words)), *turned}
    return found
