"""The class report's two pictures, drawn by matplotlib as SVG that follows the page's colours."""

import io
import re
from statistics import median

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

# Stand-ins that matplotlib can draw with; the page's own colours take their place afterwards.
COLOURS = {
    "#010101": "var(--ink)",
    "#020202": "var(--line)",
    "#030303": "var(--bar)",
    "#040404": "var(--bar-soft)",
}
INK, LINE, BAR, SOFT = COLOURS
STYLE = {
    "svg.fonttype": "none",  # text stays text: small, sharp, and in the page's font
    "font.family": "sans-serif",
    "font.size": 11,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "figure.constrained_layout.w_pad": 0.12,  # the reader's font may be wider than the one measured here
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def scores(values: list[float], max_score: float) -> str:
    """Return a histogram of ``values``, at most 26 bars from 0 to ``max_score``."""
    step = max(1, -(-int(max_score) // 25))
    bins = [edge - step / 2 for edge in range(0, int(max_score) + 2 * step, step)]
    with rc_context(STYLE | {"svg.hashsalt": "scores"}):
        figure = Figure(figsize=(8.4, 2.9), layout="constrained")
        axes = figure.subplots()
        axes.hist(values, bins=bins, color=BAR, rwidth=0.86)
        if values:
            middle = median(values)
            axes.axvline(middle, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.annotate("median", (middle, 1), (4, -2), xycoords=("data", "axes fraction"),
                          textcoords="offset points", va="top", fontsize=10)  # fmt: skip
        axes.set(xlabel="points", ylabel="students", xlim=(bins[0], bins[-1]))
        axes.margins(y=0.15)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=14))
        return _svg(figure)


def losses(rows: list[tuple[str, int, int]]) -> str:
    """Return one bar per check: how many students lost all of its points, and how many a part.

    ``rows``: name, all lost, partly lost; drawn from top to bottom.
    """
    names, lost, partly = (list(column) for column in zip(*rows, strict=True))
    with rc_context(STYLE | {"svg.hashsalt": "losses"}):
        figure = Figure(figsize=(8.4, 0.9 + 0.31 * len(rows)), layout="constrained")
        axes = figure.subplots()
        axes.barh(names, lost, color=BAR, height=0.72, label="all points of the check")
        if any(partly):
            axes.barh(names, partly, left=lost, color=SOFT, height=0.72, hatch="//", label="a part of them")
            axes.legend(frameon=False, loc="lower right", fontsize=10)
        for place, total in enumerate(map(sum, zip(lost, partly, strict=True))):
            axes.annotate(
                str(total), (total, place), (4, 0), textcoords="offset points", va="center", fontsize=10
            )
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("students who lost points")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        axes.margins(x=0.08)
        return _svg(figure)


def _svg(figure: Figure) -> str:
    """The drawing alone: no prologue, no ids that the page could hold twice, colours of the page."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(
        buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' id="(?:figure|axes|patch|text|line2d|matplotlib\.axis|xtick|ytick|legend)_\d+"', "", svg)
    svg = re.sub(
        r' width="[\d.]+pt" height="[\d.]+pt"', ' aria-hidden="true" focusable="false"', svg, count=1
    )
    for colour, variable in COLOURS.items():
        svg = svg.replace(colour, variable)
    return re.sub(r"\n\s*", "\n", svg)
