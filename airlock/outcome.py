"""What is left for people once records are known: results.json, grades.csv and the report of the class."""

from collections.abc import Iterable
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from airlock.course.results import write_results, write_whole
from airlock.model.record import Record
from airlock.pages.report import render_report


def write_outcome(
    coursedir: CourseDirectory,
    reports: Path,
    records: Iterable[Record],
    meta: dict,
    notebooks: Iterable[str],
) -> None:
    """Write results and report of an assignment into its folder of ``reports``; see ``write_results``."""
    records = list(records)
    results = write_results(reports, records, meta)
    links = {}
    for student in (record.student for record in records):
        graded, feedback = (
            Path(coursedir.format_path(folder, student, meta["assignment"]))
            for folder in (coursedir.autograded_directory, coursedir.feedback_directory)
        )
        links[student] = [
            (label, path)
            for name in notebooks
            for label, path in (
                ("graded notebook", graded / f"{name}.ipynb"),
                ("feedback", feedback / f"{name}.html"),
            )
            if path.exists()
        ]
    write_whole(reports / "index.html", render_report(results, records, reports, links))
