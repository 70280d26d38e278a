"""The roster: whoever wrote it, everybody is in it once, and found by what a platform calls them."""

from datetime import datetime, timedelta

import pytest

from airlock.course.roster import read_roster
from airlock.model.errors import AirlockError
from airlock.model.people import Identity

OWN = (
    "name,id,email,section,extension ps1,excluded\n"
    "Jörg Müller,jm,joerg@x.org,A,2 days,\n"
    "Ada King,ada,,B,,yes\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,ps1 (12)\n"
    "    Points Possible,,,,,25\n"
    '"Müller, Jörg",4711,S1,joerg@x.org,A,\n'
    '"King, Ada",12,S2,ada,B,20\n'
    '"Student, Test",99,,abc,,\n'
)
MOODLE = """Vorname,Nachname,ID-Nummer,E-Mail-Adresse,Gruppen
Jörg,Müller,S1,joerg@x.org,A
Ada,King,S2,ada@x.org,B
"""
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Last modified (submission)\n"
    'Participant 4711,Jörg Müller,joerg@x.org,Submitted,-,"Friday, 1 May 2026, 11:05 PM"\n'
)


def roster(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


@pytest.mark.parametrize(
    ("text", "ids"),
    [(OWN, ["jm", "ada"]), (CANVAS, ["joerg", "ada"]), (MOODLE, ["S1", "S2"]), (WORKSHEET, ["joerg"])],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_platforms_and_spreadsheets_write_is_read(tmp_path, text, ids, encoding):
    people = roster(tmp_path, text, encoding).people
    assert [person.id for person in people] == ids
    assert people[0].name == "Jörg Müller" and people[0].email == "joerg@x.org"


def test_semicolons_and_tabs_separate_as_well(tmp_path):
    for separator in ";\t":
        assert len(roster(tmp_path, OWN.replace(",", separator)).people) == 2


@pytest.mark.parametrize(
    "identity",
    [
        Identity("Jörg Müller"),
        Identity("Joerg Mueller"),
        Identity("Jorg Muller"),
        Identity("MÜLLER, Jörg"),
        Identity("Group 1-Jörg Müller"),
        Identity("müllerjörg"),
        Identity("somebody", logins=("JOERG@x.org",)),
        Identity("Ada King", numbers=("4711",)),
    ],
)
def test_a_person_is_found_by_any_of_their_names(tmp_path, identity):
    assert [person.id for person in roster(tmp_path, CANVAS).find(identity)] == ["joerg"]


def test_who_is_not_unique_or_unknown_is_not_guessed(tmp_path):
    two = roster(tmp_path, "name,id\nAnna Schmidt,a1\nAnna Schmidt,a2\n")
    assert [person.id for person in two.find(Identity("Anna Schmidt"))] == ["a1", "a2"]
    assert two.find(Identity("Anna Schmid")) == [] and two.closest("Ana Schmidt").last == "Schmidt"
    assert two.closest("Zoe") is None


def test_extensions_are_times_or_dates(tmp_path):
    due = datetime(2026, 5, 1, 12)
    own = roster(tmp_path, OWN)
    assert own.extension("jm", "ps1", due) == timedelta(days=2) and own.extension("jm", "ps2", due) is None
    assert own.excluded == {"ada"}
    for text, longer in {
        "36 h": 36,
        "1 week and 2 days": 216,
        "2026-05-03 12:00": 48,
        "2026-04-01": 0,
    }.items():
        other = roster(tmp_path, f"id,extension\njm,{text}\n")
        assert other.extension("jm", "ps1", due) == timedelta(hours=longer)
    with pytest.raises(AirlockError, match="neither a time such as"):
        roster(tmp_path, "id,extension\njm,soon\n").extension("jm", "ps1", due)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column id, name or email"),
        ("a,b\n1,2\n", "no column id, name or email"),
        ("id,name\n", "names nobody"),
        ("id,name\njm,J\njm,K\n", "'jm' is there twice"),
    ],
)
def test_a_roster_that_cannot_be_used_is_said_in_a_sentence(tmp_path, text, said):
    with pytest.raises(AirlockError, match=said):
        roster(tmp_path, text)
