"""Which of a student's cells is which cell of the assignment.

By grade_id where the metadata survived, else by cell id, else by contents: the same text, the function that
an answer defines, a similar text, the place between two cells that are known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from airlock.handin.reading import StudentCell
from airlock.model.assignment import MasterCell, MasterNotebook
from airlock.model.names import bound_names, functions

ALIKE = 65  # percent; an edited check is above, another check of the same assignment mostly below
COMPARED = 2000  # characters of a text, and
CANDIDATES = 500  # cells, which bounds the time that comparing takes


@dataclass
class Matching:
    """Places in the assignment, and the indices of the student's cells that claim them."""

    claims: dict[int, list[int]] = field(default_factory=dict)  # place -> indices, ascending
    how: dict[int, str] = field(default_factory=dict)  # place -> "metadata", "id", "contents" or "position"
    place_of: dict[int, int] = field(default_factory=dict)  # index -> place

    def claim(self, place: int, index: int, how: str) -> None:
        """Let the student's cell ``index`` stand for the assignment's cell ``place``."""
        self.claims.setdefault(place, []).append(index)
        self.how.setdefault(place, how)
        self.place_of[index] = place


def match(cells: list[StudentCell], master: MasterNotebook) -> Matching:
    """Find the assignment's cells among a student's; what is not found is in no claim."""
    found = Matching()
    for cell in cells:
        if cell.grade_id in master.by_grade_id:
            found.claim(master.by_grade_id[cell.grade_id], cell.index, "metadata")
    _by_id(found, cells, master)
    for step in (_by_text, _by_names, _by_likeness, _by_place):
        places = [place for place in range(len(master.cells)) if place not in found.claims]
        free = [cell for cell in cells if cell.index not in found.place_of]
        if not places or not free:
            break
        step(found, places, free, master)
    return found


def same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but white space at the ends of lines."""
    return one == other or trimmed(one) == trimmed(other)


def trimmed(text: str) -> str:
    """``text`` without the white space that editors add and take away."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def as_code(cell: StudentCell) -> str:
    """The text of a cell as code, also if it was turned into Markdown with a fence around it."""
    lines = cell.source.strip().split("\n")
    if cell.cell_type != "code" and len(lines) > 1 and lines[0].startswith("```") and lines[-1] == "```":
        return "\n".join(lines[1:-1])
    return cell.source


def wanted(cell: MasterCell) -> frozenset[str]:
    """What an answer must define: the functions of its stub, else whatever the reference solution defines."""
    return functions(cell.released) or frozenset(cell.names) if cell.node.cell_type == "code" else frozenset()


def defines(
    cell: StudentCell, names: frozenset[str], found_by: Callable[[str], frozenset[str]] = bound_names
) -> bool:
    """Whether a cell defines any of ``names``; most cells need not be parsed to know."""
    return any(name in cell.source for name in names) and not names.isdisjoint(found_by(as_code(cell)))


def _is_nameless(cell: MasterCell) -> bool:
    """Whether an answer cell says nothing of what an answer to it looks like."""
    return cell.kind == "answer" and not functions(cell.released)


def _by_id(found: Matching, cells: list[StudentCell], master: MasterNotebook) -> None:
    for cell in cells:
        place = master.by_id.get(cell.id or "")
        if place is not None and place not in found.claims and cell.index not in found.place_of:
            found.claim(place, cell.index, "id")


def _by_text(found: Matching, places: list[int], free: list[StudentCell], master: MasterNotebook) -> None:
    """The same text, unless it is an empty answer that defines nothing: there, position must decide."""
    by_text: dict[str, list[int]] = {}
    for cell in free:
        by_text.setdefault(trimmed(cell.source), []).append(cell.index)
    for place in places:
        text = trimmed(master.cells[place].released)
        known = by_text.get(text)
        if known and text and not _is_nameless(master.cells[place]):
            found.claim(place, known.pop(0), "contents")


def _by_names(found: Matching, places: list[int], free: list[StudentCell], master: MasterNotebook) -> None:
    """An answer is where its names are defined: where it belongs if they are there, else anywhere."""
    for place in (place for place in range(len(master.cells)) if master.cells[place].kind == "answer"):
        names = wanted(master.cells[place])
        if not names or found.how.get(place, "contents") != "contents":
            continue
        here = [c for c in free if c.index not in found.place_of and defines(c, names)]
        before, after = _gap(found, place)
        for cell in [c for c in here if before < c.index < after] or here:
            found.claim(place, cell.index, "contents")
        found.claims.get(place, []).sort()


def _by_likeness(found: Matching, places: list[int], free: list[StudentCell], master: MasterNotebook) -> None:
    """The most similar text, best pairs first."""
    pairs = []
    texts = [(cell.index, trimmed(cell.source)[:COMPARED]) for cell in free if cell.source.strip()]
    for place in places:
        if _is_nameless(master.cells[place]):
            continue
        text = trimmed(master.cells[place].released)[:COMPARED]
        for index, own in texts[:CANDIDATES]:
            score = fuzz.ratio(text, own, score_cutoff=ALIKE) if place not in found.claims else 0
            if score:
                pairs.append((-score, place, index))
    for _, place, index in sorted(pairs):
        if place not in found.claims and index not in found.place_of:
            found.claim(place, index, "contents")


def _by_place(found: Matching, places: list[int], free: list[StudentCell], master: MasterNotebook) -> None:
    """An answer without a name of its own stands between its neighbours."""
    for place in places:
        cell = master.cells[place]
        if place in found.claims or not _is_nameless(cell):
            continue
        before, after = _gap(found, place)
        here = [c for c in free if before < c.index < after and c.index not in found.place_of]
        here = [c for c in here if c.cell_type == cell.node.cell_type] or here
        here = [c for c in here if not same(c.source, cell.released)] or here
        for each in here if cell.node.cell_type == "markdown" else here[:1]:  # a person reads all of it
            found.claim(place, each.index, "position")


def _gap(found: Matching, place: int) -> tuple[float, float]:
    """Indices of the student's cells around a place of the assignment."""
    before = max((p for p in found.claims if p < place), default=None)
    after = min((p for p in found.claims if p > place), default=None)
    ends = [
        -1 if before is None else found.claims[before][-1],
        float("inf") if after is None else found.claims[after][0],
    ]
    return min(ends), max(ends)  # a notebook may have been put together in another order
