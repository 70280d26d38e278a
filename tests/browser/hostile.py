"""A submission that attacks whoever reads it: what it writes and prints, and how its files are called."""

from markup import HTML, MARKDOWN, SVG
from nbformat import v4

SENTINEL = "evil.example"
TRICKS = [
    text
    for text in dict.fromkeys(HTML + MARKDOWN)
    if len(text) < 1000 and "/logout" not in text  # those that are about size, or about links within the site
]
WIDGETS = {
    "application/javascript": "alert(1)",
    "application/vnd.jupyter.widget-view+json": {"model_id": "1", "version_major": 2, "version_minor": 0},
    "application/vnd.jupyter.widget-state+json": {"state": {"1": {"model_name": "HTMLModel", "state": {}}}},
    "application/vnd.bokehjs_exec.v0+json": "alert(1)",
    "application/x+json": {"</script><script>alert(1)</script>": 1},
    "image/svg+xml": SVG,
    "image/png": '"><img src=x onerror=alert(1)>',
    "text/vnd.mermaid": 'graph TD; a-->b; click a href "javascript:alert(1)"',
}
SHOW = """
from IPython.display import display
for trick in {tricks!r}:
    for kind in ("text/html", "text/markdown", "text/latex", "image/svg+xml", "text/plain"):
        display({{kind: trick}}, raw=True, metadata={{kind: {{"isolated": True}}}})
    print(trick)
display({widgets!r}, raw=True)
for kind, value in {widgets!r}.items():
    display({{kind: value}}, raw=True)
import sys
print({tricks!r}[0], file=sys.stderr)
class {name}(Exception):
    __name__ = {tricks!r}[0]
raise {name}("".join({tricks!r}))
"""
ANSWER = '''def affine_forward(x, W, b):
    """{trick}"""
    raise ValueError("{trick}")
'''
FILES = {
    '"><img src=x onerror=alert(1)>.txt': b"x",
    "<script>alert(1)<&script>.png": b"<script>alert(1)</script>",
    "x' onmouseover='alert(1).svg": SVG.encode(),
    "javascript:alert(1).ipynb": b"{}",
}
STUDENT = "<img src=x onerror=alert(1)>"


def attack(notebook):
    """Add to a notebook a cell of text for each trick, one that prints them all, and metadata."""
    trick = TRICKS[3]
    notebook.cells += [v4.new_markdown_cell(text) for text in TRICKS]
    notebook.cells += [v4.new_raw_cell(text, metadata={"format": "text/html"}) for text in TRICKS[:10]]
    show = v4.new_code_cell(SHOW.format(tricks=TRICKS, widgets=WIDGETS, name="Oops"))
    show.metadata["tags"] = [trick]
    notebook.cells.append(show)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "affine-forward":
            cell.source = ANSWER.format(trick=trick)
    notebook.metadata["title"] = trick
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {trick: {}}}}
    notebook.metadata.setdefault("kernelspec", {})["display_name"] = trick
    notebook.metadata["language_info"] = {"name": trick, "pygments_lexer": trick}
    return notebook
