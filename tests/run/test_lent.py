"""What a test sets is lent to functions of the student if the reference reads it; nothing else of it is."""

import functools

import pytest
from test_names import a_master, graded

REFERENCE = "RATE = 1\ndef f(x):\n    return RATE * x"
HIDDEN = """### BEGIN HIDDEN TESTS
RATE, expected = 2, 876543
assert f(3) == expected - 876537
### END HIDDEN TESTS"""
# What reads more than the reference does; none may gain the first check, nor harm those that follow.
ATTACKS = {
    "by its name": "def f(x):\n    return expected - 876537",
    "by globals": "def f(x):\n    return globals()['expected'] - 876537",
    "by the module": "import __main__\ndef f(x):\n    return __main__.expected - 876537",
    "by the shell": "def f(x):\n    return get_ipython().user_ns['expected'] - 876537",
    "by looking at all that is there": (
        "def f(x):\n    found = [v for v in globals().values() if v == 876543]\n    return found[0] - 876537"
    ),
    "by deleting what is lent": "RATE = 1\ndef f(x):\n    global RATE\n    del RATE\n    return 0",
    "by a namespace that lies": (
        "class D(dict):\n    def __setitem__(self, k, v): raise SystemExit\n"
        "shell = get_ipython()\nshell.user_ns = D(shell.user_ns)\ndef f(x):\n    return 0"
    ),
    "by what never ends when it goes": (
        "class Stays:\n    def __del__(self):\n        while True: pass\n"
        "RATE = Stays()\ndef f(x):\n    global RATE\n    RATE = 0\n    return 0"
    ),
}


@functools.cache
def master():
    return a_master(
        ("answer", REFERENCE, ""),
        ("test", HIDDEN),
        ("answer", "kept = RATE\ndef g(x):\n    return RATE * x", ""),
        ("test", "assert kept == 1 and g(2) == 4"),
    )


def test_a_right_answer_reads_what_tests_have_set_and_later_cells_do_not():
    assert graded(master())[1] == [2, 2]
    assert graded(master(), c0=REFERENCE.replace("RATE * x", "x"))[1] == [0, 2]


@pytest.mark.parametrize("way", ATTACKS)
def test_nothing_else_of_a_test_can_be_read(way):
    record, points = graded(master(), c0=ATTACKS[way])
    assert points[0] == 0
    assert points[1] == (2 if "RATE = 1" in ATTACKS[way] else 0)
    assert "876543" not in "".join(check.message for check in record.checks)
