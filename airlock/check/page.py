"""The page of a check: ``check.html``."""

from statistics import median
from typing import Any

from airlock.pages.shared import environment

SLOW_SECONDS, SLOW = 0.5, 3  # what takes longer than this, and so many times the median, is called slow
SHOWN = 200  # mutants of a table


def render(found: dict[str, Any]) -> str:
    """Return the page for what :class:`airlock.check.checker.Checker` found, see check.json."""
    alive = [*found["mutants"]["survived"], *found["mutants"]["luck"]]
    slow = max(SLOW_SECONDS, SLOW * median(cost["wall"] for cost in found["costs"])) if found["costs"] else 0
    costs = sorted(found["costs"], key=lambda cost: -(cost["cpu"] + cost["wall"]))[:10]
    return environment.get_template("check.html.j2").render(
        found=found,
        alive=alive[:SHOWN],
        more=max(0, len(alive) - SHOWN),
        beyond=found["mutants"]["beyond"][:SHOWN],
        costs=costs,
        slow=slow,
        reference=found["reference"],
        release=found["release"],
        mutants=found["mutants"],
        failing=[r for r in found["reference"]["checks"] if r["full"] < found["reference"]["times"]],
    )
