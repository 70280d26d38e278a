"""Grading and returning, killed at any change to the course folder and started again, end as if never killed.

What workers send is made once, by real kernels, and sent again each time; all that writes is the real thing.
"""

import os
import re
from concurrent.futures import Executor, Future
from contextlib import chdir, nullcontext

import pytest
from class_course import RIGHT, Course, Listener, grade
from killed import content, killed_at
from sayings import one_truth
from term import PLATFORMS, InGradebook

from airlock.classroom.pool import LocalWorkers
from airlock.cli import main

SAMPLED = 1 if os.environ.get("WHOLE") else 7  # of so many changes, one is tried
VOLATILE = re.compile(r'"(?:made|wall|coordinator)":|made <time|<dt>seconds')
ROSTER = "name,id,section\nAda King,ada,A\nMaría Silva,maria,B\nEmmy Noether,emmy,A\n"


class Sent(Executor):
    """Sends what workers have sent before; without it, has them make it, and keeps it."""

    def __init__(self, results):
        self.results = results

    def submit(self, function, student, files, *arguments):
        key = student, files["p.ipynb"]
        if key not in self.results:
            with LocalWorkers(1) as workers, workers.executor() as executor:
                self.results[key] = executor.submit(function, student, files, *arguments).result()
        future = Future()
        future.set_result(self.results[key])
        return future


@pytest.fixture(scope="module")
def sent():
    """Results by student and hand-in."""
    return {}


@pytest.fixture(scope="module")
def marked(tmp_path_factory, sent):
    """A class that was graded and marked by hand; Ada has handed in anew since."""
    course = Course.make(tmp_path_factory.mktemp("killed") / "course")
    (course.root / "roster.csv").write_text(ROSTER)
    course.hand_in("ada", RIGHT | {"essay": "It vanishes."})
    course.hand_in("maria", {})
    graded(course, sent)
    InGradebook(course).mark("ada", "essay", 3, 0.5, "Well argued.")
    course.hand_in("ada", RIGHT | {"essay": "It vanishes.", "square": ""})
    return course


@pytest.fixture(scope="module")
def regraded(marked, tmp_path_factory, sent):
    """And has been graded again; Maria has been marked since."""
    course = marked.copy(tmp_path_factory.mktemp("killed") / "regraded")
    graded(course, sent)
    InGradebook(course).mark("maria", "test-square", 1)
    participants = course.root / "downloaded" / "ps1" / "participants.json"
    participants.parent.mkdir(parents=True)
    participants.write_text('{"ada": ["Ada King", "11"], "maria": ["Silva", "12"]}')
    return course


def graded(course, sent):
    executor = Sent(sent)
    workers = nullcontext(type("Workers", (), {"executor": lambda self: executor})())
    grade(course, Listener(), workers=workers)


def returned(course, _):
    with chdir(course.root):
        assert main(["return", "ps1"]) == 0


def state(course):
    """What a course folder says, but when it was made."""
    found = content(course.root)
    del found["reports/ps1/records.jsonl"]  # may have a record twice: the last counts
    for name in ("results.json", "index.html"):
        text = found[f"reports/ps1/{name}"].decode()
        found[f"reports/ps1/{name}"] = [line for line in text.splitlines() if not VOLATILE.search(line)]
    return found | {"gradebook": course.gradebook(), "journal": sorted(set(course.journal()))}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("action", [graded, returned])
def test_killed_at_any_change_and_started_again_it_ends_the_same(action, marked, regraded, sent, tmp_path):
    before = marked if action is graded else regraded
    whole = before.copy(tmp_path / "whole")
    action(whole, sent)
    expected, step, killed = state(whole), 1, True
    while killed:
        course = before.copy(tmp_path / f"step-{step}")
        killed = killed_at(step, lambda course=course: action(course, sent))
        action(course, sent)
        assert state(course) == expected, f"killed at change {step}"
        step += SAMPLED
    assert step > 30, "there were changes to be killed at"
    one_truth(course.root, "ps1", "p", platforms=PLATFORMS if action is returned else None)
