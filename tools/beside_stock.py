"""Grade notebooks of others with nbgrader and with airlock, and compare the marks check by check.

    python tools/beside_stock.py FOLDER [--out FOLDER] [--jobs 2] [--only PATTERN]

FOLDER holds nbgrader source notebooks, each with the files it needs beside it. Each becomes an assignment of
a scratch course, in which three students hand in: the reference solution, the blank release, and the release
with every other answer filled in. What nbgrader gave is kept in ``--out``, so that a second run only grades
with airlock. Their kernels are all this Python. The summary counts the checks with the same mark, and names
every other; where nbgrader itself gave none, as it could not grade a submission, nothing is compared.
"""

import argparse
import fnmatch
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "beside"
c.ExecutePreprocessor.timeout = 60
"""
AIRLOCK = """from airlock.settings import configure
configure(c)
c.Airlock.limits = {"cell_seconds": 60}
"""
STUDENTS = ("reference", "blank", "half")
LONGEST = 400  # seconds that one command may take


def main() -> int:
    """Compare; the exit code is 1 where a check got another mark without a word."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/beside"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="*", help="pattern of the paths within FOLDER to compare")
    options = parser.parse_args()
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    notebooks = sorted(p for p in options.folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    notebooks = [p for p in notebooks if fnmatch.fnmatch(str(p.relative_to(options.folder)), options.only)]
    with ThreadPoolExecutor(options.jobs) as pool:
        compared = list(pool.map(lambda path: compare(path, options.folder, options.out), notebooks))
    return summarise(compared)


def compare(path: Path, folder: Path, out: Path) -> dict:
    """The marks of one notebook, by student and check: those of nbgrader, and those of airlock."""
    name = "-".join(path.relative_to(folder).with_suffix("").parts).replace(" ", "_")
    room = out.resolve() / name
    stock, ours = room / "stock.json", room / "airlock.json"
    try:
        if not stock.exists():
            shutil.rmtree(room, ignore_errors=True)
            prepare(path, room)
            run(room, CONFIG, "nbgrader", "autograde", "a", "--force", check=False)
            stock.write_text(json.dumps(gradebook(room)))
        ours.unlink(missing_ok=True)
        shutil.rmtree(room / "reports", ignore_errors=True)
        run(room, CONFIG + AIRLOCK, "airlock", "grade", "a", "--force", "--jobs", "1", check=False)
        ours.write_text(json.dumps(records(room)))
    except (subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
        return {"name": name, "error": str(error)[-500:]}
    return {"name": name, "stock": json.loads(stock.read_text()), "airlock": json.loads(ours.read_text())}


def prepare(path: Path, room: Path) -> None:
    """A course with this one assignment, and the three submissions."""
    import nbformat

    source = room / "source" / "a"
    source.mkdir(parents=True)
    for beside in path.parent.iterdir():
        if beside.is_dir() and beside.name not in (".git", "submitted", "release"):
            shutil.copytree(beside, source / beside.name, ignore=shutil.ignore_patterns("*.ipynb"))
        elif beside.is_file() and beside.suffix != ".ipynb":
            shutil.copy(beside, source / beside.name)
    notebook = nbformat.read(path, 4)
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(notebook, source / "n.ipynb")
    run(room, CONFIG, "nbgrader", "update", "source/a/n.ipynb", check=False)
    run(room, CONFIG, "nbgrader", "generate_assignment", "a", "--force")
    solved = nbformat.read(source / "n.ipynb", 4)
    answers = {
        name: cell.source
        for cell in solved.cells
        if (flags := cell.metadata.get("nbgrader", {})).get("solution") and (name := flags.get("grade_id"))
    }
    some = set(sorted(answers)[::2])
    for student, filled in zip(STUDENTS, ({*answers}, set(), some), strict=True):
        target = room / "submitted" / student / "a"
        shutil.copytree(room / "release" / "a", target)
        notebook = nbformat.read(target / "n.ipynb", 4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in filled:
                cell.source = answers[name]
        nbformat.write(notebook, target / "n.ipynb")


def run(room: Path, config: str, *words: str, check: bool = True) -> None:
    """Give a command in the course."""
    (room / "nbgrader_config.py").write_text(config)
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=room, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    with (room / "log.txt").open("a") as log:
        log.write(f"$ {' '.join(words)}\n{done.stdout}{done.stderr}\n")
    if check and done.returncode:
        raise ValueError(f"{' '.join(words)}: {done.stderr[-300:]}")


def gradebook(room: Path) -> dict:
    """Automatic scores by student and check; without those of cells that a person marks."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{room / 'gradebook.db'}") as book:
        return {
            submission.student.id: {
                grade.name: [grade.auto_score, grade.max_score]
                for notebook in submission.notebooks
                for grade in notebook.grades
                if getattr(grade.cell, "cell_type", "code") != "markdown"
            }
            for submission in book.find_assignment("a").submissions
        }


def records(room: Path) -> dict:
    """Points, messages and incidents by student and check."""
    found = json.loads((room / "reports" / "a" / "results.json").read_text())["records"]
    return {
        one["student"]: {
            "status": one["status"],
            "incidents": one["incidents"],
            "checks": {c["grade_id"]: [c["points"], c["message"]] for c in one["checks"]},
        }
        for one in found
    }


def summarise(compared: list[dict]) -> int:
    """Print the differences, and the counts."""
    counts, silent, unmarked = {student: Counter() for student in STUDENTS}, 0, 0
    for one in compared:
        if "error" in one:
            print(f"{one['name']}: not compared ({one['error'].strip()[-160:]})")
            continue
        for student in STUDENTS:
            record = one["airlock"].get(student, {"checks": {}, "status": "none", "incidents": []})
            for check, (stock, most) in one["stock"].get(student, {}).items():
                points, message = record["checks"].get(check, [None, record["status"]])
                if not most:
                    continue
                if stock is None:
                    unmarked += 1
                    continue
                same = points == stock
                counts[student]["same" if same else "other"] += 1
                if not same:
                    said = points is None or any(i["kind"] != "mended" for i in record["incidents"])
                    silent += points is not None and points < stock and not said
                    print(f"{one['name']} {student} {check}: {stock} with nbgrader, {points} here: {message}")
    for student, found in counts.items():
        total = found.total()
        print(f"{student}: {found['same']} of {total} checks alike ({found['same'] / max(total, 1):.1%})")
    print(f"{sum('error' not in one for one in compared)} notebooks compared; {silent} lost without a word")
    print(f"{unmarked} checks without a mark of nbgrader's are not among them")
    return int(silent > 0)


if __name__ == "__main__":
    sys.exit(main())
