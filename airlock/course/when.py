"""Times as Moodle writes them, "Friday, 1 May 2026, 11:05 PM", in the language of who exports."""

import re
from datetime import UTC, datetime

# The beginnings of the months' names in English, German, French, Spanish, Italian, Dutch, Portuguese.
MONTHS = [
    "jan ene gen", "feb fév fev", "mar mär mrt maa", "apr avr abr", "may mai mag mei", "jun juin giu",
    "jul juil lug", "aug aoû aou ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic",
]  # fmt: skip
NUMBER = {start: number for number, starts in enumerate(MONTHS, 1) for start in starts.split()}
WRITTEN = re.compile(
    r"\D*(?P<day>\d{1,2})\.? (?:de |d')?(?P<month>[^\W\d]{3,})\.? (?:de )?(?P<year>\d{4})\D+?"
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::\d{2})?\s*(?P<half>[ap])?\.?(?:m\.?|\s*Uhr)?",
    re.IGNORECASE,
)


def moodle_time(text: str) -> datetime | None:
    """The time in UTC of one that is written in this computer's zone; None where it is none."""
    found = WRITTEN.fullmatch(" ".join(text.split()))
    if not found:
        return None
    word = found["month"].casefold()
    month = next((NUMBER[word[:size]] for size in (4, 3) if word[:size] in NUMBER), 0)
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"].casefold() == "p")
    try:
        return datetime(int(found["year"]), month, int(found["day"]), hour, int(found["minute"])).astimezone(
            UTC
        )
    except ValueError:
        return None
