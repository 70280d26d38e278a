"""The student's pictures, where a test asks pyplot for the current one and has drawn nothing itself."""

import contextlib
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

PYPLOT = "matplotlib.pyplot"
ASKED = ("gca", "gcf", "get_fignums")
DONE = ("figure", "clf", "cla", "close")  # by a test for the next picture, and so on both sides
NAMED = re.compile(rf"\b({'|'.join(ASKED)})\b")
SECONDS = 10  # for one of these, which runs none of the student's code


@contextlib.contextmanager
def shown(bridge: Any, source: str) -> Iterator[None]:
    """While a test of this ``source`` runs, pyplot tells of figures that the student's functions left open.

    An empty figure of the test's own stands for theirs, which in one process would be drawn into it. A test
    begins without figures of the tests before it, as below a notebook's cell: what those drew themselves is
    closed here, what they had the student draw by the kernel, before this one's first call.
    """
    if loaded := sys.modules.get(PYPLOT):
        loaded.close("all")
    if not NAMED.search(source):
        yield
        return
    pyplot: Any = importlib.import_module(PYPLOT)
    before = {name: getattr(pyplot, name) for name in (*ASKED, *DONE)}

    def there(name: str, *arguments: Any) -> Any:
        place, refer = f"{PYPLOT}:{name}", bridge.stand_ins.refer
        state, function = bridge.exchange(lambda: bridge.kernel.ask(place, SECONDS, refer, "library"), name)
        return bridge.call(function, arguments, {}) if state == "ok" else None

    def asking(name: str) -> Callable[..., Any]:
        def ask(*arguments: Any, **keywords: Any) -> Any:
            drawn = before["get_fignums"]() and any(axes.has_data() for axes in before["gcf"]().axes)
            if arguments or keywords or drawn or not bridge.has_called or not there("get_fignums"):
                return before[name](*arguments, **keywords)
            return there(name)

        return ask

    def doing(name: str) -> Callable[..., Any]:
        def do(*arguments: Any, **keywords: Any) -> Any:
            if bridge.has_called and all(isinstance(one, int | str) for one in arguments):
                there(name, *arguments)
            return before[name](*arguments, **keywords)

        return do

    for name in ASKED:
        setattr(pyplot, name, asking(name))
    for name in DONE:
        setattr(pyplot, name, doing(name))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(pyplot, name, function)
