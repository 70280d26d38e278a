"""The nbgrader application of a course: where its configuration file is found and loaded."""

import os
from contextlib import chdir
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from airlock.model.errors import AirlockError
from airlock.settings import Airlock, prefer_own_programs

__all__ = ["CourseDirectory", "NbGrader", "load_course"]  # what a classroom knows of nbgrader


def load_course(folder: str | os.PathLike = ".") -> NbGrader:
    """The nbgrader application of the course in ``folder``: ``.config`` and ``.coursedir``.

    Raises AirlockError where there is no course, or its configuration does not load.
    """
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
