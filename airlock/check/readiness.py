"""Why an assignment is not ready for students: what the exit code of ``airlock check`` follows."""

from collections.abc import Iterable
from statistics import median
from typing import Any

from airlock.check.guarded import NOBODY, PARTLY
from airlock.model.text import count

SLOW_SECONDS, SLOW = 0.5, 3  # what takes longer than this, and so many times the median, is called slow


def failures(found: dict[str, Any], allowed: set[str]) -> list[str]:
    """Why the assignment is not ready, a sentence each; ``allowed`` names mutants that may live."""
    reasons = list(found["faults"])
    reference, release, mutants = found["reference"], found["release"], found["mutants"]
    times = reference["times"]
    for row in reference["checks"]:
        if row["full"] < times and not row["waits"]:
            reasons.append(
                f"The reference lost {row['check']} in {times - row['full']} of {count(times, 'grading')}."
            )
    lost = {row["check"] for row in reference["checks"] if row["full"] < times}
    reasons += [
        f"The reference lost {one['check']} in 1 of {count(one['times'], 'more grading')}: by chance."
        for one in reference["shaky"]
        if one["check"] not in lost
    ]
    reasons += [
        f"{r['check']} cannot be graded: {r['reason']}" for r in found["guarded"] if r["state"] == NOBODY
    ]
    reasons += [
        f"The release gives a line of {one['cell'] or one['where']} away: {one['line']}"
        for one in release["leaks"]
    ]
    reasons += [f"{name} gives its points to who hands in nothing." for name in release["passes"]]
    nobody = {row["check"] for row in found["guarded"] if row["state"] == NOBODY}
    reasons += [
        f"Neither an empty answer nor a wrong one loses {name}: can it fail?"
        for name in found["never_lost"]
        if name not in nobody | set(release["passes"])
    ]
    if alive := _not_allowed([*mutants["survived"], *mutants["luck"]], allowed):
        keep = "keeps its" if len(alive) == 1 else "keep their"
        reasons.append(f"{count(alive, 'wrong answer')} {keep} points, always or now and then.")
    if beyond := _not_allowed(mutants["beyond"], allowed):
        costs = "costs" if len(beyond) == 1 else "cost"
        reasons.append(f"{count(beyond, 'wrong answer')} {costs} more than the same answer left empty.")
    return reasons


def notes(found: dict[str, Any]) -> list[str]:
    """What may be meant as it is, a sentence each: the exit code does not follow it."""
    release = found["release"]
    said = [f"The empty release stops at {one['cell']}: {one['message']}" for one in release["stops"]]
    blanks = [
        (row, row["cell"] + (f", blank {row['blank']}" if row["blank"] else "")) for row in found["blanks"]
    ]
    if unmarked := [blank for row, blank in blanks if not row["lost"]]:
        said.append(f"Left empty, these cost nothing, so no check marks them: {'; '.join(unmarked)}.")
    said += [
        f"Left empty, {blank} costs {', '.join(row['beyond'])} as well as its own checks."
        for row, blank in blanks
        if row["beyond"]
    ]
    said += [f"{r['check']} is {r['state']}: {r['reason']}" for r in found["guarded"] if r["state"] == PARTLY]
    if slow := [f"{one['name']} ({one['wall']:.1f} s)" for one in found["costs"] if is_slow(one, found)]:
        said.append(f"Much slower than the rest: {', '.join(slow)}.")
    return said


def is_slow(cost: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether a cell or a check takes much longer than most."""
    return cost["wall"] > max(SLOW_SECONDS, SLOW * median(one["wall"] for one in found["costs"]))


def _not_allowed(mutants: Iterable[dict[str, Any]], allowed: set[str]) -> list[dict[str, Any]]:
    return [one for one in mutants if one["name"] not in allowed]
