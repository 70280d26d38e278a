"""What students write, print and call their files runs nothing and asks nobody, wherever it is read."""

import pytest
from conftest import PATIENCE
from formgrader import open_submission
from hostile import FILES, SENTINEL, STUDENT, TRICKS, attack
from nbconvert import HTMLExporter
from nbformat import v4
from real_course import ASSIGNMENT

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def handed_in(course, grade):
    """The hostile submission and a peaceful one, graded; the hostile one for two students."""
    for student in ("mallory", STUDENT):
        folder = course.hand_in(student, attack(course.solved()))
        for name, content in FILES.items():
            (folder / name).write_bytes(content)
    course.hand_in("grace", course.solved())
    grade("mallory", "grace", STUDENT)
    return course


def read(seen, within):
    """Behave as a reader: let everything load, touch everything; then nothing may have happened."""
    address = seen.page.url.partition("?")[0]  # the Formgrader notes there where the cursor is
    seen.settle()
    assert seen.poke(within) > 1000
    seen.settle()
    assert seen.dialogs == []
    assert seen.page.url.partition("?")[0] == address
    assert seen.links(within) <= {"http:", "https:", "mailto:", "file:"}
    assert not [url for url in seen.requests if SENTINEL in url]


@pytest.mark.parametrize("student", ["mallory", STUDENT])
def test_the_feedback_page_stays_calm(visit, handed_in, student):
    path = handed_in.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    seen = visit(path.as_uri())
    read(seen, "main")
    assert seen.errors == []
    assert {url for url in seen.requests if not url.startswith("data:")} == {path.as_uri()}


def test_the_report_stays_calm(visit, handed_in):
    path = handed_in.root / "reports" / ASSIGNMENT / "index.html"
    seen = visit(path.as_uri())
    seen.settle()
    seen.poke("main")
    assert (seen.errors, seen.dialogs, seen.requests) == ([], [], [path.as_uri()])
    assert STUDENT in seen.page.locator("#students").inner_text()


def test_the_formgrader_stays_calm(visit, lab, handed_in):
    address, token = lab
    for student in ("grace", "mallory"):
        seen = visit(f"{address}/formgrader?token={token}")
        open_submission(seen, lab, student)
        seen.page.locator("#notebook math mfrac").first.wait_for(state="attached", timeout=PATIENCE)
        read(seen, "#notebook")
        assert seen.outside() == set()
        assert [text for text in seen.errors if "404" not in text] == []  # nbgrader lacks an icon


def test_the_lists_of_the_formgrader_stay_calm(visit, lab, handed_in):
    address, token = lab
    seen = visit(f"{address}/formgrader?token={token}")
    for place in (
        f"manage_submissions/{ASSIGNMENT}",
        f"gradebook/{ASSIGNMENT}/{ASSIGNMENT}",
        "manage_students",
        f"gradebook/{ASSIGNMENT}",
    ):
        seen.page.goto(f"{address}/formgrader/{place}")
        seen.page.locator("#main-table tr td").nth(3).wait_for(timeout=PATIENCE)
        seen.settle()
        assert seen.dialogs == [], place


def test_the_tricks_do_act_where_nothing_stops_them(browser):
    """So that the tests above can fail: twenty tricks act in nbconvert's page of the raw notebook."""
    exporter, acted = HTMLExporter(template_name="basic"), set()
    selector = "a[href^='javascript:' i]"
    has_link = f"""html => !!new DOMParser().parseFromString(html, "text/html").querySelector("{selector}")"""
    for trick in (text for text in TRICKS if "attachment:" not in text):
        output = v4.new_output("display_data", {"text/html": trick})
        cells = [v4.new_code_cell("", outputs=[output]), v4.new_markdown_cell(trick)]
        html, _ = exporter.from_notebook_node(v4.new_notebook(cells=cells))
        page, signs = browser.new_page(), []  # one for each, as a trick may lead a page elsewhere at any time
        page.on("dialog", lambda dialog, signs=signs: (signs.append("dialog"), dialog.accept()))
        page.on("request", lambda request, signs=signs: SENTINEL in request.url and signs.append("request"))
        page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto("http://127.0.0.1:9/")
        if page.evaluate(has_link, html):
            signs.append("link")
        page.set_content(f"<main>{html}</main>", wait_until="commit")
        page.wait_for_timeout(100)
        page.close()
        if signs:
            acted.add(trick)
    assert len(acted) >= 20
