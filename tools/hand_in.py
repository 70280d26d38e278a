"""Hand in what students wrote: functions of a .py file go into the answer cells of the release.

    python tools/hand_in.py COURSE_DIR samples/*.py

writes COURSE_DIR/submitted/<name of the file>/vanishing-gradient/ for each file. A function replaces the cell
that holds the ``def`` of the same name; a cell whose function the file lacks stays as released, blanks and
all. The files are read as text, so that a function with a syntax error is handed in as it is.
"""

import re
import shutil
import sys
from pathlib import Path

import nbformat

ASSIGNMENT = "vanishing-gradient"
DEF = re.compile(r"^def (\w+)\(", re.MULTILINE)


def functions(text):
    """Return the text of each top-level function by name; what follows it, up to the next, belongs to it."""
    starts = [*DEF.finditer(text)]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return {match[1]: text[match.start() : end].rstrip() for match, end in zip(starts, ends, strict=False)}


def fill(notebook, written):
    """Put functions (text by name) into the answer cells of a released notebook, in place.

    Raises KeyError for a function that no answer cell holds.
    """
    cells = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cells.update(dict.fromkeys(DEF.findall(cell.source), cell))
    for name, text in written.items():
        cells[name].source = text
    return notebook


def hand_in(course, student, text, assignment=ASSIGNMENT):
    """Write a student's submission into the course, from its release; return the folder."""
    release, folder = Path(course, "release", assignment), Path(course, "submitted", student, assignment)
    shutil.copytree(release, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / f"{assignment}.ipynb"
    notebook = fill(nbformat.read(path, as_version=nbformat.NO_CONVERT), functions(text))
    nbformat.write(notebook, path)
    return folder


def main(course, *samples):
    """Hand in every sample; the name of its file is the student's."""
    for sample in map(Path, samples):
        hand_in(course, sample.stem, sample.read_text())
    print(f"{len(samples)} submissions handed in")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
