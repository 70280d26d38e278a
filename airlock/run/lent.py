"""Names in the student's namespace that a test sets, takes away or puts back, for its functions to find."""

import contextlib
from collections.abc import Sequence
from typing import Any

from airlock.kernel.client import KernelGone
from airlock.kernel.meter import Overrun
from airlock.run.functions import RemoteFunction
from airlock.wire.values import Buffer, Malformed, encode

SECONDS = 10  # for one of these, which runs none of the student's code


class Names:
    """The names of the student's namespace, by way of a bridge."""

    def __init__(self, bridge: Any):
        self._bridge = bridge
        self._lent: int | None = None  # how often the kernel had been started anew when names were lent

    def has(self, name: str) -> bool:
        """Whether there is such a name."""
        return self._do("has", name) == "ok"

    def delete(self, name: str) -> None:
        """Take a name out."""
        self._do("delete", name)

    def put_back(self, name: str) -> None:
        """Undo :meth:`delete`."""
        self._do("put back", name)

    def bind(self, name: str, function: RemoteFunction) -> None:
        """Give a function of the student's a name."""
        self._do("bind", name, encode(([function], {}), self._bridge.callbacks.refer))

    def lend(self, name: str, value: Any) -> None:
        """Have the student's functions read a name as the test has set it, if the value can cross."""
        try:
            frames = encode(([value], {}), self._bridge.callbacks.refer)
        except (TypeError, ValueError):
            return
        self._lent = self._bridge.kernel.restarts
        self._do("lend", name, frames)

    def take_back(self, name: str = "") -> None:
        """Undo :meth:`lend`, of all names when the test ends."""
        kernel = self._bridge.kernel
        if self._lent == kernel.restarts and kernel.alive:
            self._lent = self._lent if name else None
            with contextlib.suppress(Overrun, KernelGone, Malformed):
                kernel.request({"do": "take back", "name": name}, [], SECONDS)

    def _do(self, what: str, name: str, frames: Sequence[Buffer] = ()) -> str:
        """The status of the kernel's answer."""
        request, kernel = {"do": what, "name": name}, self._bridge.kernel
        reply, _ = self._bridge.exchange(lambda: kernel.request(request, frames, SECONDS), name)
        return str(reply["status"])
