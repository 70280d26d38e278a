"""Names of a test that students do not define never come from them; state is kept as in one notebook."""

from copy import deepcopy
from dataclasses import replace

import pytest
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat import v4
from small_course import QUICK

from airlock.model import names
from airlock.model.assignment import Master, MasterCell, MasterNotebook, Observed
from airlock.model.names import bound_names, inner_reads
from airlock.model.origins import bindings, own_bindings
from airlock.run import grade
from airlock.run.apart import Found
from airlock.run.code import compiled
from airlock.run.execute import Execution
from airlock.run.grade import grade_submission
from airlock.run.records import checks_of
from airlock.run.rehearsal import observe, reference_notebook

EVERY = ("assert_allclose", "assert_equal", "same", "close", "helper", "np", "sqrt")
STEALS = "\n".join(f"def {name}(*x, **y):\n    print('seen', x)\n    return True" for name in EVERY)


def a_master(*cells, files=None):
    """An assignment of cells (kind, source), of answers (kind, solution, release); a test has 2 points."""
    made, solutions = [], {}
    for number, (kind, source, *more) in enumerate(cells):
        name = f"c{number}"
        flags = {"schema_version": 3, "task": False, "grade_id": name, "locked": kind != "answer"}
        flags |= {"solution": kind == "answer", "grade": kind == "test"} | (
            {"points": 2} if kind == "test" else {}
        )
        released = more[0] if more else source
        if kind == "answer":
            solutions[name] = source
            own, imports = own_bindings(source, released)
            cell = v4.new_code_cell(released, id=name, metadata={"nbgrader": flags})
            parts = tuple((one.name, one.source) for one in imports)
            unsolved = source == released
            made.append(
                MasterCell(
                    cell,
                    released,
                    tuple(bound_names(source)),
                    own,
                    parts,
                    unsolved,
                    tuple(inner_reads(source)),
                )
            )
        else:
            visible = source.split("### BEGIN HIDDEN")[0]
            made.append(MasterCell(v4.new_code_cell(source, id=name, metadata={"nbgrader": flags}), visible))
    notebook = MasterNotebook("n", tuple(made), v4.new_notebook().metadata)
    master = Master("a", {"n": notebook}, files or {}, solutions={"n": solutions})
    return replace(master, observed=observe(master, QUICK))


def graded(master, **answers):
    """Record and points of a submission that has the reference's answers, but for ``answers``."""
    notebook = master.notebooks["n"]
    data = reference_notebook(notebook, master.solutions["n"] | answers)
    record = grade_submission("s", {"n.ipynb": data}, master, QUICK).record
    return record, [check.points for check in record.checks]


WRONG = "def f(x):\n    return 0"
RIGHT = "def f(x):\n    return x * x"
SAYS = "def f(x):\n    raise AssertionError('g: y is still blank')"


@pytest.mark.parametrize(
    "given, test",
    [
        ("from numpy.testing import *", "assert_allclose(f(3), 9)"),
        (
            "try:\n    from numpy.testing import assert_equal\nexcept ImportError:\n    pass",
            "assert_equal(f(3), 9)",
        ),
        ("if True:\n    def same(a, b):\n        return a == b", "assert same(f(3), 9)"),
        (
            "import functools, math\nclose = functools.partial(math.isclose, rel_tol=1e-6)",
            "assert close(f(3), 9)",
        ),
        ("same = lambda a, b: a == b", "assert same(f(3), 9)"),
        (
            "class Same:\n    def __call__(self, a, b):\n        return a == b\nsame = Same()",
            "assert same(f(3), 9)",
        ),
        (
            "with open('s.py', 'w') as file:\n    def same(a, b):\n        return a == b",
            "assert same(f(3), 9)",
        ),
    ],
)
def test_a_helper_of_the_instructors_is_never_the_students(given, test):
    master = a_master(("locked", given), ("answer", RIGHT, WRONG), ("test", test))
    assert graded(master)[1] == [2]
    record, points = graded(master, c1=f"{WRONG}\n{STEALS}")
    assert points == [0] and "seen" not in str(record.to_json())


def test_a_helper_that_the_answer_cell_gives_word_for_word_is_the_instructors():
    helper = "from numpy.testing import assert_equal\ndef same(a, b):\n    return a == b\n\n"
    master = a_master(
        ("answer", helper + RIGHT, helper + WRONG), ("test", "assert_equal(f(3), 9)\nassert same(f(2), 4)")
    )
    assert graded(master)[1] == [2]
    assert graded(master, c0=f"{WRONG}\n{STEALS}")[1] == [0]


