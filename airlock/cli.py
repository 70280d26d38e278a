"""The command ``airlock``."""

import argparse
import contextlib
import gc
import os
import platform
import signal
import sys
import traceback
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airlock.classroom import pool
from airlock.classroom.likely_imports import likely_imports
from airlock.model.errors import AirlockError
from airlock.sandbox.fork_server import ONE_THREAD

if TYPE_CHECKING:
    from airlock.classroom.classroom import Classroom


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, 1 when a submission failed, 2 for what cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        if os.name != "posix":
            raise AirlockError("airlock runs on Linux and macOS; on Windows, run it in WSL.")
        _begin_as_from_a_shell()
        run = {"grade": _grade, "check": _check, "collect": _collect, "return": _return}
        return run[options.command](options)
    except AirlockError as error:
        if options.debug:
            traceback.print_exc()
        print(f"airlock: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        if options.debug:
            raise
        sentence = f"airlock: it ended with an error that nobody foresaw, {type(error).__name__}: {error}"
        print(f"{sentence}; {_kept(options, error)}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("airlock: stopped; the same command goes on from here.", file=sys.stderr)
        return 130


def _begin_as_from_a_shell() -> None:
    """Undo what a service that starts this may have left to it: closed streams, signals blocked or ignored.

    No file may take the place of a closed stream, for it would be written to; children that nobody may wait
    for look lost.
    """
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(opened, True)
    os.close(opened)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("airlock", description="Grade nbgrader assignments, a class at a time.")
    parser.add_argument("--version", action=_Versions)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="say what is done, and show tracebacks")
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser("grade", help="grade all submissions of an assignment", parents=[common])
    grade.add_argument("assignment")
    grade.add_argument("--jobs", type=int, default=None, help="submissions at a time; default: one per core")
    grade.add_argument("--student", action="append", help="grade only this student; may be repeated")
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")
    grade.add_argument("--dry-run", action="store_true", help="show whose score would change; write nothing")
    grade.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="grade on this Dask cluster")
    grade.add_argument("--json", action="store_true", help="print results.json instead of the table")
    check = commands.add_parser("check", help="whether an assignment marks right", parents=[common])
    check.add_argument("assignment")
    check.add_argument("--jobs", type=int, default=None, help="processes at a time; default: one per core")
    check.add_argument("--quick", action="store_true", help="a sample: the numbers after the comma")
    check.add_argument("--times", type=int, help="gradings of the reference; default: 30, 3")
    check.add_argument("--gradings", type=int, help="gradings of a wrong answer; default: 20, 5")
    check.add_argument("--mutants", type=int, help="so many wrong answers, at random; default: all, 60")
    check.add_argument("--seed", type=int, help="which of them; default: others each time, and it is said")
    check.add_argument("--allow", action="append", default=[], help="name of a wrong answer that may live")
    collect = commands.add_parser(
        "collect", help="put a learning platform's archive into submitted/", parents=[common]
    )
    archives = "what Moodle, Canvas or Gradescope hands out; Moodle's grading worksheet (CSV) says when"
    collect.add_argument("archive", nargs="+", help=archives)
    collect.add_argument("--assignment", help="of which; needed where the course has several")
    back = commands.add_parser("return", help="write what learning platforms take back", parents=[common])
    back.add_argument("assignment")
    return parser


def _check(options: argparse.Namespace) -> int:
    os.environ.update(ONE_THREAD)
    least = {"jobs": 1, "times": 1, "gradings": 1, "mutants": 0}
    for name, number in least.items():
        given = getattr(options, name)
        if given is not None and given < number:
            raise AirlockError(f"--{name} must be at least {number}.")
    if Path("nbgrader_config.py").exists():
        pool.prepare(likely_imports(options.assignment))
    from airlock.check.command import check

    warnings.filterwarnings("ignore", module="nbgrader")
    with pool.LocalWorkers(options.jobs or _cores()) as workers:
        return check(options, workers)


