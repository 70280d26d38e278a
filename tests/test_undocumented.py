"""The undocumented parts of others that the engine relies on are where it looks, and named in one place."""

import ast
import importlib
import inspect
import sys
import tomllib
from pathlib import Path
from unittest.mock import MagicMock, Mock

import pytest

import airlock
from airlock.undocumented import PARTS, is_sanitizing, wraps_something

ENGINE = Path(airlock.__file__).parent
BOUNDED = {"ipykernel", "ipython", "jupyter_client", "jupyter_core", "nbclient", "nbconvert", "nbgrader"}


def find(part):
    module, _, path = part.name.partition(":")
    found = importlib.import_module(module)
    for name in path.split("."):
        assert hasattr(found, name), f"{part.name} has moved"
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_it_is_there_and_takes_what_it_is_given(part):
    found = find(part)
    if part.parameters:
        known = [name for name in inspect.signature(found).parameters if name != "self"]
        assert tuple(known[: len(part.parameters)]) == part.parameters


def test_the_converter_tells_whether_it_sanitises():
    from nbgrader.converters import Autograde

    source = inspect.getsource(Autograde)
    assert "self._sanitizing = True" in source and "self._sanitizing = False" in source
    converter = Autograde.__new__(Autograde)
    converter._sanitizing = True
    assert is_sanitizing(converter)


def test_a_mock_tells_whether_it_wraps_something():
    assert wraps_something(Mock(wraps=len)) and wraps_something(Mock(wraps=sys).path)
    assert not wraps_something(Mock(spec=len)) and not wraps_something(MagicMock().child)


def test_the_converter_goes_through_the_assignments_that_it_is_left():
    from nbgrader.converters.base import BaseConverter

    assert "sorted(self.assignments" in inspect.getsource(BaseConverter.convert_notebooks)
    start = inspect.getsource(BaseConverter.start)
    assert start.index("init_notebooks") < start.index("exporter_class") < start.index("convert_notebooks")


def test_the_debugger_is_looked_for_as_we_hide_it():
    source = inspect.getsource(importlib.import_module("ipykernel.debugger"))
    assert "from debugpy" in source or "import debugpy" in source


def test_what_is_overridden_or_used_is_where_the_list_says():
    for part in PARTS:
        path = ENGINE.parent / part.used_in.replace(".", "/")
        files = [path.with_suffix(".py")] if path.with_suffix(".py").is_file() else path.glob("*.py")
        name = part.name.rpartition(":")[2].rpartition(".")[2]
        texts = "".join(file.read_text() for file in files)
        assert name.strip("_") in texts or part.used_in == "airlock.undocumented", part.name


def test_nothing_private_of_others_is_touched_elsewhere():
    trees = {path: ast.parse(path.read_text()) for path in ENGINE.rglob("*.py")}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    ours = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    ours |= {n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    ours |= {n.target.id for n in nodes if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
    # Classes that are made while it runs get what they have by keys: of a dict, or set in one.
    keys = [key for n in nodes if isinstance(n, ast.Dict) for key in n.keys]
    keys += [n.slice for n in nodes if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)]
    ours |= {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    known = {part.name.rpartition(".")[2].rpartition(":")[2] for part in PARTS}
    own_words = {"_exit", "_fields", "_asdict", "_replace"}  # documented, in spite of their names
    for path, tree in trees.items():
        if path.name == "undocumented.py":
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or not node.attr.startswith("_"):
                continue
            private = not node.attr.startswith("__") and node.attr not in ours | own_words
            of_super = isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "super"
            assert not private or (of_super and node.attr in known), f"{path.name}: {node.attr}"


def test_packages_that_are_reached_into_have_an_upper_bound():
    project = tomllib.loads((ENGINE.parent / "pyproject.toml").read_text())["project"]
    bounds = {one.split(">")[0].split("<")[0].strip(): one for one in project["dependencies"]}
    reached = {part.name.partition(".")[0].partition(":")[0].lower() for part in PARTS}
    reached -= set(sys.stdlib_module_names)  # which the Python of the tests bounds
    assert reached <= BOUNDED
    for package in reached:
        assert "<" in bounds[package], package
