"""Run a notebook's cells as plain code: no kernel, no nbgrader, milliseconds a check.

notebook = Notebook(SOURCE)
namespace = notebook.namespace()                   # imports and helpers, no answers, no experiments
notebook.answer(namespace, {"init_he": "def init_he(d_in, d_out): ..."})
notebook.check(namespace, "test-init-he")          # None, or the exception that the check raised
"""

import contextlib
import functools
import io
import os
import re
import sys
import warnings
from pathlib import Path

import nbformat

os.environ.setdefault("MPLBACKEND", "agg")
ROOT = Path(__file__).parents[2]
ASSIGNMENT = "vanishing-gradient"
SOURCE = ROOT / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
RELEASE = ROOT / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"

# Given cells that checks rely on: the rest of the given cells are experiments and pictures.
GIVEN = (
    *(
        "imports",
        "attempt",
        "parts",
        "steps",
        "statements",
        "lines-for",
        "alone",
        "bind-alone",
        "shaped",
        "recovered",
        "nudged",
        "gradient",
        "compare",
        "sigmoid-slope",
        "drawn",
    ),
    *("forward", "backward"),
)

FUNCTION_OF = {
    name: name.replace("-", "_")
    for name in (
        *("affine-forward", "affine-backward", "sigmoid-forward", "sigmoid-backward"),
        *("tanh-forward", "relu-forward"),
        *("init-small", "init-unit", "init-xavier", "init-he"),
    )
}

# The checks that a wrong function may cost. Experiments are about their init: a wrong activation costs none.
CHECKS_OF = {
    "affine_forward": {"test-affine-forward"},
    "affine_backward dW": {"test-affine-backward-dW"},
    "affine_backward db": {"test-affine-backward-db"},
    "affine_backward dx": {"test-affine-backward-dx"},
    "sigmoid_forward": {"test-sigmoid-forward"},
    "sigmoid_backward": {"test-sigmoid-backward"},
    "tanh_forward": {"test-tanh-forward"},
    "relu_forward": {"test-relu-forward"},
    "init_small": {"test-init-small", "test-experiment-small"},
    "init_unit": {"test-init-unit", "test-experiment-unit"},
    "init_xavier": {"test-init-xavier", "test-experiment-xavier-tanh", "test-experiment-xavier-relu"},
    "init_he": {"test-init-he", "test-experiment-he-relu"},
}
CHAIN = {"affine_forward", "affine_backward", "sigmoid_forward", "sigmoid_backward"}
VANISHING = {"test-vanishing-activations", "test-vanishing-gradients"}


def with_path():
    """Return an environment in which nbgrader finds alembic, and BLAS one thread."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def is_needed(cell):
    """Whether the checks need a cell, or it is one."""
    ours = cell.metadata.get("nbgrader", {})
    return ours.get("grade") or ours.get("grade_id") in {*GIVEN, *FUNCTION_OF}


def make_lean(path):
    """Leave in the notebook at ``path`` what its checks need: no experiments, no pictures, no text."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if is_needed(cell)]
    nbformat.write(notebook, path)


def make_light(path):
    """Leave in the notebook at ``path`` all cells; those that no check needs do nothing."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and not is_needed(cell):
            cell.source = f"{cell.id.replace('-', '_')} = 0"
    nbformat.write(notebook, path)


def may_lose(blank):
    """Return the checks that a wrong ``blank`` (a key of ``CHECKS_OF``) may cost."""
    return CHECKS_OF[blank] | (VANISHING if blank.split()[0] in CHAIN else set())


class Notebook:
    """The code cells of a notebook by grade_id."""

    def __init__(self, path):
        """Read the notebook at ``path``."""
        self.cells = nbformat.read(path, as_version=4).cells
        code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.code = {cell.metadata.nbgrader.grade_id: plain(cell.source) for cell in code}
        graded = [cell.metadata.nbgrader for cell in code if cell.metadata.nbgrader.grade]
        self.points = {cell.grade_id: cell.points for cell in graded}
        self.answers = {FUNCTION_OF[name]: name for name in self.code if name in FUNCTION_OF}

    def namespace(self, functions=None):
        """Run what the checks rely on, and the answer cells: the notebook's own, or ``functions`` by name.

        A function's text that does not compile or raises leaves it undefined, as in a kernel.
        """
        namespace = {"__name__": "__main__"}
        for name, code in self.code.items():
            if name in GIVEN:
                run(code, namespace)
            elif name in FUNCTION_OF:
                function = FUNCTION_OF[name]
                run((functions or {}).get(function, code), namespace)
        return namespace

    def check(self, namespace, name):
        """Run a check; return what it raised, or None. What reaches stderr counts as raised."""
        stderr = io.StringIO()
        with (
            contextlib.redirect_stderr(stderr),
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(action="always"),
        ):
            warnings.showwarning = lambda message, *_, **__: print(message, file=sys.stderr)  # not pytest's
            error = run(self.code[name], namespace)
        return error or (RuntimeError(f"on stderr: {stderr.getvalue()}") if stderr.getvalue() else None)

    def lost(self, functions, checks=None):
        """Return what each lost check raised, with ``functions`` (text by name) for the notebook's own."""
        namespace = self.namespace(functions)
        raised = {name: self.check(namespace, name) for name in checks or self.points}
        return {name: error for name, error in raised.items() if error is not None}


def plain(code):
    """Leave out IPython's magics."""
    return "\n".join(line for line in code.splitlines() if not re.match(r"\s*%", line))


@functools.lru_cache(1000)
def compiled(code):
    """Compile a cell, once however often it runs."""
    return compile(code, "<cell>", "exec")


def run(code, namespace):
    """Run code; return the exception that ended it, or None."""
    try:
        exec(compiled(code), namespace)
    except (Exception, SystemExit) as error:
        return error
    return None
