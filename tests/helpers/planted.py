"""Small assignments with what an instructor may get wrong in them, for ``airlock check``."""

from pathlib import Path

from nbformat import NotebookNode, v4, write
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from airlock.course.trial import Trial, generate

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SETUP = ("setup", "given", "import numpy as np")
HIDDEN = "{}\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def answer(name: str, formula: str, inputs: str = "x") -> tuple:
    """An answer cell: a function of one line."""
    lines = [
        f"def {name}({inputs}):",
        "    ### BEGIN SOLUTION",
        f"    return {formula}",
        "    ### END SOLUTION",
    ]
    return name, "answer", "\n".join(lines)


def test(name: str, text: str, points: float = 1) -> tuple:
    """The check of an answer."""
    return f"test-{name}", "test", text, points


test.__test__ = False  # type: ignore[attr-defined]  # not for pytest


def sound(name: str) -> tuple:
    """A check that lets no answer but twice the input pass."""
    return test(
        name,
        HIDDEN.format(
            f"assert {name}(1) == 2",
            f"assert {name}(1) == 2\n"
            f"for shape in (3, 4), (5,):\n    x = np.random.randn(*shape)\n    kept = x.copy()\n"
            f"    assert type({name}(x)) is np.ndarray and {name}(x).shape == shape, '{name}: the shape'\n"
            f"    assert np.allclose({name}(x), 2 * kept, 1e-9, 0), '{name}: the values'\n"
            f"    assert np.array_equal(x, kept), '{name}: x was changed'\n"
            f"assert [{name}(n) for n in (-3, 0, 12)] == [-6, 0, 24]",
        ),
    )


def cell(name: str, kind: str, text: str, points: float = 1) -> NotebookNode:
    """A cell: ``prose``, ``given``, ``answer`` or ``test``; ``bare`` has no metadata of nbgrader's."""
    if kind == "prose":
        return v4.new_markdown_cell(text)
    if kind == "bare":
        return v4.new_code_cell(text)
    flags = {"grade_id": name, "schema_version": 3, "locked": kind != "answer", "task": False}
    flags |= {"solution": kind == "answer", "grade": kind == "test"}
    flags |= {"points": points} if kind == "test" else {}
    return v4.new_code_cell(text, metadata={"nbgrader": flags})


def trial_of(cells: list[tuple], root: Path, kernel: dict = KERNEL, stub: str | None = None) -> Trial:
    """The cells as an assignment ps1 of a course in a new folder, generated beside it."""
    source = root / "course" / "source" / "ps1"
    source.mkdir(parents=True)
    made = v4.new_notebook(cells=[cell(*one) for one in cells], metadata={"kernelspec": kernel})
    write(made, source / "p.ipynb")
    config = Config({"CourseDirectory": {"root": str(root / "course"), "course_id": "course"}})
    if stub is not None:
        config.ClearSolutions.code_stub = {"python": stub}
    (root / "trial").mkdir()
    return generate(CourseDirectory(config=config), config, "ps1", root / "trial")


# Faults that reference, release and blanks show, beside a check that is sound.
CARELESS = [
    SETUP,
    answer("double", "2 * x"),
    sound("double"),
    test("always", "double\nassert True"),
    test("caught", "try:\n    assert double(1) == 3\nexcept Exception:\n    pass"),
    test("callable", "assert callable(double)"),
    test("never", "if False:\n    assert double(1) == 3"),
    test("loop", "for one in []:\n    assert double(one) == 3"),
    test("tuple", "assert (double(1) == 3, 'double: twice the input')"),
    test("capitals", sound("double")[2].replace("### BEGIN HIDDEN", "# BEGN HIDDEN")),
    test("free", sound("double")[2], 0),
    test("misspelt", sound("double")[2].replace("HIDDEN", "HIDEN")),
    test("file", "assert open('values.txt').read() == str(double(1))"),
    ("hint", "prose", "Write\n\n    return 2 * x\n\nhere."),
    answer("quadruple", "double(double(x))"),
    test("quadruple", "assert quadruple(3) == 12"),
    ("quoted", "prose", "Try `return double(double(x))` first."),
    ("given-away", "bare", "def triple(x):\n    return 3 * x"),
    test("triple", "assert triple(2) == 6"),
    ("table", "given", "table = [2 * n for n in range(5)]"),
    test("table", "assert [double(n) for n in range(5)] == table"),
    answer("unchecked", "x + 1"),
    ("stops", "given", "shown = double(1) + 1"),
]
