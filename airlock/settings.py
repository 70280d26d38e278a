"""What a course may set in ``nbgrader_config.py``, and how that file is found."""

import os
from contextlib import chdir
from dataclasses import asdict, fields
from pathlib import Path

from traitlets import Bool, Dict, Float, TraitError, validate
from traitlets.config import Configurable

from airlock.model.errors import AirlockError
from airlock.model.limits import Limits
from airlock.sandbox.fork_server import prefer_own_programs


class Airlock(Configurable):
    """Options of airlock: ``c.Airlock.limits = {"cell_seconds": 60}``."""

    limits = Dict(help="Limits other than the defaults, see airlock.model.limits.Limits.").tag(config=True)
    feedback = Bool(True, help="Whether `airlock grade` writes the feedback pages.").tag(config=True)

    gradebook_seconds = Float(
        30, min=0, help="How long to wait for another program to let go of the gradebook."
    ).tag(config=True)

    @validate("limits")
    def _known(self, proposal):
        unknown = set(proposal["value"]) - {field.name for field in fields(Limits)}
        if unknown:
            names = ", ".join(sorted(asdict(Limits())))
            raise TraitError(f"c.Airlock.limits knows no {', '.join(sorted(unknown))}; it knows {names}.")
        for name, value in proposal["value"].items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise TraitError(f"c.Airlock.limits: {name} must be a number above 0, not {value!r}.")
        return proposal["value"]

    def as_limits(self) -> Limits:
        """The limits in force."""
        return Limits(**self.limits)


def configure(c) -> None:
    """Switch airlock on in a course: call this in ``nbgrader_config.py`` with its configuration object.

    nbgrader makes a new gradebook with a program that it calls by name; whoever has started ``jupyter lab``
    without activating its environment has that program all the same.
    """
    prefer_own_programs()
    c.Autograde.exporter_class = "airlock.nbgrader_plugin.SubmissionExporter"
    c.Autograde.autograde_preprocessors = [
        "airlock.nbgrader_plugin.Execute",
        "nbgrader.preprocessors.IgnorePattern",
        "airlock.nbgrader_plugin.SaveGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.GenerateFeedback.exporter_class = "airlock.pages.feedback.FeedbackExporter"


def load_course(folder: str | os.PathLike = "."):
    """The nbgrader application of the course in ``folder``: ``.config`` and ``.coursedir``.

    Raises AirlockError where there is no course, or its configuration does not load.
    """
    from nbgrader.apps.baseapp import NbGrader

    folder = Path(folder).resolve()
    if not (folder / "nbgrader_config.py").exists():
        raise AirlockError(f"There is no nbgrader_config.py in {folder}: run this in a course folder.")
    prefer_own_programs()
    app = NbGrader()
    app.raise_config_file_errors = True  # not: log them, and go on without the course's configuration
    try:
        with chdir(folder):  # nbgrader also reads the configuration of the folder that it is called in
            app.initialize([], root=str(folder))
        Airlock(config=app.config)
    except (Exception, SystemExit) as error:
        raise AirlockError(f"{folder}/nbgrader_config.py cannot be loaded ({error}): correct it.") from error
    return app
