"""The figures of bench.py as a table and as a picture."""

from pathlib import Path

NAMES = {
    "stock": "nbgrader autograde",
    "stock unpinned": "the same, BLAS threads by default",
    "otter": "otter run",
    "airlock 1": "airlock, one worker",
    "airlock 2": "airlock, two workers",
}
COLOURS = {
    "stock": "#9aa5b1",
    "stock unpinned": "#9aa5b1",
    "otter": "#c3a46b",
    "airlock 1": "#5b8db8",
    "airlock 2": "#1f5582",
}
INK, FAINT, FLOOR = "#1f2933", "#dde3e9", "#b4443c"


def processor():
    """The processor's name, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown"


def table(found):
    """Print the figures."""
    print(f"{'':34}{'submissions':>12}{'wall s each':>13}{'CPU s each':>12}{'an hour':>9}{'peak MB':>9}")
    names = NAMES | {"airlock many": "airlock, two workers"}
    for key, name in names.items():
        one = found[key]
        print(
            f"{name:34}{one['submissions']:>12}{one['wall_each']:>13.2f}{one['cpu_each']:>12.2f}"
            f"{one['an_hour']:>9.0f}{one['peak_memory'] / 2**20:>9.0f}"
        )
    print()
    for key in ("airlock 1", "airlock 2"):
        one = found[key]
        print(
            f"CPU s of a submission by its record: {one['record_cpu_each']:.2f}; of the student's own cells "
            f"alone: {one['floor_each']:.2f} ({names[key]}, {one['submissions']})"
        )
    print(
        "CPU s of the coordinator for each: "
        + ", ".join(
            f"{found[key]['coordinator_each']:.3f} of {found[key]['submissions']}"
            for key in ("airlock 2", "airlock many")
        )
    )
    rates = [f"{rate:g} ({name})" for name, rate in found["check"].items() if name != "wrong"]
    print(f"airlock check, wrong answers a second, of {found['check']['wrong']}: {', '.join(rates)}")
    print()
    for name, ratio in found["ratios"].items():
        print(f"{ratio:8.2f}  {name}")


def draw(found, path):
    """Two panels: submissions an hour, and CPU seconds of one with the floor drawn in."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"font.family": "DejaVu Sans", "font.size": 10, "text.color": INK})
    keys = list(NAMES)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.5), dpi=160, sharey=True)
    places = range(len(keys) - 1, -1, -1)
    colours = [COLOURS[key] for key in keys]
    _bars(left, places, [found[key]["an_hour"] for key in keys], colours, "{:,.0f}")
    left.set_yticks(list(places), [NAMES[key] for key in keys])
    left.set_title("Submissions an hour", loc="left", fontsize=11, fontweight="bold")
    _bars(right, places, [found[key]["cpu_each"] for key in keys], colours, "{:.1f}")
    right.set_title("CPU seconds of a submission", loc="left", fontsize=11, fontweight="bold")
    floor = found["airlock 2"]["floor_each"]
    right.axvline(floor, color=FLOOR, linewidth=1.2, linestyle=(0, (4, 3)))
    right.text(
        floor, -0.78, f"the student's own cells: {floor:.1f}", color=FLOOR, ha="center", va="top", fontsize=9
    )
    machine = found["machine"]
    counts = f"{found['airlock 2']['submissions']} submissions, otter {found['otter']['submissions']}"
    words = (
        f"One run on {machine['cores']} cores, {counts}; start-up included. {machine['date']}, `make bench`."
    )
    figure.text(0.01, 0.01, words, fontsize=8, color="#52606d")
    figure.tight_layout(rect=(0, 0.07, 1, 1), w_pad=3)
    figure.savefig(path, facecolor="white")
    pyplot.close(figure)


def _bars(axes, places, values, colours, form):
    bars = axes.barh(list(places), values, color=colours, height=0.62)
    axes.bar_label(bars, [form.format(value) for value in values], padding=5, color=INK)
    axes.set_xlim(0, max(values) * 1.18)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(FAINT)
