"""``make check`` in a small form: a random sample of the wrong answers to this repository's assignment."""

import random

import pytest
from real_course import ASSIGNMENT, ROOT

from airlock.check.checker import Checker
from airlock.check.readiness import failures
from airlock.classroom.pool import LocalWorkers
from airlock.course.application import load_course
from airlock.course.trial import generate
from airlock.model.limits import Limits

WRONG = 8  # of about 2,300; make check tries them all


@pytest.mark.timeout(600)
def test_this_assignment_is_ready(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    app = load_course(ROOT)
    trial = generate(app.coursedir, app.config, ASSIGNMENT, tmp_path)
    assert trial.files == {}, "students get the notebook alone"
    with LocalWorkers(1) as workers, workers.executor() as executor:
        found = Checker(trial, Limits(), executor, 1, lambda *_: None).run(1, 2, WRONG, seed)
    assert failures(found, set()) == [], f"seed {seed}: {found['mutants']}"
    assert {row["state"] for row in found["guarded"]} == {"guarded"}
    assert found["mutants"]["total"] == WRONG
