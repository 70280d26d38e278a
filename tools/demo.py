"""Grade the sample class in a scratch course, so that a real class is never mixed with samples.

    python tools/demo.py [FOLDER]

makes the course afresh in FOLDER (build/demo), releases the assignment, hands in every sample, grades, writes
feedback and grades, and leaves it all there to look at. Nothing outside the folder is touched.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import hand_in

ROOT = Path(__file__).resolve().parents[1]
NAME = hand_in.ASSIGNMENT


def make_course(folder):
    """Make a course with the assignment released and nothing handed in; return its folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "source" / NAME, folder / "source" / NAME, ignore=caches)
    nbgrader(folder, "generate_assignment", NAME)
    return folder


def nbgrader(folder, *arguments):
    """Run an nbgrader command in the course; what it says is shown only if it fails."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # it calls alembic by name
    environment = {**os.environ, "PATH": path}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"nbgrader {' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")


def main(folder=ROOT / "build" / "demo"):
    """Run the whole course once; return the exit code of grading."""
    folder = Path(folder).resolve()
    samples = sorted((ROOT / "samples").glob("*.py"))
    print(f"Releasing {NAME} ...", flush=True)
    make_course(folder)
    hand_in.main(folder, *samples)
    command = [sys.executable, "-m", "airlock", "grade", NAME]
    code = subprocess.run(command, cwd=folder, check=False).returncode
    print("Writing feedback and grades ...", flush=True)
    nbgrader(folder, "generate_feedback", NAME, "--force")
    nbgrader(folder, "export", "--to", "grades.csv")
    shown = os.path.relpath(folder)
    print(f"\nReport:   {shown}/reports/{NAME}/index.html")
    print(f"Feedback: {shown}/feedback/STUDENT/{NAME}/{NAME}.html")
    print(f"Grades:   {shown}/grades.csv")
    print(f"The course is in {shown}; the next run makes it anew.")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
