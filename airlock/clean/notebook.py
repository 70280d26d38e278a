"""Makes what a student wrote and printed harmless before anybody's browser shows it.

The Formgrader renders ``autograded/`` unsanitised, in the instructor's session. nbconvert's own SanitizeHTML
leaves ``javascript:`` links and mermaid blocks in Markdown, isolated frames, and cell metadata and execution
counts, which templates print as they are.
"""

import base64
import re
from collections.abc import Container, Iterable

from nbformat import NotebookNode, from_dict

from airlock.clean.html import PICTURE, clean_markdown, literal
from airlock.clean.outputs import MAGIC, OutputLimits, as_count, as_picture, clean_output, size
from airlock.clean.pictures import MAX_TOGETHER, pixels
from airlock.model.assignment import CELL_ID
from airlock.model.record import Incident
from airlock.model.text import as_dict, as_text

LIMITS = OutputLimits()
NO_WORDS = re.compile(r"[^\w .+/()-]+")
TAG = re.compile(r"[\w:-]{1,50}")
NOTE = "[Some of this cell's output is left out: there is too much of it.]\n"
NOTED = from_dict({"output_type": "stream", "name": "stdout", "text": NOTE})


def clean_outputs(
    notebook: NotebookNode, limits: OutputLimits = LIMITS, trusted: Container[str] = frozenset()
) -> list[Incident]:
    """Clean a notebook in place: outputs, metadata, and the text of cells that are not the instructor's.

    ``trusted`` are ids of cells whose text and metadata are the instructor's own. Outputs are cleaned
    everywhere. A cell's first error is never dropped, nor anything of a test cell: nbgrader reads the points
    there.
    """
    notebook.metadata = _notebook_metadata(as_dict(notebook.get("metadata")))
    grade_ids = {str(_nbgrader(cell).get("grade_id")) for cell in notebook.cells}
    taken = frozenset(grade_ids | {f"{grade_id}-comment" for grade_id in grade_ids})
    incidents, room = [], limits.notebook
    for position, cell in enumerate(notebook.cells):
        if cell.get("cell_type") == "code":
            cut, used = _clean_code(cell, limits, room)
            room -= used
            if cut:
                name = str(_nbgrader(cell).get("grade_id") or cell.get("id", position))
                message = "A cell put out more than is kept; the rest was cut."
                incidents.append(Incident("output-limit", message, cell=name))
        if cell.get("id") not in trusted:
            _clean_cell(cell, position, taken)
    if _drop_pictures(notebook, trusted):
        message = "The pictures together are too large to be shown; some were cut."
        incidents.append(Incident("output-limit", message))
    return incidents


def _drop_pictures(notebook: NotebookNode, trusted: Container[str]) -> bool:
    """Leave out pictures beyond what a reader's browser should have to hold; whether there were any."""
    room, dropped = MAX_TOGETHER, False

    def fits(found: Iterable[tuple[str, str]]) -> bool:
        nonlocal room, dropped
        wanted = sum(pixels(mime, base64.b64decode(text + "==")) or 0 for mime, text in found)
        if wanted > room:
            dropped = True
            return False
        room -= wanted
        return True

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for mime in MAGIC.keys() & data.keys():
                if not fits([(mime, data[mime])]):
                    del data[mime]
                    data.setdefault("text/plain", f"[{mime}: not shown]")
            if not fits(_pictures_in(data.get("text/html", ""))):
                del data["text/html"]
        if cell.get("id") not in trusted:
            for name, bundle in list(cell.get("attachments", {}).items()):
                if not fits(bundle.items()):
                    del cell.attachments[name]
                    cell.source = cell.source.replace(f"attachment:{name}", "missing")
            if cell.cell_type == "markdown" and not fits(_pictures_in(cell.source)):
                cell.source = literal(PICTURE.sub("[a picture]", cell.source))
    return dropped


