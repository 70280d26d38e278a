"""What a student wrote and printed runs nothing and loads nothing in the page that nbconvert makes of it."""

import base64
import copy
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import nbgrader
import pytest
from bleach._vendor import html5lib
from markup import HTML, MARKDOWN, SVG
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from airlock.clean.html import clean_html, clean_markdown
from airlock.clean.notebook import NOTE, clean_outputs
from airlock.clean.outputs import OutputLimits

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
ELEMENTS = set(
    "script iframe object embed svg math form meta base link style video audio source button textarea select "
    "template noscript frame".split()
)


EXPORTER = HTMLExporter(template_name="basic")


def page(notebook):
    """The page that nbconvert makes, without a frame around it."""
    return EXPORTER.from_notebook_node(notebook)[0]


class Reader(HTMLParser):
    """Notes every element with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def elements(text):
    """Elements as a browser's parser and as Python's own see them."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    yield from ((e.tag.rpartition("}")[2], dict(e.attrib)) for e in tree.iter() if isinstance(e.tag, str))
    yield from Reader(text).found


def assert_harmless(text):
    for tag, attributes in elements(text):
        assert tag.lower() not in ELEMENTS, (tag, text)
        assert tag != "input" or attributes.get("type") == "checkbox"
        for name, value in attributes.items():
            value = value or ""
            assert not name.startswith("on") and name not in {"srcset", "srcdoc", "background", "formaction"}
            assert "mermaid" not in value.lower() or name in {"alt", "title"}
            if name == "style":
                assert not re.search(r"url|expression|position|\\", value)
            if name == "href":
                assert re.match(r"https?://|mailto:|#", value), value
            if name == "src":
                assert re.match(r"data:image/(png|jpeg|gif);base64,|[\w-]+\.(png|jpg|gif)$", value), value
        assert attributes.get("id") != "test-f"
    assert "\\href" not in text


@pytest.mark.parametrize("payload", HTML)
def test_html_output_runs_and_loads_nothing(payload):
    output = new_output("display_data", {"text/html": payload})
    cell = new_code_cell("", outputs=[output], metadata={"nbgrader": {"grade_id": "test-f"}})
    notebook = new_notebook(cells=[cell])
    clean_outputs(notebook)
    assert_harmless(page(notebook))


@pytest.mark.parametrize("payload", MARKDOWN)
@pytest.mark.parametrize("around", ["{}", "text\n\n{}\n\ntext", "- item {}", "> {}", "| a |\n|---|\n| {} |"])
def test_markdown_cell_runs_and_loads_nothing(payload, around):
    test = new_code_cell("", metadata={"nbgrader": {"grade_id": "test-f", "grade": True}})
    cell = new_markdown_cell(around.format(payload), attachments={"drawing.svg": {"image/svg+xml": SVG}})
    notebook = new_notebook(cells=[test, cell])
    clean_outputs(notebook)
    nbformat.validate(notebook)
    assert_harmless(page(notebook))
    again = copy.deepcopy(notebook)
    clean_outputs(again)
    assert again == notebook


@pytest.mark.parametrize("payload", HTML[:45])
def test_raw_cells_errors_streams_and_texts_show_markup_as_text(payload):
    outputs = [
        new_output("stream", text=f"\x1b[31m{payload}\x1b[{payload}m"),
        new_output("error", ename=payload, evalue=payload, traceback=[payload]),
        new_output("execute_result", {"text/plain": payload}),
        *(new_output("display_data", {mime: payload}) for mime in
          ("text/markdown", "text/latex", "image/svg+xml", "application/javascript", "text/vnd.mermaid",
           "application/vnd.jupyter.widget-view+json", "application/json", f"text/x{payload}")),
    ]  # fmt: skip
    notebook = new_notebook(cells=[new_raw_cell(payload), new_code_cell("", outputs=outputs)])
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": payload}}
    clean_outputs(notebook)
    assert_harmless(page(notebook))


def test_metadata_and_counts_that_templates_print_are_plain():
    mean = '"><img src=x onerror=alert(1)>'
    output = new_output("execute_result", {"image/png": PNG, "text/html": "<b>a</b>"}, execution_count=1)
    cell = new_code_cell("1", metadata={"tags": [mean, "hide"], "alt": mean, "magics_language": mean})
    cell.outputs = [output]
    output.metadata = {"image/png": {"width": mean, "alt": mean}, "text/html": {"isolated": True}}
    output.metadata["filenames"] = {"image/png": "https://evil.example/p.png"}
    output.execution_count = output.svg_filename = mean
    cell.execution_count = cell.id = mean
    notebook = new_notebook()
    notebook.cells = [cell]
    notebook.metadata = {"title": mean, "language_info": {"name": mean, "pygments_lexer": mean}}
    notebook.metadata["kernelspec"] = {"display_name": mean, "name": "python3"}
    clean_outputs(notebook)
    assert_harmless(page(notebook))
    words = "img srcx onerroralert(1)"
    assert notebook.metadata.kernelspec == {"display_name": words, "name": "python3"}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.cells[0].metadata == {"tags": ["hide"]}


