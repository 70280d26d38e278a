"""Every message of a check that README or the students' page quotes is one that a check gives."""

import contextlib
import io
import re

import pytest
from notebook_code import RELEASE, ROOT, SOURCE, Notebook, run
from solutions import solution

HIDDEN, VISIBLE = Notebook(SOURCE), Notebook(RELEASE)
README = {  # what a check says when it marks: the blank, a line that leads to it
    "affine_backward: db has the right shape, but not the right values: it looks like the mean over the "
    "batch: a gradient sums over it.": ("affine_backward db", "db = dout.mean(axis=0)"),
    "init_he: W has another standard deviation than it should have: it looks like Xavier's weights: what "
    "makes up for the ReLU is missing": ("init_he", "W = np.random.randn(d_in, d_out) / np.sqrt(d_in)"),
    "sigmoid_forward: out is still blank": ("sigmoid_forward", "out = ..."),
}
STUDENT = {  # what a check says in the release
    "relu_forward: shape, signs and values of out, and the cache, are in order": (
        "relu_forward",
        "out = x * (x > 0)",
    ),
    "sigmoid_forward: out is still blank": ("sigmoid_forward", "out = ..."),
    "affine_forward: it is missing": ("affine_forward", "def affine_forward(:"),
    "tanh_forward: it raised NameError: name 'exp' is not defined": ("tanh_forward", "out = exp(x)"),
    "affine_backward: dW has shape (4, 3), expected (3, 4)": ("affine_backward dW", "dW = dout.T @ x"),
    "affine_backward: db is not how the loss changes when b is nudged": (
        "affine_backward db",
        "db = dout.mean(axis=0)",
    ),
    "relu_forward: it changes what it is given": ("relu_forward", "x[x < 0] = 0\nout = x"),
}


def said(notebook, blank, line):
    """What the check of a blank prints or raises, with this line in it."""
    code = solution(blank, line).code
    namespace = HIDDEN.namespace({blank.split()[0]: code})
    check = "test-" + blank.replace("_", "-").replace(" ", "-")
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        error = run(notebook.code[check], namespace)
    return str(error or output.getvalue())


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("quoted", README)
def test_the_readme_quotes_what_marks_say(quoted):
    text = words((ROOT / "README.md").read_text(encoding="utf-8"))
    assert quoted in text
    assert quoted in words(said(HIDDEN, *README[quoted]))


@pytest.mark.parametrize("quoted", STUDENT)
def test_the_students_page_quotes_what_the_notebook_says(quoted):
    assert quoted in said(VISIBLE, *STUDENT[quoted])


def test_no_other_message_is_quoted():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    student = (ROOT / "docs" / "student.md").read_text(encoding="utf-8")
    block = "".join(
        re.findall(r"^    .*\n", readme.partition("## What a check says")[2].partition("\n## ")[0], re.M)
    )
    assert words(block) == " ".join(README)
    assert set(re.findall(r"`(\w+: [^`]+)`", student)) == STUDENT.keys()


def test_a_picture_without_data_says_so():
    student = (ROOT / "docs" / "student.md").read_text(encoding="utf-8")
    output, namespace = io.StringIO(), {"__name__": "__main__"}
    with contextlib.redirect_stdout(output):
        for name in ("imports", "as-far-as-possible", "run-experiment", "draw-experiment", "draw-small"):
            run(VISIBLE.code[name], namespace)
    assert "`Nothing to show yet.`" in student
    assert output.getvalue().startswith("Nothing to show yet. small is missing")
