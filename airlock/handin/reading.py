"""From the bytes that a student handed in to plain cells, whatever is wrong with the file."""

import json
import operator
import re
from dataclasses import dataclass, field

import nbformat

from airlock.model.errors import Unreadable
from airlock.model.magics import MARKED
from airlock.model.names import LONGEST
from airlock.model.text import as_dict, as_text

MAX_NOTEBOOK = 50 * 2**20  # bytes; with its outputs, an ordinary notebook has a few of these megabytes
MAX_PARTS = 1_000_000  # lists, objects, what is in them: 200 bytes of memory each for 2 in the file
MAX_WIDE = 24 * 2**20  # bytes of texts with a letter that makes all of such a text four times as wide
MAX_ATTACHMENTS = 1_000
MAX_CELLS = 5000
MAX_CODE = 1_000_000  # characters in all; to find the names in so many takes up to ten seconds
MAX_MAGICS = 5_000  # lines
# A text in JSON. Possessive, so that a pass over a file is linear whatever it holds.
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
WIDE = re.compile(rb"[\xc4-\xf4]|\\u(?!00)")
TYPES = ("code", "markdown", "raw")
READ = ("cell_type", "source", "input", "code", "text")  # of a cell of an old format


@dataclass
class StudentCell:
    """One cell of a submission; outputs are left behind, grading makes its own."""

    index: int
    cell_type: str
    source: str
    grade_id: str | None = None
    id: str | None = None
    attachments: dict = field(default_factory=dict)


def read_cells(data: bytes, filename: str) -> tuple[list[StudentCell], list[str]]:
    """Return the cells of a notebook file, and remarks on what was unusual about the file.

    Raises
    ------
    Unreadable
        In one sentence, why this is not a notebook that can be graded.
    """
    remarks: list[str] = []
    if len(data) > MAX_NOTEBOOK:
        size = f"{len(data) / 2**20:.0f} MB, limit {MAX_NOTEBOOK >> 20} MB"
        raise Unreadable(f"{filename} is too large to be read ({size}).", "too-large")
    if sum(map(data.count, (b"[", b"{", b","))) > MAX_PARTS or _wide(data) > MAX_WIDE:
        why = "too many parts, or too long a text"
        raise Unreadable(f"{filename} is too large to be read ({why}).", "too-large")
    plain = _loads(_decode(data, filename, remarks), filename)
    cells = _upgrade(plain, filename, remarks)
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"{filename} has {len(cells)} cells, the limit is {MAX_CELLS}.", "too-large")
    found = [_cell(index, cell) for index, cell in enumerate(cells) if isinstance(cell, dict)]
    # A longer cell is data, and is not looked into.
    code = sum(len(c.source) for c in found if c.cell_type == "code" and len(c.source) <= LONGEST)
    if code > MAX_CODE:
        sentence = f"{filename} has {code:,} characters of code, the limit is {MAX_CODE:,}."
        raise Unreadable(sentence, "too-large")
    magics = sum(len(MARKED.findall(c.source)) for c in found if c.cell_type == "code")
    if magics > MAX_MAGICS:
        sentence = f"{filename} has {magics:,} lines of magics, the limit is {MAX_MAGICS:,}."
        raise Unreadable(sentence, "too-large")
    if sum(len(c.attachments) for c in found) > MAX_ATTACHMENTS:
        raise Unreadable(f"{filename} has more than {MAX_ATTACHMENTS:,} attachments.", "too-large")
    return found, remarks


def _wide(data: bytes) -> int:
    """Bytes of the texts in JSON that have more than the letters of Latin-1, if there may be many."""
    if len(data) <= MAX_WIDE:
        return 0
    return sum(len(text) for text in map(operator.itemgetter(0), STRING.finditer(data)) if WIDE.search(text))