def test_the_formgraders_page_holds_no_more_scripts_than_without_the_student():
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    exporter = HTMLExporter(template_name="formgrade", extra_template_basedirs=[str(templates)])
    metadata = {"nbgrader": {"grade_id": "test-f", "grade": True, "solution": True, "points": 1}}

    def scripts(text):
        answer = new_markdown_cell(text, metadata=copy.deepcopy(metadata))
        notebook = new_notebook(cells=[answer, new_code_cell("")])
        notebook.cells[1].outputs = [new_output("display_data", {"text/html": text})]
        clean_outputs(notebook)
        resources = {"index": 0, "total": 1, "base_url": "", "notebook_id": "n", "assignment_id": "a"}
        body = exporter.from_notebook_node(notebook, resources)[0]
        return [(tag, attributes.get("src")) for tag, attributes in elements(body) if tag in ELEMENTS]

    assert scripts("\n\n".join(MARKDOWN[:40])) == scripts("")


@pytest.mark.parametrize("text", [
    "# Title\n\nSome *text* with **weight**, `code`, a [link](https://example.org) and $a < b$.",
    "$$\\sum_{i=1}^n x_i^2 < \\infty$$\n\nand\n\n\\begin{align}a &= b\\\\c &< d\\end{align}",
    "| a | b |\n|:--|--:|\n| 1 | $x_1$ |",
    "```python\nif a < b:\n    print('<b>')\n```\n\n    indented < code",
    "![a picture](plot.png) and <br> and <sub>2</sub> and <font color=\"red\">red</font>",
    "1. one\n2. two\n   - three\n\n- [ ] open\n- [x] done\n\n> quoted",
    f"![pasted](data:image/png;base64,{PNG * 2000})",
    "YOUR ANSWER HERE",
    "",
])  # fmt: skip
def test_honest_markdown_is_left_as_it_is(text):
    assert clean_markdown(text, {}) == text


def test_only_the_harmful_part_of_a_markdown_cell_is_lost():
    text = "**Note** $x^2$\n\n| a |\n|---|\n| 1 |\n\n![p](attachment:p.png)\n\n<script>alert(1)</script>"
    cell = new_markdown_cell(text, attachments={"p.png": {"image/png": PNG}})
    notebook = new_notebook(cells=[cell])
    clean_outputs(notebook)
    body = page(notebook)
    assert_harmless(body)
    assert "<strong>Note</strong> $x^2$" in body and "<table>" in body and f"base64,{PNG}" in body
    assert "alert" not in body


def test_pictures_in_markdown_stay_attached():
    pictures = {"p.png": {"image/png": PNG, "image/svg+xml": SVG}}
    notebook = new_notebook(cells=[new_markdown_cell("![p](attachment:p.png)", attachments=pictures)])
    clean_outputs(notebook)
    assert notebook.cells[0].attachments == {"p.png": {"image/png": PNG}}


def test_a_table_of_pandas_keeps_its_form():
    source = (
        "<div>\n<style scoped>\n    .dataframe tbody tr th { vertical-align: top; }\n</style>\n"
        '<table border="1" class="dataframe">\n  <thead>\n    <tr style="text-align: right;">\n'
        "      <th></th>\n      <th>a</th>\n    </tr>\n  </thead>\n  <tbody>\n    <tr>\n"
        "      <th>0</th>\n      <td>1</td>\n    </tr>\n  </tbody>\n</table>\n</div>"
    )
    clean = clean_html(source)
    assert '<table border="1" class="dataframe">' in clean and "<td>1</td>" in clean
    assert 'style="text-align:right"' in clean.replace(": ", ":").replace(";", "")
    assert "scoped" not in clean


def test_figures_and_plain_results_stay():
    figure = new_output("display_data", {"image/png": PNG, "text/plain": "<Figure size 640x480 with 1 Axes>"})
    figure.metadata = {"image/png": {"width": 640, "height": 480}}
    result = new_output("execute_result", {"text/plain": "0.5"}, execution_count=3)
    notebook = new_notebook(cells=[new_code_cell("", outputs=[figure, result])])
    before = copy.deepcopy(notebook)
    assert clean_outputs(notebook) == []
    assert notebook.cells[0].outputs == before.cells[0].outputs


