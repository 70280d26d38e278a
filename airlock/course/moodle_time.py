"""Times as Moodle writes them, "Friday, 1 May 2026, 11:05 PM", in the language of who exports."""

import re
from datetime import UTC, datetime

# The beginnings of the months' names in English, German, French, Spanish, Catalan, Italian, Portuguese,
# Dutch, Scandinavian languages, Finnish, Polish, Turkish, Russian.
MONTHS = [
    "jan ene gen oca tamm sty янв", "feb fév fev helm şub lut фев", "mar mär mrt maa мар",
    "apr avr abr huht nis kwi апр", "may mai mag mei maj touk мая май", "jun juin giu kesä haz cze июн",
    "jul juil lug hein tem lip июл", "aug aoû aou ago elok ağu sie авг", "sep set syys eyl wrz сен",
    "oct okt ott out loka eki paź окт", "nov marr kas lis ноя", "dec dez déc dic des joul ara gru дек",
]  # fmt: skip
NUMBER = {start: number for number, starts in enumerate(MONTHS, 1) for start in starts.split()}
CLOCK = re.compile(
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::\d{2})?(?:\s*(?P<half>[ap])\.?\s?m\b)?", re.IGNORECASE
)
YEAR = re.compile(r"\b\d{4}(?!\d)")


def moodle_time(text: str) -> datetime | None:
    """The time in UTC of one that is written in this computer's zone; None where it is none.

    A month that is a name may stand before the day or after it; one that is a number stands between year and
    day, as in Chinese and Japanese.
    """
    text = " ".join(text.split())
    year, clocks = YEAR.search(text), list(CLOCK.finditer(text))
    if year is None or not clocks:
        return None
    clock = clocks[-1]
    before, after = text[: year.start()], text[year.end() : clock.start()]
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", f"{before} {after}")]
    named = [NUMBER[word[:size]] for word in words for size in (4, 3) if word[:size] in NUMBER]
    numbers = list(map(int, re.findall(r"\d+", f"{before} {after}")))
    parts = (
        named[-1:] + numbers if named else numbers if not before else []
    )  # a weekday may look like a month
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + 12 * (clock["half"].casefold() == "p")
    try:
        month, day = parts
        return datetime(int(year[0]), month, day, hour, int(clock["minute"])).astimezone(UTC)
    except ValueError:  # not two numbers, or none of a calendar
        return None