def _decode(data: bytes, filename: str, remarks: list[str]) -> str:
    if not data.strip():
        raise Unreadable(f"{filename} is empty.")
    encoding: str = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = data.decode(encoding)
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        raise Unreadable(f"{filename} is not a notebook: it does not begin as JSON does.")
    if encoding != "utf-8":
        remarks.append(
            f"the file was encoded as {encoding.removesuffix('-sig').upper()}"
            f"{' with a byte order mark' if encoding == 'utf-8-sig' else ''}"
        )
    return text


def _loads(text: str, filename: str) -> dict:
    try:
        try:
            plain = json.loads(text, parse_constant=lambda _: None)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer of more than 4300 digits
            plain = json.loads(text, parse_constant=lambda _: None, parse_int=lambda digits: int(digits[:18]))
    except json.JSONDecodeError as error:
        where = "it ends too early" if error.pos >= len(text.rstrip()) - 1 else f"line {error.lineno}"
        raise Unreadable(f"{filename} is not a complete notebook: its JSON is broken ({where}).") from None
    except (RecursionError, ValueError):
        raise Unreadable(f"{filename} is not a notebook: its JSON is nested too deeply.") from None
    return plain


def _upgrade(plain: dict, filename: str, remarks: list[str]) -> list:
    """Return the list of cells of a notebook of any format up to 4."""
    major = plain.get("nbformat", 4 if isinstance(plain.get("cells"), list) else None)
    if type(major) is not int:
        raise Unreadable(f"{filename} is not a notebook: it is JSON without cells or a notebook format.")
    if not 1 <= major <= 4:
        raise Unreadable(f"{filename} has notebook format {str(major)[:20]}, which nothing here can read.")
    if major < 4:
        remarks.append(f"it was in notebook format {major}")
        try:
            plain = nbformat.convert(nbformat.from_dict(_bare(plain)), 4)
        except Exception:  # the converters trust what they read
            raise Unreadable(f"{filename} says it has notebook format {major}, but has not.") from None
    cells = plain.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{filename} is not a notebook: it has no list of cells.")
    return cells


def _bare(plain: dict) -> dict:
    """A notebook of an old format without what nobody reads of it: a small object costs much to convert."""
    cells = [_bare_cell(cell) for sheet in plain.get("worksheets", [plain]) for cell in sheet["cells"]]
    kept = {"nbformat": plain["nbformat"], "nbformat_minor": 0, "metadata": {}}
    return kept | ({"worksheets": [{"cells": cells}]} if "worksheets" in plain else {"cells": cells})


def _bare_cell(cell: dict) -> dict:
    name = _as_name(as_dict(as_dict(cell.get("metadata")).get("nbgrader")).get("grade_id"))
    kept: dict = {key: as_text(cell[key]) for key in READ if key in cell}
    kept["metadata"] = {"nbgrader": {"grade_id": name}} if name else {}
    if kept["cell_type"] == "heading":
        kept["level"] = level if (level := cell.get("level")) in range(1, 7) else 1
    return kept | ({"outputs": []} if kept["cell_type"] == "code" else {})


def _cell(index: int, cell: dict) -> StudentCell:
    metadata = as_dict(cell.get("metadata"))
    cell_type = cell.get("cell_type")
    if cell_type not in TYPES:
        cell_type = "code"
    return StudentCell(
        index,
        cell_type,
        _text(cell.get("source", cell.get("input"))),
        _as_name(as_dict(metadata.get("nbgrader")).get("grade_id")),
        _as_name(cell.get("id")) or _as_name(metadata.get("id")),  # Colab writes the latter
        _attachments(cell.get("attachments")) if cell_type == "markdown" else {},
    )


def _attachments(found: object) -> dict[str, dict[str, str]]:
    """Attachments as they must be; nothing else of them is kept."""
    return {
        _text(name): {_text(mime): _text(content) for mime, content in bundle.items()}
        for name, bundle in as_dict(found).items()
        if isinstance(bundle, dict) and bundle
    }


def _text(found: object) -> str:
    return as_text(found).replace("\r\n", "\n")


def _as_name(found: object) -> str | None:
    return found if isinstance(found, str) and found else None
