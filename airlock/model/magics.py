"""A cell's text without magics, shell lines and question marks, in time that grows with its length."""

import contextlib
import re
from typing import Any

MARKED = re.compile(r"^[ \t]*[%!?]|=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)
MOST = 500  # lines of magics in a cell; nobody writes as many, and each costs a pass over the cell
LOOKS = 20  # at a cell; one is enough but where a command hides what follows it, as an open quote may


def without_magics(source: str) -> str:
    """A cell's text as IPython makes Python of it.

    IPython reads the whole cell anew for each magic of it; here all that one look shows is replaced at once.

    Raises SyntaxError where there is more to be seen after ``LOOKS`` looks, or more than ``MOST`` magics.
    """
    if len(MARKED.findall(source)) > MOST:
        raise SyntaxError("too many magics")
    from IPython.core.inputtransformer2 import TransformerManager, make_tokens_by_line  # slow to import

    class AllAtOnce(TransformerManager):
        def do_token_transforms(self, lines: list[str]) -> list[str]:
            kinds: list[Any] = self.token_transformers
            for _ in range(LOOKS):
                before, tokens_by_line = lines, make_tokens_by_line(lines)
                for tokens in reversed(tokens_by_line):  # what stands before a change keeps its place
                    found = [one for kind in kinds if (one := kind.find([tokens]))]
                    for one in sorted(found, key=lambda one: one.sortby()):
                        with contextlib.suppress(SyntaxError):
                            lines = one.transform(lines)
                            break
                if lines is before:
                    return lines
            raise SyntaxError("too many magics within others")

    return str(AllAtOnce().transform_cell(source))
