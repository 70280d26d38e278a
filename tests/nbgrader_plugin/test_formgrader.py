"""The Formgrader's page of a submission needs no network: formulae are MathML, scripts the server's."""

import re
from pathlib import Path

import nbgrader
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from airlock.settings import configure

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
RESOURCES = {"index": 0, "total": 1, "base_url": "/base", "notebook_id": "n", "assignment_id": "a"}
TEXT = """# Slope

The slope of $\\sigma(x)$ is `$not a formula$`, as

$$\\frac{d\\sigma}{dx} = \\sigma (1 - \\sigma)$$

\\begin{align}a &= b\\\\c &< d\\end{align}
"""


@pytest.fixture(scope="module")
def page():
    """The page as the Formgrader makes it, with what `configure` puts into the course's configuration."""
    config = Config()
    configure(config)
    config.HTMLExporter.template_name = "formgrade"  # as nbgrader's FormgradeExtension does
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    graded = {"grade_id": "t", "grade": True, "solution": False, "points": 1, "locked": True}
    cells = [new_markdown_cell(TEXT), new_code_cell("assert True", metadata={"nbgrader": graded})]
    body, _ = HTMLExporter(config=config).from_notebook_node(new_notebook(cells=cells), RESOURCES)
    return BeautifulSoup(body, "html.parser")


def test_nothing_is_fetched_from_elsewhere(page):
    loading = page.select("script[src], link[href], img[src]")
    addresses = [tag.get("src") or tag.get("href") for tag in loading]
    assert len(addresses) > 5
    assert all(address.startswith("/base/formgrader/") for address in addresses), addresses
    assert not re.search(r"import\s*\(|https?://", "".join(tag.get_text() for tag in page.select("script")))


def test_formulae_are_typeset_and_code_is_left_alone(page):
    assert [math.get("display") for math in page.select("math")] == ["inline", "block", "block"]
    assert page.find("mfrac") and page.find("code", string="$not a formula$")


def test_it_is_still_the_formgraders_page(page):
    assert page.select_one("nav .previous") and page.select_one("input.score")