def _grade(options: argparse.Namespace) -> int:
    os.environ.update(ONE_THREAD)  # submissions run side by side, before numpy is imported
    if options.jobs is not None and options.jobs < 1:
        raise AirlockError("--jobs must be at least 1.")
    if not options.scheduler and Path("nbgrader_config.py").exists():
        pool.prepare(likely_imports(options.assignment))  # while this process imports nbgrader
    gc.disable()  # nothing of what is imported is garbage, and looking for it takes a sixth of the time
    from airlock.classroom.classroom import Classroom
    from airlock.classroom.preview import preview
    from airlock.classroom.table import ProgressBar, print_changes, print_table
    from airlock.course.application import load_course
    from airlock.sandbox import confine

    gc.freeze()
    gc.enable()
    warnings.filterwarnings("ignore", module="nbgrader")  # of SQLAlchemy, about nbgrader's own models
    app = load_course()
    if options.debug:
        app.log_level = "DEBUG"
    room = Classroom(app, options.assignment)
    chosen = _chosen(room, options.student)
    missing = [what for what, means in confine.measures().items() if not means]
    if missing and not options.scheduler:
        print(f"WARNING: nothing here confines the students' {', '.join(missing)}.", file=sys.stderr)
    if room.limits.network:
        print("WARNING: this course lets submissions use the network.", file=sys.stderr)
    with contextlib.ExitStack() as stack:
        workers = stack.enter_context(_workers(options, len(chosen)))
        for warning in room.rehearse(workers.executor, keep=not options.dry_run):
            print(f"WARNING: {warning}", file=sys.stderr)
        bar = stack.enter_context(ProgressBar(len(chosen)))
        slots = 2 * (options.jobs or workers.count)  # so that no worker waits for this process to write
        if options.dry_run:
            records = preview(room, workers.executor, slots, chosen, options.force, bar)
        else:
            records = room.grade(workers.executor, slots, chosen, options.force, bar)
    if options.dry_run:
        print_changes(records)
        return 0
    if options.json:
        print((room.reports / "results.json").read_text(encoding="utf-8"))
    else:
        print_table(records, room)
    return int(any(record.status == "failed" for record in records))


def _collect(options: argparse.Namespace) -> int:
    """Put archives into ``submitted/``; 1 when something in them belongs to nobody."""
    from airlock.classroom.collect import collect, tell
    from airlock.course.application import load_course
    from airlock.course.roster_file import find_roster

    coursedir = load_course().coursedir
    sources = Path(coursedir.root, coursedir.source_directory)
    names = sorted(path.name for path in sources.glob("*") if path.is_dir())
    if options.assignment not in names and (options.assignment or len(names) != 1):
        unknown = f"There is no assignment {options.assignment} here. " if options.assignment else ""
        known = " or ".join(names) or "NAME"
        raise AirlockError(f"{unknown}Say of which assignment it is: --assignment {known}.")
    roster, archives = find_roster(coursedir.root), [Path(archive) for archive in options.archive]
    outcomes = collect(coursedir, options.assignment or names[0], roster, archives)
    for outcome in outcomes:
        print(tell(outcome))
    return int(any(outcome.unmatched for outcome in outcomes))


def _return(options: argparse.Namespace) -> int:
    """Write grades and feedback for platforms beside the results."""
    from airlock.classroom.returning import return_grades
    from airlock.course.application import load_course

    warnings.filterwarnings("ignore", module="nbgrader")
    for sentence in return_grades(load_course(), options.assignment):
        print(sentence)
    return 0


def _kept(options: argparse.Namespace, error: Exception) -> str:
    """Where the traceback is: beside the results, or in this folder while there are none."""
    from airlock.course.unforeseen import keep_traceback

    results = Path("reports", options.assignment or "")
    file = keep_traceback(results if results.is_dir() else Path(), "airlock", error)
    return f"the traceback is in {file}" if file else "--debug shows where"


class _Versions(argparse.Action):
    """Print our version, and those that decide what grading does."""

    def __init__(self, **options: Any):
        super().__init__(nargs=0, help="print versions, and end", **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Called where the option stands."""
        others = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "ipykernel", "numpy"))
        print(f"airlock {version('airlock-grader')} (Python {platform.python_version()}, {others})")
        parser.exit()


def _chosen(room: "Classroom", students: list[str] | None) -> list[str]:
    """Whose submissions to grade: all that are there, or those named."""
    where = room.coursedir.format_path(room.coursedir.submitted_directory, "STUDENT", room.assignment)
    if not room.submissions:
        name = next(iter(room.master.notebooks))
        raise AirlockError(f"There is nothing to grade: put each student's notebook at {where}/{name}.ipynb.")
    for student in students or []:
        if student not in room.submissions:
            raise AirlockError(f"There is no submission of {student!r}: expected the folder {where}.")
    return list(dict.fromkeys(students or room.submissions))


def _workers(options: argparse.Namespace, most: int) -> pool.LocalWorkers | pool.DaskWorkers:
    if options.scheduler:
        return pool.DaskWorkers(options.scheduler)
    return pool.LocalWorkers(min(options.jobs or _cores(), most))


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