def test_a_name_that_nothing_in_the_assignment_defines_is_not_asked_of_the_student():
    master = a_master(("answer", RIGHT, WRONG), ("test", "helper(f(3))"))
    assert list(master.observed["n"].fails) == ["c1"]
    record, points = graded(master, c0=f"{RIGHT}\n{STEALS}")
    assert points == [0] and "'helper' is not defined" in record.checks[0].message


def test_what_students_are_to_import_has_to_be_imported():
    solution, test = (
        "from math import sqrt\nimport numpy as np",
        "assert sqrt(4) == 2 and np.ones(2).sum() == 2",
    )
    master = a_master(("answer", solution, "# here"), ("test", test))
    assert graded(master)[1] == [2]
    assert graded(master, c0="")[1] == [0]


def test_what_the_reference_cannot_pass_here_costs_nobody_a_point():
    hidden = "### BEGIN HIDDEN TESTS\nout = !echo secret\nassert out == ['secret']\n### END HIDDEN TESTS"
    master = a_master(
        ("answer", RIGHT, WRONG), ("test", f"assert f(3) == 9\n{hidden}"), ("test", "assert f(1)")
    )
    assert list(master.observed["n"].waits) == ["c1"] and not master.observed["n"].fails
    assert graded(master)[1] == graded(master, c0="def f(x):\n    return 1")[1] == [None, 2]


def test_what_a_test_binds_is_there_for_later_tests_and_what_is_visible_for_later_cells():
    master = a_master(
        ("answer", RIGHT, WRONG),
        (
            "test",
            "n = 3\ndef twice(x):\n    return 2 * x\n"
            "### BEGIN HIDDEN TESTS\nsecret = 5\n### END HIDDEN TESTS",
        ),
        ("answer", "y = f(n) + twice(1)\nseen = 'secret' in globals()", "y = ...\nseen = ..."),
        ("test", "assert y == 11 and secret == 5 and n == 3 and not seen"),
    )
    assert graded(master)[1] == [2, 2]
    assert graded(master, c2="y = 0\nseen = False")[1] == [2, 0]


def test_a_name_that_is_bound_again_after_a_test_is_what_it_was_bound_to_then():
    master = a_master(
        ("test", "x = 1\nassert x == 1"), ("answer", "x = 2", "x = ..."), ("test", "assert x == 2")
    )
    assert graded(master)[1] == [2, 2]
    assert graded(master, c1="x = 1")[1] == [2, 0]


def test_a_given_helper_that_a_test_deletes_is_gone_for_both_until_it_is_put_back():
    given = "def helper(x):\n    return x * x"
    test = (
        "kept = helper\ndel helper\ntry:\n    f(2)\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('f does not use helper')\nassert 'helper' not in globals()\n"
        "helper = kept\nassert f(3) == 9 and helper(2) == 4"
    )
    master = a_master(("locked", given), ("answer", "def f(x):\n    return helper(x)", WRONG), ("test", test))
    assert graded(master)[1] == [2]
    assert graded(master, c1=RIGHT)[1] == [0]


@pytest.mark.parametrize(
    "change, test",
    [
        (
            "import heapq\n    heapq.heappush(x, 0)\n    return len(x)",
            "x = [1]\nassert f(x) == 2 and x == [0, 1]",
        ),
        ("import random\n    random.shuffle(x)\n    return x", "x = [*range(9)]\nassert f(x) == x"),
        (
            "np.fill_diagonal(x, 7)\n    return x[0, 0]",
            "x = np.ones((2, 2))\nassert f(x) == 7 and x[1, 1] == 7",
        ),
        ("x.setdefault(1, []).append(2)\n    return 3", "x = {}\nassert f(x) == 3 and x == {1: [2]}"),
        ("y = x\n    y[0] = 5\n    return y", "x = [1]\nassert f(x) == [5] and x == [5]"),
    ],
)
def test_arguments_may_change_where_the_reference_was_seen_to_change_them(change, test):
    master = a_master(
        ("locked", "import numpy as np"), ("answer", f"def f(x):\n    {change}", WRONG), ("test", test)
    )
    assert graded(master)[1] == [2] and master.observed["n"].changing == ["f"]


@pytest.mark.parametrize(
    "test",
    [
        "%matplotlib inline\nassert f(3) == 9",
        "%%time\nassert f(3) == 9",
        "import asyncio\nawait asyncio.sleep(0)\nassert f(3) == 9",
        "lines = !echo one; echo two\nassert lines == ['one', 'two'] and f(3) == 9",
    ],
)
def test_magics_commands_and_await_do_what_ipython_does(test):
    master = a_master(("answer", RIGHT, WRONG), ("test", test))
    assert graded(master)[1] == [2]
    assert graded(master, c0=WRONG)[1] == [0]


