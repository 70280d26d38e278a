"""Which Python the Makefile takes, and that it leaves nothing behind where none fits."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = "make sh sort tail cut touch rm mkdir cat".split()
# A Python that claims to be another version, and whose environments install nothing.
PRETENDER = """#!/bin/sh
case "$1 $2" in
    -c*) code="$2"; shift 2; exec '{python}' -c "
import sys
sys.version_info = (3, {minor}, 0)
sys.executable = '$0'
{cripple}
$code" "$@" ;;
    "-m venv") mkdir -p .venv/bin && {outcome} && echo "$0" > .venv/maker &&
        echo '#!/bin/sh' > .venv/bin/python && chmod +x .venv/bin/python ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """A checkout, and a PATH with nothing on it but what the Makefile calls and the Pythons asked for."""
    programs, checkout = tmp_path / "bin", tmp_path / "checkout"
    programs.mkdir()
    checkout.mkdir()
    for name in [*TOOLS, "chmod"]:
        (programs / name).symlink_to(shutil.which(name))
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout)

    def make(pythons, *arguments):
        for name, (minor, options) in pythons.items():
            settings = {"python": sys.executable, "minor": minor, "cripple": "", "outcome": "true"} | options
            (programs / name).write_text(PRETENDER.format(**settings))
            (programs / name).chmod(0o755)
        command = ["make", ".venv/done", *arguments]
        return subprocess.run(
            command, cwd=checkout, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
        )

    make.checkout, make.programs = checkout, programs
    return make


@pytest.mark.parametrize(
    "pythons, taken",
    [
        ({"python3.11": 11, "python3": 11}, 11),
        ({"python3.11": 11, "python3.13": 13, "python3.12": 12, "python3": 11}, 13),
        ({"python3.11": 11, "python3": 14}, 14),
        ({"python3.15": 15, "python3": 15, "python3.12": 12}, 12),
        ({"python3": 9, "python": 12}, 12),
        ({"python3.14": 14, "python3.12": 12, "python3": 11, "without venv": 14}, 12),
    ],
)
def test_the_newest_python_that_fits_makes_the_environment(machine, pythons, taken):
    crippled = pythons.pop("without venv", None)
    cripple = {"cripple": "sys.modules['ensurepip'] = None"}
    run = machine({name: (minor, cripple if minor == crippled else {}) for name, minor in pythons.items()})
    assert run.returncode == 0, run.stderr
    maker = Path((machine.checkout / ".venv" / "maker").read_text().strip())
    assert pythons[maker.name] == taken


@pytest.mark.parametrize("pythons", [{}, {"python3": 9}, {"python3.10": 10, "python3": 10, "python": 2}])
def test_without_one_that_fits_one_sentence_is_said_and_nothing_is_left(machine, pythons):
    before = sorted(machine.checkout.iterdir())
    run = machine({name: (minor, {}) for name, minor in pythons.items()})
    assert run.returncode != 0
    said = [line for line in run.stderr.splitlines() if not line.startswith("make:")]
    assert len(said) == 1 and said[0].startswith("This needs Python 3.11 to 3.14 with its venv")
    assert run.stdout == "" and sorted(machine.checkout.iterdir()) == before


def test_a_python_named_on_the_command_line_is_the_one_unless_it_is_too_old(machine):
    pythons = {"python3.13": (13, {}), "mine": (11, {}), "old": (8, {})}
    run = machine(pythons, f"PYTHON={machine.programs / 'old'}")
    assert "This needs Python 3.11" in run.stderr and not (machine.checkout / ".venv").exists()
    run = machine(pythons, f"PYTHON={machine.programs / 'mine'}")
    assert run.returncode == 0, run.stderr
    assert (machine.checkout / ".venv" / "maker").read_text().strip().endswith("/mine")


def test_an_environment_that_cannot_be_made_is_not_left_half_made(machine):
    run = machine({"python3": (12, {"outcome": "false"})})
    assert run.returncode != 0 and not (machine.checkout / ".venv").exists()


def test_an_environment_that_is_there_keeps_its_python(machine):
    assert machine({"python3.11": (11, {})}).returncode == 0
    maker = (machine.checkout / ".venv" / "maker").read_text()
    (machine.checkout / ".venv" / "done").unlink()
    assert machine({"python3.14": (14, {})}).returncode == 0
    assert (machine.checkout / ".venv" / "maker").read_text() == maker
