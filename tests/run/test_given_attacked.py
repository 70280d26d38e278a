"""What an answer can make of a test's own objects, of names looked at again, of contexts: no point."""

import pytest
from attacks_given import HUSH, NAMESPACE, OLDER, OWN, SECRET, WRONG
from probing import Probe, airlock
from small_course import QUICK


@pytest.mark.parametrize("part", range(4))
def test_no_wrong_answer_passes_and_the_grader_goes_on(part, monkeypatch):
    monkeypatch.setattr("airlock.run.bridge.MOST_ITEMS", 500)
    monkeypatch.setattr("airlock.run.callbacks.MOST_CALLS", 500)
    table = WRONG if part < 3 else OLDER
    names = sorted(table)[part % 3 :: 3] if part < 3 else [*table]
    probes = [Probe(name, "", *table[name]) for name in names]
    right = [Probe("right", "", "def f(x): return x + 1", "assert f(1) == 2")]
    found, _ = airlock(probes + right, QUICK)
    assert [name for name, message in zip(names, found, strict=False) if not message] == []
    assert found[-1] == ""


SPYING = f"""seen = []
{HUSH.replace("*a): ", "*a): seen.append(repr(a)); ")}{NAMESPACE}
def f(o):
    try:
        o.check = lambda *a: seen.append(repr(a)) or True
    except AttributeError:
        return seen
"""
WATCHED = (
    OWN + f"o = O()\nf(o)\nassert o.check({SECRET})",
    f"with Hush():\n    raise AssertionError({SECRET})",
    f"with Hush():\n    assert f(O()) == {SECRET}",
    f"with Hush():\n    f(O())[{SECRET}]",
)


def test_no_value_that_a_test_compares_with_is_seen():
    watched = [Probe("", "", "pass", test) for test in WATCHED]
    watch = Probe("seen", "", "pass", f"assert seen and not [one for one in seen if '{SECRET}' in one]")
    found, _ = airlock([Probe("", "", SPYING, "pass"), *watched, watch], QUICK)
    assert found[-1] == ""


def test_a_name_that_the_reference_only_reads_is_the_tests_own(monkeypatch):
    monkeypatch.setattr("airlock.model.assignment.MasterNotebook.set_by_answers", frozenset())
    answer = "n = 1\ndef f():\n    global n\n    n = 0\n    return n * 3"
    found, _ = airlock([Probe("", "", answer, "n = 10\nassert f() == n * 3")], QUICK)
    assert found[0]
