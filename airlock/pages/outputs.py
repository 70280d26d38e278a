"""What a cell put out, in the best form that a page can show and that cannot act."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup
from nbformat import NotebookNode

from airlock.model.text import count
from airlock.pages import prose
from airlock.pages.shared import no_paths

LONGEST = 20_000  # characters of one output; more teaches nobody
LARGEST = 50_000  # characters of a table
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")


@dataclass
class Output:
    """One output. ``kind`` is picture, html, text, warning or error."""

    kind: str
    content: str | Markup
    alt: str = ""


def best_form(output: NotebookNode, affords: Callable[..., bool]) -> Output | None:
    """The best form of one output that cannot act; ``affords`` says what may be parsed."""
    if output.output_type == "stream":
        kind = "warning" if output.get("name") == "stderr" else "text"
        return _text(kind, output.get("text", ""))
    if output.output_type == "error":
        trace = "\n".join(output.get("traceback", [])) or f"{output.get('ename')}: {output.get('evalue')}"
        return _text("error", trace)
    data = {kind: "".join(value) if isinstance(value, list) else value for kind, value in output.data.items()}
    for kind in PICTURES:
        if isinstance(data.get(kind), str):
            return _picture(kind, data[kind])
    table = data.get("text/html") or ""
    if affords(table, LARGEST) and (html := prose.from_html(table)).strip():
        return Output("html", Markup(html))
    for kind in ("text/markdown", "text/latex"):
        if data.get(kind) and affords(data[kind]):
            piece = prose.from_markdown(data[kind])
            return Output("html", Markup(prose.put_in(piece, [6] * len(piece.headings))))
    return _text("text", data.get("text/plain", "An output of a kind that this page does not show."))


def _picture(kind: str, data: str) -> Output:
    """As an image: in there even a picture with a script in it is only a picture."""
    if kind == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    return Output("picture", f"data:{kind};base64,{re.sub(r'[^A-Za-z0-9+/=]', '', data)}")


def _text(kind: str, text: str) -> Output | None:
    text = no_paths(prose.to_text(str(text))).rstrip()
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n[cut here: {count(len(text) - LONGEST, 'more character')}]"
    return Output(kind, text) if text else None
