"""What the instructor's side knows about an assignment: enough to mend and grade it anywhere."""

import ast
import base64
import builtins
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbformat import NotebookNode, from_dict

from airlock.model.names import Definition, definitions, parse

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
    in_place: tuple[str, ...] = ()  # the functions whose reference solution changes its arguments

    @property
    def grade_id(self) -> str | None:
        """The name that nbgrader knows the cell by, if any."""
        return None if self.kind == "given" else self.cell.metadata.nbgrader.grade_id

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
    def trusted(self) -> list[tuple[str, str, int]]:
        """What tests may take of the instructor's own cells: name, source and position of the cell."""
        return trusted_definitions(self)

    @cached_property
    def answers(self) -> dict[str, MasterCell]:
        """grade_id -> answer cell."""
        return {str(cell.grade_id): cell for cell in self.cells if cell.kind == "answer"}


@dataclass(frozen=True)
class Master:
    """An assignment: its notebooks, and the files that replace a submission's files of the same name."""

    assignment: str
    notebooks: dict[str, MasterNotebook]
    files: dict[str, bytes] = field(default_factory=dict)  # path relative to the assignment -> contents
    hidden: dict[str, str] = field(default_factory=lambda: dict(HIDDEN))  # beginning -> end of hidden regions

    def to_bytes(self) -> bytes:
        """All of it as JSON."""
        notebooks = {
            name: {
                "metadata": notebook.metadata,
                "preload": list(notebook.preload),
                "cells": [[c.cell, c.released, list(c.names), list(c.in_place)] for c in notebook.cells],
            }
            for name, notebook in self.notebooks.items()
        }
        files = {path: base64.b64encode(data).decode() for path, data in self.files.items()}
        plain = {"assignment": self.assignment, "notebooks": notebooks, "files": files, "hidden": self.hidden}
        return json.dumps(plain, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Master":
        """Inverse of :meth:`to_bytes`."""
        plain = json.loads(data)
        notebooks = {}
        for name, notebook in plain["notebooks"].items():
            parts = notebook["cells"]
            cells = (MasterCell(from_dict(cell), text, *map(tuple, names)) for cell, text, *names in parts)
            notebooks[name] = MasterNotebook(
                name, tuple(cells), from_dict(notebook["metadata"]), tuple(notebook["preload"])
            )
        files = {path: base64.b64decode(text) for path, text in plain["files"].items()}
        return cls(plain["assignment"], notebooks, files, plain["hidden"])

    @cached_property
    def digest(self) -> str:
        """Equal for equal assignments."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def trusted_definitions(master: MasterNotebook) -> list[tuple[str, str, int]]:
    """Name, source and cell of what tests use of the instructor's own cells, never of a submission.

    A value counts only where it is a constant that no other statement of the assignment assigns; a class
    only if it is an exception, for of other classes there would be two.
    """
    assigned: Counter[str] = Counter()
    exceptions: set[str | None] = set()
    for cell in master.cells:
        tree = parse(cell.cell.source) if cell.cell.cell_type == "code" else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                assigned[node.id] += 1
    found = []
    for definition in instructor_names(master):
        if definition.name == "*":
            continue
        if definition.kind == "class":
            bases = {getattr(base, "id", None) for base in _statement(definition, ast.ClassDef).bases}
            if not bases or not bases <= exceptions | EXCEPTIONS:
                continue
            exceptions.add(definition.name)
        if definition.kind == "value":
            value = _statement(definition, ast.Assign | ast.AnnAssign).value
            if assigned[definition.name] != 1 or isinstance(value, ast.List | ast.Dict | ast.Set):
                continue
        found.append((definition.name, definition.source, definition.cell))
    return found


def _statement(definition: Definition, kind) -> Any:
    """The one statement of a definition, which is of this kind."""
    (node,) = ast.parse(definition.source).body
    assert isinstance(node, kind)
    return node


def instructor_names(master: MasterNotebook) -> list[Definition]:
    """What the instructor's own code cells define, in their order; nothing of it comes from a submission."""
    found: list[Definition] = []
    for position, cell in enumerate(master.cells):
        if cell.cell.cell_type == "code" and cell.kind != "answer":
            found.extend(definitions(cell.cell.source, position))
    return found


def in_place_names(master: MasterNotebook) -> set[str]:
    """The functions that may change their arguments, as the reference solution does."""
    return {name for cell in master.answers.values() for name in cell.in_place}


def answer_names(master: MasterNotebook) -> dict[str, tuple[str, ...]]:
    """grade_id of each answer cell -> the names that a student is to define there."""
    return {grade_id: cell.names for grade_id, cell in master.answers.items()}
