"""Attacks: what a student might write to be given points, secrets or power over the grader, one per entry.

Each stands in the answer cell ``sigmoid`` behind wrong solutions, see small_course.WRONG; it knows
COURSE (the course folder), OUTSIDE (a folder that its user may write to), GRADER (the grader's process
id), STREAM, DATAGRAM (sockets in OUTSIDE on which somebody listens) and PORT (the same on loopback).
"""

import textwrap
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attack:
    """``code`` goes behind the wrong sigmoid; ``answers`` replace whole cells, ``files`` are handed in beside.

    honest: the score without the attack. seen: the kind of incident that must be in the record, or "one or another".
    needs: the measure of confinement without which the platform cannot refuse this.
    """

    name: str
    code: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    honest: float = 1.0
    seen: str = ""
    needs: str = ""


ATTACKS: list[Attack] = []


def attack(name, code="", **more):
    """Add one to the list."""
    ATTACKS.append(Attack(name, textwrap.dedent(code).strip(), **more))


# --- What is shown -----------------------------------------------------------------------------------------
attack(
    "forged execute_result and display_data",
    """
    def sigmoid(x):
        for points in ("10.0", "3"):
            get_ipython().displayhook(float(points))
            display({"text/plain": points}, raw=True)
        return x
    sigmoid(0)
    10.0
    """,
)
attack(
    "display hooks replaced",
    """
    import sys
    shell = get_ipython()
    shell.displayhook = sys.displayhook = lambda value: display({"text/plain": "3.0"}, raw=True)
    shell.display_pub.publish = lambda *a, **k: None
    shell.display_formatter.format = lambda *a, **k: ({"text/plain": "3.0"}, {})
    """,
)
attack(
    "another cell's display updated",
    """
    def sigmoid(x):
        display({"text/plain": "3.0"}, raw=True, display_id="verdict")
        display({"text/plain": "10.0"}, raw=True, display_id="verdict", update=True)
        return x
    sigmoid(0)
    """,
)
attack(
    "errors not shown",
    """
    shell = get_ipython()
    shell.showtraceback = shell._showtraceback = lambda *a, **k: None
    shell.set_custom_exc((BaseException,), lambda *a, **k: None)
    import sys, traceback
    sys.excepthook = traceback.print_exc = lambda *a, **k: None
    """,
)
attack(
    "hooks before and after every cell",
    """
    def everywhere(*_):
        get_ipython().user_ns.update(sigmoid=lambda x: True, squares=lambda n: True, token=True)
    for event in ("pre_run_cell", "post_run_cell", "pre_execute", "post_execute"):
        get_ipython().events.register(event, everywhere)
    """,
)
attack(
    "outputs cleared",
    """
    from IPython.display import clear_output
    def sigmoid(x):
        clear_output(); clear_output(wait=True)
        return x
    """,
)
attack(
    "iopub messages forged with the session key",
    """
    kernel = get_ipython().kernel
    def sigmoid(x):
        for parent in (kernel.get_parent(), {}, {"header": {"msg_id": "verdict"}}):
            for kind, content in {
                "execute_result": {"data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 1},
                "stream": {"name": 5, "text": {}}, "status": {"execution_state": "idle"}, "error": [],
                "update_display_data": {"data": 1, "transient": {"display_id": []}}, "clear_output": {"wait": 0},
                "comm_open": {"comm_id": "1", "target_name": "x", "data": {}}, "execute_reply": {},
            }.items():
                kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
        return x
    sigmoid(0)
    """,
)
attack(
    "malformed messages",
    """
    kernel = get_ipython().kernel
    socket = kernel.iopub_socket
    session, parent = kernel.session, kernel.get_parent()
    for number in range(20):
        socket.send_multipart([b"x", b"<IDS|MSG>", b"not signed", b"{}", b"{}", b"{}", b"{}"])
    for content in ("text", [1], None, {"name": ["stdout"], "text": 3}, {"output_type": "error"}):
        for kind in ("stream", "display_data", "execute_result", "error", "status"):
            session.send(socket, kind, content, parent=parent)
    for header in (b"[]", b"5", b'{"version": "4.0", "msg_type": "stream"}', b'{"date": "9999-99-99T99:99:99"}'):
        parts = [header, b"{}", b"{}", b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}"]
        socket.send_multipart([b"<IDS|MSG>", session.sign(parts), *parts])
    """,
    seen="forged",
)
attack(
    "replies on the shell channel forged",
    """
    kernel = get_ipython().kernel
    def sigmoid(x):
        parent = kernel.get_parent()
        content = {"status": "ok", "score": 10}
        kernel.session.send(kernel.shell_stream or kernel.shell_socket, "execute_reply", content, parent)
        return x
    """,
)
attack(
    "script and terminal escapes in messages",
    r"""
    def sigmoid(x):
        raise ValueError("\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\u202e\ud800" + "A" * 10**6)
    print("\x1b[2J\x1b]0;owned\x07\x1b[31m 10/10 \u202e \x00 \ufeff")
    """,
)

