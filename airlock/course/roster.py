"""Who is in the class, and who is meant by whatever a platform calls somebody."""

import re
import unicodedata
from dataclasses import dataclass

# Letters that Unicode does not take apart, and two for one that some write for it: both ways become one.
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
TWO_FOR_ONE = re.compile("([aou])e|aa")


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
    teams: str = ""  # the groups they are in, with commas between
    excluded: bool = False


class Roster:
    """The people of a class in their order, found by whatever a platform calls them."""

    def __init__(self, people: list[Person], extends: bool = False):
        self.people, self.extends = people, extends  # whether it says who has longer
        self._known: dict[str, set[Person]] = {}
        self._ids = {person.id.casefold(): person for person in people}
        self._teams: dict[str, set[Person]] = {}
        for person in people:
            for team in {person.teams, *re.split("[,;]", person.teams)}:
                self._teams.setdefault(_run_together(team), set()).add(person)
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
        if person := self._ids.get(word.strip().casefold()):
            return [person]
        found = self._known.get(word.strip().casefold()) or set()
        for name in _spellings(word):
            found = found or self._known.get(name, set())
        return sorted(found, key=self.people.index)

    @property
    def excluded(self) -> set[str]:
        """Ids of who is not graded, and in no list."""
        return {person.id for person in self.people if person.excluded}

    def called(self, person: Person) -> str:
        """The name of somebody, with the id where another has that name as well."""
        alike = [one for one in self.people if one.name == person.name]
        if not person.name:
            return person.id
        return person.name if len(alike) == 1 else f"{person.name} ({person.id})"

    def team(self, word: str) -> list[Person]:
        """The members of a group by its name, as a platform writes it."""
        name = _run_together(word)
        return sorted(self._teams.get(name, ()) if name else (), key=self.people.index)

    def absent(self, students: set[str]) -> list[Person]:
        """Who of the class is not among ``students``."""
        return [person for person in self.people if person.id not in students and not person.excluded]

    def unknown(self, students: set[str]) -> dict[str, Person | None]:
        """Who of ``students`` is not in the class, each with the person who may be meant."""
        ids = {person.id for person in self.people}
        return {student: self.find(student) for student in sorted(students - ids)}


def is_part(name: str, of: str) -> bool:
    """Whether all words of a name are in another text, as where a platform adds a login or an address."""
    words = set(map(_either_way, _plain_words(name)))
    return bool(words) and words <= set(map(_either_way, _plain_words(of)))


def _spellings(name: str) -> set[str]:
    """A name as platforms write it: in any order, without marks, with umlauts either way, run together."""
    words = _plain_words(name)
    turned = ("".join(words[turn:] + words[:turn]) for turn in range(len(words)))
    return {_either_way(" ".join(sorted(words))), *map(_either_way, turned)} if words else set()


def _run_together(name: str) -> str:
    """A name without spaces and marks, in its order, with umlauts either way."""
    return _either_way("".join(_plain_words(name)))


def _plain_words(name: str) -> list[str]:
    """The words of a name without marks."""
    folded = unicodedata.normalize("NFC", name).replace("ß", "ss").casefold().translate(LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain.replace("_", " ").replace("'", "").replace("’", ""))


def _either_way(text: str) -> str:
    """``ue`` is ``u``, as of ``ü``, and so on."""
    return TWO_FOR_ONE.sub(lambda two: two[0][0], text)
