"""Rosters as people write them, spreadsheets save them and platforms export them."""

import re
from datetime import UTC, datetime

import pytest

from airlock.course.moodle_time import moodle_time
from airlock.course.roster import Person, Roster
from airlock.course.roster_file import read_roster
from airlock.model.errors import AirlockError

ROSTERS = {
    "our own": "name,id,email,section\nWei Li,li1,wei@uni.example,B\n",
    "ours, from a German spreadsheet": "\ufeffName;ID;Email;Section\r\nWei Li;li1;wei@x.example;B\r\n;;;\r\n",
    "ours, from Excel": "sep=;\r\nName;ID;Email;Section\r\nWei Li;li1;wei@uni.example;B\r\n",
    "ours, with tabs": "id\tname\tsection\nli1\tWei Li\tB\n",
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,HW (4711),Current Score\n,,,,,Manual Posting,\n"
    '    Points Possible,,,,,5,(read only)\n"Li, Wei",504,s504,li1,B,,\n"Student, Test",1,,x,B,,\n',
    "moodle, participants": '"First name","Last name",Username,"ID number","Email address",Groups\n'
    "Wei,Li,li1,504,wei@uni.example,B\n",
    "moodle, in German": "\ufeffVorname;Nachname;Anmeldename;ID-Nummer;E-Mail-Adresse;Gruppen\n"
    "Wei;Li;li1;504;wei@uni.example;B\n",
    "canvas, names in two columns": "LastName,FirstName,ID,SIS User ID,SIS Login ID,Root Account,Section\n"
    "    Points Possible,,,,,,\nLi,Wei,504,s504,li1,uni.example,B\nStudent,Test,1,,x,,B\n",
    "canvas, of a group set": "name,canvas_user_id,user_id,login_id,sections,group_name,group_id\n"
    "Wei Li,504,s504,li1,B,Team 7,9\n",
    "moodle, in Polish": "\ufeffImię;Nazwisko;Username;Adres e-mail;Groups\r\n"
    "Wei;Li;li1;wei@uni.example;B\r\n",
    "gradescope, of grades": "First Name,Last Name,SID,Email,Sections,section_name,Submission Time\n"
    "Wei,Li,li1,wei@x.example,B,B,2026-05-01 10:00:00 -0500\n",
    "an old spreadsheet's lines": "name\tid\tsection\rWei Li\tli1\tB\r",
    "gradescope": "First Name,Last Name,SID,Email,Role,Section\nWei,Li,li1,wei@x.example,Student,B\n"
    "Ann,Boss,t1,ann@x.example,Instructor,B\n",
}


def saved(tmp_path, text, encoding="utf-8"):
    (tmp_path / "roster.csv").write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return tmp_path / "roster.csv"


@pytest.mark.parametrize("kind", ROSTERS)
def test_rosters_of_each_kind_are_read_as_they_are(tmp_path, kind):
    (person,) = read_roster(saved(tmp_path, ROSTERS[kind])).people
    assert (person.id, person.name, person.section) == ("li1", "Wei Li", "B")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_umlauts_are_read_in_each_encoding_that_spreadsheets_save(tmp_path, encoding):
    text = "name;id\nJörg Müßig;jm1\n"
    assert read_roster(saved(tmp_path, text, encoding)).people[0].name == "Jörg Müßig"


def test_canvas_numbers_and_logins_are_kept_apart(tmp_path):
    (person,) = read_roster(saved(tmp_path, ROSTERS["canvas"])).people
    assert (person.canvas, person.sis, person.first, person.last) == ("504", "s504", "Wei", "Li")


def test_a_grading_worksheet_of_moodle_is_a_roster_with_participants_and_times(tmp_path):
    text = 'Identifier,"Full name","Email address",Status,Grade,"Last modified (submission)"\n'
    text += 'Participant 4711,Wei Li,wei@uni.example,Submitted,,"Friday, 1 May 2026, 11:05 PM"\n'
    (person,) = read_roster(saved(tmp_path, text)).people
    assert (person.id, person.participant) == ("wei@uni.example", "4711")
    assert moodle_time(person.time) == datetime(2026, 5, 1, 23, 5).astimezone(UTC)


TIMES = {
    "Friday, 1 May 2026, 12:05 AM": (5, 1, 0, 5),
    "Freitag, 2. März 2026, 23:05": (3, 2, 23, 5),
    "vendredi 3 août 2026, 09:15": (8, 3, 9, 15),
    "miércoles, 4 de junio de 2026, 12:00": (6, 4, 12, 0),
    "lunedì, 5 luglio 2026, 18:30": (7, 5, 18, 30),
    "maandag, 6 oktober 2026, 08:01": (10, 6, 8, 1),
    "Wednesday, September 23, 2026, 9:00\u202fPM": (9, 23, 21, 0),  # as in the United States
    "Sexta-feira, 1 de Maio de 2026 às 23:05": (5, 1, 23, 5),
    "maanantai, 1. kesäkuuta 2026, 23.05": (6, 1, 23, 5),
    "wtorek, 10 listopada 2026, 07:30": (11, 10, 7, 30),
    "1 Ağustos 2026, Cumartesi, 10:00": (8, 1, 10, 0),
    "пятница, 1 мая 2026, 23:05": (5, 1, 23, 5),
    "2026年05月1日 星期五 23:05": (5, 1, 23, 5),
}


