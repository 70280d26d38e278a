"""What a test finds as the module ``__main__``: the names of its notebook, as where all share one kernel.

``unittest.main()`` looks for its tests there, and ``unittest.mock.patch("__main__.f")`` replaces one of them.
"""

import types
from typing import Any

from airlock.run.bridge import Bridge
from airlock.run.namespace import TestNamespace


class MainModule(types.ModuleType):
    """A module whose attributes are the names of the tests, and behind them the student's."""

    _behind: tuple[TestNamespace, Bridge]

    def __init__(self, namespace: TestNamespace, bridge: Bridge):
        super().__init__("__main__")
        object.__setattr__(self, "_behind", (namespace, bridge))

    def __getattr__(self, name: str) -> Any:
        try:
            return self._behind[0][name]
        except KeyError:
            raise AttributeError(f"module '__main__' has no attribute {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        """As set for the test, and for the student's functions until the test ends."""
        namespace, bridge = self._behind
        namespace[name] = value
        bridge.names.lend(name, value)

    def __delattr__(self, name: str) -> None:
        """As it was before it was set."""
        namespace, bridge = self._behind
        bridge.names.take_back(name)
        namespace.pop(name, None)

    def __dir__(self) -> list[str]:
        return list(self._behind[0])
