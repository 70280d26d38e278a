"""What grading costs, beside its rivals: one run, one machine, the same submissions.

    python tools/bench.py [--quick]

Measures stock ``nbgrader autograde``, otter-grader, ``airlock grade`` with one worker and with two, ``airlock
check`` with two, and the floor: the CPU time of the students' own cells, run in a forked process that grades
nothing. Prints a table, and writes docs/bench.json and docs/bench.png. Every process has one BLAS thread, but
for stock nbgrader a second time, as its users start it: BLAS takes a thread for each core. CPU time is that
of all processes a command started, from start to end, as the operating system counts it.

--quick: fewer submissions, for a look; nothing is written to docs/.
"""

import json
import os
import platform
import shutil
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import bench_floor  # noqa: E402
import bench_otter  # noqa: E402
import bench_picture  # noqa: E402
import bench_scaling  # noqa: E402
from bench_usage import ONE_THREAD, measure  # noqa: E402
from hand_in import hand_in  # noqa: E402

ASSIGNMENT = "vanishing-gradient"
LEFT_OUT = {"kurt"}  # an endless loop: stock nbgrader would wait for it in every cell that calls it
CLASS, TIMES, OTTER, PAIRS = 24, 10, 6, ("ada", "kaiming", "carl")
WRONG, GRADINGS = 300, 20
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ClearSolutions.code_stub = {"python": ""}
"""
AIRLOCK_CONFIG = f"""
from airlock.settings import configure
{STOCK_CONFIG}
configure(c)
"""


def make_course(folder, config, students):
    """A course of its own: source, configuration, release, and a submission of each sample in turn."""
    samples = [path for path in sorted((ROOT / "samples").glob("*.py")) if path.stem not in LEFT_OUT]
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "source", folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "nbgrader_config.py").write_text(config)
    run(folder, "nbgrader", "generate_assignment", ASSIGNMENT)
    for number in range(students):
        sample = samples[number % len(samples)]
        turn = number // len(samples)
        hand_in(folder, f"{sample.stem}{turn or ''}", sample.read_text())
    return folder


def run(folder, *words, one_thread=True):
    """Run a module's command in a course and return what it used; its output goes to a log beside it."""
    environment = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    environment |= ONE_THREAD if one_thread else {}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    with (folder / "bench.log").open("a") as log:
        usage = measure([sys.executable, "-m", *words], cwd=folder, env=environment, stdout=log, stderr=log)
    if usage["exit"] != 0:
        sys.exit(f"{' '.join(words)} failed, see {folder / 'bench.log'}")
    return usage


def per(usage, count):
    """Wall and CPU seconds of one of ``count`` submissions, and how many there would be in an hour."""
    return usage | {
        "submissions": count,
        "wall_each": usage["wall"] / count,
        "cpu_each": usage["cpu"] / count,
        "an_hour": 3600 * count / usage["wall"],
    }


def beside_the_floor(folder, jobs, count):
    """As airlock(), with the floor measured before and after, since machines have slow minutes."""
    course = make_course(folder, AIRLOCK_CONFIG, count)
    floor = bench_floor.measure_all(course, ASSIGNMENT, jobs)
    usage = airlock(course, jobs, count)
    return usage | {"floor_each": mean(floor + bench_floor.measure_all(course, ASSIGNMENT, jobs))}


def airlock(course, jobs, count):
    """Grade a fresh class; what it used, and what its own results say of the coordinator and of each."""
    usage = per(run(course, "airlock", "grade", ASSIGNMENT, "--jobs", str(jobs)), count)
    results = json.loads((course / "reports" / ASSIGNMENT / "results.json").read_text())
    usage["coordinator_each"] = results["seconds"]["coordinator"] / count
    usage["disk_each"] = sum(size(course / name) for name in ("autograded", "feedback")) / count
    usage["gradebook_each"] = size(course / "gradebook.db") / count
    usage["results_each"] = size(course / "reports" / ASSIGNMENT / "results.json") / count
    usage["record_cpu_each"] = mean(record["seconds"]["cpu"] for record in results["records"])
    return usage


def wrong_answers(course, jobs, count):
    """Wrong answers that ``airlock check`` tries in a second: each graded once, then as by default."""
    found, options = {"wrong": count}, ["--times", "2", "--seed", "1", "--jobs", str(jobs)]
    for gradings in (1, GRADINGS):
        options += ["--mutants", str(count), "--gradings", str(gradings)]
        run(course, "airlock", "check", ASSIGNMENT, *options)
        results = json.loads((course / "reports" / ASSIGNMENT / "check.json").read_text())
        found[f"a_second_graded_{gradings}"] = results["mutants"]["per_second"]
    return found


