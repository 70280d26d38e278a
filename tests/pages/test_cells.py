"""A notebook as a page to read: nothing is loaded, answers are called so, and nothing is folded."""

import re

from bs4 import BeautifulSoup
from synthetic import a_class, a_notebook

from airlock.pages.cells import render_notebook


def test_the_page_of_a_notebook_shows_all_cells_and_loads_nothing():
    record = next(one for one in a_class(20) if one.status != "failed")
    page = BeautifulSoup(render_notebook(a_notebook(record), "ps1", "The reference solution"), "html.parser")
    assert page.h1.text == "Ps1" and "The reference solution" in page.header.text
    assert page.select(".answer") and "Answer:" in page.select_one(".answer .label").text
    assert not page.find_all(["script", "link", "iframe", "details"])
    assert all(tag["src"].startswith("data:") for tag in page.find_all(src=True))
    levels = [int(h.name[1]) for h in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(
        after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)
    )
