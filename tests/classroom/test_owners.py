"""Whose a hand-in is: numbers, names and groups as platforms write them; what is not sure is said."""

import pytest
from test_collect import Course, archive_of, collect, read_all

from airlock.classroom.collect import collect as take
from airlock.classroom.collect import tell
from airlock.classroom.returning import read_participants
from airlock.course.roster_file import read_roster

ROSTER = """name,id,email,group
Wei Li,li1,w1@x.example,"Team A, Lab 2"
Wei Li,li2,w2@x.example,Team B
Jörg Weiß,jw,jw@x.example,Team A
"Robert ""Bob"" O'Hara",bob,bob@x.example,Team B
Ana Núñez,ana,,
"""
# Moodle's own words in the languages of public language packs; the numbers of groups are other than people's.
WORKSHEETS = {
    "English": 'Identifier,"Full name","Email address",Status,Group,Grade,'
    '"Maximum grade","Grade can be changed","Last modified (submission)","Last modified (grade)"\n'
    'Participant {n},{name},{email},Submitted,{team},,5,Yes,"Wednesday, September 23, 2026, 9:00 PM",-\n',
    "German": '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Gruppe,Bewertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Texteingabe online",'
    '"Zuletzt geändert (Bewertung)"\n'
    'Teilnehmer/in{n},{name},{email},Abgegeben,{team},,Ja,"Mittwoch, 23. September 2026, 21:00",,-\n',
    "Portuguese": "Identificador;Nome completo;Endereço de email;Estado;Grupo;Nota;"
    "Última atualização (submissão);Última atualização (avaliação)\r\n"
    "Participante{n};{name};{email};Enviado;{team};;quarta, 23 de setembro de 2026 às 21:00;-\r\n",
    "Russian": "Идентификатор\tПолное имя\tАдрес электронной почты\tСтатус\tПоследнее изменение (ответ)"
    "\tПоследнее изменение (оценка)\n"
    "Участник {n}\t{name}\t{email}\tОтвет\tсреда, 23 сентября 2026, 21:00\t-\n",
}


def class_of(tmp_path, text=ROSTER):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    return read_roster(tmp_path / "roster.csv")


def moodle(*names):
    return {f"{name}_assignsubmission_file/hw.ipynb": name for name in names}


def worksheet(tmp_path, language, people):
    head, row = WORKSHEETS[language].splitlines(keepends=True)
    rows = [row.format(n=n, name=name, email=email, team=team) for n, name, email, team in people]
    encoding = "utf-16" if language == "Russian" else "utf-8"
    (tmp_path / "Grades.csv").write_bytes((head + "".join(rows)).encode(encoding))
    return tmp_path / "Grades.csv"


def with_worksheet(tmp_path, members, sheet):
    (tmp_path / "class.zip").write_bytes(archive_of(members))
    (outcome,) = take(Course(tmp_path), "ps1", class_of(tmp_path), [tmp_path / "class.zip", sheet])
    return outcome


@pytest.mark.parametrize("language", WORKSHEETS)
def test_moodles_worksheet_tells_two_of_one_name_apart_in_any_language(tmp_path, language):
    people = [(41, "Wei Li", "w1@x.example", "Team A"), (42, "Wei Li", "w2@x.example", "Team B")]
    outcome = with_worksheet(
        tmp_path, moodle("Wei Li_42", "Wei Li_41"), worksheet(tmp_path, language, people)
    )
    assert outcome.placed == ["li1", "li2"] and not outcome.unmatched and not outcome.remarks
    for student, number in (("li1", "41"), ("li2", "42")):
        said = read_all(tmp_path / "submitted" / student)
        assert f"Wei Li_{number}" in said and any("2026-09-23" in text for text in said)
        assert read_participants(tmp_path, "ps1")[student][1] == number


GRADES_ALONE = {
    "English": 'Identifier,"Full name",Status,Grade,"Last modified (grade)","Feedback comments"\n'
    'Participant 41,Wei Li,Submitted,5,"Friday, 2 October 2026, 9:00 PM",\n',
    "German, blind": 'ID,Bewertung,Skala,"Zuletzt geändert (Bewertung)"\n'
    'Teilnehmer/in41,bestanden,"nein\nja","Freitag, 2. Oktober 2026, 21:00"\n',
}


@pytest.mark.parametrize("kind", GRADES_ALONE)
def test_when_a_grade_was_changed_is_no_time_of_a_hand_in(tmp_path, kind):
    (tmp_path / "Grades.csv").write_text(GRADES_ALONE[kind])
    (person,) = read_roster(tmp_path / "Grades.csv").people
    assert (person.participant, person.time) == ("41", "")


def test_what_a_site_adds_to_names_does_not_hide_whose_number_it_is(tmp_path):
    people = [
        (41, "Wei Li", "w1@x.example", ""),
        (42, "Wei Li", "w2@x.example", ""),
        (43, "Jörg Weiß", "", ""),
    ]
    members = moodle("Wei Li__w1ATx.example__41", "li2 Wei Li_42", "Weiss Joerg Maria_43")
    assert with_worksheet(tmp_path, members, worksheet(tmp_path, "English", people)).placed == [
        "jw",
        "li1",
        "li2",
    ]


