"""The feedback page: it teaches, it gives nothing away, and nothing in it can act."""

import re
import time

import pytest
from bs4 import BeautifulSoup
from nbformat import v4
from synthetic import CHECKS, HIDDEN, a_class, a_notebook
from traitlets.config import Config

from airlock.course.load import hidden_regions
from airlock.model.record import Check, Incident, Record
from airlock.pages.feedback import message_of, render_feedback
from airlock.pages.formula import to_mathml
from airlock.pages.shared import human, no_paths

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CLASS = [record for record in a_class(60) if record.status != "failed"]
LOSING = next(record for record in CLASS if any(check.message for check in record.checks) and record.blanks)


def page_of(cells=(), record=None, **more):
    record = record or Record("ada", "ps1", "graded", 1.0, 1.0)
    html = render_feedback({"nb": v4.new_notebook(cells=list(cells))}, record, **more)
    return BeautifulSoup(html, "html.parser")


def test_cell(source, **more):
    data = {"grade_id": "test-x", "grade": True, "solution": False, "locked": True, "points": 1}
    return v4.new_code_cell(source, metadata={"nbgrader": data | more.pop("nbgrader", {})}, **more)


test_cell.__test__ = False


@pytest.fixture(scope="module")
def page():
    return BeautifulSoup(render_feedback({"vanishing-gradient": a_notebook(LOSING)}, LOSING), "html.parser")


def test_says_score_lost_checks_first_with_messages_and_the_passed_in_a_line(page):
    assert page.select_one(".score").get_text(" ", strip=True) == f"{LOSING.score:g} of 13 points"
    lost = [check for check in LOSING.checks if check.points < check.max_points]
    shown = page.select("main > section:first-child article")
    assert [one.h3.get_text(strip=True).casefold() for one in shown] == [
        human(c.grade_id).casefold() for c in lost
    ]
    for one, check in zip(shown, lost, strict=True):
        assert "not passed" in one.text and check.message in one.text and page.select_one(one.h3.a["href"])
    passed = page.select_one("p.passed")
    assert len(passed.find_all("a")) == len(CHECKS) - len(lost) > 0
    assert LOSING.blanks[0] in page.find(id="blanks").find_parent("section").text
    assert [h.get_text() for h in page.find_all("h2")][-1] == "Your notebook"


def answer(name, source):
    data = {"grade_id": name, "grade": False, "solution": True, "locked": False}
    return v4.new_code_cell(source, metadata={"nbgrader": data})


def test_beside_a_message_stand_the_students_own_lines_once():
    cells = [
        answer("one", "def one(x):\n    return x + 1"),
        answer("two", "def two(x):\n    return x - 1"),
        v4.new_markdown_cell("Some text."),
        v4.new_code_cell("given = 1"),
        *(
            test_cell("assert one(1)", nbgrader={"grade_id": name})
            for name in ("test-a", "test-b", "test-c", "test-d")
        ),
    ]
    checks = [
        Check("nb", "test-a", 1, 0, "one: it looks like a sign."),
        Check("nb", "test-b", 1, 0, "one() raised ValueError: no"),
        Check("nb", "test-c", 1, 0, "A hidden test failed."),
        Check("nb", "test-d", 1, 1),
    ]
    page = page_of(cells, Record("ada", "ps1", "graded", 4.0, 1.0, checks))
    first, second, third = page.select("article")
    assert "return x + 1" in first.pre.text and first.select_one(".message").text == checks[0].message
    assert second.pre is None and second.select_one(".own a")["href"] == f"#{first.h3['id']}"
    assert "return x - 1" in third.pre.text, "no function is named: what was answered last before"
    folded = page.select("details.folded")
    assert [one.summary.get_text(strip=True) for one in folded] == [
        "Cells 3 to 4: text, code",
        "Cell 8: 1 check passed",
    ]


def test_no_line_of_a_hidden_test_is_in_it(page):
    notebook = a_notebook(LOSING)
    assert all(any(line in cell.source for cell in notebook.cells) for line in HIDDEN), "or nothing is tested"
    html = render_feedback({"vanishing-gradient": notebook}, LOSING)
    for line in HIDDEN:
        assert line not in html and line.split(" =")[0] not in html
    assert "HIDDEN TESTS" not in html


def test_region_that_is_never_closed_hides_the_rest():
    html = str(page_of([test_cell("x = 1\n### BEGIN HIDDEN TESTS\nSECRET = 2\nMORE = 3")]))
    assert "SECRET" not in html and "MORE" not in html and "test-x" not in html


