"""Write docs/scaling.md from docs/bench.json and tools/scaling.md.j2: the figures of the page are the run's.

python tools/bench_scaling.py
"""

import json
from pathlib import Path

import jinja2

ROOT = Path(__file__).parents[1]
CLASSES, CORES = (500, 10_000, 100_000), (2, 16, 64)


def duration(seconds):
    """Seconds in words, to two digits."""
    for size, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {name}" if seconds < 10 * size else f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"


def figures(found):
    """What follows from a run; names as in the page."""
    many = found["airlock many"]
    core = 2 * many["wall_each"]  # seconds of one core for one submission
    coordinator = many["coordinator_each"]
    rows = [
        {"count": count, "core_hours": count * core / 3600, "coordinator": duration(count * coordinator)}
        | {cores: duration(max(count * core / cores, count * coordinator)) for cores in CORES}
        | {"disk": count * many["disk_each"] / 2**30, "gradebook": count * many["gradebook_each"] / 2**20}
        for count in CLASSES
    ]
    return {
        "core": core,
        "coordinator": coordinator,
        "limit": core / coordinator,
        "a_second": 1 / coordinator,
        "rows": rows,
        "cores": CORES,
        "many": many,
        "few": found["airlock 2"],
        "found": found,
    }


def write():
    """Render the page."""
    found = json.loads((ROOT / "docs" / "bench.json").read_text())
    options = {"undefined": jinja2.StrictUndefined, "keep_trailing_newline": True, "trim_blocks": True}
    template = jinja2.Template((ROOT / "tools" / "scaling.md.j2").read_text(), **options)
    (ROOT / "docs" / "scaling.md").write_text(template.render(figures(found)))


if __name__ == "__main__":
    write()
