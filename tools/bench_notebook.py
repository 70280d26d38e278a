"""CPU seconds of restart-and-run-all of the reference notebook, by section, BLAS on one thread.

    python tools/bench_notebook.py [REPEATS] [-v]

Runs in a real kernel, figures included, a fresh one for each repeat; prints medians. -v: the dearest cells as
well.
"""

import os
import sys
from pathlib import Path
from statistics import median

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before any kernel starts

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402

SOURCE = Path(__file__).parents[1] / "source" / "vanishing-gradient"
SECTIONS = {"part-1": "Part 1", "part-2": "Part 2", "part-3": "Part 3"}
CLOCK = "import time; print(time.process_time())"


def measure():
    """Return CPU seconds of the kernel by section, checks apart, and by cell."""
    notebook = nbformat.read(SOURCE / "vanishing-gradient.ipynb", as_version=4)
    cells, section, parts = [nbformat.v4.new_code_cell(CLOCK)], "Imports", {}
    for cell in notebook.cells:
        section = SECTIONS.get(cell.id, section)
        if cell.cell_type == "code":
            parts[cell.id] = "Checks" if cell.metadata.nbgrader.grade else section
            cells += [cell, nbformat.v4.new_code_cell(CLOCK)]
    notebook.cells = cells
    NotebookClient(notebook, resources={"metadata": {"path": str(SOURCE)}}, timeout=300).execute()
    ticks = [float("".join(output.text for output in cell.outputs)) for cell in cells[::2]]
    by_cell = {name: after - before for name, before, after in zip(parts, ticks[:-1], ticks[1:], strict=True)}
    by_section = dict.fromkeys(["Imports", "Part 1", "Part 2", "Part 3", "Checks"], 0.0)
    for name, seconds in by_cell.items():
        by_section[parts[name]] += seconds
    return by_section, by_cell


def main(repeats):
    """Print medians over ``repeats`` kernels."""
    runs, cells = zip(*(measure() for _ in range(repeats)), strict=True)
    print(f"CPU seconds of the reference notebook on one core, median of {repeats}")
    seconds = {section: median(run[section] for run in runs) for section in runs[0]}
    for section, value in seconds.items():
        print(f"  {section:8} {value:5.2f}")
    print(
        f"  Parts 1 to 3 {sum(value for section, value in seconds.items() if section.startswith('Part')):.2f}"
    )
    if "-v" in sys.argv:
        for name in sorted(cells[0], key=lambda name: -cells[0][name])[:20]:
            print(f"    {median(run[name] for run in cells):6.3f} {name}")


if __name__ == "__main__":
    main(int(next((word for word in sys.argv[1:] if word.isdigit()), 5)))