def test_mark_scheme_is_hidden_and_delimiters_are_the_courses():
    cells = [
        v4.new_markdown_cell("Why?\n=== BEGIN MARK SCHEME ===\nBecause.\n=== END MARK SCHEME ===\nWrite."),
        test_cell("a = 1\n# GEHEIM\nSECRET = 2\n# OFFEN\nb = 3"),
    ]
    config = Config(ClearHiddenTests={"begin_test_delimeter": "GEHEIM", "end_test_delimeter": "OFFEN"})
    text = page_of(cells, hidden=hidden_regions(config)).get_text()
    assert "Because" not in text and "SECRET" not in text and "Write." in text and "b = 3" in text


def test_what_a_check_prints_is_not_shown():
    cell = test_cell("assert x", outputs=[v4.new_output("stream", name="stdout", text="expected 42")])
    assert "42" not in page_of([cell]).get_text()


def test_no_path_of_the_server(page):
    assert "/srv" not in str(page) and "…/thing.py" in str(page)
    said = no_paths(
        r"in '/home/ada/x.py', C:\Users\ada\x.py /tmp/ipykernel_9/123.py http://a.org/b/c and/or 1/2"
    )
    assert said == "in '…/x.py', …/x.py this cell http://a.org/b/c and/or 1/2"


