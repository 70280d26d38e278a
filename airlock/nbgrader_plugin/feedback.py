"""Our feedback page from ``nbgrader generate_feedback`` and the Formgrader's button."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment
from traitlets import default

from airlock.course.folders import find_submissions, reports_of
from airlock.course.load import hidden_regions
from airlock.course.results import read_results
from airlock.course.standing import standing
from airlock.model.marks import has_points
from airlock.model.record import NO_ANSWER, Check, Comment, Incident, Record
from airlock.outcome import write_outcome
from airlock.pages.feedback import message_of, render_feedback


class FeedbackExporter(Exporter):
    """nbconvert exporter for ``c.GenerateFeedback.exporter_class``: the same page, one for each notebook.

    :func:`airlock.settings.configure` sets it.

    The points come from the gradebook, so a mark or a comment given in the Formgrader shows. What only
    the grader knows it has left in the notebook's metadata: ``airlock.blanks`` and ``airlock.incidents``,
    as in :class:`~airlock.model.record.Record`, and ``airlock.messages`` by grade_id.
    """

    output_mimetype = "text/html"

    def __init__(self, **options: Any):
        super().__init__(**options)
        self._standing: dict[str, dict[str, Record]] = {}

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kwargs: Any) -> tuple[Any, dict]:
        """Return the page and the resources; called by nbgrader's converter."""
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            submission = gradebook.find_submission(where["assignment"], where["student"])
            record = _record(nb, where, submission)
            record = self._everybody(gradebook, where["assignment"]).get(where["student"], record)
        folder = resources.get("metadata", {}).get("path")
        folder = Path(folder) if folder else None
        page = render_feedback({where["notebook"]: nb}, record, hidden_regions(self.config), folder)
        return page, resources

    def _everybody(self, gradebook: Gradebook, assignment: str) -> dict[str, Record]:
        """Everybody's record by now, in a course that airlock has graded; its results are renewed as well."""
        coursedir = getattr(self.parent, "coursedir", None)
        if assignment not in self._standing and coursedir is not None:
            self._standing[assignment] = {}
            folder = reports_of(coursedir, assignment)
            if (folder / "results.json").is_file():
                here = find_submissions(coursedir, assignment)
                records = standing(gradebook, self.config, assignment, folder.parent, here)
                names = [notebook.name for notebook in gradebook.find_assignment(assignment).notebooks]
                write_outcome(coursedir, folder, records.values(), read_results(folder), names, coming=True)
                self._standing[assignment] = records
        return self._standing.get(assignment, {})


def _record(nb: NotebookNode, where: dict, submission: SubmittedAssignment) -> Record:
    """What the notebook and the gradebook's submission say, as a record."""
    known = nb.metadata.get("airlock", {})
    checks = []
    for cell in nb.cells:
        if not has_points(cell):
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
        score=max(0.0, submission.score - (submission.late_submission_penalty or 0.0)),
        checks=checks,
        late=submission.total_seconds_late,
        penalty=submission.late_submission_penalty or 0.0,
        comments=[
            Comment(where["notebook"], cell.metadata.nbgrader.grade_id, text)
            for cell in nb.cells
            if (text := cell.metadata.get("nbgrader", {}).get("comment")) and text != NO_ANSWER
        ],
        blanks=list(known.get("blanks", [])),
        incidents=incidents,
    )
