"""Who is in the class: ``roster.csv``, the instructor's own or what Canvas, Moodle or Gradescope export."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from dateutil import parser as dates

from airlock.model.errors import AirlockError
from airlock.model.people import Names, Person, split_name
from airlock.settings import Airlock

# What a column is called, by what it holds; platforms name them in the language of who exports.
COLUMNS = {
    "id": "id|student id|studentid|username|user name|sid|login|netid|anmeldename|nutzername|benutzername"
    "|nom d'utilisateur|nombre de usuario",
    "name": "name|student|full name|student name|vollständiger name|nom complet|nombre completo",
    "first": "first name|firstname|given name|vorname|prénom|nombre",
    "last": "last name|lastname|surname|family name|nachname|nom de famille|nom|apellido(s)|apellidos",
    "email": "email|e-mail|email address|e-mail address|mail|e-mail-adresse|adresse de courriel"
    "|dirección de correo",
    "section": "section|sections|section name|group|groups|class|gruppe|gruppen|groupes|groupe|grupos|grupo",
    "number": "id number|idnumber|id-nummer|matrikelnummer|numéro d'identification|número de id",
    "participant": "identifier|identifikator|id participant|identifiant|identificador",
    "time": "last modified (submission)|zuletzt geändert (abgabe)|zuletzt geändert (lösung)"
    "|dernière modification (travail remis)|última modificación (entrega)",
    "excluded": "excluded|withdrawn|dropped",
}
CANVAS = {
    "student": "name",
    "id": "canvas",
    "sis user id": "number",
    "sis login id": "id",
    "section": "section",
}
HEADERS = {spelling: meaning for meaning, names in COLUMNS.items() for spelling in names.split("|")}
DURATION = re.compile(r"(\d+(?:[.,]\d+)?)\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m)\b", re.IGNORECASE)
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
NO = {"", "no", "n", "0", "false", "-"}


@dataclass
class Roster(Names):
    """The people of a class, in the order of the file; ``find`` and ``closest`` look one up."""

    path: Path = Path("roster.csv")
    excluded: set[str] = field(default_factory=set)
    extensions: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # student -> assignment, or "" -> as written

    def extension(self, student: str, assignment: str, due: datetime | None) -> timedelta | None:
        """How much longer a student has, by the roster; None where it says nothing.

        ``due``: when the assignment is due, for a roster that gives a date; both in local time.
        """
        written = self.extensions.get(student, {})
        text = written.get(assignment.casefold(), written.get("", ""))
        if not text:
            return None
        found = DURATION.findall(text)
        if found and not DURATION.sub("", text).strip(" ,+and"):
            units = {}
            for number, unit in found:
                name = UNITS[unit[0].lower()]
                units[name] = units.get(name, 0) + float(number.replace(",", "."))
            return timedelta(**units)
        try:
            until = dates.parse(text)
        except (ValueError, OverflowError):
            raise AirlockError(
                f"{self.path}: the extension of {student}, {text!r}, is neither a time such as '2 days' "
                "nor a date such as 2026-05-31 12:00: correct it."
            ) from None
        if due is None:
            raise AirlockError(
                f"{self.path}: {student} has time until {text}, but {assignment} has no due date: set one "
                "in the Formgrader, or write the extension as a time such as '2 days'."
            )
        return max(timedelta(0), until - due)


def read_roster(path: Path) -> Roster:
    """Read a roster; its columns are found by their names, whoever wrote it.

    Raises AirlockError where it cannot be read, names nobody, or names two people alike.
    """
    rows = list(table(path))
    roster = Roster(path=path)
    for number, row in rows:
        person = _person(row, rows)
        if not person.id:
            raise AirlockError(f"{path}, line {number}: neither id nor name nor email: fill one in.")
        if person.id in roster.by_id:
            raise AirlockError(
                f"{path}, line {number}: the id {person.id!r} is there twice: each needs its own."
            )
        roster.add(person)
        if row.get("excluded", "").casefold() not in NO:
            roster.excluded.add(person.id)
        longer = {
            re.sub(r"^extension[\s:_-]*", "", name): text
            for name, text in row.items()
            if name.startswith("extension") and text
        }
        if longer:
            roster.extensions[person.id] = longer
    if not roster.people:
        raise AirlockError(
            f"{path} names nobody: it needs a line of column names, such as name,id,email,section, "
            "and a line for each student."
        )
    return roster


def course_roster(coursedir, config) -> Roster | None:
    """The roster of a course, ``roster.csv`` unless it is configured otherwise; None where there is none."""
    path = Path(coursedir.root) / Airlock(config=config).roster
    return read_roster(path) if path.exists() else None


def only_assignment(coursedir) -> str:
    """The assignment of a course that has one. Raises AirlockError where it has none, or several."""
    source = Path(coursedir.format_path(coursedir.source_directory, ".", "."))
    names = sorted(folder.name for folder in source.glob("[!.]*") if any(folder.glob("*.ipynb")))
    if len(names) == 1:
        return names[0]
    raise AirlockError(f"{source} has {len(names)} assignments: say which one with --assignment NAME.")


def table(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and fields of each line of a table, by what they hold, else by the column's name."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AirlockError(f"{path} cannot be read ({error.strerror}).") from error
    text = decoded(data)
    try:
        start = text[: text.find("\n")] if "\n" in text else text
        delimiter = max(",;\t", key=start.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = [" ".join(name.split()).casefold() for name in next(lines, [])]
        canvas = (
            "sis login id" in header or "sis user id" in header or {"student", "id", "section"} <= {*header}
        )
        meanings = [(CANVAS.get(name) if canvas else None) or HEADERS.get(name, name) for name in header]
        if not {"id", "name", "last", "email", "participant"} & {*meanings}:
            raise AirlockError(
                f"{path} has no column id, name or email in its first line: name the columns there, "
                "such as name,id,email,section."
            )
        for fields in lines:
            row = {}
            for meaning, content in zip(meanings, fields, strict=False):
                row[meaning] = row.get(meaning) or content.strip()
            if any(row.values()) and not _is_filler(row, canvas):
                yield lines.line_num, row
    except csv.Error as error:
        raise AirlockError(f"{path} cannot be read as a table ({error}): save it as CSV.") from error


def decoded(data: bytes) -> str:
    """Text of a table, as a spreadsheet or a platform may have saved it."""
    for start, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(start):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    return data.decode("cp1252", "replace")


def _is_filler(row: dict[str, str], canvas: bool) -> bool:
    """Canvas has lines that are no students: points possible, how grades are posted, its test student."""
    name = row.get("name", "").strip().casefold()
    return canvas and (not row.get("canvas") or name in ("points possible", "student, test", "test student"))


def _person(row: dict[str, str], rows: Iterable[tuple[int, dict[str, str]]]) -> Person:
    first, last = row.get("first", ""), row.get("last", "")
    if not (first or last):
        first, last = split_name(row.get("name", ""))
    email, login = row.get("email", ""), row.get("id", "")
    canvas = row.get("canvas", "")
    if canvas and "@" in login:
        email = email or login
    known = (
        login or row.get("number", "") or email or canvas or row.get("name", "") or f"{first} {last}".strip()
    )
    if "@" in known and ("canvas" in row or not login):  # nobody chose an address for a folder's name
        short = known.split("@")[0]
        same = [
            one
            for _, one in rows
            if (one.get("id") or one.get("email") or "").split("@")[0].casefold() == short.casefold()
        ]
        known = short if len(same) == 1 else known
    number = re.sub(r"\D", "", row.get("participant", ""))
    return Person(
        id=_as_folder(known),
        first=first,
        last=last,
        email=email,
        section=row.get("section", ""),
        lms_user_id=canvas or row.get("number", ""),
        sis_id=row.get("number", "") if canvas else "",
        login=login,
        participant=number,
    )


def _as_folder(text: str) -> str:
    """An id that can be the name of a folder."""
    return re.sub(r"[/\\\x00-\x1f]+", "-", text).strip(" .")
