"""Reads an assignment from nbgrader's gradebook and source folder."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode, from_dict
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry, Notebook, SourceCell
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import read
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    IncludeHeaderFooter,
    LockCells,
)
from traitlets.config import Config

from airlock.model.assignment import CELL_ID, Master, MasterCell, MasterNotebook
from airlock.model.errors import AirlockError
from airlock.model.names import bound_names, imported_modules, inner_reads
from airlock.model.origins import own_bindings
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
    settings, notebooks, solutions = Airlock(config=_config(coursedir)), {}, {}
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
            cells = tuple(_with_ids(_cells(coursedir, source, entry, assignment_id)))
            preload = preloaded(cells, files) if settings.preload is None else settings.preload
            unguarded = tuple(cell.grade_id for cell in cells if cell.grade_id in settings.unguarded)
            metadata = _metadata(source, entry)
            notebooks[entry.name] = MasterNotebook(entry.name, cells, metadata, tuple(preload), unguarded)
            if notebooks[entry.name].language not in ("python", "python3"):
                raise AirlockError(
                    f"{folder / entry.name}.ipynb is written in {notebooks[entry.name].language}: "
                    "airlock grades Python; take its lines out of nbgrader_config.py to grade without it."
                )
    return Master(assignment_id, notebooks, files, hidden_regions(_config(coursedir)), solutions=solutions)


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


def _config(coursedir: CourseDirectory) -> Config:
    """All of the configuration of the course: an application reads its file after making ``coursedir``."""
    config = Config()
    for one in (coursedir.parent, coursedir):
        config.merge(one.config if one is not None else {})
    return config


def _read_source(coursedir: CourseDirectory, path: Path, assignment_id: str) -> NotebookNode:
    """The source notebook with the course's header and footer, solutions and tests still in it."""
    include = IncludeHeaderFooter(config=_config(coursedir))
    for place in ("header", "footer"):
        if getattr(include, place):
            setattr(include, place, str(Path(coursedir.root, getattr(include, place))))
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


def _cells(
    coursedir: CourseDirectory, source: NotebookNode, entry: Notebook, assignment_id: str
) -> Iterator[MasterCell]:
    """Bring the cells of the source notebook into the state in which they are graded."""
    saved = {cell.name: cell for cell in entry.source_cells}
    points = {cell.name: cell.max_score for cell in [*entry.grade_cells, *entry.task_cells]}
    config = _config(coursedir)
    lock, clear = LockCells(config=config), ClearSolutions(config=config)
    hide = [ClearHiddenTests(config=config), ClearMarkScheme(config=config)]
    language = {"language": source.metadata.get("kernelspec", {}).get("language", "python")}
    own = GenerateAssignment.class_traits()["preprocessors"].default()
    compared = GenerateAssignment(coursedir=coursedir, config=config).preprocessors == own
    seen = set()
    for cell in source.cells:
        reference = MasterCell(cell, cell.source)
        grade_id = reference.grade_id
        names: set[str] = set()
        solution = cell.source
        is_answer = reference.kind == "answer" and cell.cell_type == "code"
        if is_answer:
            names = set(bound_names(solution))
        try:
            cell = lock.preprocess_cell(cell, {}, 0)[0]
            if grade_id is None:
                cell = clear.preprocess_cell(cell, language, 0)[0]
            else:
                seen.add(grade_id)
                generated = clear.preprocess_cell(from_dict(cell), language, 0)[0].source
                if compared and generated != saved[grade_id].source and "AUTOTEST" not in cell.source:
                    raise AirlockError(
                        f"{entry.name}.ipynb was changed after its assignment was generated, in cell "
                        f"{grade_id!r}: run `nbgrader generate_assignment {assignment_id} --force`."
                    )
                worth = float(reference.node.metadata.nbgrader.get("points") or 0)
                if compared and worth != points.get(grade_id, worth):
                    raise AirlockError(
                        f"{entry.name}.ipynb was changed after its assignment was generated: {grade_id!r} "
                        f"is worth {worth:g} points now, {points[grade_id]:g} in the gradebook: "
                        f"run `nbgrader generate_assignment {assignment_id} --force`."
                    )
                _as_saved(cell, saved[grade_id], points.get(grade_id))
                names |= bound_names(cell.source) if names else set()
            released = from_dict(cell)
            for preprocessor in hide:
                released = preprocessor.preprocess_cell(released, {}, 0)[0]
        except (RuntimeError, KeyError) as error:
            raise _mismatch(entry.name, assignment_id, grade_id or cell.source[:40]) from error
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        own, imports = own_bindings(solution, released.source) if is_answer else ((), ())
        statements = tuple((one.name, one.source) for one in imports)
        unsolved = is_answer and solution.strip() == released.source.strip()
        reads = tuple(sorted(inner_reads(solution))) if is_answer else ()
        yield MasterCell(cell, released.source, tuple(sorted(names)), own, statements, unsolved, reads)
    if saved.keys() - seen:
        raise _mismatch(entry.name, assignment_id, ", ".join(sorted(saved.keys() - seen)))


def _solutions(source: NotebookNode) -> dict[str, str]:
    """The reference solution: by grade_id, the text of each answer in the source."""
    cells = [MasterCell(cell, cell.source) for cell in source.cells]
    return {cell.grade_id: cell.released for cell in cells if cell.kind == "answer" and cell.grade_id}


def _metadata(source: NotebookNode, entry: Notebook) -> NotebookNode:
    """Kernel and language, of which the gradebook keeps the kernel; Python's where neither has one."""
    kept = {key: source.metadata[key] for key in ("kernelspec", "language_info") if key in source.metadata}
    kernelspec = json.loads(entry.kernelspec or "{}") or kept.get("kernelspec") or KERNELSPEC
    return from_dict(kept | {"kernelspec": kernelspec})


def _as_saved(cell: NotebookNode, saved: SourceCell, points: float | None) -> None:
    """Give a cell of the source the text and the numbers of the gradebook."""
    cell.source = saved.source
    cell.metadata.nbgrader.checksum = saved.checksum
    cell.metadata.nbgrader.cell_type = cell.cell_type = saved.cell_type
    if points is not None:
        cell.metadata.nbgrader.points = points


def _mismatch(notebook: str, assignment_id: str, what: str) -> AirlockError:
    return AirlockError(
        f"Gradebook and source of {notebook}.ipynb do not agree about {what!r}: "
        f"run `nbgrader generate_assignment {assignment_id}`."
    )


def _with_ids(cells: Iterator[MasterCell]) -> Iterator[MasterCell]:
    """Give every cell an id: its own, else its grade_id, else its position."""
    used: set[str] = set()
    for position, cell in enumerate(cells):
        wanted = [cell.node.get("id"), cell.grade_id, f"given-{position}", f"given-{position}-{len(used)}"]
        cell.node.id = next(i for i in wanted if i and CELL_ID.fullmatch(i) and i not in used)
        used.add(cell.node.id)
        yield cell


def _support_files(coursedir: CourseDirectory, folder: Path, assignment_id: str) -> dict[str, bytes]:
    """Every file beside the notebooks that nbgrader would lay over a submission's own."""
    autograde = Autograde(coursedir=coursedir, config=_config(coursedir))
    kept = autograde.exclude_overwriting.get(assignment_id, [])
    found = sorted(map(Path, utils.find_all_files(str(folder), [*coursedir.ignore, "*.ipynb"])))
    files = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in files.items() if name not in kept}
