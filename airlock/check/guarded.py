"""Who decides each check: the grader alone, the student's process in part, or nobody."""

from typing import Any

from airlock.model.assignment import Observed

GUARDED, PARTLY, NOBODY = "guarded", "decided in part by the student's own code", "cannot be graded"


def guarded(
    reference: dict[str, Any], surveys: dict[str, dict[str, Any]], observed: dict[str, Observed]
) -> list[dict[str, str]]:
    """For each check its state, and the reason where it is not guarded.

    ``reference`` and ``surveys`` are what grading the reference found, whole and by check.
    """
    waits = {name: why for one in observed.values() for name, why in one.waits.items()}
    borrowed = {name: values for one in surveys.values() for name, values in one["borrowed"].items()}
    untried = {name: why for one in surveys.values() for name, why in one["untried"].items()}
    compared = {
        one["cell"]: one["message"] for one in reference["incidents"] if one["kind"] == "own-comparison"
    }
    rows = []
    for row in reference["checks"]:
        name, state, reason = row["check"], GUARDED, ""
        if row["waits"] or name in waits:
            state, reason = NOBODY, waits.get(name) or next(iter(row["messages"]), "it waits for a person")
        elif not row["full"]:
            state, reason = NOBODY, next(iter(row["messages"]), "the reference does not pass it")
        elif name in untried:
            state, reason = (
                NOBODY,
                f"no wrong answer can be tried on it, for the reference fails: {untried[name]}",
            )
        elif name in compared:
            state, reason = PARTLY, compared[name]
        elif borrowed.get(name):
            values = ", ".join(borrowed[name])
            state = PARTLY
            reason = f"It uses {values} as the student's kernel has it, where an answer can change it."
        rows.append({"check": name, "state": state, "reason": reason})
    return rows
