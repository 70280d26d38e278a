"""What stands here for which of the student's objects, by the numbers that the kernel has told of."""

import enum
import sys
from collections.abc import Callable
from typing import Any

from airlock.run.functions import RemoteFunction
from airlock.run.making import make_class, make_object
from airlock.run.remote_class import RemoteClass, number_of
from airlock.run.standin import MISSING, refresh
from airlock.wire.values import Malformed


class StandIns:
    """The stand-ins of one bridge: each object has one, as long as its kernel lives."""

    def __init__(self, bridge: Any):
        self._bridge, self._restarts = bridge, bridge.kernel.restarts
        self._known: dict[int, Any] = {}  # by number
        self.new: Any = None  # the object that was told of last, for the first time
        self._kept: dict[int, Any] = {}  # by id: who is not there stands for nothing in this kernel

    def number(self, value: Any) -> int | None:
        """The number of what a stand-in stands for; raises Lost where that is gone."""
        self._renew()
        number = number_of(value)
        if self._kept.get(id(value)) is not value:
            self._bridge.lose("The kernel was lost that this object was in.")
        return number

    def refer(self, node: Any, unpack: Callable[[Any], Any]) -> Any:
        """What stands here for an object there, see :func:`airlock.wire.values.decode`."""
        self._renew()
        if "callback" in node or "own" in node:
            return self._bridge.callbacks.find(node)
        if "enum" in node:
            return _member(*map(str, node["enum"]))
        if "class" in node and "object" not in node:
            return self._class(node)
        if "function" in node:
            return self._function(node)
        number, kind = node["object"], self._class(node["class"])
        known, base = self._known.get(number), unpack(node["base"]) if "base" in node else MISSING
        if type(known) is not kind:
            self.new = self._keep(number, make_object(kind, number, base))
            return self.new
        if known._standin_made:  # whatever hands it out could have kept it, to see what it is computed with
            object.__setattr__(known, "_standin_made", False)
        if base is not MISSING and type(base) in (list, dict, set):
            refresh(known, base)
        return known

    def _function(self, node: dict) -> RemoteFunction:
        number, name = node["function"], str(node["name"])
        known = self._known.get(number)
        if type(known) is not RemoteFunction:
            name = name if name.isidentifier() and len(name) < 100 or name == "<lambda>" else "a function"
            of, place, path = str(node["of"]), node.get("place"), str(node.get("path", ""))
            known = self._keep(number, RemoteFunction(self._bridge, name, number, of, place, path))
        return known

    def _class(self, node: dict) -> RemoteClass:
        number, about = node["class"], node.get("about")
        known = self._known.get(number)
        if type(known) is RemoteClass:
            return known
        if type(number) is not int or about is None:
            raise Malformed("an unknown class")
        parents = [self._class(one) if isinstance(one, dict) else tuple(one) for one in about["mro"]]
        return self._keep(number, make_class(self._bridge, number, about, parents))

    def _keep(self, number: int, stand_in: Any) -> Any:
        self._known[number] = stand_in
        self._kept[id(stand_in)] = stand_in
        return stand_in

    def _renew(self) -> None:
        """A new kernel has told nothing yet."""
        if self._restarts != self._bridge.kernel.restarts:
            self._restarts = self._bridge.kernel.restarts
            self._known, self._kept = {}, {}


def _member(module: str, *path: str) -> enum.Enum:
    """A member of an enum of a library, if that is loaded."""
    found: Any = sys.modules.get(module)
    for part in ".".join(path).split("."):
        found = getattr(found, part)
    if not isinstance(found, enum.Enum):
        raise Malformed("no member of an enum")
    return found
