"""Features of tests in nbgrader courses: each probe gets the mark that stock nbgrader gives it.

The probes of one table share a kernel, here and there. Those that wait are the exception: only the student's
own code could decide them, so nobody gains or loses points by them.
"""

import gc
import sys
from pathlib import Path

import pytest
from probes_around import PROBES as AROUND
from probes_calls import PROBES as CALLS
from probes_courses import PROBES as COURSES
from probes_further import PROBES as FURTHER
from probes_given import PROBES as GIVEN
from probes_kinds import PROBES as KINDS
from probes_objects import PROBES as SIMPLE
from probes_state import PROBES as STATE
from probes_values import PROBES as VALUES
from probing import airlock, read, stock

from airlock.wire.settings import in_force, settings

OBJECTS = SIMPLE.rstrip("\n") + KINDS
TABLES = {"calls": CALLS, "objects": OBJECTS, "values": VALUES, "courses": COURSES}
TABLES |= {"given": GIVEN, "state": STATE, "further": FURTHER, "around": AROUND}


@pytest.mark.parametrize("table", TABLES)
def test_a_test_has_here_the_mark_that_stock_nbgrader_gives(table):
    probes = read(TABLES[table])
    expected, (found, _) = stock(probes), airlock(probes)
    differ = {
        probe.name: message
        for probe, passes, message in zip(probes, expected, found, strict=True)
        if passes != (message == "") and probe.how != "waits"
    }
    assert differ == {}


@pytest.mark.parametrize("table", TABLES)
def test_what_only_the_student_could_decide_is_not_decided(table):
    probes = [probe for probe in read(TABLES[table]) if probe.how == "waits"]
    found, _ = airlock(probes)
    assert all("would see a value of the test" in message for message in found)


def test_whoever_compares_two_objects_of_the_student_is_told():
    probes = [probe for probe in read(OBJECTS) if probe.how.startswith("decided")]
    _, incidents = airlock(probes)
    assert {incident.kind for incident in incidents} == {"own-comparison"}
    assert {incident.cell for incident in incidents} == {f"test-{place}" for place in range(len(probes))}


ARCHIVE = """
=== an archive of arrays | reference
import numpy as np
np.savez("kept.npz", a=np.arange(3))
def archive(): return np.load("kept.npz")
---
def first(name): return archive()[name][0]
assert first("a") == 0 and [*archive()] == ["a"]
"""


SET = """
=== a setting that is left | around
import numpy as np
def grown(x): return np.exp(x)
---
import numpy as np
np.seterr(over="raise")
try: grown(np.array([1000.0]))
except FloatingPointError: pass
else: raise AssertionError
"""


def test_a_setting_that_a_test_leaves_is_in_force_for_the_same_test_in_the_same_process_again():
    with in_force(settings()):
        assert [airlock(read(SET))[0] for _ in "12"] == [[""], [""]]


def test_what_a_library_does_when_an_object_goes_is_not_done_to_what_stands_for_it(monkeypatch):
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", raised.append)
    found, _ = airlock(read(ARCHIVE))
    gc.collect()
    assert found == [""] and [one for one in raised if "__del__" in str(one.object)] == []


def test_the_table_of_features_lists_every_probe_with_its_way():
    page = (Path(__file__).parents[2] / "docs" / "features.md").read_text()
    rows = [f"| {probe.name} | {probe.how} |" for text in TABLES.values() for probe in read(text)]
    assert [row for row in rows if row not in page] == []
    table = page.split("\n## ")[0]
    assert table.count("\n| ") == len(rows) + 1, "a row of no probe"
