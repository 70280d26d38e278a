"""results.json and grades.csv: whole, complete, and safe to open in a spreadsheet."""

import csv
import json
import os
import re

import pytest
from synthetic import CHECKS, ODD_NAMES, a_class, meta

from airlock.course import results
from airlock.course.results import read_results, to_csv, write_results, write_whole
from airlock.model.record import Check, Record
from airlock.model.text import visible


def rows_of(folder):
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_record_is_in_both_files(tmp_path):
    records = a_class(60)
    write_results(tmp_path, reversed(records), meta())
    read = read_results(tmp_path)
    assert [Record.from_json(r) for r in read["records"]] == sorted(records, key=lambda r: r.student)
    assert read["assignment"] == "vanishing-gradient" and read["max_score"] == sum(CHECKS.values())
    assert read["made"] and read["confinement"] and read["versions"] and read["seconds"]
    assert len(rows_of(tmp_path)) == 60


def test_failed_submission_has_no_score_at_all(tmp_path):
    records = a_class(200)
    failed = {record.student for record in records if record.status == "failed"}
    assert failed, "the made-up class needs a failed submission"
    write_results(tmp_path, records, meta())
    for row in rows_of(tmp_path):
        if row["status"] == "failed":
            assert row["score"] == "" and all(row[check] == "" for check in CHECKS)
        else:
            assert float(row["score"]) == sum(float(row[check]) for check in CHECKS)


def test_a_check_that_waits_for_a_person_is_empty(tmp_path):
    record = Record("ada", "ps1", "graded", 2, 1, [Check("a", "x", 1, 1), Check("a", "y", 1, None)])
    write_results(tmp_path, [record], {"assignment": "ps1"})
    assert rows_of(tmp_path)[0]["x"] == "1" and rows_of(tmp_path)[0]["y"] == ""


def test_same_grade_id_in_two_notebooks_keeps_two_columns():
    record = Record("ada", "ps1", "graded", 3, 1, [Check("one", "sum", 1, 1), Check("two", "sum", 2, 0)])
    header, row = csv.reader(to_csv([record]).splitlines())
    assert dict(zip(header, row, strict=True)) | {"one/sum": "1", "two/sum": "0"} == dict(
        zip(header, row, strict=True)
    )


def test_odd_names_come_back_and_no_cell_is_a_formula(tmp_path):
    records = [Record(name, "ps1", "graded", 1, 1) for name in [*ODD_NAMES, "+1", "-1", "@x", "\tx"]]
    write_results(tmp_path, records, {"assignment": "ps1"})
    names = [row["student"] for row in rows_of(tmp_path)]
    assert sorted(name.removeprefix("'") for name in names) == sorted(visible(r.student) for r in records)
    assert not any(results.FORMULA.search(name) for name in names)


FORMULAE = ["=1", " =1+1", "\xa0=1", "＝1", "＋1", "\u202e=1", "\u200b@x", '"=1', "a;=1", "a; +1", "a\t-1"]


@pytest.mark.parametrize("text", FORMULAE)
def test_what_a_spreadsheet_may_take_for_a_formula_begins_with_an_apostrophe(text):
    for field in re.split(r"[;\t\r\n]+", results.as_field(text)):
        assert not re.match(r"[\W_]*[=+@＝＋-]", field) or field.startswith("'"), field


@pytest.mark.parametrize("text", ["a - b", "x=1, y=-2", "n: 3 of 4", "(M,) or (1, M)", "a; b", "ümlaut"])
def test_ordinary_text_is_left_alone(text):
    assert results.as_field(text) == text


def test_name_that_is_not_unicode_is_written(tmp_path):
    name = os.fsdecode(b"caf\xe9")
    write_results(tmp_path, [Record(name, "ps1", "graded", 1, 1)], {"assignment": "ps1"})
    assert read_results(tmp_path)["records"][0]["student"] == name
    assert len(rows_of(tmp_path)) == 1


def test_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    write_whole(tmp_path / "results.json", json.dumps({"old": True}))
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "results.json", "half")
    assert json.loads((tmp_path / "results.json").read_text()) == {"old": True}
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]
