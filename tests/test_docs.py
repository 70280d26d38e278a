"""Every command of the pages in docs/ runs, every link leads somewhere, every table is complete."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict, fields
from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from notebook_code import make_light
from real_course import ASSIGNMENT, ROOT
from servers import end, environment, free_port

from airlock.model.limits import MIB, Limits
from airlock.model.record import KINDS, Record
from airlock.sandbox.confine import measures
from airlock.settings import Airlock

pytestmark = pytest.mark.timeout(900)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# What a command that goes on running says when it is up.
SERVERS = {
    "make lab": "is running at",
    "jupyter lab": "is running at",
    "dask scheduler": "Scheduler at:",
    "dask worker": "Registered to:",
}
STARTS_WITHIN = 180  # seconds, on a busy machine
NAME = f"{ASSIGNMENT}.ipynb"


def commands(page):
    """The commands of a page, one a line."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [line.strip() for _, block in BLOCK.findall(text) for line in block.splitlines() if line.strip()]


class Reader:
    """Somebody at a terminal, in a folder, who types what a page says."""

    def __init__(self, folder, home):
        self.folder, self.home, self.running = folder, home, []
        self.port = str(free_port())
        self.environment = environment(home)
        programs = os.path.dirname(sys.executable)
        self.environment["PATH"] = f"{programs}:{self.environment['PATH']}"
        settings = {"allow_root": True, "open_browser": False, "port": free_port()}
        config = json.dumps({"ServerApp": settings, "ExtensionApp": {"open_browser": False}})
        (home / "config" / "jupyter_server_config.json").write_text(config)

    def type(self, command):
        """Run a command to its end; one that goes on running, until it says that it is up."""
        command = command.replace("8786", self.port)
        log = self.home / f"{len(list(self.home.glob('*.log')))}.log"
        options = {"cwd": self.folder, "env": self.environment, "stdin": subprocess.DEVNULL}
        with log.open("w") as output:
            process = subprocess.Popen(
                ["bash", "-c", command], stdout=output, stderr=output, start_new_session=True, **options
            )
        ready = next((words for start, words in SERVERS.items() if command.startswith(start)), None)
        if ready is None:
            try:
                assert process.wait(600) == 0, f"{command}: {log.read_text()}"
            finally:
                self.stop(process)
            return log.read_text()
        self.running.append(process)
        until = time.monotonic() + STARTS_WITHIN
        while ready not in log.read_text():
            assert process.poll() is None and time.monotonic() < until, f"{command}: {log.read_text()}"
            time.sleep(0.2)
        return log.read_text()

    def stop(self, process):
        """End a process and all that it started."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            end(process)

    def leave(self):
        """End what is still running, the last first."""
        while self.running:
            self.stop(self.running.pop())


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What a clone of the repository has, installed; of the assignment, only what its checks need."""
    if not (Path(sys.prefix) / "done").exists():
        pytest.skip("the pages speak of an installed .venv: make test")
    clone = tmp_path_factory.mktemp("docs") / "clone"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
            os.utime(clone / name, (10**9, 10**9))  # older than the installation
    (clone / ".venv").symlink_to(sys.prefix)
    make_light(clone / "source" / ASSIGNMENT / NAME)
    return clone


@pytest.fixture
def reader(clone, tmp_path):
    """A reader in the clone."""
    reader = Reader(clone, tmp_path)
    yield reader
    reader.leave()


