"""What the instructor's side knows about an assignment: enough to mend and grade it anywhere."""

import ast
import base64
import builtins
import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

from nbformat import NotebookNode, from_dict

from airlock.model.names import parse
from airlock.model.origins import Binding, Owner, bindings

EXCEPTIONS = {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
}
# What begins and what ends a region that students never see, unless a course has words of its own.
HIDDEN = {"BEGIN HIDDEN TESTS": "END HIDDEN TESTS", "BEGIN MARK SCHEME": "END MARK SCHEME"}
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class MasterCell:
    """One cell of the assignment."""

    cell: NotebookNode  # as it is graded: hidden tests in it, answers empty, metadata of the release
    released: str  # its text as students received it
    names: tuple[str, ...] = ()  # of an answer: what the stub and the reference solution define
    own: tuple[str, ...] = ()  # of these, what is asked of a student's kernel: students are to define it
    imports: tuple[tuple[str, str], ...] = ()  # name and statement, of what the solution imports
    unsolved: bool = False  # an answer without a reference solution
    reads: tuple[str, ...] = ()  # globals that the functions of the solution read

    @property
    def grade_id(self) -> str | None:
        """The name that nbgrader knows the cell by, if any."""
        return None if self.kind == "given" else self.cell.metadata.nbgrader.get("grade_id")

    @cached_property
    def kind(self) -> str:
        """``answer``, ``test``, ``task`` or ``locked``; ``given`` is what students may change."""
        nbgrader = self.cell.metadata.get("nbgrader", {})
        for kind, key in (("task", "task"), ("answer", "solution"), ("test", "grade"), ("locked", "locked")):
            if nbgrader.get(key):
                return kind
        return "given"


@dataclass(frozen=True)
class MasterNotebook:
    """One notebook of the assignment, cells in order."""

    name: str
    cells: tuple[MasterCell, ...]
    metadata: NotebookNode  # kernelspec and language_info
    preload: tuple[str, ...] = ()  # modules that a kernel has imported before its first cell
    unguarded: tuple[str, ...] = ()  # grade_ids of tests that run in the student's kernel

    @property
    def language(self) -> str:
        """The language of its code cells."""
        return self.metadata.get("kernelspec", {}).get("language", "python").lower()

    @cached_property
    def by_grade_id(self) -> dict[str, int]:
        """grade_id -> position of the cell."""
        return {cell.grade_id: place for place, cell in enumerate(self.cells) if cell.grade_id}

    @cached_property
    def by_id(self) -> dict[str, int]:
        """Cell id -> position of the cell."""
        return {cell.cell.id: place for place, cell in enumerate(self.cells)}

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Name -> the statements that bind it, in order; "*" -> the star imports."""
        found: dict[str, list[Binding]] = {}
        exceptions = set(EXCEPTIONS)
        for one in _bindings(self):
            if one.kind == "class" and _bases(one.source) and _bases(one.source) <= exceptions:
                exceptions.add(one.name)  # which a student's function may raise, and a test expect
                one = replace(one, kind="definition")
            elif one.kind == "constant" and self._assigned[one.name] != 1:
                one = replace(one, kind="value")
            found.setdefault(one.name, []).append(one)
        return found

    def binding(self, name: str, place: int, under: int = 0) -> Binding | None:
        """The last statement before cell ``place`` that binds a name, or the one ``under`` that one."""
        found = (one for one in reversed(self.bindings.get(name, ())) if one.place < place)
        return next(itertools.islice(found, under, None), None)

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes that the instructor's cells define."""
        return frozenset(one.name for found in self.bindings.values() for one in found if one.kind == "class")

    @cached_property
    def read_by_answers(self) -> frozenset[str]:
        """The globals that the functions of the reference solution read."""
        return frozenset(name for cell in self.cells for name in cell.reads)

    @cached_property
    def import_folders(self) -> tuple[str, ...]:
        """What the assignment's own cells may add to ``sys.path``: every text in a cell that speaks of it."""
        codes = (cell for cell in self.cells if cell.cell.cell_type == "code" and cell.kind != "answer")
        trees = [parse(c.released) for c in codes if re.search(r"\bsys\b[^\n]*\bpath\b", c.released)]
        nodes = (node for tree in trees if tree for node in ast.walk(tree))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant))
        return tuple(dict.fromkeys(text for text in texts if isinstance(text, str)))

    def is_open(self, place: int) -> bool:
        """Whether an answer before cell ``place`` has no reference solution: it may define anything."""
        return any(cell.kind == "answer" and cell.unsolved for cell in self.cells[:place])

    @cached_property
    def _assigned(self) -> Counter[str]:
        """How often each name is assigned, anywhere in the assignment."""
        found: Counter[str] = Counter()
        for cell in self.cells:
            tree = parse(cell.cell.source) if cell.cell.cell_type == "code" else None
            for node in ast.walk(tree) if tree else ():
                if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    found[node.id] += 1
        return found

    @cached_property
    def answers(self) -> dict[str, MasterCell]:
        """grade_id -> answer cell."""
        return {str(cell.grade_id): cell for cell in self.cells if cell.kind == "answer"}


