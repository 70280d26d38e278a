"""The floor: what the students' own cells compute, in a warm process that grades nothing.

For each submission a child is forked from a process that has imported and drawn what a kernel has, and runs
every cell that is not a test through IPython, figures as inline pictures included; what is shown is rendered
and thrown away. Counted is the CPU time from the first cell to the last.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

import nbformat


def measure_all(course, assignment):
    """Mean CPU seconds of the submissions of a course; in a process of its own, warm and then forked."""
    words = [sys.executable, __file__, str(course), assignment]
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    run = subprocess.run(words, env=os.environ | one, capture_output=True, text=True, check=True)
    seconds = json.loads(run.stdout.splitlines()[-1])
    return {"cpu_each": mean(seconds.values()), "submissions": len(seconds), "cpu": sum(seconds.values())}


def own_cells(path):
    """The texts of the cells that are not tests."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    flags = [cell.metadata.get("nbgrader", {}) for cell in cells]
    return [c.source for c, f in zip(cells, flags, strict=True) if not f.get("grade") or f.get("solution")]


def run_cells(folder, cells):
    """CPU seconds of the cells, in this process, which is not used for anything else."""
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


def main(course, assignment):
    """Print the seconds of each student as JSON."""
    from airlock import template

    template._warm_up()
    seconds = {}
    for folder in sorted(Path(course, "submitted").glob(f"*/{assignment}")):
        cells = own_cells(folder / f"{assignment}.ipynb")
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(folder, work, dirs_exist_ok=True)
            ours, theirs = os.pipe()
            if os.fork() == 0:
                try:
                    os.write(theirs, json.dumps(run_cells(work, cells)).encode())
                finally:
                    os._exit(0)
            os.close(theirs)
            with os.fdopen(ours) as answer:
                seconds[folder.parent.name], pictures = json.loads(answer.read())
            os.wait()
        print(folder.parent.name, seconds[folder.parent.name], pictures)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
