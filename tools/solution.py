"""Execute the reference notebook and keep it for instructors, as a notebook and as a page with all pictures.

    python tools/solution.py            solution/vanishing-gradient.ipynb and .html
    python tools/solution.py --picture  also renews the last picture in docs/, for the README

(``nbgrader generate_solution`` keeps the hidden tests, which belong to no answer, and makes no page.)
"""

import base64
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbgrader.preprocessors import ClearHiddenTests

from airlock.pages.cells import render_notebook

ROOT = Path(__file__).resolve().parents[1]
NAME = "vanishing-gradient"
PICTURE = ROOT / "docs" / "ten-layers-deep.png"
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def execute():
    """Run the reference from top to bottom; a check that fails is an error. Returns the notebook."""
    folder = ROOT / "source" / NAME
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, timeout=300).execute()
    return notebook


def for_reading(notebook):
    """Leave out the markers and the hidden tests, which a reader of the answers does not need."""
    notebook, _ = ClearHiddenTests().preprocess(notebook, {})
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        cell.source = "\n".join(line for line in lines if line.strip() not in MARKERS)
    return notebook


def main(arguments):
    """Write the notebook, the page and, if asked, the picture."""
    notebook = for_reading(execute())
    folder = ROOT / "solution"
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    page = render_notebook(notebook, NAME, "The reference solution")
    (folder / f"{NAME}.html").write_text(page, encoding="utf-8")
    print(f"Every check passed. Written: solution/{NAME}.ipynb and solution/{NAME}.html")
    if "--picture" in arguments:
        last = next(cell for cell in notebook.cells if cell.id == "draw-all")
        data = next(output.data for output in last.outputs if "image/png" in output.get("data", {}))
        PICTURE.write_bytes(base64.b64decode(data["image/png"]))
        print(f"and {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
