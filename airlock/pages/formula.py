"""Formulae as MathML, made once at build time: a page needs no script and no network to show them."""

import html
import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

# MathML Core's elements, without those that link, embed or act.
ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none"),
    *("mtable", "mtr", "mtd", "mpadded", "mphantom", "menclose"),
}
ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "accent", "accentunder", "stretchy", "fence"),
    *("separator", "form", "symmetric", "largeop", "movablelimits", "lspace", "rspace", "minsize", "maxsize"),
    *("linethickness", "width", "height", "depth", "columnalign", "rowspacing", "columnspacing", "notation"),
}
# latex2mathml knows the starred environments; the others differ in numbering and in where they may stand.
ENVIRONMENTS = re.compile(r"\\(begin|end)\{(?:aligned|align|alignedat|split|gather|gathered|eqnarray)\*?\}")
WRAPPERS = re.compile(r"\\(?:begin|end)\{(?:equation|displaymath|math)\*?\}|\\(?:label|tag)\{[^}]*\}")


@lru_cache(maxsize=4096)
def to_mathml(tex: str, display: bool = False) -> str:
    """Return ``tex`` as a ``math`` element or, where it cannot be read, as escaped source in ``code``.

    Only elements and attributes that typeset come through, whatever the source asks for.
    """
    source = WRAPPERS.sub("", ENVIRONMENTS.sub(r"\\\1{align*}", tex)).strip()
    try:
        math = convert_to_element(source, display="block" if display else "inline")
        _restrict(math)
    except Exception:  # the library has many ways to give up; the reader gets the source in all of them
        return f'<code class="tex">{html.escape(tex.strip())}</code>'
    math.set("alttext", _legal(tex.strip()))
    if display:
        math.set("tabindex", "0")  # it may have to be scrolled, with the keyboard too
    return ElementTree.tostring(math, encoding="unicode")


def _restrict(math: ElementTree.Element) -> None:
    """Leave only what typesets, and turn the library's entity texts into characters."""
    for element in math.iter():
        if element.tag not in ELEMENTS:
            raise ValueError(f"no element of a formula: {element.tag}")
        element.attrib = {name: value for name, value in element.attrib.items() if name in ATTRIBUTES}
        element.text = _legal(html.unescape(element.text or ""))
        element.tail = None
    for element in math.iter("msup"):  # a prime is raised by itself; as an exponent it would shrink to a dot
        base, exponent = element
        if exponent.text and set(exponent.text) <= set("′″‴"):
            element.tag, exponent.tag, exponent.attrib = "mrow", "mo", {"lspace": "0", "rspace": "0"}
    math.attrib.pop("xmlns", None)  # HTML knows the element without


def _legal(text: str) -> str:
    """``text`` without the control characters that no markup may hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)