@pytest.mark.parametrize("text", TIMES)
def test_moodles_times_are_read_in_many_languages(text):
    month, day, hour, minute = TIMES[text]
    assert moodle_time(text) == datetime(2026, month, day, hour, minute).astimezone(UTC)


NO_TIMES = ["", "-", "soon", "31 February 2026, 10:00", "1 Foo 2026, 10:00", "01.05.2026 10:00", "May 2026"]


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_none(text):
    assert moodle_time(text) is None


BAD = {
    "empty": "", "somebody without an id": "name,id\nAda,ada\n,\nWei Li,\n",
    "without a column for the id": "a,b\n1,2\n", "twice": "id\nx\ny\nx\n",
    "outside": "id\n../x\n", "a workbook": b"PK\x03\x04", "null": "id,name\nx,\0\n\"",
}  # fmt: skip
SAID = {"twice": "lines 2 and 4", "somebody without an id": "no id for Wei Li, in line 4"}


@pytest.mark.parametrize("kind", BAD)
def test_a_roster_that_cannot_serve_is_told_in_one_sentence(tmp_path, kind):
    if kind == "null":
        read_roster(saved(tmp_path, BAD[kind]))  # is read nevertheless
        return
    with pytest.raises(AirlockError, match=r"roster\.csv.*" + SAID.get(kind, "")):
        read_roster(saved(tmp_path, BAD[kind]))


NAMES = {
    "Jürgen Müller": ["Müller, Jürgen", "muellerjuergen", "müllerjürgen", "mullerjurgen", "Juergen Mueller",
                      "Mu\u0308ller Ju\u0308rgen", "JMUEL", "j.mueller", "501"],
    "Mary-Anne O'Connor": ["oconnormaryanne", "O’Connor Mary-Anne", "mary@uni.example"],
    "José da Silva Ñandú": ["dasilvanandujose", "da Silva Ñandú José", "Jose da Silva Nandu"],
    "Łukasz Żółć": ["zolclukasz", "Żółć Łukasz"],
    "Søren Ærø": ["ærøsøren", "aerosoren", "Soeren Aeroe"],
    "李 明": ["李明", "明李"],
}  # fmt: skip


def test_everybody_is_found_by_whatever_a_platform_makes_of_the_name():
    logins = ["jmuel", "oconn", "dasilva", "lz1", "sa1", "li2"]
    emails = ["j.mueller@uni.example", "mary@uni.example", "", "", "", ""]
    people = [
        Person(*one, "A", platform)
        for *one, platform in zip(logins, NAMES, emails, ["501", *" " * 5], strict=True)
    ]
    roster = Roster(people)
    for person in people:
        for word in (person.name, *NAMES[person.name]):
            assert roster.find(word) == person, word


def test_two_of_one_name_are_told_apart_by_more_or_not_at_all():
    twins = Roster([Person("a", "Wei Li", "a@x.example"), Person("b", "Li Wei", "b@x.example")])
    assert twins.find("Wei Li") is None and twins.find("Wei Li", "b@x.example").id == "b"


PEOPLE = [
    ("Seán", "O'Brien-Ó Dálaigh"), ("Jean_Luc", "d'Artagnan"), ("Hương", "Nguyễn Thị"),
    ("Þór", "Guðmundsson"), ("İbrahim", "Işık"), ("Øystein", "Ås"), ("J. R. R.", "Tolkien"),
    ('Robert "Bobby"', "Tables"), ("明", "李"), ("Ольга", "Иванова"), ("محمد", "علي"), ("איימן", "שפסו"),
    ("X Æ", "A-12"), ("Zoë & Co", "Smith, Jr."), ("Anne/Marie", "Weiß"), ("Ada", ""),
    ("José María", "de la Cruz y Peña"), ("Isaac Manuel", "Noel"), ("Dž", "Ǆ"), ("Ａda", "Ｋing"),
    ("Jürgen", "Müßig (Erasmus)"), ("Mary\u00a0Ann", "St. John’s"),
]  # fmt: skip


def as_in_moodle(first, last):
    """Moodle's own rule for the name of a file."""
    return re.sub(r"""[\x00-\x1f&<>"`|':\\/]""", "", f"{first} {last}".strip().replace("_", " "))


def as_in_canvas(first, last):
    """Canvas's own rule for the name of a file."""
    return re.sub(r"[^\w\u0300-\u036f]", "", f"{last}, {first}".strip(", ").lower())


def test_every_name_is_found_by_what_the_platforms_own_programs_make_of_it():
    people = [Person(f"s{n}", f"{first} {last}".strip()) for n, (first, last) in enumerate(PEOPLE)]
    roster = Roster(people)
    for person, names in zip(people, PEOPLE, strict=True):
        for word in (as_in_moodle(*names), as_in_canvas(*names), f"{names[1]}, {names[0]}"):
            assert roster.find(word) == person, word
