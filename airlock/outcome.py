"""What is left for people once records are known: results.json, grades.csv and the report of the class."""

from collections.abc import Iterable
from pathlib import Path

from airlock.course.application import CourseDirectory
from airlock.course.folders import folder_of
from airlock.course.results import write_results, write_whole
from airlock.model.record import Record
from airlock.pages.report import NOTEBOOK, render_report


def write_outcome(
    coursedir: CourseDirectory,
    reports: Path,
    records: Iterable[Record],
    meta: dict,
    notebooks: Iterable[str],
    coming: bool = False,
) -> None:
    """Write results and report of an assignment into its folder of ``reports``, see ``write_results``.

    ``coming``: pages that are not there yet are about to be written.
    """
    records = list(records)
    results = write_results(reports, records, meta)
    links = {}
    for record in records:
        student, failed = record.student, record.status == "failed"
        folder = folder_of(coursedir, "feedback", student, meta["assignment"])
        pages = [folder / f"{name}.html" for name in notebooks]
        links[student] = [
            (label, page)
            for page in pages
            if page.exists() or (coming and not failed)
            for label in ("feedback", NOTEBOOK)[: 1 if failed else 2]
        ]
    write_whole(reports / "index.html", render_report(results, records, reports, links))
