"""Whether two answers are the same: decided by what they do on many inputs, in plain code."""

from types import SimpleNamespace

import numpy as np
import pytest

from airlock.check import compare

ARRAY = [("f", (np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]),), {})]
SIZES = [("f", (40, 30), {})]
REFERENCE = "def f(x):\n    return x.sum(axis=0)"
RANDOM = "import numpy as np\ndef f(a, b):\n    return np.random.randn(a, b) / a ** 0.5"


@pytest.fixture(autouse=True)
def shell(monkeypatch):
    shell = SimpleNamespace(transform_cell=lambda text: text, user_ns={"__name__": "__main__"})
    monkeypatch.setattr(compare, "get_ipython", lambda: shell, raising=False)
    monkeypatch.setattr(compare, "__name__", "__main__")


def likeness(reference, other, calls, inputs=300):
    assert compare._airlock_learn(reference, calls, inputs, 5)
    if compare._airlock_is_alike(other):
        return "same"
    return "far" if compare._airlock_is_far(other) else "near"


def same(reference, other, calls, inputs=300):
    return likeness(reference, other, calls, inputs) == "same"


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return sum(x)",
        "import numpy as np\ndef f(x):\n    return np.add.reduce(x.copy())",
        "def f(x):\n    x = x if x.shape != (2, 2) else x.T\n    return x.sum(0)",
        "def f(x):\n    return tuple(x.sum(axis=0))",
        "def f(x):\n    return x.sum(axis=0, keepdims=True)",
    ],
)
def test_other_words_for_the_same_are_the_same(other):
    assert same(REFERENCE, other, ARRAY)


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return x.sum(axis=0).clip(-1000, 4)",
        "def f(x):\n    return x.sum(axis=0)[:, None]",
        "def f(x):\n    made = x.sum(axis=0)\n    x[0, 0] = 7\n    return made",
        "def f(x, kept=[]):\n    kept.append(x.sum(axis=0))\n    return kept[0]",
        "def f(x):\n    return 1.0001 * x.sum(axis=0)",
        "def f(x):\n    return float('nan') * x.sum(axis=0)",
        "def f(x):\n    raise ValueError('no')",
        "def g(x):\n    return x.sum(axis=0)",
        "1 / 0",
    ],
)
def test_what_differs_on_one_input_is_not_the_same(other):
    assert not same(REFERENCE, other, ARRAY)


def test_an_early_special_case_shows_on_inputs_that_the_check_does_not_have():
    reference = "def f(n):\n    return 2 * n"
    assert not same(reference, "def f(n):\n    return 2 * n if n < 9 else 0", [("f", (7,), {})])
    assert same(reference, "def f(n):\n    return 2 * n if n > 0 else 0", [("f", (7,), {})])  # stays positive


def test_random_answers_are_compared_by_their_distribution():
    later = (
        "import numpy as np\ndef f(a, b):\n    np.random.rand()\n    return np.random.randn(a, b) / a ** 0.5"
    )
    assert same(RANDOM, later, SIZES)
    assert not same(RANDOM, later.replace("/ a", "/ b"), SIZES)
    assert not same(RANDOM, later.replace("randn(a, b)", "randn(b, a)"), SIZES)
    uniform = (
        "import numpy as np\ndef f(a, b):\n    return (np.random.rand(a, b) - 0.5) * 12 ** 0.5 / a ** 0.5"
    )
    assert not same(RANDOM, uniform, SIZES)


BOX = """
class Box:
    def __init__(self, size):
        self.size = size
    def doubled(self):
        return 2 * self.size
    def __len__(self):
        return self.size
    def copy(self):
        return Box(self.size)
"""
STEPS = (
    ("special", ["name", "Box"], "__call__", (3,), {}),
    ("attribute", ["step", 0], "doubled", (), {}),
    ("call", ["step", 1], "", (), {}),
    ("special", ["step", 0], "__len__", (), {}),
    ("attribute", ["step", 0], "copy", (), {}),
    ("call", ["step", 4], "", (), {}),
)


@pytest.mark.parametrize(
    "change, equal",
    [
        (("2 * self.size", "self.size + self.size"), True),
        (("return Box(self.size)", "return type(self)(+self.size)"), True),
        (("2 * self.size", "2 + self.size"), False),
        (("return self.size", "return self.size + (self.size > 3)"), False),
        (("return Box(self.size)", "return Box(2)"), False),
        (("self.size = size", "self.size = float(size)"), False),
        (("def doubled", "def double"), False),
    ],
)
def test_classes_are_compared_by_what_is_done_with_their_objects(change, equal):
    assert same(BOX, BOX.replace(*change), [("", STEPS, {})]) is equal


def test_generators_are_compared_by_what_they_yield():
    reference = "def f(n):\n    yield n\n    yield 2 * n"
    assert same(reference, "def f(n):\n    yield from (n, n + n)", [("f", (3,), {})])
    assert not same(reference, reference.replace("2 *", "3 *"), [("f", (3,), {})])


@pytest.mark.parametrize(
    "other, kind",
    [
        ("def f(x):\n    return -x.sum(axis=0)", "far"),
        ("def f(x):\n    return x.sum(axis=1)", "far"),
        ("def f(x):\n    return None", "far"),
        ("def f(x):\n    return x.nothing", "far"),
        ("def g(x):\n    return x", "far"),
        ("def f(x):\n    return 1.01 * x.sum(axis=0)", "near"),
        ("def f(x):\n    return (2 if x[0, 0] == 1 else 1) * x.sum(axis=0)", "near"),
        ("def f(x):\n    made = x.sum(axis=0)\n    x[0, 0] = 7\n    return made", "near"),
        ("def f(x):\n    return x.sum(axis=0) * (len(x) < 9)", "same"),
    ],
)
def test_how_far_off_an_answer_is(other, kind):
    """Far off: in most calls, so that no chance decides whether a check sees it."""
    calls = [("f", (array,), {}) for array in (np.ones((2, 2)), np.ones((3, 4)) / 2, -np.ones((5, 2)))]
    assert likeness(REFERENCE, other, calls) == kind


def test_how_far_off_random_numbers_are():
    sizes = [("f", (40, 30), {}), ("f", (20, 70), {}), ("f", (90, 25), {})]
    for change, kind in (("/ a", "/ b"), "far"), (("randn(a, b)", "randn(a, b) * 1.03"), "near"):
        assert likeness(RANDOM, RANDOM.replace(*change), sizes) == kind


def test_random_numbers_are_none_if_they_are_no_numbers():
    assert likeness(RANDOM, RANDOM.replace("return ", "return float('nan') * "), SIZES) != "same"


def test_what_is_printed_counts_where_nothing_is_returned():
    calls = [("f", (3,), {})]
    assert not same("def f(x):\n    print(x)", "def f(x):\n    print(x + 1)", calls)
    assert same("def f(x):\n    print(x)", "def f(x):\n    print(f'{x}')", calls)
    assert same("def f(x):\n    print(x)\n    return x", "def f(x):\n    return x", calls)


def test_what_is_written_counts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "_airlock_files", {})
    text = "def f(x):\n    with open('made.txt', 'w') as file:\n        file.write(str({}))"
    assert compare._airlock_learn(text.format("2 * x"), [("f", (3,), {})], 30, 5, ["made.txt"])
    assert compare._airlock_is_alike(text.format("x + x"))
    assert not compare._airlock_is_alike(text.format("x"))
    assert not compare._airlock_is_alike("def f(x):\n    pass")
