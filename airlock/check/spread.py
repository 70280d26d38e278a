"""Tasks spread over workers, each of which stays with what it has prepared."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any, TypeVar

Key = TypeVar("Key")


def spread(
    executor: Executor, workers: int, tasks: dict[Key, list[tuple[Any, ...]]]
) -> Iterator[tuple[Key, Any]]:
    """Have ``workers`` of an executor do all tasks, each a function and its arguments, by what they share.

    Yields the key and the result of each, as they end. A worker that has ended one gets the next of the same
    key, for which it has everything prepared; as long as there are others, no two work at those of one key.
    """
    left = {key: [*many] for key, many in tasks.items() if many}
    running: dict[Future, Key] = {}
    ended: list[tuple[Key, Future]] = []
    while left or running:
        while left and len(running) < workers:
            free, busy = [key for key, _ in ended], {*running.values()}
            key = max(left, key=lambda one: (one not in busy, one in free, len(left[one])))
            running[executor.submit(*left[key].pop(0))] = key
            if not left[key]:
                del left[key]
        yield from ((key, future.result()) for key, future in ended)
        ended = [(running.pop(one), one) for one in wait(running, return_when=FIRST_COMPLETED)[0]]
    yield from ((key, future.result()) for key, future in ended)
