"""Check one assignment: everything that an instructor wants to know before students have it."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import asdict
from typing import Any

import nbformat

from airlock.check import judge, release
from airlock.check.equivalence import INPUTS
from airlock.check.mutants import Mutant, mutants
from airlock.classroom.pool import grade_task
from airlock.course.trial import Trial
from airlock.model.errors import AirlockError
from airlock.model.limits import Limits
from airlock.pages.slips import pattern

BATCH = 6  # mutants of one task
SHARED = 10  # mutants with one message, from which on it is named


class Checker:
    """The check of one assignment. ``listener(done, total, what)`` hears how far it is."""

    def __init__(
        self, trial: Trial, limits: Limits, executor: Executor, listener: Callable[[int, int, str], None]
    ):
        self.trial, self.limits, self.executor, self.listener = trial, limits, executor, listener
        plain = tuple(asdict(limits).items())
        self.setups = {
            name: judge.Setup(trial.master.to_bytes(), name, tuple(trial.references[name].items()), plain)
            for name in trial.master.notebooks
        }

    def run(
        self, times: int, gradings: int, most: int | None, seed: int = 0, inputs: int = INPUTS
    ) -> dict[str, Any]:
        """Grade the reference ``times`` times, each mutant ``gradings`` times, at most ``most`` mutants:
        those that ``seed`` draws of all.
        A survivor is compared with the reference on so many ``inputs``.

        Returns plain data, as in check.json.
        """
        started = time.monotonic()
        found: dict[str, Any] = {
            "assignment": self.trial.master.assignment,
            "faults": release.faults(self.trial),
        }
        found["reference"] = self._reference(times)
        found["release"] = self._release()
        found["guarded"] = self._guarded(found["reference"])
        fine = {row["check"] for row in found["reference"]["checks"] if row["full"]}
        surveys = (
            {name: self._wait(judge.survey, setup) for name, setup in self.setups.items()} if fine else {}
        )
        found["costs"] = [
            {"notebook": n, **cost} for n, survey in surveys.items() for cost in survey["costs"]
        ]
        found["blanks"] = self._blanks(surveys)
        found["mutants"] = self._mutants(surveys, found["blanks"], gradings, most, seed, inputs)
        lost = {name for row in found["blanks"] for name in row["lost"]} | set(found["mutants"].pop("lost"))
        found["never_lost"] = [
            row["check"] for row in found["reference"]["checks"] if row["check"] not in lost
        ]
        found["seconds"] = round(time.monotonic() - started, 1)
        return found

    def _grade(self, name: str, answers: dict[str, dict[str, str]] | None) -> Future:
        files = dict(self.trial.files)
        for notebook, data in self.trial.released.items():
            content = nbformat.reads(data.decode(), as_version=4)
            for cell in content.cells:
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
                if answers and grade_id in answers[notebook]:
                    cell.source = answers[notebook][grade_id]
            files[f"{notebook}.ipynb"] = nbformat.writes(content).encode()
        return self.executor.submit(
            grade_task, name, files, [], self.trial.master.to_bytes(), self.limits, False
        )

    def _reference(self, times: int) -> dict[str, Any]:
        futures = [self._grade("reference", self.trial.references) for _ in range(times)]
        graded = [future.result()[0] for future in self._heard(futures, "gradings of the reference")]
        records = [one.record.to_json() for one in graded]
        rows: dict[str, dict] = {}
        for record in records:
            if record["status"] == "failed":
                reasons = "; ".join(incident["message"] for incident in record["incidents"])
                raise AirlockError(f"The reference cannot be graded: {reasons}")
            for check in record["checks"]:
                row = rows.setdefault(
                    check["grade_id"],
                    {"check": check["grade_id"], "points": check["max_points"], "full": 0, "messages": []},
                )
                row["full"] += check["points"] is not None and check["points"] >= check["max_points"]
                row["waits"] = check["points"] is None
                if check["message"] and check["message"] not in row["messages"]:
                    row["messages"].append(check["message"])
        incidents = list(dict.fromkeys(one["message"] for record in records for one in record["incidents"]))
        tests = {
            cell.grade_id
            for nb in self.trial.master.notebooks.values()
            for cell in nb.cells
            if cell.kind == "test"
        }
        seconds = [record["seconds"] for record in records]
        return {
            "times": times,
            "checks": [row for name, row in rows.items() if name in tests],
            "incidents": incidents,
            "cpu": round(sum(one["cpu"] for one in seconds) / times, 2),
            "wall": round(sum(one["wall"] for one in seconds) / times, 2),
        }

    def _release(self) -> dict[str, Any]:
        graded, _ = self._grade("release", None).result()
        record, stops = graded.record.to_json(), []
        for data in graded.notebooks.values():
            for cell in nbformat.reads(data.decode(), as_version=4).cells:
                flags = cell.metadata.get("nbgrader", {})
                wrong = [one for one in cell.get("outputs", []) if one.output_type == "error"]
                if wrong and not flags.get("grade"):
                    where = flags.get("grade_id") or cell.get("id", "")
                    stops.append({"cell": where, "message": f"{wrong[0].ename}: {wrong[0].evalue}"[:300]})
        passed = [c["grade_id"] for c in record["checks"] if c["points"] and c["max_points"]]
        return {
            "score": record["score"],
            "max_score": record["max_score"],
            "passes": passed,
            "stops": stops,
            "leaks": release.leaks(self.trial),
        }

    def _guarded(self, reference: dict[str, Any]) -> list[dict[str, str]]:
        """For each check: whether it is decided by the grader alone, and if not, by what else."""
        rows = []
        for row in reference["checks"]:
            state, reason = "guarded", ""
            if row.get("waits"):
                state, reason = "cannot be graded", (row["messages"] or reference["incidents"] or [""])[0]
            elif not row["full"]:
                state, reason = "cannot be graded", (row["messages"] or [""])[0]
            rows.append({"check": row["check"], "state": state, "reason": reason})
        return rows

    def _blanks(self, surveys: dict[str, dict]) -> list[dict[str, Any]]:
        asked = {}
        for name, survey in surveys.items():
            stubs = {c.grade_id: c.released for c in self.trial.master.notebooks[name].cells}
            for cell, answer in survey["answers"].items():
                texts = [("", stubs[cell])]
                texts += [(str(at), text) for at, text in enumerate(self.trial.blanks[name].get(cell, []), 1)]
                for blank, text in texts:
                    future = self.executor.submit(judge.cost_of, self.setups[name], answer["position"], text)
                    asked[future] = {"notebook": name, "cell": cell, "blank": blank, "own": answer["own"]}
        rows = []
        for future in self._heard(list(asked), "blanks"):
            row, lost = asked[future], future.result()
            rows.append(row | {"lost": list(lost), "beyond": [one for one in lost if one not in row["own"]]})
        return sorted(
            rows,
            key=lambda row: list(asked.values()).index(
                {k: row[k] for k in ("notebook", "cell", "blank", "own")}
            ),
        )

    def _mutants(
        self, surveys, blanks, gradings: int, most: int | None, seed: int, inputs: int
    ) -> dict[str, Any]:
        made = self._made(surveys)
        chosen = made if most is None or most >= len(made) else random.Random(seed).sample(made, most)
        work = list(_batches(chosen))
        costs = {(row["notebook"], row["cell"]): set(row["lost"]) for row in blanks if not row["blank"]}
        started, futures = time.monotonic(), []
        for name, cell, batch in work:
            position = surveys[name]["answers"][cell]["position"]
            blank = costs[name, cell]
            futures.append(
                self.executor.submit(judge.judge, self.setups[name], position, batch, blank, gradings, inputs)
            )
        total = sum(len(batch) for _, _, batch in work)
        verdicts = [v for future in self._heard(futures, "mutants", BATCH, total) for v in future.result()]
        seconds = time.monotonic() - started
        kinds = {kind: [_plain(v) for v in verdicts if v.kind == kind] for kind in ("survived", "luck")}
        shared = defaultdict(list)
        for verdict in verdicts:
            if verdict.message:
                shared[verdict.checks[0], pattern(verdict.message)].append(verdict.message)
        return kinds | {
            "possible": len(made),
            "seed": seed,
            "total": total,
            "gradings": gradings,
            "caught": sum(v.kind == "caught" for v in verdicts),
            "equivalent": sum(v.kind == "equivalent" for v in verdicts),
            "beyond": [_plain(v) for v in verdicts if v.beyond],
            "messages": [
                {"check": check, "message": many[0], "mutants": len(many)}
                for (check, _), many in sorted(shared.items(), key=lambda item: -len(item[1]))
                if len(many) >= SHARED
            ],
            "per_second": round(total / seconds, 1) if total else 0.0,
            "lost": sorted({name for v in verdicts for name in v.checks + v.beyond}),
        }

    def _made(self, surveys) -> list[tuple[str, str, Mutant]]:
        """All mutants, each with its notebook and cell."""
        made = []
        for name, survey in surveys.items():
            texts = self.trial.references[name]
            for cell in survey["answers"]:
                others = [text for other, text in texts.items() if other != cell]
                made += [(name, cell, mutant) for mutant in mutants(cell, texts[cell], others)]
        return made

    def _wait(self, task: Callable, *arguments: Any) -> Any:
        return self.executor.submit(task, *arguments).result()

    def _heard(self, futures: list[Future], what: str, each: int = 1, total: int = 0) -> Iterable[Future]:
        total = total or len(futures) * each
        for done, future in enumerate(as_completed(futures), 1):
            self.listener(min(done * each, total), total, what)
            yield future


def _batches(made: list[tuple[str, str, Mutant]]) -> Iterator[tuple[str, str, list[Mutant]]]:
    """Notebook, cell and mutants of each task."""
    together: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for name, cell, mutant in made:
        together[name, cell].append(mutant)
    for (name, cell), many in together.items():
        for start in range(0, len(many), BATCH):
            yield name, cell, many[start : start + BATCH]


def failures(found: dict[str, Any], allowed: set[str]) -> list[str]:
    """Why the assignment is not ready, a sentence each; ``allowed`` names mutants that may live."""
    reasons = []
    times = found["reference"]["times"]
    for row in found["reference"]["checks"]:
        if row["full"] < times and not row.get("waits"):
            reasons.append(f"The reference lost {row['check']} in {times - row['full']} of {times} gradings.")
    reasons += [
        f"{r['check']} cannot be graded." for r in found["guarded"] if r["state"] == "cannot be graded"
    ]
    reasons += [
        f"The release gives a line of {one['cell'] or one['where']} away."
        for one in found["release"]["leaks"]
    ]
    alive = [
        one for kind in ("survived", "luck") for one in found["mutants"][kind] if one["name"] not in allowed
    ]
    if alive:
        reasons.append(f"{len(alive)} wrong answers keep their points, always or now and then.")
    return reasons


def _plain(verdict: judge.Verdict) -> dict[str, Any]:
    plain = asdict(verdict)
    mutant = plain.pop("mutant")
    mutant.pop("source")
    return {"name": verdict.mutant.name} | mutant | plain
