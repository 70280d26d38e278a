"""What our pages share: the templates' environment, and how things are put for people."""

import re

import jinja2

from airlock.model.text import count, number, visible


def _shown(value: object) -> object:
    """What a template prints: data without what changes how it is shown; our own markup as it is."""
    return visible(value) if type(value) is str else value


environment = jinja2.Environment(
    loader=jinja2.PackageLoader("airlock.pages"),
    autoescape=True,  # everything that is not marked safe is data
    undefined=jinja2.StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
)

# An absolute path of two parts or more, on any system; an address on the web is none.
PATH = re.compile(r"""(?<![\w./\\])(?:[A-Za-z]:)?(?:[\\/][^\s\\/:"'<>()\[\],]+){2,}[\\/]?""")


def human(name: str) -> str:
    """``test-affine-backward-dW`` -> ``affine backward dW``."""
    return re.sub(r"[-_]+", " ", re.sub(r"^(test|check|cell)[-_]+(?=.)", "", name)).strip() or name


def title(name: str) -> str:
    """Like :func:`human`, to begin a line with."""
    name = human(name)
    return name[:1].upper() + name[1:]


def duration(seconds: float) -> str:
    """How late: ``3 days 2 hours``, two units at most, and never less than a minute."""
    left, said = max(1, round(seconds / 60)), []
    for one, minutes in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        whole, left = divmod(left, minutes)
        said += [count(whole, one)] if whole else []
    return " ".join(said[:2])


def no_paths(text: str) -> str:
    """``text`` with absolute paths cut to their last part: where things are kept is not the reader's."""

    def last(match: re.Match) -> str:
        parts = re.split(r"[\\/]", match[0].rstrip("\\/"))
        return "this cell" if parts[-2].startswith("ipykernel_") else f"…/{parts[-1]}"

    return PATH.sub(last, text)


def ticks(most: float, about: int) -> list[int]:
    """Whole numbers from 0 to ``most`` that an axis shows: not many more than ``about``, evenly apart."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next(step for step in steps if most / step <= about)
    return list(range(0, int(most) + 1, step))


environment.filters |= {
    "ticks": ticks,
    "human": human,
    "title": title,
    "number": number,
    "count": count,
    "duration": duration,
    "no_paths": no_paths,
}
