"""A graded notebook as a reader sees it: cells with a number, a verdict, and pictures with a description."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from airlock.model.assignment import HIDDEN
from airlock.model.marks import has_points, is_grade, is_solution
from airlock.model.record import Check
from airlock.pages import prose
from airlock.pages.outputs import PICTURES, Output, best_form
from airlock.pages.shared import environment, title

RICH = 10_000  # characters of one text or code; what is longer is shown plain: parsers can be made to crawl
RICH_IN_ALL = 300_000  # the same for a whole page
UNDESCRIBED = re.compile(r'(<img src="[^"]*")(?: alt="")?>')


@dataclass
class View:
    """One cell, ready for the template. ``role`` is text, code, answer or check."""

    number: int
    role: str
    name: str = ""  # grade_id
    body: Markup = Markup()
    prose: bool = False  # body is text, not code
    outputs: list[Output] = field(default_factory=list)
    check: Check | None = None
    comment: Markup = Markup()
    source: str = ""  # without what is hidden

    @property
    def folded(self) -> bool:
        """Whether it says nothing of what the student did: text, code and checks that were passed."""
        lost = self.check is not None and (
            self.check.points is None or self.check.points < self.check.max_points
        )
        return self.role != "answer" and not lost and not self.comment


class Reader:
    """Turns notebooks into views, one after the other, so that headings and cell numbers run through."""

    def __init__(self, hidden: Mapping[str, str] = HIDDEN, level: int = 3, folder: Path | None = None):
        """``level``: of the first heading. ``hidden``: what begins and what ends a region that nobody sees.

        ``folder``: where picture files lie that the text refers to.
        """
        self._folder = folder
        self._hidden = hidden
        self._top = level
        self._open: list[int] = []  # levels, in the notebook's own counting, of the headings we are under
        self._under, self._before = "", ""
        self._number = 0
        self._rich = RICH_IN_ALL

    def read(
        self, notebook: NotebookNode, checks: dict[str, Check], comments: dict[str, str] | None = None
    ) -> list[View]:
        """Return the views of ``notebook``; ``checks`` and ``comments`` by grade_id."""
        self._comments = comments or {}
        self._open, self._under, self._before = [], "", ""
        return [view for cell in notebook.cells if (view := self._view(cell, checks))]

    def _view(self, cell: NotebookNode, checks: dict[str, Check]) -> View | None:
        self._number += 1
        grader = cell.metadata.get("nbgrader", {})
        name = grader.get("grade_id", "")
        source = self._visible(cell.source)
        check = checks.get(name) if has_points(cell) else None
        view = View(self._number, "code", name, check=check, source=source)
        if name in self._comments:
            view.comment = self._prose(self._comments[name], level_of_headings=6)
        if cell.cell_type == "code":
            view.body = python(source) if self._affords(source) else Markup.escape(source)
            view.role = "answer" if is_solution(cell) else "check" if is_grade(cell) else "code"
            # What a hidden test prints may be what it expects: of a check, only the verdict is shown.
            view.outputs = [] if view.role == "check" else self._outputs(cell)
        else:
            view.role = "answer" if is_solution(cell) or grader.get("task") else "text"
            view.prose = True
            view.body = self._prose(source, attachments=cell.get("attachments", {}))
        return view if source.strip() or view.outputs or view.check or view.comment else None

    def _visible(self, source: str) -> str:
        """``source`` without hidden tests and mark schemes; a region left open hides all that follows."""
        lines, end = [], None
        for line in source.split("\n"):
            if end is None:
                end = next((stop for start, stop in self._hidden.items() if start in line), None)
                if end is None:
                    lines.append(line)
            elif end in line:
                end = None
        return "\n".join(lines).strip("\n")

    def _prose(
        self,
        source: str,
        attachments: dict[str, dict[str, str]] | None = None,
        level_of_headings: int | None = None,
    ) -> Markup:
        """Markdown, with headings that never skip a level, whatever the notebook does."""
        if not self._affords(source):
            return Markup("<pre>{}</pre>").format(source)
        urls = tuple(
            (f"attachment:{name}", f"data:{kind};base64,{data}")
            for name, kinds in (attachments or {}).items()
            for kind, data in kinds.items()
            if kind in PICTURES and isinstance(data, str)
        )
        piece = prose.from_markdown(source, urls + prose.picture_files(source, self._folder))
        if level_of_headings:
            return Markup(prose.put_in(piece, [level_of_headings] * len(piece.headings)))
        levels = []
        for level, text in piece.headings:
            self._open = [other for other in self._open if other < level] + [level]
            levels.append(min(self._top - 1 + len(self._open), 6))
            self._under, self._before = text, ""
        self._before = _first_sentence(piece.text) or self._before
        described = Markup.escape(self._describe("Picture in the text"))
        html = prose.put_in(piece, levels)
        return Markup(UNDESCRIBED.sub(lambda match: f'{match[1]} alt="{described}">', html))

    def _affords(self, source: str, limit: int = RICH) -> bool:
        """Whether ``source`` may be parsed, not only shown."""
        self._rich -= len(source)
        return len(source) <= limit and self._rich >= 0

    def _outputs(self, cell: NotebookNode) -> list[Output]:
        outputs = [view for output in cell.get("outputs", []) if (view := best_form(output, self._affords))]
        pictures = [output for output in outputs if output.kind == "picture"]
        for place, picture in enumerate(pictures, 1):
            which = f"Picture {place} of {len(pictures)}" if len(pictures) > 1 else "Picture"
            picture.alt = self._describe(f"{which} drawn by cell {self._number}")
        return outputs

    def _describe(self, what: str) -> str:
        under = f", under “{self._under}”" if self._under else ""
        return f"{what}{under}{': ' + self._before if self._before else '.'}"


def render_notebook(notebook: NotebookNode, name: str, eyebrow: str) -> str:
    """Return a page of a notebook called ``name`` alone, such as the reference solution, in one file.

    ``eyebrow``: a few words above the title.
    """
    views = Reader(level=2).read(notebook, {})
    page = environment.get_template("notebook.html.j2")
    return page.render(views=views, title=title(name), eyebrow=eyebrow)


@lru_cache(maxsize=4096)
def python(source: str) -> Markup:
    """``source`` with its words in classes for colour, escaped."""
    source = re.sub(r"\n(?:[ \t]*\n){3,}", "\n\n\n", source)
    return Markup(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n"))


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?:])\s", text, maxsplit=1)[0][:200].rstrip(":") if text else ""
