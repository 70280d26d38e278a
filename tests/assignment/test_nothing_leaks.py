"""No line of a hidden test, no number of it and no expected value is in what students get or may see."""

import html
import io
import json
import os
import re
import subprocess
import sys
import tokenize

import nbformat
import pytest
from notebook_code import FUNCTION_OF, SOURCE
from real_course import ASSIGNMENT, RealCourse
from solutions_wrong import WRONG

pytestmark = pytest.mark.timeout(600)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS\n?", re.DOTALL)
SHORTEST = 16  # characters of a line that tells anything: `)` and `import checks` do not
NOSY = """
    import gc, inspect, traceback
    print(inspect.stack(), traceback.format_stack(), globals(), locals())
    asked = globals().setdefault("asked", [])
    asked.append(inspect.currentframe().f_code.co_name)
    if asked.count(asked[-1]) < 3:  # it takes a second
        print([found for found in gc.get_objects() if isinstance(found, (str, list, tuple, dict))][:2000])
    raise ValueError(str(inspect.stack()) + str(traceback.format_stack()))
"""
SCALED = "init_xavier", "init_he"  # the other two scales are stated in the notebook


def numbers(code):
    """The numbers of three digits and more in Python code, as they are written."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return {token.string for token in tokens if token.type == tokenize.NUMBER and len(token.string) > 2}


def code_cells():
    """Hidden and visible parts of every code cell of the source."""
    for cell in nbformat.read(SOURCE, as_version=4).cells:
        if cell.cell_type == "code":
            yield "".join(HIDDEN.findall(cell.source)), HIDDEN.sub("", cell.source)


PARTS = [*code_cells()]
VISIBLE = "\n".join(visible for _, visible in PARTS)
LINES = sorted(
    {line.strip() for hidden, _ in PARTS for line in hidden.splitlines() if len(line.strip()) >= SHORTEST}
    - {line.strip() for line in VISIBLE.splitlines()}
)
PLAIN = "\n".join(line for line in VISIBLE.splitlines() if not line.startswith("%"))
NUMBERS = sorted(set().union(*(numbers(hidden) for hidden, _ in PARTS)) - numbers(PLAIN))


def wrong(course, place):
    """A notebook in which everything is wrong: of the solutions of each function the one at ``place``."""
    cell_of = {function: name for name, function in FUNCTION_OF.items()}
    answers = {}
    for function, cell in cell_of.items():
        of_function = [solution.code for solution in WRONG if solution.function == function]
        answers[cell] = of_function[place % len(of_function)]
    return course.solved(answers)


def nosy(course):
    """A notebook whose functions print and raise all that they can find about who calls them."""
    answers = {name: f"def {function}(*_):{NOSY}" for name, function in FUNCTION_OF.items()}
    return course.solved(answers)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after a class of four was graded."""
    course = RealCourse(tmp_path_factory.mktemp("leaks") / "course")
    course.hand_in("right", course.solved())
    course.hand_in("nosy", nosy(course))
    for place in (0, 8):
        course.hand_in(f"wrong-{place}", wrong(course, place))
    command = [os.path.join(os.path.dirname(sys.executable), "airlock"), "grade", ASSIGNMENT]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture(scope="module")
def records(course):
    """What was recorded."""
    return json.loads((course.root / "reports" / ASSIGNMENT / "results.json").read_text())["records"]


def read_page(path):
    """The text of a page without its pictures, and once more without its tags."""
    page = re.sub(r"data:[\w/+-]+;base64,[\w+/=]+", "", path.read_text(encoding="utf-8"))
    return html.unescape(page) + html.unescape(re.sub(r"<[^>]*>", "", page))


@pytest.fixture(scope="module")
def seen(course):
    """All texts that students get or may see, by where they are."""
    texts = {}
    for path in sorted((course.root / "release").rglob("*")):
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            texts[path.name] = "\n".join(cell.source + str(cell.metadata) for cell in cells)
        elif path.is_file():
            texts[path.name] = path.read_text(encoding="utf-8")
    for path in [*(course.root / "feedback").rglob("*.html"), *(course.root / "reports").rglob("*.html")]:
        texts[str(path.relative_to(course.root))] = read_page(path)
    for path in (course.root / "autograded").rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        texts[str(path.relative_to(course.root))] = outputs(cells)
    texts["results.json"] = (course.root / "reports" / ASSIGNMENT / "results.json").read_text()
    return texts


def outputs(cells):
    """All text that cells have put out."""
    found = []
    for cell in cells:
        for output in cell.get("outputs", []):
            data = {kind: text for kind, text in output.get("data", {}).items() if kind.startswith("text/")}
            found += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
            found += [str(text) for text in data.values()]
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(found))


def test_there_is_something_to_look_for(seen):
    assert len(LINES) > 50 and NUMBERS
    assert {path.partition("/")[0] for path in seen} >= {SOURCE.name, "feedback", "reports", "autograded"}


def test_no_hidden_line_is_anywhere(seen):
    found = {(where, line) for where, text in seen.items() for line in LINES if line in text}
    assert not found


def test_no_number_of_a_hidden_test_is_in_what_was_made_of_it(records):
    """In the words of checks: elsewhere students print numbers of their own, and some are bound to agree."""
    messages = {check["message"] for record in records for check in record["checks"]}
    assert len(messages) > 20
    found = {
        (number, message)
        for number in NUMBERS
        for message in messages
        if re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", message)
    }
    assert not found


def test_a_wrong_scale_is_told_without_a_number(records):
    """So no message says what is expected, nor how far off it is."""
    messages = [
        check["message"]
        for record in records
        for check in record["checks"]
        if "standard deviation" in check["message"] and check["message"].startswith(SCALED)
    ]
    assert messages
    assert not [message for message in messages if re.search(r"\d", message)]
