"""``roster.csv``: our own, or an export of a learning platform as it is, in any language."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from airlock.course.roster import Person, Roster
from airlock.model.errors import AirlockError

FILE = "roster.csv"
# What a column may be called, in our own file and in exports of platforms in some languages: the first found.
COLUMNS = {
    "id": "id|username|user name|sis login id|login id|login|sid|netid|student id|studentid|student"
    "|id number|sis user id|anmeldename|nutzername|benutzername|nom d'utilisateur|nombre de usuario"
    "|nome utente|gebruikersnaam|id-nummer|matrikelnummer|numéro d'identification|número de id",
    "name": "name|full name|student name|student|vollständiger name|nom complet|nombre completo|nome completo"
    "|volledige naam",
    "first": "first name|firstname|given name|vorname|prénom|nombre|nome|voornaam|imię|förnamn|fornavn"
    "|etunimi|jméno|keresztnév|ad|adı|имя",
    "last": "last name|lastname|surname|family name|nachname|nom de famille|nom|apellido(s)|apellidos|cognoms"
    "|cognome|achternaam|apelido|sobrenome|nazwisko|efternamn|efternavn|etternavn|sukunimi|příjmení|vezetéknév"
    "|soyad|soyadı|фамилия",
    "email": "email|email address|e-mail|e-mail address|mail|e-mail-adresse|adresse de courriel"
    "|dirección de correo|indirizzo email|e-mailadres",
    "section": "section|sections|section name|group|groups|group name|gruppe|gruppen|groupe|groupes"
    "|grupo|grupos|gruppo|groep",
    "teams": "team|teams|group|groups|group name|gruppe|gruppen|groupe|groupes|grupo|grupos|gruppo|gruppi"
    "|groep|groepen",
    "extension": "extension",
    "excluded": "excluded|withdrawn|dropped",
    "role": "role|roles|rolle|rollen",
    "canvas": "canvas id|canvas user id",
    "platform": "id number|idnumber|student number|matriculation number|id-nummer|matrikelnummer"
    "|numéro d'identification|número de id|sis user id",
    "sis": "sis user id|user id",
    "participant": "identifier",
    "time": "last modified (submission)|zuletzt geändert (abgabe)|dernière modification (travail remis)"
    "|última modificación (entrega)|ultima modifica (consegna)|laatst gewijzigd (inzending)",
}  # fmt: skip
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+").fullmatch
NUMBERED = re.compile(r"[^\W\d][^\d@]*\d+").fullmatch  # "Participant 4711", in any language
PARTICIPANT = re.compile(
    r"(?:participante?|teilnehmer(?:/in|:in)?|partecipante|deelnemer)\s*\d+", re.IGNORECASE
)
AS_WRITTEN = ("email", "section", "platform", "canvas", "sis", "extension", "time", "teams")
STAFF = {"instructor", "teacher", "ta", "grader", "observer", "reader", "designer", "dozent", "trainer",
         "enseignant", "professeur", "profesor", "docente", "docent"}  # fmt: skip
NO = {"", "no", "n", "0", "false", "-", "nein"}


def find_roster(root: str | Path) -> Roster | None:
    """The class of a course, where there is a file that says who it is."""
    path = Path(root) / FILE
    return read_roster(path) if path.exists() else None


def read_roster(path: Path) -> Roster:
    """Read a roster: a CSV file with a header, as a spreadsheet or a platform saves it.

    Raises AirlockError, which names the file and the remedy.
    """
    (_, header), *rows = list(_table(path)) or [(1, [])]
    columns = _columns(header, rows)
    if all(columns[what] is None for what in ("id", "email", "platform", "participant", "canvas")):
        raise AirlockError(f"{path} has no column id: begin the file with the line name,id,email,section.")
    people: list[Person] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        person = _person(row, columns)
        if person is None:
            continue
        if not person.id:
            raise AirlockError(f"{path} has no id for {person.name}, in line {line}: give each student one.")
        if person.id in lines:
            raise AirlockError(
                f"{path} has the id {person.id} twice, in lines {lines[person.id]} and {line}: "
                "give each student one of their own."
            )
        if re.search(r"[/\\\0]|^\.", person.id):
            raise AirlockError(f"{path} has the id {person.id!r}, which cannot name a folder: use another.")
        lines[person.id] = line
        people.append(person)
    return Roster(people, columns["extension"] is not None)


def _columns(header: list[str], rows: list[tuple[int, list[str]]]) -> dict[str, int | None]:
    """Where each thing stands: by what its column is called, or by what is written in it."""
    names = [" ".join(name.replace("_", " ").split()).casefold() for name in header]
    place = {name: number for number, name in reversed(list(enumerate(names)))}
    columns: dict[str, int | None] = {}
    for what, known in COLUMNS.items():
        columns[what] = next((place[name] for name in known.split("|") if name in place), None)
    if columns["email"] is None:
        columns["email"] = next((at for at in place.values() if _all(rows, at, ADDRESS)), None)
    if "sis login id" in place or "sis user id" in place or {"student", "id", "section"} <= set(place):
        # Canvas: its column ID is the platform's own number, Student is the name.
        login = place.get("sis login id", place.get("sis user id", place.get("id")))
        columns |= {"id": login, "canvas": place.get("id"), "name": place.get("student", columns["name"])}
        return columns | {"platform": None, "participant": None, "time": None}
    if columns["time"] is None:
        columns["time"] = _submission_time(names)
    numbered = _all(rows, 0, NUMBERED) and (
        columns["time"] is not None or _all(rows, 0, PARTICIPANT.fullmatch)
    )
    if numbered:  # Moodle's grading worksheet: a number in one assignment, and no name for a folder
        columns |= {"participant": 0, "id": None if columns["id"] == 0 else columns["id"]}
    elif "identifier" not in place:
        columns |= {"participant": None, "time": None}
    return columns


def _submission_time(names: list[str]) -> int | None:
    """Where Moodle's worksheet says when something was handed in, in any language: "Last modified
    (submission)", and later "Last modified (grade)". One alone may be either, and is none.
    """
    stems = [stem[1] if (stem := re.fullmatch(r"(.+) \([^\d()]+\)", name)) else "" for name in names]
    return next((at for at, stem in enumerate(stems) if stem and stems.count(stem) == 2), None)


def _all(rows: list[tuple[int, list[str]]], at: int, fits: Callable[[str], object]) -> bool:
    """Whether all that is written in a column is of a kind."""
    written = [row[at].strip() for _, row in rows if at < len(row) and row[at].strip()]
    return bool(written) and all(map(fits, written))


def _table(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield number and fields of each line that is not empty."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AirlockError(f"{path} cannot be read: {error.strerror}.") from None
    if data.startswith(b"PK"):
        raise AirlockError(f"{path} is a workbook, not a CSV file: save it as CSV.")
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    text = data.decode(encodings[-1], "replace")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    named = re.match(r"sep=(.)\r?\n", text)  # a line of Excel's own
    text = text[named.end() :] if named else text
    first = text.lstrip().splitlines()[:1]
    delimiter = named[1] if named else max(",;\t", key="".join(first).count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from ((rows.line_num, row) for row in rows if any(field.strip() for field in row))
    except csv.Error as error:
        raise AirlockError(f"{path} cannot be read as a table ({error}): save it as CSV.") from None


def _person(row: list[str], columns: dict[str, int | None]) -> Person | None:
    """The student of a row; None for staff, Canvas's row of possible points and its test student."""

    def of(what: str) -> str:
        place = columns[what]
        return (
            unicodedata.normalize("NFC", row[place].strip()) if place is not None and place < len(row) else ""
        )

    first, last = of("first"), of("last")
    name = of("name") or f"{first} {last}".strip()
    if name.casefold() in {"points possible", "student, test", "test student"}:
        return None
    if set(re.findall(r"\w+", of("role").casefold())) & STAFF:
        return None
    if "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
        name = f"{first} {last}"
    participant = re.sub(r"\D", "", of("participant"))
    student = of("id") or of("email") or of("platform") or of("canvas") or participant
    if not student and not name:
        return None
    excluded = of("excluded").casefold() not in NO
    rest = {what: of(what) for what in AS_WRITTEN}
    return Person(student, name, first=first, last=last, participant=participant, excluded=excluded, **rest)
