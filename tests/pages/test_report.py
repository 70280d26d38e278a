"""The class report: what it says first, what it holds, and what it never lets a name do."""

import base64
import hashlib
import re
import time
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from synthetic import CONFINED, ODD_NAMES, a_class, meta

from airlock.course.results import write_results
from airlock.model.record import KINDS, Check, Incident, Record
from airlock.pages.report import NOTEBOOK, histogram, render_report
from airlock.pages.shared import ticks
from airlock.pages.slips import gather, pattern


def report(tmp_path, records, links=None, **changed):
    results = write_results(tmp_path, records, meta() | changed)
    return BeautifulSoup(render_report(results, records, tmp_path, links), "html.parser")


def slipped(student, message, points=0.0):
    checks = [Check("nb", "test-affine-backward-db", 1, points, message)]
    return Record(student, "ps1", "graded", 1, points, checks, confinement=CONFINED)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return report(tmp_path_factory.mktemp("report"), a_class(500))


def test_begins_with_what_to_teach_next_by_points_lost_and_the_slips_behind_them(tmp_path):
    """A check that says it lost by another's function counts with that one; blanks are counted too."""
    said = ["init_he: W looks like Xavier's: the factor 2 is missing", "init_he: W is still blank"]
    told = "init_he: with these weights nothing is left. W has a check of its own."

    def student(number):
        message = said[number % 3 == 2] if number < 5 else ""
        checks = [
            Check("nb", "test-other", 2, 0 if number == 9 else 2, "other: wrong" if number == 9 else ""),
            Check("nb", "test-init-he", 1, float(number >= 5), message),
            Check("nb", "test-experiment-he", 1, float(number >= 5), told if number < 5 else ""),
        ]
        return Record(f"s{number}", "ps1", "graded", 4, 4, checks, confinement=CONFINED)

    page = report(tmp_path, [student(number) for number in range(13)])
    first, second = page.select("header p")[1:3]
    assert first.get_text() == (
        "Teach next: Init he, where 5 of 13 students lost 10 points in all: "
        "4 were told “looks like Xavier's: the factor 2 is missing”; 1 left it blank."
    )
    assert second.get_text() == "Then: Other, where 1 of 13 students lost 2 points: 1 was told “wrong”."
    names = [text.text for text in page.find(id="lost").find_next("svg").find_all("text")][:6]
    assert names == ["init he", "5", "experiment he", "5", "other", "2"], "sorted as the title says"


def test_where_nobody_lost_a_point_nothing_is_to_be_taught(tmp_path):
    page = report(tmp_path, [slipped(f"t{n}", "", 1.0) for n in range(2)])
    assert "Nothing needs teaching again" in page.header.get_text()


def test_each_incident_names_its_cell(tmp_path):
    incident = Incident("time-limit", "A cell did not end within 1 seconds.", "nb", "run-he")
    record = Record("kurt", "ps1", "incident", 1, 1, incidents=[incident], confinement=CONFINED)
    assert "In run he: A cell did not end" in report(tmp_path, [record]).get_text()


def test_bars_stand_where_their_scores_are(tmp_path):
    records = [slipped(f"s{n}", "gone", points) for n, points in enumerate((0.0, 4.0, 4.0))]
    svg = report(tmp_path, records, max_score=4.0).find(id="scores").find_next("svg")
    ticks = {
        text.text: float(text["x"]) for text in svg.find_all("text", {"x": True, "text-anchor": "middle"})
    }
    middle = [float(bar["x"]) + float(bar["width"]) / 2 for bar in svg.find_all("rect")]
    assert middle == pytest.approx([ticks["0"], ticks["4"]], abs=0.2)


def test_a_slip_counts_together_whatever_its_numbers():
    same = [slipped(f"s{n}", f"he: std .0{n}, shape ({n}, {n}), name 'v{n}', 1e-{n}") for n in range(10, 19)]
    other = slipped("x", "he: a transpose is missing")
    slips = gather([*same, other])
    assert [len(slip.students) for slip in slips] == [9, 1]
    assert pattern("shape (3,)") == pattern("shape (3, 4)") == "shape (#)"
    assert pattern("layer_1 is wrong") != pattern("layer_2 is wrong"), "a name is not a number"


def test_blanks_are_no_slips(tmp_path):
    page = report(tmp_path, [slipped(f"s{n}", "db is still blank.") for n in range(9)])
    assert page.find(id="slips") is None and "9 left it blank" in page.header.get_text()


def test_incidents_and_failures_come_first_with_what_to_do(page):
    headings = [h.get_text() for h in page.find_all("h2")]
    assert headings[0] == "Needs a look"
    todo = page.find(id="todo").find_parent("section").get_text()
    for kind in ("unreadable", "time-limit", "cells-restored"):
        assert KINDS[kind] in todo


def test_failure_without_a_reason_is_still_listed(tmp_path):
    page = report(tmp_path, [Record("ada", "ps1", "failed", 1, None)])
    assert "ada" in page.find(id="todo").find_parent("section").get_text()
    assert page.select_one("#students tbody td.number").get_text() == "–"


