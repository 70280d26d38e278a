"""A worker stays with what it has prepared, and no two prepare the same as long as others wait."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from airlock.check.spread import spread


def test_each_key_is_prepared_by_one_worker():
    prepared, started, may_end = Counter(), threading.Semaphore(0), threading.Semaphore(1)
    own = threading.local()

    def work(key, number):
        if getattr(own, "key", None) != key:
            prepared[key] += 1
            own.key = key
        started.release()
        assert may_end.acquire(timeout=10)
        return number

    tasks = {key: [(work, key, number) for number in range(3)] for key in "abcd"}
    found = []
    with ThreadPoolExecutor(2) as executor:
        for one in spread(executor, 2, tasks):
            found.append(one)
            if len(found) <= 10:  # the next has been started by whom there was to start it
                for _ in range(3 if len(found) == 1 else 1):
                    assert started.acquire(timeout=10)
            may_end.release()  # another
    assert sorted(found) == [(key, number) for key in "abcd" for number in range(3)]
    # What is left at the end is for both.
    assert set(prepared) == set("abcd") and prepared.total() <= 5


def test_a_worker_with_nothing_of_its_own_left_helps_the_other():
    both = threading.Barrier(2, timeout=10)
    with ThreadPoolExecutor(2) as executor:
        assert len([*spread(executor, 2, {"only": [(both.wait,)] * 4})]) == 4


def test_what_a_task_raises_is_raised():
    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        list(spread(executor, 1, {"only": [(divmod, 1, 0)]}))
    assert [*spread(None, 1, {"none": []})] == []
