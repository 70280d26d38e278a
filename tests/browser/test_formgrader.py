"""The Formgrader, in a real browser: as installed, without any further step; and for a whole term."""

import re

import pytest
from conftest import PATIENCE
from formgrader import InFormgrader, open_submission
from playwright.sync_api import expect
from real_course import ASSIGNMENT
from servers import jupyter_lab
from term import Term, play

pytestmark = pytest.mark.timeout(600)


@pytest.mark.usefixtures("generated")
def test_it_lists_grades_by_its_button_and_shows_mark_and_message(visit, lab):
    address, token = lab
    seen = visit(f"{address}/formgrader?token={token}")
    page = seen.page
    page.set_default_timeout(60_000)

    row = page.locator("tr", has_text=ASSIGNMENT)
    expect(row).to_be_visible(timeout=60_000)
    row.locator("td.num-submissions a").click()

    ada = page.locator("tr").filter(has=page.locator("td.student-id", has_text=re.compile("^ada$")))
    expect(ada).to_contain_text("needs autograding")
    ada.locator("td.autograde a").click()
    expect(page.locator(".modal-title")).to_have_text("Success", timeout=PATIENCE)
    page.locator(".modal-footer button").first.click()
    expect(ada.locator("td.status")).to_have_text("graded")
    expect(ada.locator("td.score")).to_have_text("23 / 25")

    open_submission(seen, lab, "ada")
    failed = page.locator(".nbgrader_cell", has_text="test-affine-forward").first
    expect(failed.locator("input.score")).to_have_attribute("placeholder", "0")
    expect(page.locator("#notebook").first).to_contain_text(
        re.compile("affine_forward: .*the bias b is missing")
    )
    assert not seen.dialogs


def test_a_term_with_marks_comments_and_due_date_given_in_it(visit, tmp_path, capsys):
    term = Term(tmp_path / "course", capsys)
    (tmp_path / "home").mkdir()
    with jupyter_lab(term.course.root, tmp_path / "home") as server:
        play(term, InFormgrader(visit, server))