def test_loads_nothing(page):
    assert not page.find_all(
        ["script", "link", "iframe", "object", "embed", "form", "base", "video", "audio"]
    )
    assert all(tag["src"].startswith("data:") for tag in page.find_all(src=True))
    assert not re.search(r"url\(|@import", page.style.string)
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='data:text/html,x'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<form action='https://evil.example'><input name=x><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>body{background:url(https://evil.example)}</style>",
    "<div style='background:url(https://evil.example)' onmouseover=alert(1)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video src=x onerror=alert(1)></video>",
    "<math><maction actiontype='statusline' href='javascript:alert(1)'>x</maction></math>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "</pre></code></div></main><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<table><td background='https://evil.example/x.png'>x",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    f'![$" onerror=alert(1) x="$](data:image/png;base64,{PIXEL})',
    f'<div><img src="data:image/png;base64,{PIXEL}" alt="\n\n$\\text{{" onerror=alert(1) x="}}$\n\n">',
    "$\\href{javascript:alert(1)}{x}$ $\\text{<img src=x onerror=alert(1)>}$",
    "$$\\style{background:url(https://evil.example)}{x} \\class{x}{y}$$",
    "&#xe000;h9&#xe001; \ue000D\\text{x}\ue001",
    "```html\n<script>alert(1)</script>\n```",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_a_student_wrote_can_act(attack):
    def output(kind, value):
        return v4.new_output("display_data", data={kind: value})

    kinds = (
        "text/html",
        "image/svg+xml",
        "text/markdown",
        "text/latex",
        "text/plain",
        "application/javascript",
    )
    cells = [
        v4.new_markdown_cell(attack),
        v4.new_code_cell(attack, outputs=[output(kind, attack) for kind in kinds]),
        v4.new_code_cell("x", outputs=[v4.new_output("stream", text=attack)]),
        v4.new_code_cell(
            "x", outputs=[v4.new_output("error", ename=attack, evalue=attack, traceback=[attack])]
        ),
        v4.new_code_cell("x", outputs=[output("image/png", f'x" onerror="alert(1)" y="{attack}')]),
        v4.new_markdown_cell("x", attachments={"a.png": {"image/png": attack}}),
        test_cell("x", nbgrader={"comment": attack, "grade_id": attack}),
    ]
    record = Record(attack, attack, "incident", 1, 0, [Check("nb", attack, 1, 0, attack)], [attack])
    record.incidents = [Incident("refused", attack, "nb", attack)]
    page = page_of(cells, record)
    forbidden = [
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "link",
        "base",
        "svg",
        "video",
    ]
    assert not page.find_all(forbidden) and len(page.find_all("style")) == 1
    assert len(page.find_all("meta")) == 4 and len(page.find_all("main")) == 1
    for tag in page.find_all(True):
        assert not any(name.startswith("on") or name in ("style", "background") for name in tag.attrs), tag
        if tag.name == "img":
            assert tag["src"].startswith("data:image/")
        elif "src" in tag.attrs or "href" in tag.attrs:
            assert re.match(r"#cell-\d+$|https?://|mailto:", tag["href"]), tag


def test_headings_never_skip_whatever_the_notebook_does():
    cells = [
        v4.new_markdown_cell(text) for text in ("#### deep", "# top\n\n### far down", "## up", "<h1>raw</h1>")
    ]
    page = page_of(cells)
    levels = [int(h.name[1]) for h in page.find_all(re.compile("^h[1-6]$"))]
    assert levels == [1, 2, 3, 3, 4, 4] and page.html["lang"] == "en"


def test_every_picture_is_described(page):
    alts = [image["alt"] for image in page.find_all("img")]
    assert len(alts) == 2 and alts[0].startswith(
        "Picture 1 of 2 drawn by cell 27, under “Pictures”: Now look"
    )
    picture = f"data:image/png;base64,{PIXEL}"
    page = page_of([v4.new_markdown_cell(f"## Here\n\nLook. ![]({picture}) ![mine]({picture})")])
    assert [image["alt"] for image in page.find_all("img")] == [
        "Picture in the text, under “Here”: Look.",
        "mine",
    ]


def test_formula_in_a_description_stays_text():
    page = page_of([v4.new_markdown_cell(f"![the curve $x^2$](data:image/png;base64,{PIXEL})")])
    assert page.find("img")["alt"] == "the curve x^2" and not page.find("math")


def test_formulae_are_readable_offline():
    page = page_of(
        [v4.new_markdown_cell(r"$a < b$ and $$\begin{aligned} a &= b \\ c &= d \end{aligned}$$ and $\frac{$")]
    )
    inline, block = page.find_all("math")
    assert inline["alttext"] == "a < b" and block["display"] == "block" and len(block.find_all("mtr")) == 2
    assert page.select_one("code.tex")
    assert "<mo" in to_mathml(r"\sigma'(z)") and "msup" not in to_mathml(r"\sigma'(z)")


def test_late_penalty_and_open_marks_are_said():
    record = Record(
        "ada", "ps1", "graded", 5, 2.5, [Check("nb", "essay", 1, None), Check("nb", "test-x", 4, 4)]
    )
    record.late, record.penalty = 26 * 3600, 1.5
    page = page_of(record=record)
    header = page.header.get_text(" ", strip=True)
    assert "2.5 of 5" in header and "1 day 2 hours late: 4 points earned, less 1.5" in header
    assert "1 answer still waits" in header


def test_failed_submission_is_no_zero():
    incident = Incident("unreadable", "The file is empty.")
    html = render_feedback({}, Record("ada", "ps1", "failed", 5, None, incidents=[incident]))
    text = BeautifulSoup(html, "html.parser").get_text(" ", strip=True)
    assert "No score yet" in text and "The file is empty." in text and "0 of 5" not in text


@pytest.mark.parametrize(
    ("ename", "evalue", "said"),
    [
        ("AssertionError", "db: a sum, please", "db: a sum, please"),
        ("AssertionError", "v: shape (3, 4) != (4, 3)", "v: shape (3, 4) != (4, 3)"),
        ("AssertionError", "3 != 42", "What was checked does not hold."),
        ("AssertionError", "[1] != [42] : sum them", "sum them"),
        (
            "AssertionError",
            "\nNot equal to tolerance\nv\n ACTUAL: 1\n DESIRED: 42",
            "What was checked does not hold.",
        ),
        ("AssertionError", "", "What was checked does not hold."),
        ("NameError", "name 'v' is not defined", "NameError: name 'v' is not defined"),
    ],
)
def test_expected_values_are_cut_out_of_errors(ename, evalue, said):
    cell = test_cell("x", outputs=[v4.new_output("error", ename=ename, evalue=evalue, traceback=["secret"])])
    assert message_of(cell) == said and "42" not in said


@pytest.mark.parametrize("slow", ["\n \n", "\\\\[", "[", "\\begin{a}", "{", "*a ", "/a", "\r", "<div>"])
def test_no_text_makes_the_page_crawl(slow):
    text = slow * (300_000 // len(slow))
    outputs = [
        v4.new_output("display_data", data={kind: text})
        for kind in ("text/html", "text/markdown", "text/plain")
    ]
    cells = [v4.new_markdown_cell(text), v4.new_code_cell(text, outputs=outputs), test_cell("x")]
    cells += [v4.new_markdown_cell(f"{place} {text[:9900]}") for place in range(5)]
    cells[2].outputs = [v4.new_output("error", ename="AssertionError", evalue=text, traceback=[])]
    start = time.process_time()
    page_of(cells)
    message_of(cells[2])
    assert time.process_time() - start < 20


def test_a_page_costs_little():
    notebooks = [(a_notebook(record), record) for record in CLASS[:8]]
    render_feedback({"vanishing-gradient": notebooks[0][0]}, notebooks[0][1])
    costs = []
    for notebook, record in notebooks[1:]:
        start = time.process_time()
        render_feedback({"vanishing-gradient": notebook}, record)
        costs.append(time.process_time() - start)
    assert min(costs) < 0.2
