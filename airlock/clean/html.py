"""Student-written HTML and Markdown, made unable to act in the browser of whoever reads it.

The sanitiser is nh3. A notebook's Markdown need only be touched if what nbconvert makes of it is not plain.
"""

import html
import re

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from airlock.clean.pictures import is_small
from airlock.clean.tags import ASCII, ATTRIBUTE, SPACE, nests, tags

LONGEST = 50_000  # characters of Markdown that are rendered, and
FORMULAE = 500  # beginnings of formulae in it: each that does not end is looked for to the end of the text
TAGS = set(
    "a b blockquote br caption center code col colgroup dd del details div dl dt em font h1 h2 h3 h4 h5 h6 "
    "hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody td "
    "tfoot th thead tr tt u ul var wbr".split()
)
SWALLOWED = {"script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "title",
             "textarea", "xmp", "noembed", "noframes", "audio", "video", "canvas", "select"}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "ol": {"start"},
    "td": {"colspan", "rowspan", "align"}, "th": {"colspan", "rowspan", "align", "scope"},
    "table": {"border"}, "font": {"color"}, "details": {"open"}, "*": {"style"},
}  # fmt: skip
STYLES = {"color", "background-color", "text-align", "font-weight", "font-style"}

HIDING = re.compile(r"<!--|-->|<(/?)(script|style|svg)\b[^<>]*>", ASCII)
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,([A-Za-z0-9+/= \t\n\f\r]+)")
FILE = re.compile(r"(?!.*\.\.)[\w-][\w ./%-]*\.(?:png|jpe?g|gif)", re.IGNORECASE)
LINK = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x20]*", ASCII)
STYLE = re.compile(r"(?!.*url)[\w \t\n\f\r:;#,.%()-]*", ASCII)
PLAIN_STYLE = re.compile(
    rf"(?:{SPACE}*(?:{'|'.join(sorted(STYLES))}){SPACE}*:[\w \t\n\f\r#,.%()-]*;?)*", re.ASCII
)
CLASS = re.compile(r"anchor-link|highlight|language-[\w+-]+|task-list-item(?:-checkbox)?|[a-z][a-z0-9]{0,2}")
TEX = re.compile(r"\\(?:href|url|cssId|class|style|require|html\w*|includegraphics|unicode)(?![A-Za-z])")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures only from the notebook itself, links only to elsewhere, no style that could load anything."""
    allowed = {"src": PICTURE, "href": LINK, "style": STYLE}.get(name)
    found = allowed.fullmatch(value) if allowed else None
    if allowed and not found or found and name == "src" and not is_small(f"image/{found[1]}", found[2]):
        return None
    return value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=SWALLOWED,
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    filter_style_properties=STYLES,
    allowed_classes={"table": {"dataframe"}},
    url_schemes={"http", "https", "mailto", "data"},
    link_rel="noopener noreferrer nofollow",
)


def clean_html(source: str) -> str | None:
    """Return ``source`` with nothing in it that acts or loads, or None if its tags do not nest."""
    source = _visible(source)
    return TEX.sub(r"\\text", _cleaner.clean(source)) if nests(source, strict=False) else None


def clean_markdown(source: str, attachments: dict, taken: frozenset[str] = frozenset()) -> str:
    """Return Markdown that nbconvert renders, unsanitised, to something harmless.

    What is harmless as it is comes back unchanged. Else the harmless part of it comes back as one line
    of HTML, or if nothing else helps as its own source. ``taken`` are ids that no heading may have.
    """
    if _is_one_line(source) and _is_plain(source, taken):
        return source
    if len(PICTURE.sub("", source)) > LONGEST or source.count("\\[") + source.count("\\begin{") > FORMULAE:
        return literal(source)
    try:
        rendered = _render(source, attachments)
    except Exception:  # most of all: an attachment that is not there, on which nbconvert gives up
        source, attachments = source.replace("attachment:", "missing-"), {}
        try:
            rendered = _render(source, attachments)
        except Exception:
            return literal(source)
    if _is_plain(rendered, taken):
        return source
    cleaned = clean_html(rendered)
    line = _one_line(f"<div>{cleaned}</div>") if cleaned is not None else ""
    return line if line and _is_plain(_render(line, {}), taken) else literal(source)


def _is_one_line(source: str) -> bool:
    """Whether Markdown is one block of HTML, which comes out of every renderer as it is."""
    return source.startswith("<div>") and not any(character in source for character in "\\$\n\r")


def literal(source: str) -> str:
    """Return Markdown that shows ``source`` as it is, whatever it is."""
    kept = (c for c in source[:LONGEST] if c.isprintable() or c in "\n\t")
    coded = "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in kept)
    return f"<div><pre>{coded}</pre></div>"


def _render(source: str, attachments: dict) -> str:
    """What nbconvert's HTML exporter makes of a Markdown cell."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source)


def _visible(source: str) -> str:
    """``source`` without comments, scripts, style sheets and drawings, in linear time."""
    pieces, end, hidden = [], 0, ""
    for token in HIDING.finditer(source):
        kind = (token[2] or "comment").lower()
        closing = bool(token[1]) or token[0] == "-->"
        if not hidden and not closing:
            pieces.append(source[end : token.start()])
            hidden = kind
        elif hidden == kind and closing:
            end, hidden = token.end(), ""
    return "".join(pieces) + ("" if hidden else source[end:])


def _one_line(source: str) -> str:
    """Hide line ends, ``$`` and backslashes from Markdown, so that all of it is one block of HTML."""
    for character in "\\$\n\r\t\x0b\x0c":
        source = source.replace(character, f"&#{ord(character)};")
    return source


def _is_plain(rendered: str, taken: frozenset[str]) -> bool:
    """Whether rendered Markdown holds nothing but known elements with known attributes."""
    if TEX.search(rendered) or not nests(rendered, strict=True):
        return False
    return all(
        name in TAGS | {"input"}
        and all(_is_known(name, one[1], one[2], taken) for one in ATTRIBUTE.finditer(tag[3]))
        for tag in tags(rendered)
        if tag  # each is one, or they would not nest
        for name in [tag[2].lower()]
    )


def _is_known(tag: str, name: str, value: str | None, taken: frozenset[str]) -> bool:
    name, value = name.lower(), html.unescape((value or "").strip("\"'"))
    if name == "class":
        return all(CLASS.fullmatch(part) for part in re.split(SPACE, value) if part)
    if name == "id":
        return tag[0] == "h" and value not in taken
    if tag == "input":
        return name in {"disabled", "checked"} or (name, value) == ("type", "checkbox")
    if name == "src":
        return tag == "img" and bool(FILE.fullmatch(value) or _attribute(tag, name, value))
    if name == "rel":
        return True
    if name == "style":
        return bool(PLAIN_STYLE.fullmatch(value) and STYLE.fullmatch(value))
    return name in ATTRIBUTES.get(tag, set()) and _attribute(tag, name, value) is not None
