"""Files that answers write are there for the tests, as data; those that a call names, for the answers."""

import functools
import pickle
from dataclasses import replace

from small_course import QUICK
from test_names import a_master

from airlock.model.assignment import Master
from airlock.run import foreign
from airlock.run.grade import grade_submission
from airlock.run.rehearsal import observe, reference_notebook

SECRET = "876543"
TABLE = """import csv, json, os
import numpy as np
def table(rows, path):
    with open(path, 'w', newline='') as f:
"""
CELLS = [
    ("answer", "with open('notes.txt', 'w') as f:\n    f.write('three lines\\nof\\ntext')", ""),
    ("test", "import os\nassert os.path.exists('notes.txt')\nassert len(open('notes.txt').readlines()) == 3"),
    ("answer", TABLE + "        csv.writer(f).writerows(rows)\n    return path", ""),
    (
        "test",
        "import csv, os\nfor n in 2, 3:\n    table([(1, n)] * n, 'a.csv')\n"
        "    assert list(csv.reader(open('a.csv', newline=''))) == [['1', str(n)]] * n\n"
        "    os.remove('a.csv')\nassert not os.path.exists('a.csv')",
    ),
    ("answer", "def total(path):\n    with open(path) as f:\n        return sum(map(int, f))", ""),
    (
        "test",
        f"from pathlib import Path\nPath('expected.txt').write_text('{SECRET}')\n"
        "for numbers in [1, 2], [3, 4, 5]:\n"
        "    Path('numbers.txt').write_text('\\n'.join(map(str, numbers)))\n"
        "    assert total('numbers.txt') == sum(numbers)\nassert total(Path('numbers.txt')) == 12",
    ),
    (
        "answer",
        "def saved(n):\n    os.makedirs('out', exist_ok=True)\n    np.save('out/a.npy', np.arange(n))",
        "",
    ),
    ("test", "import numpy as np\nsaved(4)\nassert np.load('out/a.npy').tolist() == [0, 1, 2, 3]"),
    ("answer", "name = 'mine.json'\njson.dump({'a': 1}, open(name, 'w'))", ""),
    ("test", "import json\nassert json.load(open(name)) == {'a': 1}"),
    ("answer", "def module():\n    open('extra.py', 'w').write('value = 3')", ""),
    ("test", "module()\nimport extra\nassert extra.value == 3"),
    ("answer", "import decimal, pickle\npickle.dump(decimal.Decimal(3), open('p.bin', 'wb'))", ""),
    ("test", "import pickle\nassert pickle.load(open('p.bin', 'rb')) == 3"),
]
PASSED = {"c1", "c3", "c5", "c7", "c9"}


@functools.cache
def master() -> Master:
    """The assignment, with what its reference solution shows."""
    made = a_master(*CELLS)
    return replace(
        Master.from_bytes(made.to_bytes()), solutions=made.solutions, observed=observe(made, QUICK)
    )


def graded(**answers):
    """The checks that a submission loses, with their messages, and its record. Unpickling works after it."""
    notebook = reference_notebook(master().notebooks["n"], master().solutions["n"] | answers)
    record = grade_submission("s", {"n.ipynb": notebook}, master(), QUICK).record
    assert pickle.loads(pickle.dumps(QUICK)) == QUICK
    return {check.grade_id: check.message for check in record.checks if check.points == 0}, record


def test_what_an_answer_writes_a_test_reads_but_for_code():
    seen = master().observed["n"]
    assert set(seen.waits) == {"c11", "c13"} and not seen.fails
    assert "could run its code here" in seen.waits["c13"]
    assert {"notes.txt", "a.csv", "out/a.npy", "mine.json"} <= set(seen.files)
    lost, record = graded()
    assert lost == {} and {c.grade_id for c in record.checks if c.points} == PASSED


def test_another_name_of_the_students_choice_is_as_good():
    lost, _ = graded(c8="name = 'other.json'\njson.dump({'a': 1}, open(name, 'w'))")
    assert lost == {}


def test_what_is_not_written_or_wrong_is_lost():
    wrong = TABLE + "        f.write('1,2\\n' * 2)\n    return path"
    lost, _ = graded(c0="", c2=wrong, c6="def saved(n): pass")
    assert set(lost) == {"c1", "c3", "c7"}


def test_a_file_beside_a_test_is_not_there_unless_the_test_looks_for_it():
    planted = "\nopen('planted.txt', 'w').write('1')\nopen('numbers.txt', 'w').write('1')"
    made = a_master(CELLS[0], ("test", "import os\nassert os.listdir() == ['notes.txt']"))
    data = reference_notebook(made.notebooks["n"], {"c0": CELLS[0][1] + planted})
    record = grade_submission("s", {"n.ipynb": data}, made, QUICK).record
    assert [(check.grade_id, check.points) for check in record.checks] == [("c1", 2)]


def test_links_pipes_and_floods_neither_lead_out_nor_hold_up(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("three lines\nof\ntext")
    for planted in (
        f"import os\nos.symlink({str(outside)!r}, 'notes.txt')",
        "import os\nos.mkfifo('notes.txt')",
        "import os\nos.mkdir('notes.txt')",
    ):
        lost, _ = graded(c0=planted)
        assert set(lost) == {"c1"}, planted


def test_more_than_crosses_is_said(monkeypatch):
    monkeypatch.setattr(foreign, "MOST_BYTES", 1000)
    lost, _ = graded(c0="with open('notes.txt', 'wb') as f:\n    f.write(b'three lines\\nof\\ntext' * 1000)")
    assert "There is more in files than" in lost["c1"]


def test_a_file_of_a_test_is_written_to_no_place_but_the_students_folder(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("3\n")
    linked = f"import os\nos.symlink({str(outside)!r}, 'numbers.txt')\n" + CELLS[4][1]
    lost, _ = graded(c4=linked)
    assert lost == {} and outside.read_text() == "3\n"


def test_what_a_test_writes_and_does_not_name_is_not_seen():
    looking = "def total(path):\n    import os\n    raise ValueError(str(os.listdir()))"
    lost, _ = graded(c4=looking)
    assert "numbers.txt" in lost["c5"] and "expected.txt" not in lost["c5"]
    reading = "def total(path):\n    return int(open('expected.txt').read())"
    lost, _ = graded(c4=reading)
    assert "c5" in lost and SECRET not in lost["c5"]
