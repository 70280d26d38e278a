"""``airlock check ASSIGNMENT``: from the command's options to terminal, page and exit code."""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from airlock.check.checker import Checker
from airlock.check.page import render
from airlock.check.readiness import failures, notes
from airlock.classroom.pool import LocalWorkers
from airlock.course.application import load_course
from airlock.course.results import write_whole
from airlock.course.trial import generate
from airlock.settings import Airlock

QUICK = {"times": 3, "gradings": 5, "mutants": 60}
FULL: dict[str, int | None] = {"times": 30, "gradings": 20, "mutants": None}


def check(options: argparse.Namespace, workers: LocalWorkers) -> int:
    """Check an assignment of the course in this folder; the exit code: 0 when it is ready, else 1."""
    for name, default in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, default)
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    app = load_course()
    with tempfile.TemporaryDirectory(prefix="airlock-check-") as folder:
        trial = generate(app.coursedir, app.config, options.assignment, Path(folder))
    limits = Airlock(config=app.config).as_limits()
    with workers.executor() as executor, Progress() as progress:
        checker = Checker(trial, limits, executor, workers.count, progress.hear)
        found = checker.run(options.times, options.gradings, options.mutants, seed)
    reasons = failures(found, set(options.allow))
    found |= {
        "allowed": sorted(options.allow),
        "reasons": reasons,
        "notes": notes(found),
        "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    reports = Path(app.coursedir.root) / "reports" / options.assignment
    reports.mkdir(parents=True, exist_ok=True)
    write_whole(reports / "check.json", json.dumps(found, indent=1) + "\n")
    write_whole(reports / "check.html", render(found))
    print(summary(found, reasons))
    known = {one["name"] for kind in ("survived", "luck", "beyond") for one in found["mutants"][kind]}
    for name in sorted(set(options.allow) - known):
        print(f"--allow {name}: no wrong answer of this run has that name and needs to be allowed.")
    print(f"The tables and the wrong answers that survive: {reports / 'check.html'}")
    return int(bool(reasons))


class Progress:
    """A bar for each stage, with the time that is left."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._what = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def hear(self, done: int, total: int, what: str) -> None:
        """Show that so many of so many are done."""
        if self._bar is None or self._what != what:
            self.__exit__()
            self._what = what
            self._bar = tqdm(total=total, desc=what, file=sys.stderr, disable=None, leave=False)
        self._bar.update(done - self._bar.n)


def summary(found: dict[str, Any], reasons: list[str]) -> str:
    """What was found, in a few lines for a terminal."""
    made, reference, release = found["mutants"], found["reference"], found["release"]
    full = sum(row["full"] == reference["times"] for row in reference["checks"])
    lines = [
        f"Reference: {full} of {len(reference['checks'])} checks in full, {reference['times']} times each.",
        f"Release: {release['score'] or 0:g} of {release['max_score']:g} points for nothing.",
        f"Wrong answers: {_sampled(made)}, {made['equivalent']} not wrong after all, "
        f"{made['caught']} caught always, {len(made['luck'])} by luck, {len(made['survived'])} survived; "
        f"{made['per_second']:g} a second.",
    ]
    lines += [f"To know: {note}" for note in notes(found)]
    for one in [*made["survived"], *made["luck"]][:20]:
        change = " -> ".join(" ".join(text.split()) or "nothing" for text in (one["before"], one["after"]))
        lines.append(f"  {one['name']} line {one['line']}: {change}")
    return "\n".join([*lines, *([f"NOT READY: {reason}" for reason in reasons] or ["Ready."])])


def _sampled(made: dict[str, Any]) -> str:
    if made["total"] == made["possible"]:
        return f"{made['total']} made"
    return f"{made['total']} of {made['possible']}, drawn with --seed {made['seed']}"
