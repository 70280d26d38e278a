"""The cells of an assignment: of the source, in the state in which they are graded and were released."""

from collections.abc import Iterator

from nbformat import NotebookNode, from_dict
from nbgrader.api import Notebook, SourceCell
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, LockCells
from traitlets.config import Config

from airlock.model.assignment import CELL_ID, MasterCell
from airlock.model.errors import AirlockError
from airlock.model.names import bound_names, inner_reads, inner_sets
from airlock.model.origins import own_bindings
from airlock.model.text import count


def cells_of(
    source: NotebookNode, entry: Notebook, coursedir: CourseDirectory, config: Config, assignment_id: str
) -> Iterator[MasterCell]:
    """Yield the cells of a source notebook as they are graded and as they were released, each with an id.

    ``entry``: the notebook in the gradebook, whose texts and points count. Raises AirlockError where the two
    do not belong together.
    """
    return _with_ids(_cells(source, entry, coursedir, config, assignment_id))


def _cells(
    source: NotebookNode, entry: Notebook, coursedir: CourseDirectory, config: Config, assignment_id: str
) -> Iterator[MasterCell]:
    saved = {cell.name: cell for cell in entry.source_cells}
    points = {cell.name: cell.max_score for cell in [*entry.grade_cells, *entry.task_cells]}
    lock, clear = LockCells(config=config), ClearSolutions(config=config)
    hide = [ClearHiddenTests(config=config), ClearMarkScheme(config=config)]
    language = {"language": source.metadata.get("kernelspec", {}).get("language", "python")}
    usual = GenerateAssignment.class_traits()["preprocessors"].default()
    compared = GenerateAssignment(coursedir=coursedir, config=config).preprocessors == usual
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
                        f"is worth {count(worth, 'point')} now, {points[grade_id]:g} in the gradebook: "
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
        text = solution if is_answer else ""
        of_functions = tuple(sorted(inner_reads(text))), tuple(sorted(inner_sets(text)))
        known = tuple(sorted(names)), own, statements, unsolved
        yield MasterCell(cell, released.source, *known, *of_functions)
    if saved.keys() - seen:
        raise _mismatch(entry.name, assignment_id, ", ".join(sorted(saved.keys() - seen)))


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
