"""Why an assignment is not ready for students: what the exit code of ``airlock check`` follows."""

from collections.abc import Iterable
from typing import Any

from airlock.check.guarded import NOBODY
from airlock.model.text import count


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
        reasons.append(f"{len(beyond)} wrong answers cost more than the same answer left empty.")
    return reasons


def _not_allowed(mutants: Iterable[dict[str, Any]], allowed: set[str]) -> list[dict[str, Any]]:
    return [one for one in mutants if one["name"] not in allowed]
