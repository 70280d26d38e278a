"""nbgrader's own tests, as its release ships them, with airlock switched on in each of their courses.

``make nbgraders-own`` runs all of them; here some, of each suite and of each difference.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

HELPERS = Path(__file__).parents[1] / "helpers"
# What nbgrader's tests expect, and airlock does otherwise, with the reason; in docs/features.md as well.
DIFFERENCES = {
    "test_side_effects": "files that a student's code writes go with its kernel",
    "test_handle_failure": "a notebook without the assignment's cells is mended, and graded",
    "test_handle_failure_single_notebook": "a notebook without the assignment's cells is mended, and graded",
    "test_missing_source_kernelspec": "the assignment says which kernel, never what was handed in",
    "test_no_execute": "outputs that were handed in prove nothing, so notebooks are executed",
}
LEAN = {
    "apps.test_nbgrader_autograde": "test_force_single_notebook or kernelspec",
    "apps.test_nbgrader_generate_feedback": "test_single_file",
    "apps.test_nbgrader_export": "test_help",
    "apps.test_api": "test_autograde",
    "preprocessors": "test_ignorepattern or test_limitoutput",
}
WHOLE = "WHOLE" in os.environ
pytestmark = pytest.mark.timeout(1600 if WHOLE else 180)


def outcomes(suite: str, words: str, folder: Path, airlock: bool = True) -> dict[str, bool]:
    """Name -> whether it passed, of the tests of a suite; ``words`` select some, "" all."""
    course = folder / "configuration"
    course.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(
        "from airlock.settings import configure\nc = get_config()\nconfigure(c)\n" if airlock else ""
    )
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml", folder / "found.xml"]
    command += ["-p", "switched_on"] if airlock else []
    command += ["-c", folder / "pytest.ini", "--rootdir", folder, "--pyargs", f"nbgrader.tests.{suite}"]
    own = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    told = {"JUPYTER_CONFIG_DIR": str(course), "PYTHONPATH": str(HELPERS), "PATH": own}
    selected = ["-k", words] if words else []
    ran = subprocess.run(
        [*command, *selected], cwd=folder, env=os.environ | told, capture_output=True, text=True, timeout=1500
    )
    assert (folder / "found.xml").exists(), ran.stdout + ran.stderr
    cases = ElementTree.parse(folder / "found.xml").iter("testcase")
    return {
        case.get("name", ""): case.find("failure") is None and case.find("error") is None
        for case in cases
        if case.find("skipped") is None
    }


@pytest.mark.parametrize("suite", LEAN)
def test_what_passes_without_airlock_passes_with_it_but_for_what_is_named(suite, tmp_path):
    found = outcomes(suite, "" if WHOLE else LEAN[suite], tmp_path / "with")
    assert found, "no test was run"
    failed = {name for name, passed in found.items() if not passed}
    differ = {name for name in DIFFERENCES if name in found}
    assert differ <= failed
    if failed > differ:  # some need what an installed nbgrader does not have, its sources for one
        words = " or ".join(sorted({name.partition("[")[0] for name in failed - differ}))
        without = outcomes(suite, words, tmp_path / "without", airlock=False)
        assert {name for name in failed - differ if without[name]} == set()


def test_every_difference_is_in_the_table_of_features():
    page = (Path(__file__).parents[2] / "docs" / "features.md").read_text()
    assert [name for name, why in DIFFERENCES.items() if f"| `{name}` | {why} |" not in page] == []
