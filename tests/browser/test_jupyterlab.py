"""A student at work in JupyterLab: fills a blank, runs it, sees the check turn, and validates."""

import re

import pytest
from conftest import PATIENCE
from playwright.sync_api import expect
from real_course import ASSIGNMENT

pytestmark = pytest.mark.timeout(600)


def cell(page, text):
    """The code cell that holds a text."""
    return page.locator(".jp-CodeCell").filter(has=page.locator(".jp-InputArea", has_text=text)).first


def run(page, code_cell):
    """Run a cell as a student does, and wait until it has run."""
    prompt = code_cell.locator(".jp-InputPrompt").first
    before = prompt.inner_text()
    prompt.click()
    expect(code_cell).to_have_class(re.compile("jp-mod-active"))
    page.keyboard.press("Control+Enter")
    expect(prompt).not_to_have_text(before, timeout=PATIENCE)
    expect(prompt).not_to_have_text("[*]:", timeout=PATIENCE)


@pytest.fixture
def notebook(visit, lab):
    """The release in a window of JupyterLab, kernel idle."""
    address, token = lab
    seen = visit(f"{address}/lab/tree/mine/{ASSIGNMENT}/{ASSIGNMENT}.ipynb?token={token}")
    expect(seen.page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=PATIENCE)
    return seen


def test_a_student_fills_a_blank_and_sees_its_check_turn_then_validates(notebook):
    page = notebook.page
    helpers = "def called(", "def attempt(", "def shaped(", "def recovered("
    for text in ("import numpy as np", *helpers, "def affine_forward("):
        run(page, cell(page, text))
    answer, check = cell(page, "def affine_forward("), cell(page, 'attempt("affine_forward"')
    run(page, check)
    expect(check.locator(".jp-OutputArea")).to_contain_text("affine_forward: v is still blank")

    answer.locator(".cm-line", has_text="# ??").click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.type("v = x @ W + b")
    run(page, answer)
    run(page, check)
    expect(check.locator(".jp-OutputArea-output")).to_contain_text("are in order")

    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=PATIENCE)
    expect(dialog).to_contain_text("affine_backward: dW is still blank")
    expect(dialog).not_to_contain_text("where x is zero, v should be b")  # a line of the check that passes
