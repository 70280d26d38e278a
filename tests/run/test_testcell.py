"""A test in the grader's process sees the student's work as it would at home, and shows nothing of itself."""

from copy import deepcopy
from dataclasses import replace

import pytest
from nbformat import v4
from small_course import QUICK

from airlock.model.assignment import MasterCell, MasterNotebook, Observed
from airlock.model.marks import determine_grade
from airlock.run.apart import Found
from airlock.run.execute import Execution


def run(test, answer="", given="", released=None, in_place=(), names=("f",), own="", limits=QUICK, shares=()):
    """Points, message and prints of one check of ten points, and the execution it was part of."""
    flags = {"schema_version": 3, "task": False}
    cells = [
        ("given", given, {"grade": False, "solution": False, "locked": True}, given, ()),
        ("answer", "", {"grade": False, "solution": True, "locked": False}, "", names),
        ("test", test, {"grade": True, "solution": False, "locked": True, "points": 10}, released, ()),
    ]
    made = []
    for name, source, more, text, own_names in cells:
        cell = v4.new_code_cell(source, id=name, metadata={"nbgrader": flags | more | {"grade_id": name}})
        made.append(MasterCell(cell, text or source, own_names, own_names))
    master = MasterNotebook("notebook", tuple(made), v4.new_notebook().metadata)
    first, *others = [deepcopy(cell.node) for cell in made]
    notebook = v4.new_notebook(cells=[first, v4.new_code_cell(own), *others])
    notebook.cells[2].source = answer
    observed = Observed(changing=list(in_place), shares=list(shares))
    execution = Execution(notebook, master, observed, limits, Found())
    execution.run({}, {})
    return notebook.cells[-1].outputs, execution


def verdict(*arguments, **more):
    """The message of the check, "" if it passed."""
    outputs, _ = run(*arguments, **more)
    return next((output.evalue for output in outputs if output.output_type == "error"), "")


def hide(test):
    """A test all of which is hidden."""
    return {"test": f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS", "released": " "}


SQUARE = "def f(x):\n    return x * x"


def test_a_right_answer_passes_and_a_wrong_one_is_told_what_does_not_hold():
    assert verdict("assert f(3) == 9", SQUARE) == ""
    assert verdict("assert f(3) == 8", SQUARE) == "This does not hold: assert f(3) == 8"
    assert verdict("assert f(3) == 8, 'a square is wrong'", SQUARE) == "a square is wrong"


@pytest.mark.parametrize(
    "test, message",
    [
        ("assert f(3) == 8765", "A hidden test failed."),
        (
            "import numpy as np\nnp.testing.assert_allclose(f(3), 8765, err_msg='8765')",
            "A hidden test failed.",
        ),
        ("import unittest\nunittest.TestCase().assertEqual(f(3), 8765)", "A hidden test failed."),
        ("{'8765': 1}[f(3)]", "A hidden test ended with KeyError."),
        ("{9: 1}['8765']", "A hidden test ended with KeyError."),
        ("int('8765x') + f(3)", "A hidden test ended with ValueError."),
        ("raise ValueError('said by the instructor')", "said by the instructor"),
        ("assert f(3) == 8, 'said by the instructor'", "said by the instructor"),
    ],
)
def test_what_is_hidden_stays_hidden(test, message):
    assert verdict(answer=SQUARE, **hide(test)) == message


def test_a_course_may_mark_hidden_tests_in_its_own_way():
    test = "assert f(1) == 1\n# >>> hidden\nassert f(3) == 8765\n# <<<"
    assert verdict(test, SQUARE, released="assert f(1) == 1\n") == "A hidden test failed."


def test_the_value_of_the_last_expression_is_partial_credit():
    (output,), _ = run("2.5 * (f(2) == 4)", SQUARE)
    assert (output.output_type, output.data["text/plain"]) == ("execute_result", "2.5")


@pytest.mark.parametrize("value", ["float('nan')", "1e9", "-1.0", "float('inf')"])
def test_a_value_from_the_student_that_is_no_share_of_the_points_is_none(value):
    assert verdict("f(2)", f"def f(x):\n    return {value}") == "These are no points that the test can give."


@pytest.mark.parametrize(
    "value, points",
    [("np.zeros(3)", 0), ("None", 0), ("'all'", 0), ("np.float64(2.5)", 2.5), ("np.True_", 1), ("7", 7)],
)
def test_where_the_reference_earns_points_a_value_that_is_no_number_earns_none(value, points):
    answer = f"import numpy as np\ndef f(x):\n    return {value}"
    (output,), execution = run("f(2)", answer, shares=["test"])
    assert determine_grade(execution.notebook.cells[-1]) == (points, 10), output
    if not points:
        assert output.evalue == "These are no points that the test can give."


def test_names_that_a_test_deletes_are_gone_for_the_student_too_until_it_puts_them_back():
    """As in the course that ``nbgrader quickstart`` makes."""
    uses = "def g(x):\n    return f(x) + 1\n\n" + SQUARE
    test = (
        "kept = f\ndel f\ntry:\n    g(2)\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('g does not use f')\nfinally:\n    f = kept\nassert g(2) == 5 and f(2) == 4"
    )
    assert verdict(test, uses, names=("f", "g")) == ""
    assert verdict(test, uses.replace("f(x) + 1", "x * x + 1"), names=("f", "g")) == "g does not use f"


def test_exceptions_cross_also_those_that_the_assignment_defines():
    given = "class TooCold(ValueError):\n    pass\n\nclass Frozen(TooCold):\n    pass"
    raises = "def f(x):\n    raise {}('x')"
    test = "try:\n    f(1)\nexcept {}:\n    pass\nelse:\n    raise AssertionError('did not raise')"
    for raised, caught in [("ValueError", "ValueError"), ("Frozen", "TooCold"), ("TooCold", "ValueError")]:
        assert verdict(test.format(caught), raises.format(raised), given) == ""
    assert "raised ValueError" in verdict(test.format("TooCold"), raises.format("ValueError"), given)


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "GeneratorExit"])
def test_what_would_end_the_grader_loses_the_check_whatever_the_test_catches(kind):
    test = "try:\n    f(1)\nexcept BaseException:\n    pass"
    assert verdict(test, f"def f(x):\n    raise {kind}").startswith("f() ")


