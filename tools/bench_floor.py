"""The floor: what the students' own cells compute, in a forked process that grades nothing.

For each submission a child is forked from a process that has imported and drawn what a kernel has, and runs
every cell that is not a test through IPython, figures as inline pictures included; what is shown is rendered
and thrown away. Counted is the CPU time from the first cell to the last. As many run side by side as the
grader has workers, since a second of CPU time is worth less beside a busy core.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from bench_usage import ONE_THREAD


def measure_all(course, assignment, jobs):
    """CPU seconds of each submission of a course; in a process of its own, which forks."""
    words = [sys.executable, __file__, str(course), assignment, str(jobs)]
    run = subprocess.run(words, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True)
    found = [line.split() for line in run.stdout.splitlines()]
    if len(found) != len(list(Path(course, "submitted").iterdir())) or not any(int(n) for _, n in found):
        raise RuntimeError(f"the cells of some submissions were not run: {run.stdout}{run.stderr}")
    return [float(seconds) for seconds, _ in found]


def own_cells(path):
    """The texts of the cells that are not tests."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    flags = [cell.metadata.get("nbgrader", {}) for cell in cells]
    return [c.source for c, f in zip(cells, flags, strict=True) if not f.get("grade") or f.get("solution")]


def run_cells(folder, cells):
    """CPU seconds of the cells, in this process, which is not used for anything else; pictures drawn."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Nothing to enable."""

    os.chdir(folder)
    sys.path.insert(0, "")
    shell = Shell.instance()
    shell.enable_matplotlib("inline")
    with capture_output() as captured:
        before = _cpu()
        for cell in cells:
            shell.run_cell(cell, store_history=True)
        after = _cpu()
    return after - before, sum("image/png" in output.data for output in captured.outputs)


def _cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(course, assignment, jobs):
    """Print the seconds of each submission."""
    from airlock.classroom.likely_imports import likely_imports
    from airlock.sandbox.warm_up import warm_up

    os.chdir(course)
    warm_up(likely_imports(assignment))
    children = 0
    for folder in sorted(Path(course, "submitted").glob(f"*/{assignment}")):
        if children == int(jobs):
            os.wait()
            children -= 1
        if os.fork() == 0:
            _run_one(folder, own_cells(folder / f"{assignment}.ipynb"))
        children += 1
    for _ in range(children):
        os.wait()


def _run_one(folder, cells):
    stdout = os.dup(1)
    try:
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(folder, work, dirs_exist_ok=True)
            seconds, pictures = run_cells(work, cells)
            os.write(stdout, f"{seconds} {pictures}\n".encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
