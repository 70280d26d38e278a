"""The page of a check: ``check.html``."""

from typing import Any

from airlock.check.readiness import is_slow
from airlock.pages.shared import environment

SHOWN = 200  # mutants of a table


def render(found: dict[str, Any]) -> str:
    """Return the page for what :class:`airlock.check.checker.Checker` found, see check.json."""
    alive = [*found["mutants"]["survived"], *found["mutants"]["luck"]]
    costs = sorted(found["costs"], key=lambda cost: -(cost["cpu"] + cost["wall"]))[:10]
    return environment.get_template("check.html.j2").render(
        found=found,
        alive=alive[:SHOWN],
        more=max(0, len(alive) - SHOWN),
        beyond=found["mutants"]["beyond"][:SHOWN],
        costs=costs,
        slow={cost["name"] for cost in costs if is_slow(cost, found)},
        reference=found["reference"],
        release=found["release"],
        mutants=found["mutants"],
        failing=[r for r in found["reference"]["checks"] if r["full"] < found["reference"]["times"]],
    )
