"""Whole notebooks graded, as ``airlock grade`` does: the reference, time and again, and the empty release."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import nbformat

from airlock.check import release
from airlock.classroom.pool import grade_job, observe_job
from airlock.course.trial import Trial
from airlock.model.assignment import Master
from airlock.model.errors import AirlockError
from airlock.model.limits import Limits

Heard = Callable[[list[Future], str], Iterable[Future]]  # futures as they end, and what they are of


class Whole:
    """Gradings of an assignment's whole notebooks, by an executor."""

    def __init__(self, trial: Trial, limits: Limits, executor: Executor):
        self.trial, self.limits, self.executor = trial, limits, executor
        self.master = trial.master

    def observe(self) -> Master:
        """The assignment with what one look at its reference shows, as before any class is graded."""
        given = self.master.to_bytes(), self.master.solutions, self.limits
        observed = self.executor.submit(observe_job, *given).result()
        self.master = replace(self.master, observed=observed)
        return self.master

    def reference(self, times: int, heard: Heard) -> dict[str, Any]:
        """Grade the reference so many times: by check, how often it is passed in full.

        Raises AirlockError when a grading comes to no end.
        """
        futures = [self._grade("reference", self.trial.references) for _ in range(times)]
        heard_of = heard(futures, "gradings of the reference")
        records = [future.result().record.to_json() for future in heard_of]
        tests = {c.grade_id for nb in self.master.notebooks.values() for c in nb.cells if c.kind == "test"}
        rows: dict[str, dict[str, Any]] = {}
        for record in records:
            if record["status"] == "failed":
                reasons = "; ".join(incident["message"] for incident in record["incidents"])
                raise AirlockError(f"The reference cannot be graded: {reasons}")
            for check in record["checks"]:
                if check["grade_id"] in tests:
                    _count(rows, check)
        incidents = {(one["kind"], one["message"]): one for record in records for one in record["incidents"]}
        seconds = [record["seconds"] for record in records]
        return {
            "times": times,
            "checks": list(rows.values()),
            "incidents": list(incidents.values()),
            "cpu": round(sum(one["cpu"] for one in seconds) / times, 2),
            "wall": round(sum(one["wall"] for one in seconds) / times, 2),
        }

    def release(self) -> dict[str, Any]:
        """Grade what students get: points for nothing, cells that stop, and what it gives away."""
        graded = self._grade("release", None).result()
        record = graded.record.to_json()
        return {
            "score": record["score"],
            "max_score": record["max_score"],
            "passes": [c["grade_id"] for c in record["checks"] if c["points"] and c["max_points"]],
            "stops": [stop for data in graded.notebooks.values() for stop in _stops(data)],
            "leaks": release.leaks(self.trial),
        }

    def _grade(self, name: str, answers: dict[str, dict[str, str]] | None) -> Future:
        files = dict(self.trial.files)
        for notebook, data in self.trial.released.items():
            content = nbformat.reads(data.decode(), as_version=4)
            for cell in content.cells:
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
                if answers and grade_id in answers[notebook]:
                    cell.source = answers[notebook][grade_id]
            files[f"{notebook}.ipynb"] = nbformat.writes(content).encode()
        return self.executor.submit(grade_job, name, files, [], self.master.to_bytes(), self.limits, False)


def _count(rows: dict[str, dict[str, Any]], check: dict[str, Any]) -> None:
    name, most = check["grade_id"], check["max_points"]
    row = rows.setdefault(name, {"check": name, "points": most, "full": 0, "waits": False, "messages": []})
    row["full"] += check["points"] is not None and check["points"] >= most
    row["waits"] |= check["points"] is None
    if check["message"] and check["message"] not in row["messages"]:
        row["messages"].append(check["message"])


def _stops(notebook: bytes) -> list[dict[str, str]]:
    """Cells that are neither checks nor answers and end with an error while the blanks are empty."""
    found = []
    for cell in nbformat.reads(notebook.decode(), as_version=4).cells:
        flags = cell.metadata.get("nbgrader", {})
        wrong = [one for one in cell.get("outputs", []) if one.output_type == "error"]
        if wrong and not flags.get("grade") and not flags.get("solution"):
            where = flags.get("grade_id") or cell.get("id", "")
            found.append({"cell": where, "message": f"{wrong[0].ename}: {wrong[0].evalue}"[:300]})
    return found