def test_a_groups_hand_in_is_every_members_and_its_number_nobodys(tmp_path):
    people = [
        (31, "Ana Núñez", "", ""),
        (41, "Wei Li", "w1@x.example", "Team A"),
        (43, "Jörg Weiß", "jw@x.example", "Team A"),
    ]
    members = moodle("Team A_31", "Team B_32")
    outcome = with_worksheet(tmp_path, members, worksheet(tmp_path, "English", people))
    assert outcome.placed == ["bob", "jw", "li1", "li2"] and not outcome.unmatched
    assert read_all(tmp_path / "submitted/jw") == read_all(tmp_path / "submitted/li1")
    known = read_participants(tmp_path, "ps1")
    assert {student: number for student, (_, number) in known.items()} == {
        "ana": "31",
        "li1": "41",
        "jw": "43",
    }


def test_a_group_that_the_roster_does_not_know_is_not_taken_for_a_person_of_its_number(tmp_path):
    people = [(31, "Ana Núñez", "", "")]
    members = moodle("Lab 7_31") | {"Default group_assignsubmission_file/hw.ipynb": "x"}
    outcome = with_worksheet(tmp_path, members, worksheet(tmp_path, "English", people))
    assert outcome.placed == [] and len(outcome.unmatched) == 2
    assert "Lab 7 may be ana: place it by hand." in tell(outcome)


CANVAS_GROUPS = """name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id
Ada King,501,s1,ada,CS 1,Project Team 7,9,
Carl Gauß,502,s2,carl,CS 1,Project Team 7,9,
"""


def test_canvas_hands_out_a_groups_work_once_by_the_groups_name(tmp_path):
    files = {"projectteam7_LATE_501_9001_hw.ipynb": "team"}
    assert collect(tmp_path, files, roster=class_of(tmp_path, CANVAS_GROUPS)).placed == ["ada", "carl"]
    canvas = (
        'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"King, Ada",501,s1,ada,A\n'
    )
    outcome = collect(tmp_path / "other", files, roster=class_of(tmp_path, canvas))
    assert outcome.placed == [] and "projectteam7 may be ada: place it by hand." in tell(outcome)


def test_two_of_one_name_in_the_archive_are_not_both_the_one_of_the_roster(tmp_path):
    roster = class_of(tmp_path, ROSTER.replace("Wei Li,li2,w2@x.example,Team B\n", ""))
    outcome = collect(tmp_path, moodle("Wei Li_41", "Wei Li_42", "Jorg Weiss_43"), roster=roster)
    assert outcome.placed == ["jw"] and len(outcome.unmatched) == 2
    assert "Wei Li may be li1, and so may another in the archive: place it by hand." in tell(outcome)


def test_without_a_roster_two_of_one_name_have_folders_of_their_own_also_later(tmp_path):
    outcome = collect(tmp_path, moodle("Wei Li_41", "Wei Li_42", "Ana Núñez_43"), roster=None)
    assert outcome.placed == ["ana-núñez", "wei-li-41", "wei-li-42"]
    assert (
        collect(tmp_path, moodle("Wei Li_41"), (2026, 12, 1, 0, 0, 0), roster=None).unchanged
        == outcome.placed
    )
    blind = collect(tmp_path / "blind", moodle("Teilnehmerin_7", "Teilnehmerin_8"), roster=None)
    assert blind.placed == ["participant-7", "participant-8"]


def test_names_without_what_platforms_take_out_of_them_are_found(tmp_path):
    outcome = collect(
        tmp_path, moodle("Robert Bob OHara_51", "Weiß Jörg_52", "Ana Nunez_53"), roster=class_of(tmp_path)
    )
    assert outcome.placed == ["ana", "bob", "jw"] and not outcome.remarks


METADATA = """submission_1:
  :submitters:
  - :name: Ana Núñez
    :email: ana@elsewhere.example
  - :name: Guest Student
    :email: guest@x.example
  :created_at: 2026-05-01 10:00:00 Z
"""


def test_who_of_a_group_is_not_in_the_roster_is_named(tmp_path):
    files = {"submission_metadata.yml": METADATA, "submission_1/hw.ipynb": "x"}
    outcome = collect(tmp_path, files, roster=class_of(tmp_path))
    assert outcome.placed == ["ana"]
    assert "Guest Student, of Ana Núñez, Guest Student, is not in the roster." in tell(outcome)


def test_who_was_taken_out_of_the_roster_is_not_placed_again(tmp_path):
    roster = class_of(tmp_path)
    assert collect(tmp_path, moodle("Ana Núñez_1", "Jörg Weiß_2"), roster=roster).placed == ["ana", "jw"]
    shorter = class_of(tmp_path, ROSTER.replace("Ana Núñez,ana,,\n", ""))
    outcome = collect(tmp_path, moodle("Jörg Weiß_2"), roster=shorter)
    assert outcome.unchanged == ["jw"]
    assert "Not in roster.csv, so their attempts stay in downloaded/: ana." in tell(outcome)
