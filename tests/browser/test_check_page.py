"""The page of ``airlock check`` in a real browser, as a file on disk."""

import pytest
from planted import CARELESS, trial_of

from airlock.check.checker import Checker
from airlock.check.page import render
from airlock.check.readiness import failures, notes
from airlock.classroom.pool import LocalWorkers
from airlock.model.limits import Limits

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of an assignment with many faults, so that it has every section."""
    folder = tmp_path_factory.mktemp("check")
    trial = trial_of(CARELESS, folder)
    with LocalWorkers(2) as workers, workers.executor() as executor:
        found = Checker(trial, Limits(), executor, 2, lambda *_: None).run(1, 2, 60, seed=1, inputs=30)
    found |= {"made": "2026-01-31T12:00:00", "reasons": failures(found, set()), "allowed": []}
    found["notes"] = notes(found)
    page = folder / "check.html"
    page.write_text(render(found), encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation_and_nothing_is_loaded(visit, axe, page, width, scheme):
    seen = visit(page, scheme, bypass_csp=True)
    seen.page.set_viewport_size({"width": width, "height": 900})
    assert [url for url in seen.requests if not url.startswith("data:")] == [page]
    assert seen.violations(axe) == []
    assert seen.errors == []


def test_a_telephone_scrolls_tables_and_not_the_page(visit, page):
    seen = visit(page)
    seen.page.set_viewport_size({"width": 390, "height": 900})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_section_is_there(visit, page):
    seen = visit(page)
    headings = seen.page.locator("h2").all_inner_texts()
    expected = ["To mend first", "To know", "Wrong answers that keep points", "The reference", "The release"]
    assert [heading for heading in expected if heading not in headings] == []
    assert {"What each blank costs", "Guarded?"} <= set(headings)
