"""docs/architecture.md says what is: its files, floors, rooms and words; and the house keeps to it."""

import ast
import re
import sys
import tomllib
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

from airlock.undocumented import PARTS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
FLOORS = [layer for layer in CONTRACTS[0]["layers"] if layer != "__main__"]
SCREEN = 60  # lines
IF_THERE = {"distributed", "matplotlib"}  # imported only where somebody has them
# The glossary has another word for each of these.
DROPPED = [
    *("zygote", r"warm(?:ed)? (?:process|start|server|kernel)"),  # fork server
    *("watchdog", "supervisor"),  # warden
    *("placeholder", "skeleton", "handout"),  # blank, stub, release
    *("jail", "solution cell", "check cell", r"blank[ _]record"),  # confined, answer, check, ungraded record
]


def trees():
    """Path and syntax tree of each module of the engine."""
    for path in sorted((ROOT / "airlock").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_file_that_is_named_is_there():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(path for path, _ in trees())]
    named = {
        name.rstrip(".")
        for page in pages
        for name in re.findall(r"(?<![\w/.])(?:airlock|tests|tools|docs)/[\w./-]+", page.read_text("utf-8"))
    }
    assert len(named) > 40
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_floors_are_those_that_are_checked():
    assert " > ".join(FLOORS) in TEXT


def test_the_picture_has_every_room_and_no_other():
    picture = TEXT.partition("## The picture")[2].partition("## The contract")[0]
    lines = re.findall(r"^    (\w+(?:, \w+)*)  ", picture, re.MULTILINE)
    drawn = {name for line in lines for name in line.split(", ")}
    assert drawn == {name for layer in FLOORS for name in layer.split(" | ")}


def test_every_module_of_the_largest_room_has_its_place():
    table = TEXT.partition("## Inside `run`")[2].partition("## ")[0]
    modules = {path.stem for path in (ROOT / "airlock" / "run").glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`(\w+)`", table)) == modules


def test_ten_questions_have_an_answer_with_a_file():
    rows = re.findall(r"^\| ([^|]+\?) \| (.+) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 10 and all("airlock/" in answer for _, answer in rows)


def test_tests_mirror_the_rooms():
    """A room's tests are in a folder of its name; the other folders are of the assignment, or help."""
    rooms = {path.name for path in (ROOT / "airlock").iterdir() if (path / "__init__.py").exists()}
    folders = {path.name for path in (ROOT / "tests").iterdir() if list(path.glob("*.py"))}
    assert folders - rooms == {"assignment", "browser", "helpers"}
    assert rooms <= folders


def test_no_test_file_is_too_long_to_be_read():
    lengths = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "tests").rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_module_is_too_long_to_be_read():
    lengths = {path.name: len(path.read_text().splitlines()) for path, _ in trees()}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_every_module_of_a_room_says_what_it_is_for_and_no_function_is_longer_than_a_screen():
    long = {}
    for path, tree in trees():
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= SCREEN:
                long[f"{path.name}:{node.name}"] = node.end_lineno - node.lineno + 1
    assert long == {}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    imported = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.partition(".")[0])
    imported |= {part.name.partition(":")[0].partition(".")[0] for part in PARTS}  # also without an import
    imported -= {"airlock", *sys.stdlib_module_names, *IF_THERE}
    distributions = packages_distributions()
    needed = {distributions[name][0].lower().replace("_", "-") for name in imported}
    lines = PROJECT["project"]["dependencies"]
    declared = {re.match(r"[\w-]+", line)[0].lower().replace("_", "-") for line in lines}
    assert needed == declared


def test_one_word_for_one_thing():
    """Words that the glossary has another one for, and a class of each name once."""
    nodes = [node for _, tree in trees() for node in tree.body]
    classes = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    assert [name for name, times in classes.items() if times > 1 and not name.startswith("_")] == []
    read = [*(path for path, _ in trees()), *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for path in read:
        text = path.read_text(encoding="utf-8")
        assert [word for word in DROPPED if re.search(word, text, re.IGNORECASE)] == [], path


def test_the_readme_names_every_module_of_the_assignment():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Where things are")[2]
    modules = [path.name for path in (ROOT / "source" / "vanishing-gradient").glob("*.py")]
    assert modules and [name for name in modules if f"`{name}`" not in table] == []
