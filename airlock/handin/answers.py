"""Gathers a student's answers wherever they ended up: copied, split, merged, in a cell of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from airlock.handin.match import Matching, as_code, defines, same, wanted
from airlock.handin.reading import StudentCell
from airlock.model.assignment import MasterNotebook
from airlock.model.names import bound_names, cut, functions, is_complete, used_names

LONGEST_SPLIT = 4  # cells that an answer may have been split into


@dataclass
class Draft:
    """A notebook being mended. A place is a position in the assignment, an index one in the submission."""

    master: MasterNotebook
    cells: dict[int, StudentCell]
    found: Matching
    chosen: dict[int, StudentCell] = field(default_factory=dict)  # place -> what the student made of the cell
    overwritten: dict[int, str] = field(default_factory=dict)  # place of a locked cell -> the student's text
    kept: dict[int, int] = field(default_factory=dict)  # index -> place, of the cells that are in the result
    own: set[int] = field(default_factory=set)  # indices of the student's own cells
    earlier: dict[int, int] = field(default_factory=dict)  # index -> place that an own cell must precede
    moved: dict[int, list[StudentCell]] = field(default_factory=dict)  # place -> own cells right behind it
    done: dict[str, list[str]] = field(default_factory=dict)  # what was done -> the cells concerned

    def note(self, what: str, place: int) -> None:
        """Remember what was done to the cell at ``place``."""
        self.done.setdefault(what, []).append(str(self.master.cells[place].grade_id))

    def blanks(self) -> list[int]:
        """Places of answer cells that nobody has answered."""
        places = self.master.by_grade_id.values()
        return [p for p in places if self.master.cells[p].kind == "answer" and p not in self.chosen]


def choose(draft: Draft, place: int) -> None:
    """Decide which of the cells that claim to be an answer cell is the answer.

    The empty stub never is. Of several answers the last one before the next check is in force.
    """
    cell = draft.master.cells[place]
    claims = [draft.cells[index] for index in draft.found.claims.get(place, [])]
    if not claims:
        draft.note("missing", place)
        return
    given = [c for c in claims if not same(as_code(c), cell.released)]
    if len(claims) > 1:
        draft.note("copies", place)
    draft.kept[(given or claims)[0].index] = place
    if not given:
        return
    answer = given[-1]
    if len(given) > 1:
        split = draft.found.how[place] == "position" or _is_split(given, wanted(cell))
        answer = _joined(given) if split else _in_force(draft, place, given)
        draft.kept[answer.index] = place
        for other in given:
            if other.index != answer.index and answer.source.find(other.source) < 0:
                draft.own.add(other.index)
                if other.index < answer.index:
                    draft.earlier[other.index] = place
    if answer.cell_type != cell.node.cell_type:
        draft.note("retyped", place)
    source = as_code(answer) if cell.node.cell_type == "code" else answer.source
    draft.chosen[place] = replace(answer, source=source)


def _in_force(draft: Draft, place: int, given: list[StudentCell]) -> StudentCell:
    """Of several answers, the last complete one that stands before the next check."""
    names = wanted(draft.master.cells[place])
    complete = [c for c in given if not names or not names.isdisjoint(bound_names(as_code(c)))] or given
    checks = (p for p in draft.found.claims if p > place and draft.master.cells[p].kind == "test")
    check = min((draft.found.claims[p][0] for p in checks), default=float("inf"))
    return ([c for c in complete if c.index < check] or complete)[-1]


def _is_split(given: list[StudentCell], names: frozenset[str]) -> bool:
    """Whether cells with the same metadata are the pieces of one cell, as JupyterLab's split leaves them."""
    together = "\n".join(as_code(c) for c in given)
    return (
        not all(is_complete(as_code(c)) for c in given)
        and is_complete(together)
        and names <= bound_names(together)
    )


def _joined(cells: list[StudentCell]) -> StudentCell:
    between = "\n" if cells[0].cell_type == "code" else "\n\n"
    return replace(cells[0], source=between.join(as_code(c) for c in cells))


