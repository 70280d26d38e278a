"""The order of the tests."""

from pathlib import Path

# Those that take minutes, the longest first: begun last, one of them would keep `make test` waiting alone.
LONG = (
    "assignment/test_same_marks.py",
    "assignment/test_stock_grading.py",
    "handin/test_handins.py",
    "test_docs.py",
    "check/test_planted.py",
    "sandbox/test_attacks.py",
    "nbgrader_plugin/test_nbgraders_own.py",
    "sandbox/test_attacks_real.py",
    "check/test_this_assignment.py",
    "assignment/test_nothing_leaks.py",
    "classroom/test_trouble.py",
    "classroom/test_dask.py",
    "assignment/test_release.py",
    "run/test_probes.py",
)
PLACES = {Path(__file__).parent / name: place for place, name in enumerate(LONG)}


def pytest_collection_modifyitems(items):
    """Begin with what takes long."""
    items.sort(key=lambda item: PLACES.get(item.path, len(LONG)))
