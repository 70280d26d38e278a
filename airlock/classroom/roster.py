"""Who is in the class, by ``roster.csv`` or an export of Canvas or Moodle, and who is meant by a name."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from airlock.model.errors import AirlockError

FILE = "roster.csv"
# What a column may be called, in our own file and in exports of Canvas and Moodle: the first found.
COLUMNS = {
    "id": ("id", "student", "student id", "username", "sis login id", "login id", "id number", "sis user id"),
    "name": ("name", "full name", "student name", "student"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "email": ("email", "email address", "e-mail"),
    "section": ("section", "group", "groups", "group name"),
    "extension": ("extension",),
    "platform": ("id", "id number", "sis user id", "student number"),
}


@dataclass(frozen=True)
class Person:
    """A student: ``id`` names the folder in ``submitted/``, ``platform`` is the platform's own number."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    platform: str = ""
    extension: str = ""  # how much longer they have, as written: "2 days"


class Roster:
    """The people of a class, found by whatever a platform calls them."""

    def __init__(self, people: list[Person]):
        self.people = people
        self._known: dict[str, set[Person]] = {}
        for person in people:
            for word in (person.id, person.email, person.platform, person.email.partition("@")[0]):
                if word:
                    self._known.setdefault(word.casefold(), set()).add(person)
            for name in _spellings(person.name):
                self._known.setdefault(name, set()).add(person)

    def find(self, *words: str) -> Person | None:
        """The one person whom the first of ``words`` that is known means; None for nobody, or for several."""
        for word in words:
            found = self._known.get(word.strip().casefold()) or set()
            for name in _spellings(word):
                found = found or self._known.get(name, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def absent(self, students: set[str]) -> list[Person]:
        """Who of the class is not among ``students``."""
        return [person for person in self.people if person.id not in students]

    def unknown(self, students: set[str]) -> dict[str, Person | None]:
        """Who of ``students`` is not in the class, each with the person who may be meant."""
        ids = {person.id for person in self.people}
        return {student: self.find(student) for student in sorted(students - ids)}


def read_roster(path: Path) -> Roster:
    """Read a roster: a CSV file with a header, in UTF-8 or Latin-1, with commas, semicolons or tabs.

    Raises AirlockError, which names the file and the remedy.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AirlockError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    header, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=header.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    place = {name: number for number, name in reversed(list(enumerate(names)))}
    columns = {what: next((place[n] for n in known if n in place), None) for what, known in COLUMNS.items()}
    if "sis login id" in place:  # Canvas: its column ID is the platform's own number, Student is the name
        columns |= {"id": place["sis login id"], "platform": place.get("id")}
    if columns["id"] is None and columns["email"] is None:
        raise AirlockError(f"{path} has no column id: begin the file with the line name,id,email,section.")
    people = [person for row in rows[1:] if (person := _person(row, columns))]
    _unique(people, path)
    return Roster(people)


def _person(row: list[str], columns: dict[str, int | None]) -> Person | None:
    """The person of a row; None for an empty one, Canvas's row of possible points and its test student."""

    def of(what: str) -> str:
        place = columns[what]
        return row[place].strip() if place is not None and place < len(row) else ""

    name = of("name") or f"{of('first')} {of('last')}".strip()
    if "," in name:
        name = " ".join(part.strip() for part in reversed(name.split(",", 1)))
    if name.casefold() in {"points possible", "student, test", "test student"}:
        return None
    student = of("id") or of("email") or of("platform")
    return (
        Person(student, name, of("email"), of("section"), of("platform"), of("extension"))
        if student
        else None
    )


def _unique(people: list[Person], path: Path) -> None:
    seen: set[str] = set()
    for person in people:
        if person.id in seen:
            raise AirlockError(f"{path} has the id {person.id} twice: give each student one of their own.")
        if re.search(r"[/\\\0]|^\.", person.id):
            raise AirlockError(f"{path} has the id {person.id!r}, which cannot name a folder: use another.")
        seen.add(person.id)


def _spellings(name: str) -> set[str]:
    """A name as platforms write it: in any order, without marks, with umlauts either way, run together."""
    found = set()
    for spelled in (name, re.sub("[äöüÄÖÜ]", lambda m: f"{m[0]}e", name)):
        folded = unicodedata.normalize("NFKD", spelled.replace("ß", "ss")).casefold()
        folded = "".join(c for c in folded if not unicodedata.combining(c))
        words = re.findall(r"\w+", folded.replace("_", " "))
        if words:
            found |= {" ".join(sorted(words)), "".join(words), "".join(words[-1:] + words[:-1])}
    return found
