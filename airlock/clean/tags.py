"""A strict reading of HTML's tags: what nests, and what is no tag at all.

It stands around the sanitiser, for a tree builder takes quadratic time and memory for tags that do not nest.
"""

import re
from collections.abc import Iterator

DEEPEST = 60  # elements within each other
VOID = {"br", "hr", "img", "input", "col", "wbr"}
IMPLIED = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup"}  # may stay open

# HTML has five characters of white space and compares names as ASCII; Unicode has many more spaces, and
# letters such as the long s, an s to a pattern that ignores case. Hence ASCII throughout, and SPACE.
SPACE = r"[ \t\n\f\r]"
ASCII = re.ASCII | re.IGNORECASE
NAME = r"[a-zA-Z][a-zA-Z0-9_:.-]*"
VALUE = r"\"[^\"<>]*\"|'[^'<>]*'|[^ \t\n\f\r\"'=<>`]+"
TAG = re.compile(
    rf"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:{SPACE}+{NAME}(?:{SPACE}*={SPACE}*(?:{VALUE}))?)*){SPACE}*/?>", re.ASCII
)
ATTRIBUTE = re.compile(rf"({NAME})(?:{SPACE}*={SPACE}*({VALUE}))?", re.ASCII)


def tags(source: str) -> Iterator[re.Match | None]:
    """Yield the tags of ``source`` in order, and None for any ``<`` that does not begin one."""
    end = 0
    for tag in TAG.finditer(source):
        if "<" in source[end : tag.start()]:
            yield None
        yield tag
        end = tag.end()
    if "<" in source[end:]:
        yield None


def nests(source: str, strict: bool) -> bool:
    """Whether tags close in the order in which they opened, not too deep; if ``strict``, all of them."""
    stack: list[str] = []
    for tag in tags(source):
        if tag is None:
            return False
        closing, name = tag[1], tag[2].lower()
        if name in VOID:
            continue
        implied = len(stack)
        while implied and stack[implied - 1] in IMPLIED:
            implied -= 1
        if closing:
            while stack and stack[-1] != name and stack[-1] in IMPLIED:
                stack.pop()
            if not stack or stack.pop() != name:
                return False
        else:
            if name in IMPLIED and name in stack[implied:]:
                del stack[stack.index(name, implied) :]
            stack.append(name)
        if len(stack) > DEEPEST:
            return False
    return not strict or all(name in IMPLIED for name in stack)
