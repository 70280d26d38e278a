"""``nbgrader generate_feedback`` makes our page, with the gradebook's marks and nothing that is hidden."""

import os
import shutil
import sysconfig
from pathlib import Path

import nbformat
import nbgrader
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from airlock.model.record import NO_ANSWER

SOLUTION = """def squares(n):
    if n < 1:
        raise ValueError
    return [i**2 for i in range(1, min(n, 11) + 1)]"""
REGION = """
### BEGIN HIDDEN TESTS
secret_expected = 650
assert sum(squares(12)) == secret_expected
### END HIDDEN TESTS"""
CONFIG = """
c = get_config()
c.GenerateFeedback.exporter_class = "airlock.nbgrader_plugin.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
"""


def change(path, grade_id, edit):
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            edit(cell)
    path.chmod(0o644)
    nbformat.write(notebook, path)
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return nbgrader's own example course: one wrong submission, graded, a mark and a comment by hand."""
    root = tmp_path_factory.mktemp("nbgrader") / "course"
    scripts = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])  # nbgrader calls alembic
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", scripts)
        shutil.copytree(
            Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source", root / "source"
        )
        (root / "nbgrader_config.py").write_text(CONFIG)
        config = PyFileConfigLoader(str(root / "nbgrader_config.py")).load_config()
        config.CourseDirectory.root = str(root)
        api = NbGraderAPI(config=config)
        change(
            root / "source" / "ps1" / "problem1.ipynb",
            "correct_squares",
            lambda c: c.update(source=c.source + REGION),
        )
        assert api.generate_assignment("ps1")["success"]
        shutil.copytree(root / "release" / "ps1", root / "submitted" / "ada" / "ps1")
        change(
            root / "submitted" / "ada" / "ps1" / "problem1.ipynb",
            "squares",
            lambda c: c.update(source=SOLUTION),
        )
        assert api.autograde("ps1", "ada")["success"]
        with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
            gradebook.find_grade("part-a", "problem2", "ps1", "ada").manual_score = 0.5
            comment = gradebook.find_comment("part-a", "problem2", "ps1", "ada")
            comment.manual_comment = "Half of it: <b>which</b> $n$?"
            gradebook.db.commit()
        known = {
            "blanks": ["squares: n"],
            "incidents": [{"kind": "time-limit", "message": "It ran too long."}],
        }
        graded = root / "autograded" / "ada" / "ps1" / "problem1.ipynb"
        notebook = change(graded, "", None)
        notebook.metadata["airlock"] = known | {"messages": {"squares_invalid_input": "not shown: it passed"}}
        nbformat.write(notebook, graded)
        leaks = [cell for cell in notebook.cells if "secret_expected" in str(cell.get("outputs"))]
        assert leaks, "the traceback gives it away, or nothing is tested"
        assert api.generate_feedback("ps1", "ada")["success"]
    return root


@pytest.fixture(params=["problem1", "problem2"])
def real(request, course):
    html = (course / "feedback" / "ada" / "ps1" / f"{request.param}.html").read_text("utf-8")
    return request.param, BeautifulSoup(html, "html.parser"), course


def test_generate_feedback_makes_this_page_with_the_gradebooks_marks(real):
    name, page, course = real
    text = page.get_text(" ", strip=True)
    assert "of 13 points" in text, "the total of the submission, on each notebook's page"
    assert str(course) not in str(page)
    if name == "problem1":
        assert "It ran too long." in text and "squares: n" in text and "not shown" not in text
        assert "What was checked does not hold." in text and "NotImplementedError" in text
        assert page.find("img")["src"].startswith("data:image/png"), "the instructor's picture file"
        assert not page.select(".comment"), "nbgrader's own 'No response.' is no comment of a person"
    else:
        assert page.select_one(".comment b") and page.select_one(".comment math")
        assert "0.5 of 1" in text and NO_ANSWER in text


def test_generate_feedback_gives_away_no_hidden_test(real):
    name, page, course = real
    assert ("correct squares" in page.get_text()) == (name == "problem1")
    for line in (*REGION.split("\n")[1:], "secret_expected", "650"):
        assert line not in page.get_text()
