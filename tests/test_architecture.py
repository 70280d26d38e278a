"""docs/architecture.md says what is: its files, its floors, its rooms."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
FLOORS = [layer for layer in CONTRACTS[0]["layers"] if layer != "__main__"]


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"\b(?:airlock|tests)/[\w./]+", TEXT))
    assert len(named) > 20
    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_floors_are_those_that_are_checked():
    assert " > ".join(FLOORS) in TEXT


def test_the_picture_has_every_room_and_no_other():
    picture = TEXT.partition("## The picture")[2].partition("## The contract")[0]
    lines = re.findall(r"^    (\w+(?:, \w+)*)  ", picture, re.MULTILINE)
    drawn = {name for line in lines for name in line.split(", ")}
    assert drawn == {name for layer in FLOORS for name in layer.split(" | ")}


def test_ten_questions_have_an_answer_with_a_file():
    rows = re.findall(r"^\| ([^|]+\?) \| (.+) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 10 and all("airlock/" in answer for _, answer in rows)