def size(path):
    """Bytes of a file, or of all files below a folder."""
    return sum(one.stat().st_size for one in [path, *path.rglob("*")] if one.is_file())


def paired(folder):
    """One submission by ``nbgrader autograde``, stock and with airlock, in turn."""
    courses = {"stock": STOCK_CONFIG, "airlock": AIRLOCK_CONFIG}
    courses = {name: make_course(folder / name, config, CLASS // 2) for name, config in courses.items()}
    pairs = []
    for student in PAIRS:
        words = "nbgrader", "autograde", ASSIGNMENT, "--student", student, "--force"
        pairs.append({name: run(course, *words)["cpu"] for name, course in courses.items()})
    return {"cpu": pairs, "ratio": mean(pair["airlock"] / pair["stock"] for pair in pairs)}


def main(quick=False):
    """Measure, print, and keep."""
    few, many, others, wrong = (6, 12, 2, 60) if quick else (CLASS, CLASS * TIMES, OTTER, WRONG)
    tell = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    bench_otter.install()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        folder, found = Path(folder), {}
        tell(f"airlock, {few} submissions, one worker")
        found["airlock 1"] = beside_the_floor(folder / "one", 1, few)
        # Next to stock nbgrader in time: machines have slow minutes.
        tell(f"airlock, {few} submissions, two workers")
        found["airlock 2"] = beside_the_floor(folder / "two", 2, few)
        tell(f"airlock check, {wrong} wrong answers, two workers")
        found["check"] = wrong_answers(folder / "two", 2, wrong)
        tell(f"stock nbgrader, {few} submissions")
        stock = make_course(folder / "stock", STOCK_CONFIG, few)
        found["stock"] = per(run(stock, "nbgrader", "autograde", ASSIGNMENT), few)
        tell(f"otter-grader, {others} submissions")
        found["otter"] = per(bench_otter.grade(folder / "two", ASSIGNMENT, others, folder / "otter"), others)
        tell(f"stock nbgrader as its users start it, {few} submissions")
        stock = make_course(folder / "stock unpinned", STOCK_CONFIG, few)
        usage = run(stock, "nbgrader", "autograde", ASSIGNMENT, one_thread=False)
        found["stock unpinned"] = per(usage, few)
        tell("one submission, stock and airlock in turn")
        found["paired"] = paired(folder / "paired")
        tell(f"airlock, {many} submissions, two workers")
        found["airlock many"] = airlock(make_course(folder / "many", AIRLOCK_CONFIG, many), 2, many)
    found["machine"] = {
        "cores": os.cpu_count(),
        "processor": bench_picture.processor(),
        "python": platform.python_version(),
        "date": date.today().isoformat(),
        "load": os.getloadavg()[0],
        **{name: version(name) for name in ("nbgrader", "numpy", "ipykernel")},
        "otter-grader": bench_otter.VERSION,
    }
    found["ratios"] = ratios(found)
    bench_picture.table(found)
    if not quick:
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "bench.json").write_text(json.dumps(found, indent=1) + "\n")
        bench_picture.draw(found, ROOT / "docs" / "bench.png")
        bench_scaling.write()


def ratios(found):
    """What the project promises."""
    one, two, many = (found[f"airlock {which}"] for which in ("1", "2", "many"))
    check = found["check"]
    return {
        "throughput, two workers : stock": two["an_hour"] / found["stock"]["an_hour"],
        "throughput, two workers : stock as its users start it": two["an_hour"]
        / found["stock unpinned"]["an_hour"],
        "throughput, two workers : otter": two["an_hour"] / found["otter"]["an_hour"],
        "throughput, one worker : stock": one["an_hour"] / found["stock"]["an_hour"],
        "CPU of one submission, two workers : floor": two["record_cpu_each"] / two["floor_each"],
        "CPU of one submission, one worker : floor": one["record_cpu_each"] / one["floor_each"],
        "CPU with start-up and coordinator, two workers, few : floor": two["cpu_each"] / two["floor_each"],
        "CPU with start-up and coordinator, two workers, many : floor": many["cpu_each"] / two["floor_each"],
        "wall, many : few": many["wall_each"] / two["wall_each"],
        "memory, many : few": many["peak_memory"] / two["peak_memory"],
        "CPU of one alone, airlock : stock": found["paired"]["ratio"],
        "wrong answers, each graded once : submissions": 3600 * check["a_second_graded_1"] / two["an_hour"],
        f"wrong answers, each graded {GRADINGS} times : submissions": 3600
        * check[f"a_second_graded_{GRADINGS}"]
        / two["an_hour"],
    }


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
