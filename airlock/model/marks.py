"""What nbgrader reads from a graded cell: the rules of ``nbgrader.utils``, without importing all of nbgrader.

A worker needs these few and nothing else of it; the import would cost each start half a second of CPU time,
and 36 megabytes. tests/model/test_marks.py holds both side by side.
"""

import hashlib

from nbformat import NotebookNode


def has_points(cell: NotebookNode) -> bool:
    """Whether a cell is worth points, by its tests or by a person."""
    return is_grade(cell) or is_task(cell)


def is_grade(cell: NotebookNode) -> bool:
    """Whether autograding may give points for a cell."""
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def is_solution(cell: NotebookNode) -> bool:
    """Whether a student is to answer here."""
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def is_task(cell: NotebookNode) -> bool:
    """Whether a cell sets a task that a person marks."""
    return cell.metadata.get("nbgrader", {}).get("task", False)


def is_test(cell: NotebookNode) -> bool:
    """Whether code of the assignment marks a cell's answers: neither written by a student nor by hand."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def is_locked(cell: NotebookNode) -> bool:
    """Whether the instructor's text of a cell is restored before grading."""
    if is_solution(cell):
        return False
    return is_grade(cell) or cell.metadata.get("nbgrader", {}).get("locked", False)


def compute_checksum(cell: NotebookNode) -> str:
    """Equal as long as nobody has changed the cell."""
    parts = [cell.source, cell.cell_type, *map(str, (is_grade(cell), is_solution(cell), is_locked(cell)))]
    parts.append(cell.metadata.nbgrader["grade_id"])
    if is_grade(cell):
        parts.append(str(float(cell.metadata.nbgrader["points"])))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def determine_grade(cell: NotebookNode) -> tuple[float | None, float]:
    """Points of a graded cell, None where a person has to mark it, and its greatest number of points.

    Raises ValueError for a partial credit that is more than that.
    """
    most = float(cell.metadata.nbgrader["points"])
    if is_task(cell) and not is_grade(cell):
        return None, most
    if is_solution(cell):
        return (0 if _is_untouched(cell) else None), most
    if cell.cell_type != "code":
        return None, most
    for output in cell.outputs:
        if output.output_type == "error" or (output.output_type == "stream" and output.name == "stderr"):
            return 0, most
        if output.output_type == "execute_result":
            return _partial(output.data["text/plain"], most), most
    return most, most


def unanswered(notebook: NotebookNode) -> list[str]:
    """grade_ids of the answers that nobody has touched, for which nbgrader comments "No response."."""
    return [
        cell.metadata.nbgrader.grade_id
        for cell in notebook.cells
        if is_solution(cell) and not is_task(cell) and _is_untouched(cell)
    ]


def _is_untouched(cell: NotebookNode) -> bool:
    return cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)


def _partial(text: str | list, most: float) -> float:
    """The value of a test's last expression as points; what is none, or below 0, counts in full."""
    if isinstance(text, list):
        if len(text) > 1:
            return most
        text = text[0]
    try:
        points = float(str(text))
    except ValueError:
        return most
    if points > most:
        raise ValueError("partial credit cannot be greater than maximum points for cell")
    return points if points >= 0 else most