@pytest.mark.parametrize("confinement", [{}, {"files": "Landlock", "network": ""}])
def test_missing_confinement_cannot_be_overlooked(tmp_path, confinement):
    record = Record("ada", "ps1", "graded", 1, 1, confinement=confinement)
    page = report(tmp_path, [record], confinement=confinement)
    alarm = page.select_one("main > *")
    assert "alarm" in alarm["class"] and "without confinement" in alarm.get_text()
    assert not confinement or "network" in alarm.get_text()


def test_no_alarm_when_all_is_confined(page):
    assert page.select_one(".alarm") is None


def test_one_unconfined_submission_among_many_raises_the_alarm(tmp_path):
    records = [*a_class(30), Record("zoe", "ps1", "graded", 1, 1, confinement=CONFINED | {"files": ""})]
    assert report(tmp_path, records).select_one(".alarm")


def test_every_student_has_a_row_and_names_are_only_text(page):
    rows = page.select("#students tbody tr")
    names = [row.th.get_text() for row in rows]
    assert len(rows) == 500 and set(ODD_NAMES) <= set(names)
    assert page.find("img") is None


def test_no_name_turns_the_text_around_it(tmp_path):
    turned = report(tmp_path, [Record("\u202eada\u2066", "ps1", "graded", 1, 1)])
    assert "?ada?" in turned.get_text() and not set("\u202e\u2066") & set(turned.get_text())


def test_students_stand_in_the_order_that_the_table_says(tmp_path):
    records = sorted(a_class(30), key=lambda record: record.student, reverse=True)
    folder = tmp_path / "unsorted"
    page = BeautifulSoup(render_report(meta() | {"made": "2026-01-31"}, records, folder), "html.parser")
    names = [row.th.text for row in page.select("#students tbody tr")]
    assert names == sorted(names) and len(names) == 30


def test_links_lead_from_the_folder_and_are_encoded(tmp_path):
    folder, name = tmp_path / "reports" / "ps1", 'a#b?c%20&d"é'
    target = tmp_path / "feedback" / name / "ps1" / "nb.html"
    records = [Record(name, "ps1", "graded", 1, 1, confinement=CONFINED)]
    results = write_results(folder, records, {"assignment": "ps1"})
    text = render_report(results, records, folder, {name: [("feedback", target)]})
    link = BeautifulSoup(text, "html.parser").select_one("#students tbody a")
    assert not re.search(r"[#?\"&]", link["href"]) and link["href"].startswith("../../feedback/")
    assert (folder / unquote(link["href"])).resolve() == target.resolve()
    text = render_report(results, records, folder, {name: [(NOTEBOOK, target)]})
    assert BeautifulSoup(text, "html.parser").select_one("#students a")["href"] == link["href"] + "#notebook"


def test_loads_nothing_and_runs_only_its_own_script(page):
    html = str(page)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//|url\((?!#)|@import""", html)
    script = page.find("script").string
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert len(page.find_all("script")) == 1 and not re.search(r"<[^>]+\son\w+=", html)


def test_structure_is_readable_without_seeing_it(page):
    assert page.html["lang"] == "en" and len(page.find_all("h1")) == 1
    levels = [int(h.name[1]) for h in page.find_all(re.compile("^h[1-6]$"))]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(figure["role"] == "img" and figure["aria-label"] for figure in page.find_all("figure"))
    assert all(th.get("scope") for th in page.find_all("th"))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_pictures_follow_the_pages_colours(page):
    for svg in page.select("figure svg"):
        assert "var(--ink)" in str(svg) and not re.search(r"(fill|stroke)=\"(#|rgb)", str(svg))


def test_bars_are_as_high_as_the_scores_are_frequent():
    assert histogram([0, 2, 2.4, 2.5, 4], 4) == (1, [1, 0, 2, 1, 1])
    assert histogram([7], 4) == (1, [0] * 7 + [1]), "extra credit"
    step, bars = histogram([0, 50, 100], 100)
    assert step == 4 and len(bars) == 26 and (bars[0], bars[13], bars[25]) == (1, 1, 1)


def test_axes_name_whole_numbers_and_not_many():
    assert ticks(4, 5) == [0, 1, 2, 3, 4] and ticks(25, 14) == list(range(0, 26, 2))
    assert ticks(1, 8) == [0, 1] and ticks(237, 5) == [0, 50, 100, 150, 200]


def test_pictures_show_every_check_that_cost_points_and_how_many_of_them(tmp_path):
    records = [slipped(f"s{n}", "gone", points=0.5 * (n % 2)) for n in range(5)]
    losses = report(tmp_path, records).find(id="lost").find_next("svg")
    assert [text.text for text in losses.find_all("text")][:2] == ["affine backward db", "4"]


def test_empty_class_and_odd_kind(tmp_path):
    assert "No submission" in report(tmp_path, []).get_text()
    record = Record("ada", "ps1", "incident", 1, 1, incidents=[Incident("unheard-of", "Something.")])
    assert "Unheard of" in report(tmp_path, [record]).get_text()


def test_a_class_of_500_is_written_in_seconds(tmp_path):
    records = a_class(500)
    results = write_results(tmp_path, records, meta())
    start = time.process_time()
    text = render_report(results, records, tmp_path)
    assert time.process_time() - start < 5
    assert len(text) < 1_000_000
