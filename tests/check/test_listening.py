"""What is kept of a test's calls, and whether two gradings asked the same."""

import numpy as np

from airlock.check.listening import copied, same_calls


class Distant:
    """As a stand-in: whatever is asked of it fails."""

    def __getattribute__(self, name):
        raise AssertionError(f"{name} was asked for")

    def __repr__(self):
        raise AssertionError("it was asked for its text")


def call(*arguments):
    return [("f", arguments, {})]


def test_equal_calls_are_the_same_whatever_is_in_them():
    many = [{"a": [1, 2.5, "x", None, (np.arange(3), np.float64(2))]}, np.ones((2, 2)), float("nan")]
    assert same_calls(call(*many), call(*copied(many)))
    assert not same_calls(call(np.arange(4)), call(np.arange(4).reshape(2, 2)))
    assert not same_calls(call(np.random.randn(600, 600)), call(np.random.randn(600, 600)))
    assert not same_calls(call(1), call(1.0))


def test_the_students_objects_are_not_asked_for_what_they_are():
    one = Distant()
    assert copied([one])[0] is one
    assert same_calls(call(one), call(one))
    assert not same_calls(call(one), call(7))


def test_a_copy_keeps_what_a_call_may_change():
    array, kept = np.zeros(3), [np.zeros(3), {"b": [1]}]
    made = copied([array, kept])
    array[0], kept[1]["b"][0] = 5, 9
    assert made[0][0] == 0 and made[1][1]["b"] == [1]
