"""The page that a student gets back: score, checks, and the notebook, in one file that needs nothing else.

In ``nbgrader_config.py``, for ``nbgrader generate_feedback`` and the Formgrader's button::

    c.GenerateFeedback.exporter_class = "airlock.pages.feedback.FeedbackExporter"
    c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
"""

import hashlib
import re
from dataclasses import asdict
from pathlib import Path

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Instance, Unicode, default

from airlock.model.marks import is_grade
from airlock.model.record import Check, Incident, Record
from airlock.pages.cells import NO_ANSWER, Reader
from airlock.pages.shared import environment

# What of a record a page shows, beside checks, incidents and comments.
SHOWN = ("student", "assignment", "status", "score", "max_score", "blanks", "late", "penalty")

# The reports of numpy.testing and unittest, which quote what was expected.
QUOTES_VALUES = re.compile(
    r"^[ \t]*(Not equal to|Arrays are not|Items are not equal|Mismatch|Max absolute|Max relative"
    r"|ACTUAL|DESIRED|First differing|x and y |X and Y ).*",
    re.MULTILINE | re.DOTALL,
)
COMPARES_VALUES = re.compile(
    r"""(?:[-+.\d'"(\[{]|array\(|True|False|None|nan|inf).* (?:[!=]=|not \w+ than|(?:not )?found in) """
    r".*?(?: : (?P<words>.*))?",
    re.DOTALL,
)


def render_feedback(
    notebooks: dict[str, NotebookNode],
    record: Record,
    config=None,
    folder: Path | None = None,
    lang: str = "en",
) -> str:
    """Return the page of one submission.

    ``notebooks``: by name, graded, as in ``autograded/``; empty where grading failed. The record's comments
    stand with the cells that they are about. ``config``: traitlets configuration, of which the delimiters
    of hidden tests and mark schemes are used. ``folder``: of the submission, for picture files that the
    text shows.
    """
    reader = Reader(config, 4 if len(notebooks) > 1 else 3, folder)
    views = {}
    for name, notebook in notebooks.items():
        checks = {check.grade_id: check for check in record.checks if check.notebook == name}
        comments = {one.grade_id: one.text for one in record.comments if one.notebook == name}
        views[name] = reader.read(notebook, checks, comments)
    anchors = {(name, view.name): view.number for name, seen in views.items() for view in seen if view.check}
    return environment.get_template("feedback.html.j2").render(
        record=record,
        notebooks=views,
        anchors=anchors,
        comments=[view.number for cells in views.values() for view in cells if view.comment],
        stamp=stamp(record),
        lang=lang,
    )


def stamp(record: Record) -> str:
    """Equal for records of which a page says the same; a page carries it, to be told from one out of date."""
    shown = [getattr(record, name) for name in SHOWN]
    parts = [asdict(record)[name] for name in ("checks", "incidents", "comments")]
    return "airlock-" + hashlib.sha256(repr((shown, parts)).encode()).hexdigest()[:24]


class FeedbackExporter(Exporter):
    """nbconvert exporter for ``c.GenerateFeedback.exporter_class``: the same page, one for each notebook.

    The points come from the gradebook, so a mark or a comment given in the Formgrader shows. What only
    the grader knows it has left in the notebook's metadata: ``airlock.blanks`` and ``airlock.incidents``,
    as in :class:`~airlock.model.record.Record`, and ``airlock.messages`` by grade_id.
    """

    output_mimetype = "text/html"
    lang = Unicode("en", help="Language of the page").tag(config=True)
    _standing = Instance(dict, ())

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Return the page and the resources; called by nbgrader's converter."""
        from nbgrader.api import Gradebook  # not in every worker

        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            submission = gradebook.find_submission(where["assignment"], where["student"])
            record = _record(nb, where, submission)
            record = self._known(gradebook, where).get(where["student"], record)
        folder = resources.get("metadata", {}).get("path")
        folder = Path(folder) if folder else None
        page = render_feedback({where["notebook"]: nb}, record, self.config, folder, self.lang)
        return page, resources

    def _known(self, gradebook, where: dict) -> dict[str, Record]:
        """Everybody's record by now, where the course is known; results and report are renewed with it."""
        from airlock.classroom.outcome import write_outcome
        from airlock.course.results import read_results
        from airlock.course.standing import standing

        coursedir = getattr(self.parent, "coursedir", None)
        reports = Path(coursedir.root if coursedir else ".") / "reports"
        folder = reports / where["assignment"]
        if not (folder / "results.json").is_file():
            return {}
        if where["assignment"] not in self._standing:
            records = standing(gradebook, self.config, where["assignment"], reports)
            results = read_results(folder)
            names = [notebook.name for notebook in gradebook.find_assignment(where["assignment"]).notebooks]
            write_outcome(coursedir, folder, records.values(), results, names)
            self._standing[where["assignment"]] = records
        return self._standing[where["assignment"]]


def _record(nb, where: dict, submission) -> Record:
    """What the notebook and the gradebook's submission say, as a record."""
    known = nb.metadata.get("airlock", {})
    checks = []
    for cell in nb.cells:
        if not is_grade(cell):
            continue
        data = cell.metadata.nbgrader
        points, best = data.get("score"), float(data.get("points") or 0)
        message = known.get("messages", {}).get(data.grade_id) or message_of(cell)
        lost = points is not None and points < best
        checks.append(Check(where["notebook"], data.grade_id, best, points, message if lost else ""))
    incidents = [Incident(**incident) for incident in known.get("incidents", [])]
    return Record(
        student=where["student"],
        assignment=where["assignment"],
        status="incident" if incidents else "graded",
        max_score=submission.max_score,
        score=submission.score,
        checks=checks,
        blanks=list(known.get("blanks", [])),
        incidents=incidents,
    )


def message_of(cell) -> str:
    """Return why a graded test cell lost points, in the words of its error; expected values are cut out."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            text = QUOTES_VALUES.sub("", output.get("evalue", "")).strip()
            if output.get("ename") == "AssertionError":
                compared = COMPARES_VALUES.fullmatch(text)
                return (compared["words"] if compared else text) or "What was checked does not hold."
            return f"{output.get('ename')}: {text}" if text else output.get("ename", "")
        if output.output_type == "stream" and output.get("name") == "stderr":
            return "Something was written to the error stream during the check."
    return NO_ANSWER if cell.metadata.nbgrader.get("comment") == NO_ANSWER else ""
