"""Check one assignment: everything that an instructor wants to know before students have it."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import asdict
from typing import Any

from airlock.check import benches, judge, release
from airlock.check.guarded import guarded
from airlock.check.inside import INPUTS
from airlock.check.mutants import Mutant, mutants
from airlock.check.spread import spread
from airlock.check.whole import Whole
from airlock.course.trial import Trial
from airlock.model.limits import Limits
from airlock.pages.slips import pattern

BATCH = 12  # mutants of one task
FEW = 3  # gradings of a wrong answer that is far off
SHARED = 10  # mutants with one message, from which on it is named
Blank = tuple[str, str, str]  # notebook, answer cell, and the number of a blank in it or "" for all of it
Answer = tuple[str, str]  # notebook and answer cell
Made = tuple[str, str, Mutant]  # notebook, answer cell, and a wrong answer


class Checker:
    """The check of one assignment, by so many ``workers`` of an executor.

    ``listener(done, total, what)`` hears how far it is.
    """

    def __init__(
        self,
        trial: Trial,
        limits: Limits,
        executor: Executor,
        workers: int,
        listener: Callable[[int, int, str], None],
    ):
        self.trial, self.limits, self.listener = trial, limits, listener
        self.executor, self.workers = executor, workers
        self.setups: dict[str, benches.Setup] = {}
        self.surveys: dict[str, dict[str, Any]] = {}

    def run(
        self, times: int, gradings: int, most: int | None, seed: int = 0, inputs: int = INPUTS
    ) -> dict[str, Any]:
        """Grade the reference ``times`` times, each mutant ``gradings`` times, at most ``most`` mutants:
        those that ``seed`` draws of all. A survivor is compared with the reference on so many ``inputs``.

        Returns plain data, as in check.json.
        """
        started = time.monotonic()
        whole = Whole(self.trial, self.limits, self.executor)
        master = whole.observe()
        found: dict[str, Any] = {"assignment": master.assignment, "faults": release.faults(self.trial)}
        found["reference"] = whole.reference(times, self._heard)
        found["release"] = whole.release()
        for name, notebook in master.notebooks.items():
            if any(cell.kind == "test" for cell in notebook.cells):
                references = tuple(self.trial.references[name].items())
                self.setups[name] = benches.Setup(master.to_bytes(), name, references, self.limits)
                self.surveys[name] = self.executor.submit(benches.survey, self.setups[name]).result()
        found["reference"]["shaky"] = [one for survey in self.surveys.values() for one in survey["shaky"]]
        found["guarded"] = guarded(found["reference"], self.surveys, master.observed)
        found["costs"] = [
            {"notebook": n, **cost} for n, survey in self.surveys.items() for cost in survey["costs"]
        ]
        found["blanks"] = self._blanks()
        found["mutants"] = self._mutants(found["blanks"], gradings, most, seed, inputs)
        lost = {name for row in found["blanks"] for name in row["lost"]} | set(found["mutants"].pop("lost"))
        names = [row["check"] for row in found["reference"]["checks"]]
        found["never_lost"] = [name for name in names if name not in lost]
        found["seconds"] = round(time.monotonic() - started, 1)
        return found

    def _blanks(self) -> list[dict[str, Any]]:
        asked = {}
        for name, survey in self.surveys.items():
            stubs = {c.grade_id: c.released for c in self.trial.master.notebooks[name].cells}
            for cell, answer in survey["answers"].items():
                texts = [("", stubs[cell])]
                gaps = self.trial.blanks[name].get(cell, [])
                texts += [(str(at), gap.text) for at, gap in enumerate(gaps, 1)]
                for blank, text in texts:
                    future = self.executor.submit(
                        benches.cost_of, self.setups[name], answer["position"], text
                    )
                    asked[future] = {"notebook": name, "cell": cell, "blank": blank, "own": answer["own"]}
        for _ in self._heard(list(asked), "blanks"):
            pass
        rows = []
        for future, row in asked.items():
            lost = list(future.result())
            rows.append(row | {"lost": lost, "beyond": [one for one in lost if one not in row["own"]]})
        return rows

    def _mutants(
        self, blanks: list[dict[str, Any]], gradings: int, most: int | None, seed: int, inputs: int
    ) -> dict[str, Any]:
        costs = {(row["notebook"], row["cell"], row["blank"]): row["lost"] for row in blanks}
        made = self._made(costs)
        chosen = made if most is None or most >= len(made) else random.Random(seed).sample(made, most)
        started = time.monotonic()
        options = {"times": gradings, "few": min(FEW, gradings), "inputs": inputs}
        verdicts = self._judged(chosen, costs, "wrong answers", **options)
        if hasty := _hasty(verdicts, gradings):  # a check that misses some is not trusted with the others
            again = [one for one in chosen if (one[0], one[2].name) in hasty]
            options["few"] = gradings
            verdicts |= self._judged(again, costs, "wrong answers once more", **options)
        seconds = time.monotonic() - started
        numbers = {"possible": len(made), "seed": seed, "total": len(chosen), "gradings": gradings}
        speed = {"per_second": round(len(chosen) / seconds, 1) if chosen else 0}
        return numbers | _sorted([*verdicts.values()]) | speed

    def _judged(
        self, made: list[Made], costs: dict[Blank, list[str]], what: str, **options: int
    ) -> dict[tuple[str, str], judge.Verdict]:
        """The verdicts by notebook and name of the mutant."""
        tasks: dict[Answer, list[tuple]] = defaultdict(list)
        for (name, cell, blank), batch in self._batches(made):
            position = self.surveys[name]["answers"][cell]["position"]
            own, lost = tuple(self._own(name, cell, costs)), frozenset(costs[name, cell, blank])
            task = judge.Task(position, own, lost, **options)
            tasks[name, cell].append((judge.judge, self.setups[name], task, batch))
        verdicts: dict[tuple[str, str], judge.Verdict] = {}
        for (name, _), found in spread(self.executor, self.workers, tasks):
            verdicts |= {(name, verdict.mutant.name): verdict for verdict in found}
            self.listener(len(verdicts), len(made), what)
        return verdicts

    def _own(self, notebook: str, cell: str, costs: dict[Blank, list[str]]) -> list[str]:
        """The checks that mark an answer: of those that its blank loses, those that name it, if any do."""
        lost, survey = costs[notebook, cell, ""], self.surveys[notebook]
        own = [name for name in survey["answers"][cell]["own"] if name not in survey["untried"]]
        return [name for name in own if name in lost] or lost or own

    def _made(self, costs: dict[Blank, list[str]]) -> list[Made]:
        """All mutants of answers that a check marks, each with its notebook and cell."""
        made = []
        for name, survey in self.surveys.items():
            texts = self.trial.references[name]
            for cell in survey["answers"]:
                if self._own(name, cell, costs):
                    others = [text for other, text in texts.items() if other != cell]
                    made += [(name, cell, mutant) for mutant in mutants(cell, texts[cell], others)]
        return made

    def _batches(self, made: list[Made]) -> Iterator[tuple[Blank, list[Mutant]]]:
        """The work of each task: mutants of the same blank."""
        together: dict[Blank, list[Mutant]] = defaultdict(list)
        for name, cell, mutant in made:
            gaps = enumerate(self.trial.blanks[name].get(cell, []), 1)
            blank = next((str(number) for number, gap in gaps if mutant.line in gap.lines), "")
            together[name, cell, blank].append(mutant)
        for place, many in together.items():
            for start in range(0, len(many), BATCH):
                yield place, many[start : start + BATCH]

    def _heard(self, futures: list[Future], what: str) -> Iterable[Future]:
        for done, future in enumerate(as_completed(futures), 1):
            self.listener(done, len(futures), what)
            yield future


def _hasty(verdicts: dict[tuple[str, str], judge.Verdict], gradings: int) -> set[tuple[str, str]]:
    """Mutants that were graded a few times only, by checks of answers of which another mutant was missed."""
    missed = {(name, v.mutant.cell) for (name, _), v in verdicts.items() if v.kind in ("survived", "luck")}
    return {
        key
        for key, v in verdicts.items()
        if v.kind == "caught" and 1 < v.times < gradings and (key[0], v.mutant.cell) in missed
    }


def _sorted(verdicts: list[judge.Verdict]) -> dict[str, Any]:
    """The verdicts by kind, what mutants took beyond their blank, and messages that many share."""
    verdicts = sorted(verdicts, key=lambda one: (one.mutant.cell, one.mutant.line, one.mutant.name))
    shared = defaultdict(list)
    for verdict in verdicts:
        if verdict.message and verdict.checks:
            shared[verdict.checks[0], pattern(verdict.message)].append(verdict.message)
    often = sorted(shared.items(), key=lambda item: -len(item[1]))
    return {
        "caught": sum(v.kind == "caught" for v in verdicts),
        "equivalent": sum(v.kind == "equivalent" for v in verdicts),
        "survived": [_plain(v) for v in verdicts if v.kind == "survived"],
        "luck": [_plain(v) for v in verdicts if v.kind == "luck"],
        "beyond": [_plain(v) for v in verdicts if v.beyond],
        "messages": [
            {"check": check, "message": many[0], "mutants": len(many)}
            for (check, _), many in often
            if len(many) >= SHARED
        ],
        "lost": sorted({name for v in verdicts for name in v.checks + v.beyond}),
    }


def _plain(verdict: judge.Verdict) -> dict[str, Any]:
    plain = asdict(verdict)
    mutant = plain.pop("mutant")
    mutant.pop("source")
    return {"name": verdict.mutant.name} | mutant | plain
