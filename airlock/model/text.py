"""What a student wrote, as text that can be kept and shown: what it says is what a reader sees."""

import contextlib
import re
from collections.abc import Sized

# Controls, and marks that turn the direction of writing: a text with one in it is shown as another text.
CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
UNSEEN = re.compile(rf"[{CONTROLS}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str) -> str:
    """``text`` with a question mark for what is not printed as itself, line ends too."""
    with contextlib.suppress(UnicodeEncodeError):  # half of a pair that no byte of a name stands for
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "?" for character in text)


def visible(text: str) -> str:
    """``text`` with a question mark for each character that would change how the rest is shown."""
    return UNSEEN.sub("?", text)


def number(value: float | None) -> str:
    """Points as people write them: ``2``, ``1.5``, and a dash where there are none yet."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def count(items: float | Sized, one: str, many: str | None = None) -> str:
    """``count(3, "check")`` -> ``3 checks``; of points and seconds there may be half ones."""
    amount = len(items) if isinstance(items, Sized) else items
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def as_text(found: object) -> str:
    """Text that UTF-8 can carry; a notebook's lists of lines are joined, anything else is no text."""
    if isinstance(found, list):
        found = "".join(part for part in found if isinstance(part, str))
    return found.encode("utf-8", "replace").decode("utf-8") if isinstance(found, str) else ""


def as_dict(found: object) -> dict:
    """``found`` if it is a dict, else an empty one."""
    return found if isinstance(found, dict) else {}
