"""What a kernel finds imported: what its assignment imports, whatever that does, and nothing of the tests."""

import os
import subprocess
import sys

import pytest
from small_course import QUICK, Course

from airlock.classroom.likely_imports import likely_imports
from airlock.kernel.client import StudentKernel
from airlock.model.names import imported_modules
from airlock.sandbox import fork_server

THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=[1000], daemon=True).start()\n"
CRASH = "import os\nos._exit(9)\n"


@pytest.fixture
def own_server(tmp_path, monkeypatch):
    """A fork server of this test's own, which finds the modules written into the folder returned."""
    monkeypatch.setattr(fork_server, "_server", None)
    folder = tmp_path / "modules"
    folder.mkdir()
    known = fork_server.environment
    monkeypatch.setattr(fork_server, "environment", lambda: known() | {"PYTHONPATH": str(folder)})
    yield folder
    server = fork_server._server
    fork_server._forget()
    if server and server[1]:
        server[1].wait(20)


def loaded(preload, names):
    """Which of ``names`` a kernel has in ``sys.modules`` before its first import."""
    said = []
    with StudentKernel({}, QUICK, preload) as kernel:
        code = f"import sys\nprint([n for n in {names!r} if n in sys.modules])"
        kernel.run_cell(code, lambda message: said.append(message["content"].get("text", "")), 20)
    return [name for name in names if f"'{name}'" in "".join(said)]


def test_a_kernel_finds_what_was_named_and_not_what_another_assignment_imports(own_server):
    (own_server / "lesson.py").write_text("VALUE = 1\n")
    assert loaded(["lesson"], ["lesson", "sklearn", "matplotlib.pyplot"]) == ["lesson"]
    (own_server / "another.py").write_text("VALUE = 1\n")
    assert loaded(["another"], ["lesson", "another"]) == ["lesson", "another"], "the server runs already"


@pytest.mark.parametrize("text", [THREAD, CRASH, "raise SystemExit(3)", "1 / 0"])
@pytest.mark.parametrize("running", [False, True])
def test_a_module_that_must_not_be_imported_beforehand_costs_no_kernel(own_server, text, running):
    (own_server / "wild.py").write_text(text)
    if running:
        fork_server.share()
    assert loaded(["wild", "colorsys"], ["wild"]) == []
    assert fork_server._server[1].poll() is None, "the server goes on"


@pytest.mark.parametrize("preload", ["", "matplotlib", "matplotlib.pyplot", "matplotlib_inline"])
def test_the_end_of_a_cell_shows_and_closes_pictures_whatever_is_imported_beforehand(own_server, preload):
    shown, said = [], []
    draw = "import matplotlib.pyplot as plt\nlines = plt.plot([1, 2])"
    with StudentKernel({}, QUICK, [preload] if preload else []) as kernel:
        kernel.run_cell(draw, lambda message: shown.append(message["content"].get("data", {})), 20)
        kernel.run_cell("print(plt.get_fignums())", lambda message: said.append(message["content"]), 20)
    assert [data for data in shown if "image/png" in data]
    assert any(content.get("text") == "[]\n" for content in said)


def test_of_an_assignment_its_imports_are_read_without_those_of_tests_and_solutions(tmp_path):
    (notebook,) = Course(tmp_path).master.notebooks.values()
    assert notebook.preload == ("numpy",), "checks is a file of the assignment"


def test_imports_are_named_in_full():
    source = "import a.b as c, d\nfrom e import f as g\nfrom h.i import *\nfrom . import j\ndef k(): import l"
    assert imported_modules(source) == ["a.b", "d", "e", "e.f", "h.i", "l"]
    assert imported_modules("def broken(:") == []


def test_the_guess_before_the_course_is_read_leaves_out_what_is_hidden(tmp_path, monkeypatch):
    import nbformat
    from nbformat import v4

    def cell(source, **kind):
        return v4.new_code_cell(source, metadata={"nbgrader": kind} if kind else {})

    cells = [
        cell("import json\n%matplotlib inline"),
        cell("import csv\n### BEGIN SOLUTION\nimport decimal\n### END SOLUTION", solution=True, grade=False),
        cell("import unittest", grade=True, solution=False),
    ]
    folder = tmp_path / "source" / "ps1"
    folder.mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=cells), folder / "one.ipynb")
    (folder / "two.ipynb").write_text("{not json")
    monkeypatch.chdir(tmp_path)
    assert likely_imports("ps1") == ["json", "csv"]
    assert likely_imports("ps2") == []


def test_the_engine_does_without_what_the_assignment_imports():
    code = "import airlock.cli, airlock.classroom.classroom, airlock.run.grade, airlock.pages.feedback, sys\n"
    code += "print({'sklearn', 'matplotlib', 'scipy'} & set(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert run.stdout.strip() == "set()"