def join_halves(draft: Draft) -> None:
    """Put an answer together again whose other half stands alone in the cell before or behind it."""
    for place, cell in draft.chosen.items():
        if draft.master.cells[place].node.cell_type != "code" or draft.master.cells[place].kind != "answer":
            continue
        for step in (1, -1):
            rest = list(_neighbours(draft, cell.index, step))
            for size in range(1, len(rest) + 1):
                pieces = sorted([cell, *rest[:size]], key=lambda c: c.index)
                if all(is_complete(as_code(c)) for c in pieces) or not is_complete(_joined(pieces).source):
                    continue
                draft.chosen[place] = replace(_joined(pieces), index=cell.index)
                draft.own -= {c.index for c in rest[:size]}
                draft.note("split", place)
                break
            else:
                continue
            break


def _neighbours(draft: Draft, index: int, step: int) -> Iterator[StudentCell]:
    """The student's own code cells next to one, up to the first that is something else."""
    for number in range(index + step, index + step * (LONGEST_SPLIT + 1), step):
        if number not in draft.own or draft.cells[number].cell_type != "code":
            return
        yield draft.cells[number]


def part_merged(draft: Draft) -> None:
    """Take an answer out of the text of another cell of the assignment that it was merged into."""
    for place in draft.blanks():
        names = wanted(draft.master.cells[place])
        for donor, text in [*((p, c.source) for p, c in draft.chosen.items()), *draft.overwritten.items()]:
            mine = names & functions(text) - functions(draft.master.cells[donor].node.source)
            if not mine:
                continue
            piece, rest = cut(text, mine)
            if donor > place and draft.master.cells[donor].kind == "answer":  # the first gets what both need
                others, first = cut(text, wanted(draft.master.cells[donor]))
                piece, rest = (first, others) if others else (piece, rest)
            if piece:
                index = draft.found.claims[donor][0]
                draft.chosen[place] = replace(draft.cells[index], source=piece)
                if donor in draft.chosen:
                    draft.chosen[donor] = replace(draft.chosen[donor], source=rest)
                draft.note("merged", place)
                break


def bring_forward(draft: Draft, anchors: dict[int, int]) -> None:
    """Where an answer cell is empty and a cell of the student's own has the answer, let the checks see it.

    ``anchors`` tells for each own cell the place behind which it stands.
    """
    tests = [place for place, cell in enumerate(draft.master.cells) if cell.kind == "test"]
    for place in draft.blanks():
        names = wanted(draft.master.cells[place])
        homes = [i for i in sorted(draft.own) if defines(draft.cells[i], names, functions)]
        check = next((test for test in tests if test > place), len(draft.master.cells))
        if not homes or any(place <= anchors[i] < check for i in homes):
            continue
        home = draft.cells[homes[-1]]
        others = frozenset().union(*(wanted(c) for c in draft.master.answers.values())) - names
        if others & functions(as_code(home)):  # it answers something else as well: only this piece
            piece, rest = cut(as_code(home), names)
            draft.moved.setdefault(place, []).append(replace(home, source=piece, cell_type="code", id=None))
            draft.cells[home.index] = replace(home, source=rest, cell_type="code")
        else:
            between = [i for i in sorted(draft.own) if i < home.index and anchors[i] >= check]
            for cell in [*_helpers(draft, home, between), home]:
                draft.own.discard(cell.index)
                moved = replace(cell, cell_type="code", source=as_code(cell))
                draft.moved.setdefault(place, []).append(moved)
        draft.note("moved", place)


def _helpers(draft: Draft, home: StudentCell, indices: list[int]) -> list[StudentCell]:
    """Of the own cells ``indices``, those that define what ``home`` uses, in order."""
    needed = used_names(as_code(home))
    helpers: list[StudentCell] = []
    for index in reversed(indices):
        cell = draft.cells[index]
        if cell.cell_type == "code" and bound_names(cell.source) & needed:
            needed |= used_names(cell.source)
            helpers.insert(0, cell)
    return helpers
