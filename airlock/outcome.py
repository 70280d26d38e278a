"""What is left for people once records are known: results.json, grades.csv and the report of the class."""

from collections.abc import Iterable
from pathlib import Path

from airlock.course.results import read_results, write_results, write_whole
from airlock.model.record import Record
from airlock.pages.report import NOTEBOOK, render_report


def write_outcome(
    coursedir,
    reports: Path,
    records: Iterable[Record],
    meta: dict,
    notebooks: Iterable[str],
    coming: bool = False,
) -> list[Record]:
    """Write results and report of an assignment into its folder of ``reports``, see ``write_results``; the
    records as they are ordered there. ``coming``: pages that are not there yet are about to be written.
    """
    records = write_results(reports, records, meta)
    links = {}
    for record in records:
        student, failed = record.student, record.status == "failed"
        folder = Path(coursedir.format_path(coursedir.feedback_directory, student, meta["assignment"]))
        pages = [folder / f"{name}.html" for name in notebooks]
        links[student] = [
            (label, page)
            for page in pages
            if page.exists() or (coming and not failed)
            for label in ("feedback", NOTEBOOK)[: 1 if failed else 2]
        ]
    page = render_report(read_results(reports), reports, links)
    write_whole(reports / "index.html", page)
    return records
