"""What a course may set in ``nbgrader_config.py``."""

import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from traitlets import Bool, Dict, Float, List, TraitError, Unicode, validate
from traitlets.config import Config, Configurable

from airlock.model.limits import Limits


class Airlock(Configurable):
    """Options of airlock: ``c.Airlock.limits = {"cell_seconds": 60}``."""

    limits = Dict(help="Limits other than the defaults, see airlock.model.limits.Limits.").tag(config=True)
    feedback = Bool(True, help="Whether `airlock grade` writes the feedback pages.").tag(config=True)

    preload = List(
        Unicode(),
        None,
        allow_none=True,
        help="Modules that kernels find imported; default: what the assignment's source imports.",
    ).tag(config=True)

    unguarded = List(
        Unicode(),
        help="grade_ids of tests to run as nbgrader does, where the student's code can decide them.",
    ).tag(config=True)

    network = Bool(
        False, help="Whether submissions may use the network, and with it the services of this machine."
    ).tag(config=True)

    gradebook_seconds = Float(
        30, min=0, help="How long to wait for another program to let go of the gradebook."
    ).tag(config=True)

    @validate("limits")
    def _known(self, proposal: dict[str, Any]) -> dict[str, float]:
        known = {field.name for field in fields(Limits)} - {"network"}
        unknown = set(proposal["value"]) - known
        if unknown:
            names = ", ".join(sorted(known))
            raise TraitError(f"c.Airlock.limits knows no {', '.join(sorted(unknown))}; it knows {names}.")
        for name, value in proposal["value"].items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise TraitError(f"c.Airlock.limits: {name} must be a number above 0, not {value!r}.")
        return proposal["value"]

    def as_limits(self) -> Limits:
        """The limits in force: a time that the course gives each cell in nbgrader's words is one of them."""
        # A command line gives it as a text.
        sections = (self.config.get(name, {}) for name in ("ExecutePreprocessor", "Execute"))
        times = [str(section["timeout"]) for section in sections if "timeout" in section]
        given = float(times[-1]) if times and times[-1].isdecimal() else 0
        timeout = {name: given for name in ("cell_seconds", "idle_seconds") if given}
        return Limits(**{**timeout, **self.limits}, network=self.network)


def configure(c: Config) -> None:
    """Switch airlock on in a course: call this in ``nbgrader_config.py`` with its configuration object.

    nbgrader makes a new gradebook with a program that it calls by name; whoever has started ``jupyter lab``
    without activating its environment has that program all the same.
    """
    prefer_own_programs()
    c.Autograde.exporter_class = "airlock.nbgrader_plugin.autograde.SubmissionExporter"
    c.Autograde.autograde_preprocessors = [
        "airlock.nbgrader_plugin.preprocessors.ExecuteApart",
        "nbgrader.preprocessors.IgnorePattern",
        "airlock.nbgrader_plugin.preprocessors.SaveGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
        "airlock.nbgrader_plugin.preprocessors.Keep",
    ]
    c.GenerateFeedback.exporter_class = "airlock.nbgrader_plugin.feedback.FeedbackExporter"
    # The Formgrader's page of a submission: nothing in it comes from the network.
    c.HTMLExporter.template_file = str(Path(__file__).parent / "nbgrader_plugin/templates/formgrade.html.j2")
    c.HTMLExporter.filters = {"markdown2html": "airlock.nbgrader_plugin.formgrader.markdown_to_html"}


def prefer_own_programs() -> None:
    """Put the folder of this interpreter on the PATH: nbgrader calls ``alembic`` by its name."""
    own = os.path.dirname(sys.executable)
    if own not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, [own, os.environ.get("PATH")]))
