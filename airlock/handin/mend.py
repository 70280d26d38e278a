"""Puts a submission back into the shape of its assignment.

What is graded is the assignment's own notebook: its checks and its locked cells word for word, the student's
answers in the answer cells, and the student's own cells where they were. Points are never invented: where
no cell of the student's is an answer, the empty stub stays.
"""

from dataclasses import dataclass
from itertools import chain, count

from nbformat import NotebookNode, from_dict

from airlock.handin.answers import Draft, bring_forward, choose, join_halves, part_merged
from airlock.handin.match import match, same
from airlock.handin.reading import StudentCell, read_cells
from airlock.model.assignment import CELL_ID, MasterNotebook
from airlock.model.record import Incident

# what was done -> how it is said; {} are the cells concerned
WORDS = {
    "copies": "the answer was picked out of several copies ({})",
    "split": "put together from pieces: {}",
    "merged": "taken out of another cell: {}",
    "moved": "put before its checks: the cell that answers {}",
    "retyped": "given back the type of its cell: {}",
    "missing": "not there, so not answered: {}",
}


@dataclass(frozen=True)
class Mended:
    """A notebook that is ready to be graded.

    ``trusted`` are the ids of the cells whose text is the instructor's, word for word.
    """

    notebook: NotebookNode
    incidents: list[Incident]
    trusted: frozenset[str]


def mend(data: bytes, master: MasterNotebook, filename: str) -> Mended:
    """Rebuild the notebook that a student handed in from the file's contents ``data``.

    Raises
    ------
    Unreadable
        In one sentence, why the file cannot be graded.
    """
    cells, remarks = read_cells(data, filename)
    draft = Draft(master, {cell.index: cell for cell in cells}, match(cells, master))
    draft.own = draft.cells.keys() - draft.found.place_of
    for place, cell in enumerate(master.cells):
        (choose if cell.kind == "answer" else _restore)(draft, place)
    if draft.own:
        join_halves(draft)
    if draft.blanks():
        part_merged(draft)
    anchors = _anchors(draft)
    if draft.own and draft.blanks():
        bring_forward(draft, anchors)
    given = [place for place, cell in enumerate(master.cells) if cell.kind != "answer"]
    trusted = frozenset(master.cells[place].node.id for place in given if place not in draft.chosen)
    return Mended(_build(draft, anchors), _incidents(draft, remarks), trusted)


def _restore(draft: Draft, place: int) -> None:
    """Give a cell that is not an answer the assignment's text; what students may change stays changed."""
    cell = draft.master.cells[place]
    claims = [draft.cells[index] for index in draft.found.claims.get(place, [])]
    unchanged = [c for c in claims if same(c.source, cell.released) or same(c.source, cell.node.source)]
    changed = [c for c in claims if c not in unchanged]
    if not unchanged:
        if cell.kind != "given":
            draft.note("restored", place)
        if changed and cell.kind == "given":
            draft.chosen[place] = changed.pop()
        elif changed:
            draft.overwritten[place] = changed.pop().source
    draft.own.update(c.index for c in changed)
    kept = [c.index for c in claims if c.index not in draft.own]
    draft.kept.update({index: place for index in kept[:1]})


def _anchors(draft: Draft) -> dict[int, int]:
    """For each of the student's cells, the place of the assignment behind which it stands; -1: in front."""
    anchors, anchor = {}, -1
    for index in sorted(draft.cells):
        anchor = draft.kept.get(index, anchor)
        anchors[index] = anchor
    return anchors


def _build(draft: Draft, anchors: dict[int, int]) -> NotebookNode:
    behind: dict[int, list[StudentCell]] = {}
    before: dict[int, list[StudentCell]] = {}
    for index in sorted(draft.own):
        if index in draft.earlier:
            before.setdefault(draft.earlier[index], []).append(draft.cells[index])
        else:
            behind.setdefault(_behind_given(draft, anchors[index]), []).append(draft.cells[index])
    ids = set(draft.master.by_id)
    cells = [_own(cell, ids) for cell in behind.get(-1, [])]
    for place in range(len(draft.master.cells)):
        cells += [_own(own, ids) for own in before.get(place, [])]
        cells.append(_cell(draft, place))
        cells += [_own(own, ids) for own in [*draft.moved.get(place, []), *behind.get(place, [])]]
    notebook = from_dict({"cells": [], "metadata": draft.master.metadata, "nbformat": 4, "nbformat_minor": 5})
    notebook.cells = cells
    return notebook