def test_a_function_that_changes_its_arguments_does_so_for_the_test():
    answer = "def f(x):\n    x.sort()"
    assert verdict("x = [3, 1, 2]\nassert f(x) is None and x == [1, 2, 3]", answer) == ""
    both = "def f(x):\n    x.sort()\n    return len(x)"
    test = "x = [3, 1, 2]\nassert f(x) == 3 and x == [1, 2, 3]"
    assert verdict(test, both, in_place=("f",)) == ""
    assert verdict("x = [3, 1]\nf(x)\nassert x == [3, 1], 'x was changed'", both) == "x was changed"


def test_a_test_does_not_hold_because_what_it_compares_with_was_changed():
    answer = "def f(x):\n    x[:] = [0]\n    return [0]"
    assert "only as long as f() changes" in verdict("x = [3]\nassert f(x) == [v * v for v in x]", answer)


def test_every_kernel_draws_other_random_numbers():
    draw = "import random, numpy as np\ndef f():\n    return [random.random(), float(np.random.rand())]"
    drawn = [run("print(f())", draw)[0][0].text for _ in range(2)]
    assert drawn[0] != drawn[1]


def test_a_test_that_the_answers_keep_busy_ends():
    limits = replace(QUICK, test_seconds=0.5)
    outputs, execution = run("for n in range(f(1)):\n    pass", "def f(x):\n    return 10**12", limits=limits)
    assert "did not end" in outputs[0].evalue
    assert [incident.kind for incident in execution.incidents] == ["time-limit"]


def test_what_a_test_prints_is_kept_and_what_the_student_prints_then_is_not():
    outputs, _ = run("print('by the test', f(1))", "def f(x):\n    print('by the student')\n    return 1")
    assert [output.text for output in outputs] == ["by the test 1\n"]


def test_the_instructors_helpers_are_the_instructors():
    given = "LIMIT = 5\ndef close(a, b):\n    return abs(a - b) < LIMIT / 1000"
    own = "LIMIT = 10**9\ndef close(a, b):\n    return True"
    assert verdict("assert close(f(3), 9)", SQUARE, given, own=own) == ""
    assert (
        verdict("assert close(f(3), 8)", SQUARE + f"\n{own}", given)
        == "This does not hold: assert close(f(3), 8)"
    )


def test_a_warning_that_names_its_caller_is_nobodys_attack():
    warns = "import traceback, warnings\ndef f(x):\n    warnings.warn('twice', stacklevel=2)\n"
    outputs, execution = run("assert f(3) == 9", warns + "    traceback.print_stack()\n    return x * x")
    assert (outputs, execution.incidents) == ([], [])


@pytest.mark.parametrize(
    "then, kinds",
    [
        ("0", []),
        ("1 / 0", []),
        ("f(f)", []),
        ("[0 for _ in iter(int, 1)]", []),
        ("os._exit(1)", ["kernel-died"]),
    ],
)
def test_a_test_that_has_failed_goes_on_asking_so_that_no_answer_knows_of_it(then, kinds):
    test = "assert f(1) == 1, 'first'\nprint(unknown)\nprint('more')\nassert f(2) == 2, 'second'"
    outputs, execution = run(test, f"import os\ndef f(x):\n    return {then} if x == 2 else 0")
    assert [output.evalue for output in outputs] == ["first"]
    assert [incident.kind for incident in execution.incidents] == kinds
