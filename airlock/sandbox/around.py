"""What a test has in force around a call: captured prints, replaced functions, random states, warnings."""

import contextlib
import importlib
import io
import random
import warnings
from collections.abc import Iterator
from typing import Any, Self

import numpy as np

LONGEST = 1_000_000  # characters of what was printed
MOST_WARNINGS = 100


class Around:
    """A context manager; ``told`` has what the grader learns afterwards, beside what the call returned.

    ``wanted`` may have ``printed``, to hear of prints, ``warned``, to hear of warnings, ``patched``, a list
    of module, attribute and what stands for it, and ``random`` or ``numpy``, states of their generators.
    """

    def __init__(self, wanted: dict | None, objects: Any):
        self.wanted, self.objects = wanted, objects
        self.told: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        if not self.wanted:
            return self
        if self.wanted.get("printed"):
            self._out, self._error = io.StringIO(), io.StringIO()
            self._stack.enter_context(contextlib.redirect_stdout(self._out))
            self._stack.enter_context(contextlib.redirect_stderr(self._error))
        if self.wanted.get("warned"):
            self._warnings = self._stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
        for module, name, node in self.wanted.get("patched", ()):
            stand_in = self.objects.find(node, lambda part: part)
            self._stack.enter_context(_replaced(importlib.import_module(module), name, stand_in))
        if "random" in self.wanted:
            version, words, gauss = self.wanted["random"]
            random.setstate((version, tuple(words), gauss))
        if "numpy" in self.wanted:
            np.random.set_state(tuple(self.wanted["numpy"]))
        return self

    def __exit__(self, *_: Any) -> None:
        self._stack.close()
        if not self.wanted:
            return
        if self.wanted.get("printed"):
            self.told["printed"] = [one.getvalue()[:LONGEST] for one in (self._out, self._error)]
        if self.wanted.get("warned"):
            self.told["warned"] = [
                ([kind.__name__ for kind in one.category.__mro__], str(one.message)[:1000])
                for one in self._warnings[:MOST_WARNINGS]
            ]
        if "random" in self.wanted:
            self.told["random"] = random.getstate()
        if "numpy" in self.wanted:
            self.told["numpy"] = np.random.get_state()


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