def _behind_given(draft: Draft, place: int) -> int:
    """Let what a student made of a given cell, if it was not recognised, come after the given cell."""
    after = place + 1
    while after < len(draft.master.cells) and after not in draft.found.claims:
        if draft.master.cells[after].kind != "given":
            break
        place, after = after, after + 1
    return place


def _cell(draft: Draft, place: int) -> NotebookNode:
    """The assignment's cell at ``place``, with the student's text where that is what counts."""
    cell = from_dict(draft.master.cells[place].node)  # a copy
    chosen = draft.chosen.get(place)
    if chosen is not None:
        if draft.master.cells[place].kind == "given":
            return _node(chosen, cell.id)
        cell.source = chosen.source
        if chosen.attachments and cell.cell_type == "markdown":
            cell.attachments = from_dict(chosen.attachments)
    return cell


def _own(cell: StudentCell, ids: set[str]) -> NotebookNode:
    """A cell of the student's own, without metadata: only the assignment says what is graded."""
    others = (f"own-{cell.index}-{number}" for number in count(1))
    wanted = chain([cell.id or "", f"own-{cell.index}"], others)
    cell_id = next(i for i in wanted if CELL_ID.fullmatch(i) and i not in ids)
    ids.add(cell_id)
    return _node(cell, cell_id)


def _node(cell: StudentCell, cell_id: str) -> NotebookNode:
    node: dict[str, object] = {
        "id": cell_id,
        "cell_type": cell.cell_type,
        "metadata": {},
        "source": cell.source,
    }
    if cell.cell_type == "code":
        node |= {"outputs": [], "execution_count": None}
    elif cell.attachments:
        node["attachments"] = cell.attachments
    return from_dict(node)


def _incidents(draft: Draft, remarks: list[str]) -> list[Incident]:
    name, incidents = draft.master.name, []
    said = [*remarks, *_recognised(draft)]
    elsewhere = draft.done.get("merged", [])
    draft.done["missing"] = [name for name in draft.done.get("missing", []) if name not in elsewhere]
    said += [words.format(_some(draft.done[what])) for what, words in WORDS.items() if draft.done.get(what)]
    first = [indices[0] for _, indices in sorted(draft.found.claims.items())]
    if first != sorted(first):
        said.append("cells were put back in order")
    if said:
        sentence = "; ".join(said)
        incidents.append(Incident("mended", f"{sentence[0].upper()}{sentence[1:]}.", name))
    restored = draft.done.get("restored")
    if restored:
        message = f"Locked cells had been changed or removed and were restored: {_some(restored)}."
        incidents.append(Incident("cells-restored", message, name))
    return incidents


def _recognised(draft: Draft) -> list[str]:
    """Say how many cells were recognised without their metadata, and by what."""
    said = []
    for how, words in (("id", "ids"), ("contents", "contents"), ("position", "position")):
        kinds = [draft.master.cells[place].kind for place, by in draft.found.how.items() if by == how]
        counts = [(kinds.count("answer"), "answer"), (kinds.count("test"), "check")]
        parts = [f"{n} {noun}{'s' if n > 1 else ''}" for n, noun in counts if n]
        if parts:
            verb, whose = ("was", "its") if sum(n for n, _ in counts) == 1 else ("were", "their")
            said.append(f"{' and '.join(parts)} {verb} recognised by {whose} {words}")
    return [f"notebook metadata was missing, {said[0]}", *said[1:]] if said else []


def _some(names: list[str]) -> str:
    """A list that stays short."""
    names = list(dict.fromkeys(names))
    return ", ".join(names) if len(names) < 5 else f"{', '.join(names[:3])} and {len(names) - 3} more"
