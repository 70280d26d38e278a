"""Markdown and HTML from notebooks, as HTML that cannot act in the reader's browser.

Whatever a student may have written passes a sanitiser with a short list of elements. What we add
ourselves, headings at the right level and formulae, is held out of its way by marks that no text can
guess, and put in afterwards.
"""

import base64
import html
import mimetypes
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nh3
from mistune import HTMLRenderer
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from airlock.pages.formula import to_mathml

OPEN, CLOSE = f"\ue000{secrets.token_hex(8)}:", "\ue001"
MARK = re.compile(f"{OPEN}(.*?){CLOSE}", re.DOTALL)
TABLE = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
INLINE = {"b", "i", "em", "strong", "code", "kbd", "samp", "var", "sub", "sup", "s", "del", "br", "span"}
BLOCK = {"p", "pre", "blockquote", "hr", "div"}
LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
SWALLOWED = {"script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "title"}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
REFERENCE = r"""(?<=\]\(){0}(?=[\s)])|(?<=src="){0}(?=")|(?<=src='){0}(?=')"""
FILE = re.compile(REFERENCE.format(r"[\w./ -]+\.(?:png|jpe?g|gif|svg)"), re.IGNORECASE)


@dataclass(frozen=True)
class Prose:
    """A piece of text: ``html`` with open marks, the plain ``text``, and the ``headings`` in it."""

    html: str
    text: str
    headings: tuple[tuple[int, str], ...] = ()


class _Renderer(HTMLRenderer):
    """Markdown to HTML, with marks where a heading or a formula is to be put in."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"<p>{OPEN}h{level}{CLOSE}{text}{OPEN}/h{CLOSE}</p>\n"

    def block_math(self, body: str) -> str:
        return f"{OPEN}D{html.escape(body)}{CLOSE}"

    def inline_math(self, body: str) -> str:
        return f"{OPEN}I{html.escape(body)}{CLOSE}"

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def task_list_item(self, text: str, checked: bool = False, **attrs: Any) -> str:
        return f"<li>{'[done]' if checked else '[open]'} {text}</li>\n"


def _attribute(element: str, name: str, value: str) -> str | None:
    """Pictures only out of the notebook itself, all others need the network; links only to elsewhere."""
    if element == "img" and name == "src":
        return value if PICTURE.fullmatch(value) else None
    if element == "a" and name == "href" and value.strip().lower().startswith("data:"):
        return None
    return _unmarked(value)  # markup put into an attribute would end it


_markdown = nh3.Cleaner(
    tags=TABLE | INLINE | BLOCK | LISTS | {"a", "img"},
    clean_content_tags=SWALLOWED,
    attributes={"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "ol": {"start"}},
    attribute_filter=_attribute,
    set_tag_attribute_values={"th": {"scope": "col"}},
    url_schemes={"http", "https", "mailto", "data"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)
_output = nh3.Cleaner(
    tags=TABLE | INLINE | BLOCK,
    clean_content_tags=SWALLOWED,
    attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
)


@lru_cache(maxsize=1024)
def from_markdown(source: str, pictures: tuple[tuple[str, str], ...] = ()) -> Prose:
    """Return ``source`` as safe HTML; the instructor's text is rendered once for the whole class.

    ``pictures``: pairs of a picture's address as written and its data URL.
    """
    for name, url in pictures:
        source = re.sub(REFERENCE.format(re.escape(name)), lambda _, url=url: url, source)  # type: ignore[misc]
    rendered = MarkdownWithMath(renderer=_Renderer(escape=False, allow_harmful_protocols=True)).render(source)
    clean = _markdown.clean(rendered)
    clean = re.sub(rf"<p>({OPEN}h\d{CLOSE}.*?{OPEN}/h{CLOSE})</p>", r"\1", clean, flags=re.DOTALL)
    clean = re.sub(r"<a [^>]*>\s*</a>", "", clean)
    clean = re.sub(r'<a rel="[^"]*">(.*?)</a>', r"\1", clean, flags=re.DOTALL)
    clean = re.sub(r"<img(?![^>]*src=)[^>]*>", "<em>[a picture that is not in the notebook]</em>", clean)
    found = re.findall(rf"{OPEN}h(\d){CLOSE}(.*?){OPEN}/h{CLOSE}", clean, re.DOTALL)
    body = re.sub(rf"{OPEN}h\d{CLOSE}.*?{OPEN}/h{CLOSE}", "", clean, flags=re.DOTALL)
    headings = tuple((int(level), _text(text)) for level, text in found)
    return Prose(_scrollable(clean), _text(body), headings)


def picture_files(source: str, folder: Path | None) -> tuple[tuple[str, str], ...]:
    """Return what :func:`from_markdown` takes for the pictures in ``folder`` that ``source`` shows.

    A link that leads out of the folder is not followed.
    """
    if folder is None:
        return ()
    found = []
    for name in dict.fromkeys(FILE.findall(source)):
        file = (folder / name).resolve()
        if file.is_relative_to(folder.resolve()) and file.is_file() and file.stat().st_size < 4_000_000:
            kind, _ = mimetypes.guess_type(file.name)
            found.append((name, f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"))
    return tuple(found)


@lru_cache(maxsize=256)
def from_html(source: str) -> str:
    """Return a cell's HTML output as safe HTML: text and tables, no picture, no link, no style."""
    return _scrollable(_output.clean(source))


def put_in(prose: Prose, levels: list[int]) -> str:
    """Return ``prose`` with its formulae, and its headings at ``levels``."""
    left = iter(levels)
    current = 6

    def piece(match: re.Match[str]) -> str:
        nonlocal current
        mark = match[1]
        if mark[0] in "DI":
            return to_mathml(html.unescape(mark[1:]), display=mark[0] == "D")
        if mark != "/h":
            current = next(left, 6)
            return f"<h{current}>"
        return f"</h{current}>"

    return MARK.sub(piece, prose.html)


def to_text(output: str) -> str:
    """Terminal output as text: no colours, no control characters, progress bars in their last state."""
    lines = strip_ansi(output).replace("\r\n", "\n").split("\n")
    return UNPRINTABLE.sub("", "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def _scrollable(clean: str) -> str:
    """Tables that may be wider than the page can be scrolled, also by keyboard; no header cell is empty."""
    clean = re.sub(r"<th[^>]*>\s*</th>", "<td></td>", clean)
    opening = '<div class="wide" tabindex="0" role="group" aria-label="Table">'
    return re.sub(r"<table>(.*?)</table>", rf"{opening}<table>\1</table></div>", clean, flags=re.DOTALL)


def _text(clean: str) -> str:
    """The words of a piece of HTML, formulae as their source."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", _unmarked(clean))).split())


def _unmarked(text: str) -> str:
    """``text`` with the source of its formulae in their place."""
    return MARK.sub(lambda match: match[1][1:] if match[1][0] in "DI" else "", text)
