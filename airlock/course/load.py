"""Reads an assignment from nbgrader's gradebook and source folder."""

import json
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode, from_dict
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import read
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, IncludeHeaderFooter
from traitlets.config import Config

from airlock.course.cells import cells_of
from airlock.model.assignment import Master, MasterCell, MasterNotebook
from airlock.model.errors import AirlockError
from airlock.model.names import imported_modules
from airlock.settings import Airlock

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def load_master(coursedir: CourseDirectory, assignment_id: str) -> Master:
    """Read an assignment from the gradebook and the source folder of an ``nbgrader`` course directory.

    Texts, points and checksums are the gradebook's, as for ``nbgrader autograde``; the order of the cells
    and what is not in the gradebook come from the source notebooks.

    Raises
    ------
    AirlockError
        The assignment was never generated, or source and gradebook do not belong together.
    """
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment_id)).resolve()
    files = _support_files(coursedir, folder, assignment_id)
    config, notebooks, solutions = _config(coursedir), {}, {}
    settings = Airlock(config=config)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            known = gradebook.find_assignment(assignment_id).notebooks
        except MissingEntry:
            known = []
        if not known:
            raise AirlockError(
                f"The gradebook knows no notebook of assignment {assignment_id!r}: "
                f"run `nbgrader generate_assignment {assignment_id}` first."
            )
        for entry in sorted(known, key=lambda entry: entry.name):
            source = _read_source(coursedir, folder / f"{entry.name}.ipynb", assignment_id)
            solutions[entry.name] = _solutions(source)
            cells = tuple(cells_of(source, entry, coursedir, config, assignment_id))
            preload = preloaded(cells, files) if settings.preload is None else settings.preload
            unguarded = tuple(cell.grade_id for cell in cells if cell.grade_id in settings.unguarded)
            metadata = _metadata(source, entry)
            notebooks[entry.name] = MasterNotebook(entry.name, cells, metadata, tuple(preload), unguarded)
            if notebooks[entry.name].language not in ("python", "python3"):
                raise AirlockError(
                    f"{folder / entry.name}.ipynb is written in {notebooks[entry.name].language}: "
                    "airlock grades Python; take its lines out of nbgrader_config.py to grade without it."
                )
    return Master(assignment_id, notebooks, files, hidden_regions(config), solutions=solutions)


def preloaded(cells: Iterable[MasterCell], files: Iterable[str]) -> list[str]:
    """The modules that notebooks import as they are handed out; of tests and solutions nothing shows.

    Of the assignment's own ``files`` none is among them: its modules are a submission's, not the kernel's.
    """
    own = {path.partition("/")[0].removesuffix(".py") for path in files}
    given = (cell for cell in cells if cell.node.cell_type == "code" and cell.kind != "test")
    found = [name for cell in given for name in imported_modules(cell.released)]
    return [name for name in dict.fromkeys(found) if name.partition(".")[0] not in own]


def hidden_regions(config: Config) -> dict[str, str]:
    """What begins and what ends a region that students never see, in the course's own words for it."""
    tests, scheme = ClearHiddenTests(config=config), ClearMarkScheme(config=config)
    return {
        tests.begin_test_delimeter: tests.end_test_delimeter,
        scheme.begin_mark_scheme_delimeter: scheme.end_mark_scheme_delimeter,
    }


def header_and_footer(coursedir: CourseDirectory) -> dict[str, str]:
    """Where the notebooks are, if any, that the course puts before and behind each of an assignment."""
    include = IncludeHeaderFooter(config=_config(coursedir))
    places = {"header": include.header, "footer": include.footer}
    return {place: str(Path(coursedir.root, name)) for place, name in places.items() if name}


def _config(coursedir: CourseDirectory) -> Config:
    """All of the configuration of the course: an application reads its file after making ``coursedir``."""
    config = Config()
    for one in (coursedir.parent, coursedir):
        config.merge(one.config if one is not None else {})
    return config


def _read_source(coursedir: CourseDirectory, path: Path, assignment_id: str) -> NotebookNode:
    """The source notebook with the course's header and footer, solutions and tests still in it."""
    include = IncludeHeaderFooter(config=_config(coursedir), **header_and_footer(coursedir))
    try:
        with path.open(encoding="utf-8") as file:
            return include.preprocess(read(file, as_version=4), {})[0]
    except FileNotFoundError as error:
        raise AirlockError(
            f"{error.filename} is missing: put it back, or, if it was renamed, "
            f"run `nbgrader generate_assignment {assignment_id}`."
        ) from error
    except Exception as error:
        raise AirlockError(f"{path} cannot be read as a notebook ({error}): correct it.") from error


def _solutions(source: NotebookNode) -> dict[str, str]:
    """The reference solution: by grade_id, the text of each answer in the source."""
    cells = [MasterCell(cell, cell.source) for cell in source.cells]
    return {cell.grade_id: cell.released for cell in cells if cell.kind == "answer" and cell.grade_id}


def _metadata(source: NotebookNode, entry: Notebook) -> NotebookNode:
    """Kernel and language, of which the gradebook keeps the kernel; Python's where neither has one."""
    kept = {key: source.metadata[key] for key in ("kernelspec", "language_info") if key in source.metadata}
    kernelspec = json.loads(entry.kernelspec or "{}") or kept.get("kernelspec") or KERNELSPEC
    return from_dict(kept | {"kernelspec": kernelspec})


def _support_files(coursedir: CourseDirectory, folder: Path, assignment_id: str) -> dict[str, bytes]:
    """Every file beside the notebooks that nbgrader would lay over a submission's own."""
    autograde = Autograde(coursedir=coursedir, config=_config(coursedir))
    kept = autograde.exclude_overwriting.get(assignment_id, [])
    found = sorted(map(Path, utils.find_all_files(str(folder), [*coursedir.ignore, "*.ipynb"])))
    files = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in files.items() if name not in kept}
