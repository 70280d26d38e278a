"""The journal gives what is in it, whatever a power cut or a hand has left between its lines."""

import pytest

from airlock.course.journal import Journal, append
from airlock.model.record import Record


@pytest.mark.parametrize(
    "between",
    ["", "\0" * 5000, '{"student": "ü', "[1]", "5", "null", "{}", '"x"', '{"student": 5, "checks": 5}'],
)
def test_what_is_no_record_costs_no_record(tmp_path, between):
    append(tmp_path, Record("ada", "ps1", "graded", 5.0, 5.0))
    with (tmp_path / "records.jsonl").open("ab") as file:
        file.write(between.encode()[: -1 if between.endswith("ü") else None] + b"\n")
    append(tmp_path, Record("carl", "ps1", "graded", 5.0, 2.0))
    assert {name: record.score for name, record in Journal(tmp_path).records.items()} == {
        "ada": 5.0,
        "carl": 2.0,
    }