def test_a_magic_that_cannot_be_run_here_is_told_before_anybody_is_graded():
    master = a_master(("answer", RIGHT, WRONG), ("test", "%who_ls\nassert f(3) == 9"))
    assert "%who_ls" in master.observed["n"].waits["c1"]
    record, points = graded(master, c0=WRONG)
    assert points == [None] and record.status == "incident" and record.score == 0
    (incident,) = record.incidents
    assert incident.kind == "not-graded" and incident.cell == "c1" and "%who_ls" in incident.message


def test_a_check_that_waits_still_does_in_the_process_that_goes_on_when_one_has_died():
    master = a_master(("answer", RIGHT, ""), ("test", "assert f(2) == 4")).notebooks["n"]
    notebook = v4.new_notebook(cells=[deepcopy(cell.node) for cell in master.cells])
    found = Found(outputs={1: []}, notes={1: {"waits": "why"}})
    Execution(notebook, master, None, QUICK, found).give_up()
    assert [(check.points, check.message) for check in checks_of(notebook, "n")] == [(None, "why")]


def test_cells_of_old_notebooks_have_flags_and_no_name():
    made = a_master(("given", "a = 2"), ("answer", RIGHT, ""), ("test", "assert f(a) == 4"))
    first, *others = made.notebooks["n"].cells
    cell = v4.new_code_cell(
        first.released, id="old", metadata={"nbgrader": {"grade": False, "solution": False}}
    )
    notebook = replace(made.notebooks["n"], cells=(replace(first, node=cell), *others))
    record, points = graded(replace(made, notebooks={"n": notebook}))
    assert (record.status, points) == ("graded", [2])


def test_what_the_assignment_adds_to_the_path_can_be_imported_by_its_tests():
    cells = (
        ("given", "folder = './code'\nfrom sys import path; path.append(folder)\nimport helpers"),
        ("answer", RIGHT, ""),
        ("test", "from helpers import four\nassert f(2) == four"),
    )
    assert graded(a_master(*cells, files={"code/helpers.py": b"four = 4"}))[1] == [2]


def test_a_function_of_the_students_may_be_given_to_test_after_test():
    master = a_master(
        ("answer", "def f(x):\n    return x * x\n\ndef twice(g, x):\n    return g(g(x))", ""),
        ("test", "assert twice(f, 2) == 16"),
        ("test", "assert twice(f, 3) == 81 and f(2) == 4"),
    )
    assert graded(master)[1] == [2, 2]
    wrong = "def f(x):\n    return x * x\n\ndef twice(g, x):\n    return g(x)"
    assert graded(master, c0=wrong)[1] == [0, 0]


def test_what_an_exception_says_is_told_as_the_exceptions():
    record, points = graded(a_master(("answer", RIGHT, ""), ("test", "assert f(2) == 4")), c0=SAYS)
    assert (points, record.checks[0].message) == ([0], "f() raised AssertionError: g: y is still blank")


def test_what_follows_a_failure_in_a_test_binds_nothing_for_later_tests():
    failing = ("test", "x = f(1)\nassert f(3) == 9\nx, y = None, f(2)")
    later = [("test", "assert f(3) == 9 or x == 0"), ("test", "assert y != 5")]
    master = a_master(("answer", RIGHT), failing, *later)
    assert graded(master)[1] == [2, 2, 2]
    assert graded(master, c0=WRONG)[1] == [0, 2, 0]


def test_a_given_function_may_be_wrapped_by_a_later_statement():
    given = "import functools\ndef h(x):\n    return x + 1\n\ndef wrap(f):\n    return lambda x: f(f(x))"
    cells = ("given", given), ("given", "h = wrap(h)"), ("answer", RIGHT, ""), ("test", "assert f(h(0)) == 4")
    assert graded(a_master(*cells))[1] == [2]


def test_what_is_the_same_in_all_submissions_is_read_before_a_process_is_forked_for_one(monkeypatch):
    test = "from math import sqrt\nnumbers = [f(one) for one in range(9)]\nassert numbers[2] == 4"
    cells = ("given", "import math\na = 2"), ("answer", RIGHT, WRONG), ("test", test), ("given", "print(a)")
    master = a_master(*cells).notebooks["n"]
    looks = names.parse, names.uses, names.used_names, names.global_reads, bindings, compiled
    for look in looks:
        look.cache_clear()
    KernelProvisionerFactory.clear_instance()
    grade._prepare(master)
    monkeypatch.delattr(KernelProvisionerFactory, "_get_all_provisioners")
    read = [look.cache_info().misses for look in looks]
    notebook = v4.new_notebook(cells=[deepcopy(cell.node) for cell in master.cells])
    Execution(notebook, master, Observed(), QUICK, Found()).run({}, {})
    assert [look.cache_info().misses for look in looks] == read
