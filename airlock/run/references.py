"""Which function of a notebook uses which, read from its source, so that one endless loop costs once."""

from collections import Counter
from collections.abc import Iterable

from airlock.model.names import uses

LEAST_SECONDS = 0.2


class References:
    """What a notebook's cells define and what that uses, and those that ran into a limit of time."""

    def __init__(self, sources: list[str]):
        self.sources = sources
        self.uses: dict[str, set[str]] = {}
        for source in sources:
            for name, names in uses(source):
                self.uses.setdefault(name, set()).update(names)
        self.suspects: Counter[str] = Counter()

    def reach(self, names: Iterable[str]) -> set[str]:
        """The notebook's functions among ``names``, and all that they use in turn."""
        found, ask = set(), list(names)
        while ask:
            name = ask.pop()
            if name in self.uses and name not in found:
                found.add(name)
                ask += self.uses[name]
        return found

    def called(self, *names: str) -> set[str]:
        """What a call runs: as :meth:`reach`; a method, by its name with its class, is itself alone."""
        return self.reach(names) | {name for name in names if "." in name and "<" not in name}

    def suspect(self, reached: Iterable[str]) -> None:
        """Something that reaches these ran into a limit of time."""
        self.suspects.update(reached)

    def allowance(self, reached: Iterable[str], seconds: float, seconds_again: float) -> float:
        """How long what reaches these may take: the less, the more often they were in the way before."""
        times = max((self.suspects[name] for name in reached), default=0)
        return min(seconds, max(seconds_again / times, LEAST_SECONDS)) if times else seconds