@dataclass(frozen=True)
class Observed:
    """What grading the reference solution of a notebook showed."""

    waits: dict[str, str] = field(default_factory=dict)  # grade_id -> why it cannot be graded here
    fails: dict[str, str] = field(default_factory=dict)  # grade_id -> why it fails, here as with nbgrader
    unsteady: dict[str, str] = field(default_factory=dict)  # grade_id -> why it failed, now and then
    changing: list[str] = field(default_factory=list)  # functions that changed their arguments
    shared: list[str] = field(default_factory=list)  # the course's classes that must be the kernel's
    files: list[str] = field(default_factory=list)  # that the reference solution writes


@dataclass(frozen=True)
class Master:
    """An assignment: its notebooks, and the files that replace a submission's files of the same name."""

    assignment: str
    notebooks: dict[str, MasterNotebook]
    files: dict[str, bytes] = field(default_factory=dict)  # path relative to the assignment -> contents
    hidden: dict[str, str] = field(default_factory=lambda: dict(HIDDEN))  # beginning -> end of hidden regions
    observed: dict[str, Observed] = field(default_factory=dict)  # by notebook
    # By notebook and grade_id, the reference solution's text. It stays with the coordinator.
    solutions: dict[str, dict[str, str]] = field(default_factory=dict, compare=False)

    def to_bytes(self) -> bytes:
        """All of it as JSON."""
        notebooks = {
            name: {
                "metadata": notebook.metadata,
                "preload": list(notebook.preload),
                "unguarded": list(notebook.unguarded),
                "cells": [
                    [
                        c.cell,
                        c.released,
                        list(c.names),
                        list(c.own),
                        list(c.imports),
                        c.unsolved,
                        list(c.reads),
                    ]
                    for c in notebook.cells
                ],
                "observed": asdict(self.observed[name]) if name in self.observed else None,
            }
            for name, notebook in self.notebooks.items()
        }
        files = {path: base64.b64encode(data).decode() for path, data in self.files.items()}
        own = {"assignment": self.assignment, "files": files, "hidden": self.hidden}
        return json.dumps(own | {"notebooks": notebooks}, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Master":
        """Inverse of :meth:`to_bytes`."""
        content = json.loads(data)
        notebooks = {}
        for name, notebook in content["notebooks"].items():
            parts = notebook["cells"]
            cells = (
                MasterCell(
                    from_dict(cell),
                    text,
                    tuple(names),
                    tuple(own),
                    tuple(map(tuple, more)),
                    unsolved,
                    tuple(reads),
                )
                for cell, text, names, own, more, unsolved, reads in parts
            )
            preload, unguarded = tuple(notebook["preload"]), tuple(notebook["unguarded"])
            metadata = from_dict(notebook["metadata"])
            notebooks[name] = MasterNotebook(name, tuple(cells), metadata, preload, unguarded)
        files = {path: base64.b64decode(text) for path, text in content["files"].items()}
        observed = {
            name: Observed(**notebook["observed"])
            for name, notebook in content["notebooks"].items()
            if notebook["observed"] is not None
        }
        return cls(content["assignment"], notebooks, files, content["hidden"], observed=observed)

    @cached_property
    def digest(self) -> str:
        """Equal for equal assignments."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _bindings(master: MasterNotebook) -> Iterator[Binding]:
    for place, cell in enumerate(master.cells):
        if cell.cell.cell_type != "code":
            continue
        if cell.kind != "answer":
            owner: Owner = "test" if cell.kind == "test" else "given"
            for one in bindings(cell.cell.source):
                yield replace(one, owner=owner, place=place)
            continue
        asked = {*cell.own, *(name for name, _ in cell.imports)}
        for one in bindings(cell.released):
            if one.name not in asked:
                yield replace(one, place=place)
        for name, source in cell.imports:
            yield Binding(name, "star" if name == "*" else "import", source, "answer", place)
        for name in cell.own:
            yield Binding(name, "value", "", "answer", place)


def _bases(source: str) -> set[str]:
    node = ast.parse(source).body[0]
    return {getattr(base, "id", "?") for base in node.bases} if isinstance(node, ast.ClassDef) else set()
