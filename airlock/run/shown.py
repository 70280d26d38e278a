"""What a test shows of itself to the student's later cells, which with nbgrader run in the same kernel."""

from nbformat import NotebookNode

from airlock.model.assignment import MasterNotebook
from airlock.model.marks import is_test
from airlock.model.names import global_reads
from airlock.model.origins import bindings, names_of
from airlock.run.verdict import Test


def seen_later(later: list[NotebookNode], test: Test, master: MasterNotebook) -> str:
    """The text that the kernel has to run behind a test: what of the visible part the cells ``later`` use.

    Hidden values could be seen there, so that nothing but the visible text is run, and only where it is used.
    """
    names, needed = names_of(test.released), set[str]()
    for cell in later if names else ():
        if cell.cell_type == "code" and not is_test(cell):
            needed |= names & global_reads(cell.source)
            names = names - names_of(cell.source)
    wanted = {name for name in needed if not _is_known(name, test.place, master)}
    pieces = [one for one in bindings(test.released) if one.name in wanted]
    if any(one.kind == "value" for one in pieces):
        return test.released
    return "\n".join(dict.fromkeys(one.source for one in pieces))


def _is_known(name: str, place: int, master: MasterNotebook) -> bool:
    """Whether the cells before bind a name by the same import or definition."""
    before = master.binding(name, place)
    if before is None or before.kind not in ("import", "definition", "constant"):
        return False
    here = bindings(master.cells[place].released)
    return any((one.name, one.source) == (name, before.source) for one in here)