@pytest.mark.parametrize(("data", "shown"), [
    ({"text/plain": "x**2", "text/latex": "$x^{2}$"}, "x**2"),
    ({"text/plain": "<IPython.core.display.Math object>", "text/latex": "$x$"}, "$x$"),
    ({"text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "# a"}, "# a"),
    ({"image/svg+xml": SVG}, "[image/svg+xml: not shown]"),
    ({"text/plain": "Figure({})", "text/html": "<div><script>draw()</script>soup</div>"}, "Figure({})"),
    ({"image/png": base64.b64encode(b"<html>").decode()}, "[image/png: not shown]"),
])  # fmt: skip
def test_what_cannot_be_shown_is_said_in_words(data, shown):
    notebook = new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", data)])])
    clean_outputs(notebook)
    assert notebook.cells[0].outputs[0].data == {"text/plain": shown}


def test_too_much_output_is_cut_and_said_so():
    cells = [
        new_code_cell("", outputs=[new_output("stream", text="x" * 200_000)]),
        new_code_cell("", outputs=[new_output("stream", text=str(n)) for n in range(300)]),
        new_code_cell("", outputs=[new_output("display_data", {"image/png": PNG + "A" * 4_000_000})]),
        new_code_cell("", outputs=[new_output("error", ename="E", traceback=["y" * 99_999] * 2)] * 200),
    ]
    notebook = new_notebook(cells=cells)
    incidents = clean_outputs(notebook)
    assert [incident.kind for incident in incidents] == ["output-limit"] * 4
    text = notebook.cells[0].outputs[0].text
    assert len(text) == 100_000 and text.endswith("characters more\n")
    assert len(notebook.cells[1].outputs) == 101 and notebook.cells[1].outputs[-1].text == NOTE
    assert len(notebook.cells[3].outputs) < 102
    again = copy.deepcopy(notebook)
    assert clean_outputs(again) == []
    assert again == notebook


def test_a_notebooks_outputs_are_bounded_but_no_verdict_is_lost():
    error = new_output("error", ename="AssertionError", evalue="he: not yet", traceback=["he: not yet"])
    partial = new_output("execute_result", {"text/plain": "0.5"}, execution_count=1)
    loud = [new_code_cell("", outputs=[new_output("stream", text="x" * 900)]) for _ in range(20)]
    test = {"nbgrader": {"grade": True, "solution": False, "grade_id": "t", "points": 1}}
    checks = [new_code_cell("", outputs=[out], metadata=copy.deepcopy(test)) for out in (error, partial)]
    notebook = new_notebook(cells=[*loud, *checks, new_code_cell("", outputs=[error])])
    clean_outputs(notebook, OutputLimits(notebook=5000))
    assert [cell.outputs[0] for cell in notebook.cells[-3:]] == [error, partial, error]
    assert sum(cell.outputs[0].text.startswith("x") for cell in notebook.cells[:20]) == 5


def test_the_instructors_text_is_not_touched():
    text = "<details><summary>Hint</summary><video src='hint.mp4'></video></details>"
    notebook = new_notebook(cells=[new_markdown_cell(text, id="hint"), new_markdown_cell(text, id="own")])
    clean_outputs(notebook, trusted={"hint"})
    assert [cell.source == text for cell in notebook.cells] == [True, False]


def test_no_output_makes_cleaning_fail():
    chance = random.Random(5)
    values = [None, 1, -1.5, True, "", "a\ud800b", "<b", [], ["a", 1], {}, {"a": {}}, "\0\x1b[", PNG, SVG]
    keys = ["name", "text", "data", "metadata", "ename", "evalue", "traceback", "execution_count", "x"]
    mimes = ["text/plain", "text/html", "image/png", "image/gif", "text/latex", "application/json", "<b>", ""]

    def value(depth=0):
        if depth < 2 and chance.random() < 0.4:
            return {chance.choice(mimes + keys): value(depth + 1) for _ in range(chance.randrange(4))}
        return chance.choice(values)

    for _ in range(1000):
        kind = chance.choice(["stream", "error", "display_data", "execute_result", "other", None, 3])
        output = {key: value() for key in chance.sample(keys, chance.randrange(len(keys)))}
        output["output_type"] = kind
        notebook = new_notebook(cells=[new_code_cell(""), new_markdown_cell("")])
        notebook.cells[0].outputs = [nbformat.from_dict(output), chance.choice(values)]
        notebook.cells[0].metadata = notebook.cells[1].attachments = nbformat.from_dict(value())
        clean_outputs(notebook)
        nbformat.validate(notebook)
        again = copy.deepcopy(notebook)
        clean_outputs(again)
        assert again == notebook
