"""Feedback page and class report in a real browser, as files on disk."""

import re

import pytest
import synthetic
from conftest import MISSING_BIAS
from playwright.sync_api import expect
from real_course import ASSIGNMENT

from airlock.pages.report import render_report

pytestmark = pytest.mark.timeout(600)
SCHEMES = ["light", "dark"]


@pytest.fixture(scope="module")
def report(course, grade):
    """The report of a real run: Alan has made one mistake, Blaise has left all blanks."""
    course.hand_in("alan", course.solved({"affine-forward": MISSING_BIAS}))
    course.hand_in("blaise", course.released)
    grade("alan", "blaise")
    return (course.root / "reports" / ASSIGNMENT / "index.html").as_uri()


@pytest.fixture(scope="module")
def feedback(course, report):
    """Alan's feedback page."""
    return (course.root / "feedback" / "alan" / ASSIGNMENT / f"{ASSIGNMENT}.html").as_uri()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """The report of 500 students, with a roster, and much that is not as it should be."""
    folder = tmp_path_factory.mktemp("crowd")
    records = synthetic.a_class(500)
    people = {one.student: [f"María Müller-{at}", f"Section {at % 9}"] for at, one in enumerate(records)}
    absent = [{"id": f"absent-{at}", "name": f"Absent Person {at}"} for at in range(100)]
    notes = [f"nobody-{at} is not in roster.csv: add a line, or remove the folder." for at in range(100)]
    meta = synthetic.meta() | {"made": "2026-01-31T12:00:00", "people": people, "absent": absent}
    page, links = folder / "index.html", {}
    for one in records:
        where = folder / "feedback" / one.student.replace("/", "-") / "p.html"
        links[one.student] = [("feedback", where), ("graded notebook", where)]
    page.write_text(render_report(meta | {"notes": notes}, records, folder, links), encoding="utf-8")
    assert page.stat().st_size < 2_000_000
    return page.as_uri()


def points(page):
    """The points in the table of students, from top to bottom; nothing for what has no score."""
    cells = page.locator("#students tbody tr:visible td[data-key]").all_inner_texts()
    return [float(text.split()[0]) for text in cells if re.match(r"\d", text)]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(visit, axe, report, feedback, crowd, scheme, width):
    for address in (report, feedback, crowd):
        seen = visit(address, scheme, width=width, bypass_csp=True)
        assert seen.violations(axe) == [], address
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width, "nothing is cut off"


def test_a_feedback_page_prints_on_few_sheets(visit, feedback):
    sheets = re.findall(rb"/Type\s*/Page\b", visit(feedback).page.pdf(format="A4"))
    assert 1 <= len(sheets) <= 12


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_loaded_and_no_error_reaches_the_console(visit, report, feedback, crowd, scheme):
    for address in (report, feedback, crowd):
        seen = visit(address, scheme)
        seen.settle()
        assert [url for url in seen.requests if not url.startswith("data:")] == [address]
        assert (seen.errors, seen.dialogs) == ([], [])


def test_the_report_leads_to_the_feedback_and_says_what_was_lost(visit, report, feedback):
    seen = visit(report)
    seen.page.locator("#students tr", has_text="alan").get_by_role("link", name="feedback").click()
    assert seen.page.url == feedback
    expect(seen.page.locator("main")).to_contain_text("the bias b is missing")
    expect(seen.page.locator(".score")).to_have_text("23 of 25 points")
    assert seen.errors == []


def test_what_matters_of_a_class_of_500_is_on_one_screen_and_a_link_leads_to_its_students(visit, crowd):
    page = visit(crowd, width=1280).page
    for place in ("#teach", "nav", "#attendance"):
        expect(page.locator(place)).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Every student").click()
    expect(page.locator("#filter-text")).to_be_in_viewport(ratio=1)
    page.locator("#filter-text").fill("müller-499")
    expect(page.locator("#students tbody tr:visible")).to_have_count(1)
    expect(page.locator("#students tbody tr:visible")).to_be_in_viewport(ratio=1)


def test_a_class_of_500_sorts_and_filters_without_a_wait(visit, crowd):
    seen = visit(crowd)
    page, button = seen.page, seen.page.locator("#students").get_by_role("button", name="Points")
    button.click()
    lowest = points(page)
    button.click()
    highest = points(page)
    assert len(highest) == 50 and lowest == sorted(lowest) and highest == sorted(highest, reverse=True)
    assert lowest[-1] <= highest[-1]
    page.get_by_role("button", name="Further").click()
    expect(page.locator("#shown")).to_have_text("51 to 100 of 500")
    assert points(page) == sorted(points(page), reverse=True) and points(page)[0] <= highest[-1]
    page.get_by_role("button", name="Earlier").click()
    assert points(page) == highest

    page.locator("#filter-text").fill("student-01")
    names = page.locator("#students tbody tr:visible").all_inner_texts()
    assert len(names) == 10 and all("student-01" in name for name in names)
    page.locator("#filter-text").fill("")
    page.locator("#filter-status").select_option("failed")
    rows = page.locator("#students tbody tr:visible").all_inner_texts()
    assert rows and all("failed" in row for row in rows)

    milliseconds = page.evaluate(
        """() => {
            const button = [...document.querySelectorAll("#students button")].find(
                b => b.innerText == "Points");
            const before = performance.now();
            button.click();
            document.body.offsetHeight;  // laid out
            return performance.now() - before;
        }"""
    )
    assert milliseconds < 1000  # a person does not call this a wait; on a quiet machine it is a twentieth
    assert seen.errors == []