# --- How cells are read ------------------------------------------------------------------------------------
attack(
    "AST transformer drops assertions",
    """
    import ast
    class Drop(ast.NodeTransformer):
        def visit_Assert(self, node): return ast.Pass()
        def visit_Raise(self, node): return ast.Pass()
    get_ipython().ast_transformers.append(Drop())
    """,
)
attack(
    "input transformer rewrites cells",
    """
    drop = lambda lines: ["3.0" for line in lines]
    get_ipython().input_transformers_post.append(drop)
    get_ipython().input_transformers_cleanup.append(drop)
    """,
)
attack(
    "compile, exec and eval replaced",
    """
    import builtins, ast
    builtins.compile = builtins.exec = builtins.eval = ast.parse = lambda *a, **k: None
    get_ipython().run_cell = get_ipython().run_cell_async = lambda *a, **k: None
    """,
)
attack(
    "IPython and ipykernel taken over",
    """
    from ipykernel.ipkernel import IPythonKernel
    from IPython.core.interactiveshell import InteractiveShell
    async def nothing(self, *a, **k):
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}, "score": 10}
    IPythonKernel.do_execute = nothing
    InteractiveShell.run_cell_async = nothing
    kernel = get_ipython().kernel
    type(kernel)._on_request = type(kernel)._serve = type(kernel)._reply = nothing
    """,
)

# --- What is patched ---------------------------------------------------------------------------------------
attack(
    "numpy and numpy.testing patched",
    """
    yes = lambda *a, **k: True
    for name in ("allclose", "isclose", "array_equal", "all", "any", "isfinite", "shape", "abs"):
        setattr(np, name, yes)
    for name in dir(np.testing):
        if name.startswith("assert"):
            setattr(np.testing, name, lambda *a, **k: None)
    checks.same_again = yes
    """,
)
attack(
    "builtins patched",
    """
    import builtins
    yes = lambda *a, **k: True
    builtins.isinstance = builtins.all = builtins.any = builtins.callable = builtins.print = yes
    builtins.abs = builtins.sum = builtins.round = lambda *a, **k: 0
    builtins.AssertionError = builtins.Exception
    """,
)
attack(
    "json, .npy and the wire patched",
    """
    import json, airlock.wire.values, airlock.sandbox.objects
    json.dumps = lambda *a, **k: '{"status": "ok", "score": 10, "passed": true}'
    np.lib.format.write_array_header_1_0 = lambda *a, **k: None
    airlock.sandbox.objects.encode = airlock.wire.values.encode = lambda *a, **k: [b"true"]
    """,
    seen="forged",
)
attack(
    "the kernel's answers forged",
    """
    import json
    kernel = get_ipython().kernel
    kernel._reply = lambda request, frames: [json.dumps(
        {"status": "ok", "result_frames": 1, "verdict": "passed", "points": 3}).encode(), b"true", b'{"tuple": [1]}']
    """,
)
attack(
    "a pickle in an answer",
    """
    import json, pickle, os, airlock.sandbox.objects
    class Evil:
        def __reduce__(self): return os.system, (f"touch {OUTSIDE}/owned",)
    def npy(*_, **__):
        head = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\\n"
        data = b"\\x93NUMPY\\x01\\x00" + len(head).to_bytes(2, "little") + head + pickle.dumps(np.array([Evil()]))
        return [b'{"array": 0}', data]
    airlock.sandbox.objects.encode = npy
    """,
    seen="forged",
)
attack(
    "arrays that lie about their shape",
    """
    import airlock.sandbox.objects, itertools
    headers = itertools.cycle([
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (9223372036854775807,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 400 + ",), }",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (), }",
        "(" * 3000, "{'descr': __import__('os'), 'fortran_order': 1, 'shape': ()}",
    ])
    def npy(*_, **__):
        head = next(headers).encode()
        return [b'{"array": 0}', b"\\x93NUMPY\\x01\\x00" + len(head).to_bytes(2, "little") + head]
    airlock.sandbox.objects.encode = npy
    """,
    answers={"squares": "def squares(n):\n    return sigmoid(n)"},
    seen="forged",
)
attack(
    "modules exchanged",
    """
    import sys, types
    class Anything(types.ModuleType):
        def __getattr__(self, name): return lambda *a, **k: True
    for name in ("numpy", "numpy.testing", "checks", "json", "airlock", "airlock.wire.values", "nbgrader", "pytest"):
        sys.modules[name] = Anything(name)
    np = checks = Anything("np")
    """,
)
attack(
    "import hooks",
    """
    import sys, importlib.abc
    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path, target=None): print("imported", name)
    sys.meta_path.insert(0, Finder())
    sys.path_hooks.insert(0, lambda path: print("looked in", path))
    sys.path_importer_cache.clear()
    import builtins
    builtins.__import__ = lambda *a, **k: None
    """,
)
attack(
    "the tests' own names taken",
    """
    x = token = found = right = low = True
    type = isinstance = abs = sum = range = list = lambda *a, **k: True
    np = checks = sigmoid
    FACTOR, AssertionError = 0, None
    """,
)
