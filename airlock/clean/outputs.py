"""One output of a code cell, made harmless: text, tables and pictures stay, what acts or loads does not."""

import base64
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, from_dict

from airlock.clean.html import clean_html
from airlock.clean.pictures import is_small
from airlock.model.text import as_dict, as_text, count

MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
SOURCES = ("text/markdown", "text/latex")  # shown as their source if there is no better text
ACTIVE = re.compile(r"<(?:script|iframe|object|embed|svg|canvas|video|audio|form|input|button)\b", re.I)
OBJECT = re.compile(r"<IPython\.\w+\.display\.\w+ (?:object|at 0x\w+)>")  # says nothing to a reader
MIME = re.compile(r"[\w.+/-]{1,100}")


@dataclass(frozen=True)
class OutputLimits:
    """How much of what a notebook puts out is kept, in characters unless named otherwise."""

    text: int = 100_000  # one text
    html: int = 500_000
    image: int = 2 * 2**20  # bytes
    outputs: int = 100  # of one cell
    notebook: int = 5 * 2**20  # all outputs together


def clean_output(output: Any, limits: OutputLimits) -> tuple[NotebookNode | None, bool]:
    """Return a harmless copy of one output, None if nothing is left, and whether it was cut."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind == "stream":
        text, cut = _cut(as_text(output.get("text")), limits.text)
        clean: dict[str, object] = {
            "name": "stderr" if output.get("name") == "stderr" else "stdout",
            "text": text,
        }
    elif kind == "error":
        lines = output.get("traceback")
        text, cut = _cut("\n".join(map(as_text, lines)) if isinstance(lines, list) else "", limits.text)
        clean = {key: as_text(output.get(key))[:1000] for key in ("ename", "evalue")}
        clean["traceback"] = text.split("\n") if text else []
    elif kind in ("display_data", "execute_result"):
        data, cut = _clean_data(as_dict(output.get("data")), limits)
        if not data:
            return None, cut
        clean = {"data": data, "metadata": _picture_sizes(as_dict(output.get("metadata")), data)}
        if kind == "execute_result":
            clean["execution_count"] = as_count(output.get("execution_count"))
    else:
        return None, False
    return from_dict({"output_type": kind} | clean), cut


def as_picture(mime: str, value: object) -> str:
    """The base64 text of a picture that is what its type says, else nothing."""
    text = "".join(as_text(value).split())
    try:
        begins = base64.b64decode(text, validate=True).startswith(MAGIC[mime])
    except ValueError:
        return ""
    return text if begins and is_small(mime, text) else ""


def as_count(found: object) -> int | None:
    """``found`` if it is a number that a counter or a width may have."""
    return found if type(found) is int and 0 <= found < 10**9 else None


def size(output: NotebookNode) -> int:
    """Characters in a clean output."""
    texts = [output.get("text", ""), *output.get("traceback", []), *output.get("data", {}).values()]
    return sum(map(len, texts))


def _clean_data(data: dict, limits: OutputLimits) -> tuple[dict[str, str], bool]:
    """Keep of one output's representations what is harmless; if none is, say so in words."""
    plain, cut = _cut(as_text(data.get("text/plain")), limits.text)
    telling = bool(plain) and not OBJECT.match(plain)
    kept: dict[str, str] = {}
    for mime in sorted(MAGIC.keys() & data.keys()):
        picture = as_picture(mime, data[mime])
        too_large = len(picture) * 3 // 4 > limits.image
        cut |= too_large
        kept |= {mime: picture} if picture and not too_large else {}
    page = as_text(data.get("text/html"))
    cut |= len(page) > limits.html
    if page and len(page) <= limits.html and not (telling and ACTIVE.search(page)):
        page = clean_html(page) or ""
        kept |= {"text/html": page} if page.strip() else {}
    sources = [] if telling else list(filter(None, (as_text(data.get(mime)) for mime in SOURCES)))
    if sources:
        plain, cut_source = _cut(sources[0], limits.text)
        cut |= cut_source
    lost = [mime for mime in data if mime != "text/plain" and MIME.fullmatch(str(mime))]
    if lost and not (kept or telling or sources):
        plain = f"[{', '.join(sorted(lost)[:3])}: not shown]"
    return kept | ({"text/plain": plain} if plain or "text/plain" in data else {}), cut


def _picture_sizes(metadata: dict, data: dict) -> dict:
    """Of an output's metadata, width and height of its pictures."""
    clean = {}
    for mime in MAGIC.keys() & data.keys() & metadata.keys():
        found = as_dict(metadata[mime])
        numbers = {key: as_count(found.get(key)) for key in ("width", "height")}
        clean[mime] = {key: number for key, number in numbers.items() if number is not None}
    return clean


def _cut(text: str, limit: int) -> tuple[str, bool]:
    if len(text) <= limit:
        return text, False
    note = f"\n... {count(len(text) - limit, 'character')} more\n"
    return text[: limit - len(note)] + note, True
