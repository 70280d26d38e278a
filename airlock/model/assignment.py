"""What the instructor's side knows about an assignment: enough to mend and grade it anywhere."""

import ast
import base64
import hashlib
import itertools
import json
import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from nbformat import NotebookNode, from_dict

from airlock.model.names import parse
from airlock.model.origins import Binding, all_bindings

# What begins and what ends a region that students never see, unless a course has words of its own.
HIDDEN = {"BEGIN HIDDEN TESTS": "END HIDDEN TESTS", "BEGIN MARK SCHEME": "END MARK SCHEME"}
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class MasterCell:
    """One cell of the assignment."""

    node: NotebookNode  # as it is graded: hidden tests in it, answers empty, metadata of the release
    released: str  # its text as students received it
    names: tuple[str, ...] = ()  # of an answer: what the stub and the reference solution define
    own: tuple[str, ...] = ()  # of these, what is asked of a student's kernel: students are to define it
    imports: tuple[tuple[str, str], ...] = ()  # name and statement, of what the solution imports
    unsolved: bool = False  # an answer without a reference solution
    reads: tuple[str, ...] = ()  # globals that the functions of the solution read
    sets: tuple[str, ...] = ()  # and those that they bind anew

    @property
    def grade_id(self) -> str | None:
        """The name that nbgrader knows the cell by, if any."""
        return None if self.kind == "given" else self.node.metadata.nbgrader.get("grade_id")

    @cached_property
    def kind(self) -> str:
        """``answer``, ``test``, ``task`` or ``locked``; ``given`` is what students may change."""
        nbgrader = self.node.metadata.get("nbgrader", {})
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
        return {cell.node.id: place for place, cell in enumerate(self.cells)}

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Name -> the statements that bind it, in order; "*" -> the star imports."""
        return all_bindings(self.cells)

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
    def set_by_answers(self) -> frozenset[str]:
        """The globals that the functions of the reference solution bind anew."""
        return frozenset(name for cell in self.cells for name in cell.sets)

    @cached_property
    def import_folders(self) -> tuple[str, ...]:
        """What the assignment's own cells may add to ``sys.path``: every text in a cell that speaks of it."""
        codes = (cell for cell in self.cells if cell.node.cell_type == "code" and cell.kind != "answer")
        trees = [parse(c.released) for c in codes if re.search(r"\bsys\b[^\n]*\bpath\b", c.released)]
        nodes = (node for tree in trees if tree for node in ast.walk(tree))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant))
        return tuple(dict.fromkeys(text for text in texts if isinstance(text, str)))

    def is_open(self, place: int) -> bool:
        """Whether an answer before cell ``place`` has no reference solution: it may define anything."""
        return any(cell.kind == "answer" and cell.unsolved for cell in self.cells[:place])

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
    shares: list[str] = field(default_factory=list)  # grade_ids of the checks whose value is points


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
                "preload": notebook.preload,
                "unguarded": notebook.unguarded,
                "cells": [
                    [c.node, c.released, c.names, c.own, c.imports, c.unsolved, c.reads, c.sets]
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
            cells = (MasterCell(from_dict(node), *map(_as_tuple, rest)) for node, *rest in notebook["cells"])
            parts = map(_as_tuple, (notebook["preload"], notebook["unguarded"]))
            notebooks[name] = MasterNotebook(name, tuple(cells), from_dict(notebook["metadata"]), *parts)
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


def _as_tuple(part: Any) -> Any:
    """Lists as they come out of JSON as the tuples that they were."""
    return tuple(map(_as_tuple, part)) if isinstance(part, list) else part