def _pictures_in(text: str) -> list[tuple[str, str]]:
    return [(f"image/{found[1]}", "".join(found[2].split())) for found in PICTURE.finditer(text)]


def _clean_cell(cell: NotebookNode, position: int, taken: frozenset[str]) -> None:
    """Clean text and metadata of a cell that a student may have written."""
    if "id" in cell and not CELL_ID.fullmatch(str(cell.id)):
        cell.id = f"cell-{position}"
    cell.metadata = _cell_metadata(as_dict(cell.get("metadata")))
    cell.source = as_text(cell.get("source"))
    attachments = _pictures(as_dict(cell.pop("attachments", None)))
    if cell.get("cell_type") == "markdown":
        cell.source = clean_markdown(cell.source, attachments, taken)
        if attachments and "attachment:" in cell.source:
            cell.attachments = from_dict(attachments)
    elif cell.get("cell_type") != "code":  # nbconvert prints raw cells, sanitised, but with remote pictures
        cell.cell_type, cell.source = "markdown", literal(cell.source)


def _clean_code(cell: NotebookNode, limits: OutputLimits, room: int) -> tuple[bool, int]:
    """Clean the outputs of a code cell; return whether any was cut, and the size of what was kept."""
    test = _nbgrader(cell).get("grade") and not _nbgrader(cell).get("solution")
    outputs = cell.get("outputs")
    found: list = outputs if isinstance(outputs, list) else []
    kept: list[NotebookNode] = []
    cut, used = False, 0
    for output in found:
        clean, was_cut = clean_output(output, limits) if output != NOTED else (None, False)
        cut |= was_cut
        if clean is None:
            continue
        fits = len(kept) < limits.outputs and used + size(clean) <= room
        error = clean.output_type == "error" and clean.output_type not in {o.output_type for o in kept}
        if fits or error or test:
            kept.append(clean)
            used += size(clean)
        else:
            cut = True
    if (cut or NOTED in found) and not test:
        kept.append(from_dict(NOTED))
    cell.outputs, cell.execution_count = kept, as_count(cell.get("execution_count"))
    return cut, used


def _cell_metadata(found: dict) -> NotebookNode:
    """What nbgrader needs, and what only changes how a cell looks."""
    kept = {"nbgrader": found["nbgrader"]} if isinstance(found.get("nbgrader"), dict) else {}
    for key in ("deletable", "editable", "collapsed"):
        kept |= {key: found[key]} if isinstance(found.get(key), bool) else {}
    if isinstance(found.get("tags"), list):
        kept["tags"] = [tag for tag in found["tags"][:20] if isinstance(tag, str) and TAG.fullmatch(tag)]
    hidden = as_dict(found.get("jupyter"))
    hidden = {key: hidden[key] for key in ("source_hidden", "outputs_hidden") if hidden.get(key) is True}
    return from_dict(kept | ({"jupyter": hidden} if hidden else {}))


def _notebook_metadata(found: dict) -> NotebookNode:
    """Kernel and language, in plain words: templates print them as they are."""
    kept = {}
    for key in ("kernelspec", "language_info"):
        words = {k: v for k, v in as_dict(found.get(key)).items() if isinstance(v, str)}
        kept[key] = {NO_WORDS.sub("", k): NO_WORDS.sub("", v)[:100] for k, v in words.items()}
    return from_dict({key: words for key, words in kept.items() if words})


def _pictures(attachments: dict) -> dict:
    """Of a cell's attachments, the pictures."""
    clean: dict = {}
    for name, bundle in attachments.items():
        found = {mime: as_picture(mime, value) for mime, value in as_dict(bundle).items() if mime in MAGIC}
        found = {mime: picture for mime, picture in found.items() if picture}
        clean |= {name: found} if found else {}
    return clean


def _nbgrader(cell: NotebookNode) -> dict:
    return as_dict(as_dict(cell.get("metadata")).get("nbgrader"))
