"""What each place where a mark can be read says of every student, for tests that hold them side by side."""

import csv
import json
import re

from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

NO_SCORE = {"none", "", "-", "–", "No score yet"}


def number(text):
    """A score as a number; None where there is none."""
    return None if text in NO_SCORE or text is None else float(text)


def everywhere(root, assignment, notebook, printed=None, platforms=None):
    """Score by student in each place; ``printed``: the table; ``platforms``: Canvas's and Moodle's files."""
    reports, said = root / "reports" / assignment, {}
    results = json.loads((reports / "results.json").read_text())
    excluded = results["excluded"]  # by the roster: their marks stay in the gradebook, and nowhere else
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        said["gradebook"] = {
            one.student.id: one.score - (one.late_submission_penalty or 0)
            for one in book.assignment_submissions(assignment)
            if one.student.id not in excluded
            and any(
                g.auto_score is not None or g.manual_score is not None
                for n in one.notebooks
                for g in n.grades
            )
        }
    said["results.json"] = {one["student"]: one["score"] for one in results["records"]}
    with (reports / "grades.csv").open(newline="") as file:
        said["grades.csv"] = {one["student"]: number(one["score"]) for one in csv.DictReader(file)}
    report = BeautifulSoup((reports / "index.html").read_text(), "html.parser")
    said["report"] = {
        row.th.get_text(strip=True): number(row.find("td", {"class": "number"}).get_text(strip=True))
        for row in report.select("#students tbody tr")
    }
    said["page"] = {}
    for student in said["results.json"]:
        page = root / "feedback" / student / assignment / f"{notebook}.html"
        if page.exists():
            text = (
                BeautifulSoup(page.read_text(), "html.parser").select_one(".score").get_text(" ", strip=True)
            )
            said["page"][student] = number(text.split(" of ")[0])
    if printed is not None:
        rows = re.findall(r"^(\S+) +(none|-?[\d.]+)(?: / [\d.]+)?(?:  .*)?$", printed, re.MULTILINE)
        said["terminal"] = {student: number(score) for student, score in rows}
    for name, column in (platforms or {}).items():
        with (reports / f"{name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        said[name] = {row[column]: number(row[assignment]) for row in rows if row[column]}
    return {
        place: {student: score for student, score in scores.items() if score is not None}
        for place, scores in said.items()
    }


def one_truth(*arguments, **options):
    """Assert that every place says the same, and return it."""
    said = everywhere(*arguments, **options)
    truth = said["results.json"]
    wrong = {place: scores for place, scores in said.items() if scores != truth}
    assert not wrong, f"results.json says {truth}, but {wrong}"
    return truth