def own_assignment(clone):
    """An assignment ps1 of the instructor's own, and a submission."""
    answer = {"grade_id": "double", "grade": False, "solution": True, "locked": False}
    check = {"grade_id": "test-double", "grade": True, "solution": False, "locked": True, "points": 1}
    cells = [
        ("def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION", answer),
        (
            "for number in (2, -3, 0, 0.5, 1001, 1, 'ab', [], [1], [3, 4]):\n"
            "    expected = number + number\n"
            "    assert type(double(number)) is type(number), 'double: another kind of value'\n"
            "    assert double(number) == expected, 'double: not twice what is given'",
            check,
        ),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = v4.new_notebook(metadata=kernel)
    for text, nbgrader in cells:
        nbgrader |= {"schema_version": 3, "task": False}
        notebook.cells.append(v4.new_code_cell(text, metadata={"nbgrader": nbgrader}))
    for folder in ("source/ps1", "submitted/ada/ps1"):
        (clone / folder).mkdir(parents=True)
        nbformat.write(notebook, clone / folder / "problem1.ipynb")


def test_the_instructors_page_works(reader, clone):
    with zipfile.ZipFile(clone / "hand-ins.zip", "w") as packed:
        released = clone / "release" / ASSIGNMENT / NAME
        packed.write(released, f"grace_1234567_assignsubmission_file_{NAME}")
    for command in commands("instructor.md"):
        if "ps1" in command and not (clone / "source" / "ps1").exists():
            own_assignment(clone)
        reader.type(command)
    for student in ("ada", "grace"):
        assert (clone / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").exists()
    for made in ("index.html", "canvas.csv", "moodle.csv", "moodle-feedback.zip"):
        assert (clone / "reports" / ASSIGNMENT / made).exists()
    assert (clone / "solution").exists()
    assert json.loads((clone / "reports/ps1/results.json").read_text())["records"][0]["score"] == 1


def test_the_operators_page_works(reader, clone):
    handed_in = clone / "submitted" / "ada" / ASSIGNMENT
    handed_in.mkdir(parents=True, exist_ok=True)
    shutil.copy(clone / "release" / ASSIGNMENT / NAME, handed_in)
    reader.type("make gradebook.db")
    said = [reader.type(command) for command in commands("operator.md")]
    assert any("'network'" in text for text in said)
    results = json.loads((clone / "reports" / ASSIGNMENT / "results.json").read_text())
    assert {"graded", "incident"} >= {record["status"] for record in results["records"]}


def test_the_students_page_works(reader, clone):
    reader.folder = clone / "release" / ASSIGNMENT
    for command in commands("student.md"):
        reader.type(command)


def test_every_page_with_commands_is_tried():
    tried = {"instructor.md", "operator.md", "student.md"}
    assert {page.name for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))} - {
        "README.md"
    } == tried


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?:|mailto:|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


def rows(page, heading):
    """The cells of the table under a heading."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").partition(f"## {heading}\n")[2]
    section = text.partition("\n## ")[0]
    found = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", section, re.M)
    ]
    return found[2:]


def test_the_operators_page_has_every_kind_of_incident():
    assert {kind.strip("`"): advice for kind, advice in rows("operator.md", "Incidents")} == KINDS


def test_the_operators_page_has_every_limit():
    expected = {
        name: f"{value // MIB} MiB" if value >= MIB else f"{value:g}"
        for name, value in asdict(Limits()).items()
        if type(value) is not bool
    }
    assert {name.strip("`"): value for name, value, _ in rows("operator.md", "Limits")} == expected


def test_the_operators_page_has_every_field_of_a_record():
    named = [name for first, *_ in rows("operator.md", "Results") for name in re.findall(r"`(\w+)`", first)]
    assert sorted(named) == sorted([*(field.name for field in fields(Record)), "points"])


def test_every_option_of_a_course_is_in_the_manual():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    options = Airlock.class_own_traits(config=True)
    assert options and [name for name in options if f"c.Airlock.{name}" not in text] == []


def test_the_operators_page_has_every_measure():
    assert [what.partition(":")[0] for what, *_ in rows("operator.md", "Confinement")] == list(measures())


def test_the_figures_of_the_operators_page_are_those_of_the_attacks():
    measured = json.loads((ROOT / "docs" / "attacks.json").read_text())
    words = " ".join((ROOT / "docs" / "operator.md").read_text(encoding="utf-8").split())
    memory, cpu, wall, disk = (measured["most"][name][0] for name in ("memory", "cpu", "wall", "disk"))
    assert f"of {measured['attacks']} attacks" in words
    sentence = (
        f"{memory / MIB:.0f} MiB of memory above an honest submission's, {cpu:.1f} s of CPU time, "
        f"{wall:.1f} s by the clock, {disk / MIB:.0f} MiB of disk"
    )
    assert sentence in words


def test_the_figures_in_the_readme_are_those_of_the_benchmark():
    ratios = json.loads((ROOT / "docs" / "bench.json").read_text())["ratios"]
    words = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    begun = "throughput, two workers : stock"
    many = "CPU with start-up and coordinator, two workers, many : floor"
    for name, form in {
        begun: "{:.1f} times as many submissions an hour as `nbgrader autograde`",
        f"{begun} as its users start it": "{:.1f} times as many where BLAS takes a thread for each core",
        "throughput, two workers : otter": "{:.1f} times as many as `otter run`",
        "CPU of one submission, two workers : floor": "{:.2f} times the CPU time of the student's own cells",
        many: "{:.2f} times with start-up and all else",
        "wrong answers, each graded 20 times : submissions": "{:.1f} times as many wrong answers as",
    }.items():
        assert form.format(ratios[name]) in words
