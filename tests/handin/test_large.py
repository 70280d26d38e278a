"""What is made to be large when it is read takes bounded memory and time of the grader, or is refused."""

import json
import time
import tracemalloc

import pytest
from used import forget_peak, peak

from airlock.handin.files import read_submission
from airlock.handin.reading import MAX_ATTACHMENTS, MAX_NOTEBOOK, MAX_PARTS, MAX_WIDE, read_cells
from airlock.model.errors import Unreadable

MOST, SECONDS = 512 * 2**20, 20
SOURCE = '{"cells": [{"cell_type": "markdown", "source": %s}], "nbformat": 4}'
BESIDE = '{"cells": [{"cell_type": "code", "source": "x"}], "nbformat": 4, "metadata": {"x": %s}}'
OLD = '{"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [%s]}]}'
HEADING = '{"cell_type": "heading", "source": "x", "level": %s}'
CELL = '{"cell_type": "code", "input": "x", "outputs": [], "x": %s}'
WIDE = "\U0001f600"


def text(size, last=""):
    return SOURCE % f'"{"x" * (size - 1000)}{last}"'


def many(part, number):
    return f"[{part * number}0]"


def attachments(number):
    bundles = {f"{one}.png": {"image/png": "eA=="} for one in range(number)}
    return json.dumps(
        {"cells": [{"cell_type": "markdown", "source": "x", "attachments": bundles}], "nbformat": 4}
    )


READ = {
    "a long text": lambda: text(MAX_NOTEBOOK),
    "a long text that one letter makes wide": lambda: text(MAX_WIDE, WIDE),
    "a long text in lines, one of them wide": lambda: (
        SOURCE % many('"x\\n",', MAX_PARTS - 1000).replace("x", WIDE, 1)
    ),
    "many objects": lambda: BESIDE % many("{},", MAX_PARTS // 2 - 1000),
    "many objects with something in them": lambda: BESIDE % many('{"a":0},', MAX_PARTS // 2 - 1000),
    "many objects of an old format": lambda: OLD % CELL % many('{"a":0},', MAX_PARTS // 2 - 1000),
    "a heading of very many levels": lambda: OLD % HEADING % 10**9,
    "many attachments": lambda: attachments(MAX_ATTACHMENTS),
    "photographs beside a wide letter": lambda: text(MAX_NOTEBOOK).replace("[{", f'[{{"x": "{WIDE}"}}, {{'),
}
REFUSED = {
    "more than it may have": lambda: text(MAX_NOTEBOOK + 2000),
    "too long a text that one letter makes wide": lambda: text(MAX_NOTEBOOK, WIDE),
    "the same with the letter written otherwise": lambda: text(MAX_NOTEBOOK, "\\ud83d\\ude00"),
    "too many lines": lambda: SOURCE % many('"x\\n",', 7_000_000),
    "too many objects": lambda: BESIDE % many('{"a":0},', 5_000_000),
    "too many numbers": lambda: BESIDE % many("1.5,", 10_000_000),
    "too many keys": lambda: BESIDE % ("{" + ",".join(f'"{one:x}":0' for one in range(4_000_000)) + "}"),
    "too many attachments": lambda: attachments(MAX_ATTACHMENTS + 1),
    "very many attachments": lambda: attachments(600_000),
}


def taken(data):
    """What reading takes of memory beyond the file, and of time; what is said where it is refused."""
    said = ""
    forget_peak()
    before, began = peak(), time.process_time()
    try:
        read_cells(data, "x.ipynb")
    except Unreadable as error:
        said = error.kind
    return peak() - before, time.process_time() - began, said


def test_of_a_file_that_is_refused_no_more_is_copied_than_is_read(tmp_path):
    (tmp_path / "x.ipynb").write_bytes(b"{" + b" " * (300 * 2**20))
    tracemalloc.start()
    try:
        files, _ = read_submission(tmp_path)
        assert len(files["x.ipynb"]) == MAX_NOTEBOOK + 1
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_NOTEBOOK
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", READ.values(), ids=READ)
def test_what_is_allowed_takes_bounded_memory_and_time(make):
    memory, seconds, said = taken(make().encode())
    print(f"{memory / 2**20:.0f} MiB")
    assert (memory < MOST, seconds < SECONDS, said) == (True, True, "")


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_what_would_take_more_is_refused_before_it_does(make):
    memory, seconds, said = taken(make().encode())
    assert (memory < MOST // 2, seconds < SECONDS / 2, said) == (True, True, "too-large")
