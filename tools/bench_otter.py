"""otter-grader on the same notebooks: a test file for each of our check cells, and ``otter run``.

otter has an environment of its own, in build/otter, made on first use.
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from bench_usage import ONE_THREAD, measure

VERSION = "7.0.0"
HOME = Path(__file__).parents[1] / "build" / "otter"
TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}
SOURCE = {source!r}


@test_case(points={points!r})
def check(env):
    exec(SOURCE, env)
"""


def install():
    """Make the environment, with the packages in the versions of this one."""
    if (HOME / "done").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    lines = (HOME.parents[1] / "requirements.txt").read_text().splitlines()
    wanted = [
        line for line in lines if line.split("==")[0] in ("ipykernel", "matplotlib", "numpy", "scikit-learn")
    ]
    install = [HOME / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, f"otter-grader=={VERSION}", *wanted], check=True, stdout=sys.stderr)
    (HOME / "done").touch()


def make_autograder(source, folder):
    """Our check cells as otter's tests, and the assignment's own files, in an archive."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    notebook = nbformat.read(source / f"{source.name}.ipynb", as_version=4)
    for cell in notebook.cells:
        flags = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and flags.get("grade") and not flags.get("solution"):
            name = flags["grade_id"].replace("-", "_")
            text = TEST.format(name=name, points=flags["points"], source=cell.source)
            (tests / f"{name}.py").write_text(text)
    files = [path for path in source.glob("*.py") if path.is_file()]
    words = [
        HOME / "bin" / "otter",
        "generate",
        "-t",
        tests,
        "-o",
        folder / "autograder.zip",
        "--no-environment",
    ]
    subprocess.run([*words, *files], check=True, capture_output=True, cwd=source)
    return folder / "autograder.zip"


def grade(course, assignment, count, folder):
    """``otter run`` on the first ``count`` submissions of a course, one after the other."""
    install()
    archive = make_autograder(course / "source" / assignment, folder)
    environment = os.environ | ONE_THREAD
    environment["PATH"] = os.pathsep.join([str(HOME / "bin"), environment["PATH"]])
    total = {"wall": 0.0, "cpu": 0.0, "peak_memory": 0}
    with (folder / "otter.log").open("w") as log:
        for submission in sorted((course / "submitted").glob(f"*/{assignment}"))[:count]:
            output = folder / submission.parent.name
            output.mkdir()
            notebook = submission / f"{assignment}.ipynb"
            words = [HOME / "bin" / "otter", "run", "--no-logo", "-a", archive, "-o", output, notebook]
            usage = measure(words, cwd=output, env=environment, stdout=log, stderr=log)
            if not (output / "results.json").exists():
                sys.exit(f"otter run failed, see {folder / 'otter.log'}")
            total["wall"] += usage["wall"]
            total["cpu"] += usage["cpu"]
            total["peak_memory"] = max(total["peak_memory"], usage["peak_memory"])
    return total
