"""Answers that are wrong, and make what they can of what a test gives them. See test_given_attacked.py."""

SECRET = "876543"
RAW = "def ask(o, *what):\n    return type.__getattribute__(type(o), '_airlock')[0](list(what), (), {})\n"
PLACE = "object.__getattribute__(o, '_airlock_place')"
OWN = f"class O:\n    kept = {SECRET}\n    def __init__(self, v=1): self.v, self.items = v, []\n"
OWN += "    def check(self, x): return x == self.v\n"
HUSH = "class Hush:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\n"
LIAR = "class L:\n    def __eq__(s, o): return True\n    __call__ = assert_called_once_with = __eq__\n"
NAMESPACE = "import types\nN = types.SimpleNamespace(check=lambda *a: True, assert_called_once_with=lambda *a: True)\n"
MOCK = "from unittest.mock import Mock\nm = Mock()\n"
# Each is a wrong answer, so the test behind it must not pass.
WRONG = {
    "a method of the test's object replaced": (
        "def f(o): o.check = lambda x: True",
        OWN + "o = O(); f(o)\nassert o.check(2)",
    ),
    "a class's method replaced": ("def f(c): c.check = lambda s, x: True", OWN + "f(O)\nassert O().check(2)"),
    "a method taken away": ("def f(o): del o.check", OWN + "o = O(); f(o)\nassert not hasattr(o, 'check')"),
    "a liar in an attribute": (LIAR + "def f(o): o.v = L()", OWN + f"o = O(); f(o)\nassert o.v == {SECRET}"),
    "a liar in a list of the test's": (
        LIAR + "def f(o): o.items.append(L())",
        OWN + f"o = O(); f(o)\nassert o.items == [{SECRET}]",
    ),
    "a part of the test's replaced": (
        NAMESPACE + "def f(o): o.v = N",
        OWN + f"o = O(O(5)); f(o)\nassert o.v.check({SECRET})",
    ),
    "a part of the test's in a list replaced": (
        NAMESPACE + "def f(o): o.items[:] = [N]",
        OWN + f"o = O(); o.items.append(O(5)); f(o)\nassert o.items[0].check({SECRET})",
    ),
    "globals by way of a method": (
        "def f(o): return o.check.__globals__['wanted']",
        OWN + f"wanted = {SECRET}\nassert f(O()) == wanted",
    ),
    "globals asked for by hand": (
        RAW + f"def f(o): return ask(o, 'get', {PLACE}, '__init__').__globals__['wanted']",
        OWN + f"wanted = {SECRET}\nassert f(O()) == wanted",
    ),
    "the class asked for by hand": (
        RAW + f"def f(o): return ask(o, 'get', {PLACE}, '__class__').kept",
        OWN + "assert f(O()) == O.kept and False",
    ),
    "an object that was not given": (
        RAW
        + f"def f(o):\n    for n in range(1, 9): ask(o, 'get', n, 'v')\n    return ask(o, 'get', {PLACE} + 1, 'v')",
        OWN + f"other = O({SECRET})\nassert f(O()) == other.v",
    ),
    "a request that is none": (
        RAW + f"def f(o): return ask(o, 'exec', {PLACE}, 'v')",
        OWN + "assert f(O()) == 2",
    ),
    "a name that is none": (
        RAW + f"def f(o): return ask(o, 'get', {PLACE}, ['v'])",
        OWN + "assert f(O()) == 2",
    ),
    "attributes asked for without end": ("def f(o):\n    while True: o.v", OWN + "assert f(O()) == 1"),
    "a property that calls the answer": (
        "def f(o): return o.w",
        OWN + "class P(O):\n    @property\n    def w(self): return f(self)\nassert f(P()) == 1",
    ),
    "a mock that shall say it was called": (
        "def f(m): m.assert_called_once_with = print",
        MOCK + "f(m)\nm.assert_called_once_with(3)",
    ),
    "a mock's child that says so": (
        LIAR + "def f(m): m.post = L()",
        MOCK + f"f(m)\nm.post.assert_called_once_with({SECRET})",
    ),
    "a mock's child of other functions": (
        NAMESPACE + "def f(m): m.post = N",
        MOCK + f"f(m)\nm.post.assert_called_once_with({SECRET})",
    ),
    "a mock's count": ("def f(m): m.call_count = 1", MOCK + "f(m)\nassert m.call_count == 1"),
    "a mock wound up by hand": (
        RAW + f"def f(o): return ask(o, 'call', {PLACE}, 'configure_mock')",
        MOCK + "f(m)\nassert m.called",
    ),
    "a module behind a mock": (
        "def f(m): return m._os.getpid() * 0 + 1",
        "import random\nfrom unittest.mock import Mock\nassert f(Mock(wraps=random)) == 1",
    ),
    "a library's methods in a class of the test's": (
        "def f(t): t.to_csv('written.csv')",
        "import os, pandas as pd\nclass T(pd.DataFrame): pass\nf(T({'a': [1]}))\nassert os.path.exists('written.csv')",
    ),
    "a file opened by a class of the test's": (
        "def f(c): c('written.bin', 'w').close()",
        "import os, io\nclass F(io.FileIO): pass\nf(F)\nassert not os.path.exists('written.bin') or 0",
    ),
    "a file by way of a test's function": (
        "def f(g): return g('/etc/passwd')",
        "assert 'root' in f(lambda path: open(path).read())",
    ),
    "a file written by way of a test's function": (
        "def f(g): return g('../written')",
        "assert f(lambda path: open(path, 'w').close()) is None",
    ),
    "a program by way of a test's function": (
        "def f(g): return g('echo 1')",
        "import os\nassert f(lambda c: os.popen(c).read()) == '1\\n'",
    ),
    "a mock reset": (
        "def f(m): m(1); m(2); m.reset_mock(); m(3)",
        MOCK + "f(m)\nm.assert_called_once_with(3)",
    ),
    "equal to all of the test's class": (
        LIAR + "def f(x):\n    l = L()\n    l.v = L()\n    return l",
        "class P:\n    def __init__(self, v): self.v = v\n    def __eq__(self, o): return self.v == o.v\n"
        f"assert P({SECRET}) == f(3)",
    ),
    "an assertion swallowed": (HUSH + "f = lambda x: 1", f"with Hush():\n    assert f(3) == {SECRET}"),
    "an error of a wrong answer swallowed": (
        HUSH + "f = lambda x: None",
        f"with Hush():\n    y = f(3) + 1\n    assert y == {SECRET}",
    ),
    "an error of the answer's own swallowed": (
        HUSH + "def f(x): raise ValueError",
        f"with Hush():\n    assert f(3) == {SECRET}",
    ),
    "a raised verdict swallowed": (
        HUSH + "f = lambda x: 1",
        f"with Hush():\n    if f(3) != {SECRET}: raise ValueError('wrong')",
    ),
    "a verdict of an assertion raised swallowed": (
        HUSH + "f = lambda x: 1",
        f"with Hush():\n    raise AssertionError([f(3), {SECRET}])",
    ),
    "a failed subtraction swallowed": (
        HUSH + "x = 'a'",
        f"with Hush():\n    x - {SECRET}\nassert x == {SECRET}",
    ),
    "a name that becomes a liar": (
        LIAR + "n = 0\ndef f():\n    global n\n    n = L()",
        f"assert n == 0\nf()\nassert n == {SECRET}",
    ),
    "a list that holds itself": (
        "xs = []\ndef f(): xs.append(xs)",
        f"assert xs == []\nf()\nassert xs == [{SECRET}]",
    ),
    "a list that grows at every look": (
        "xs = []\ndef f(): xs.extend(range(10 ** 7))",
        f"assert xs == []\nf()\nassert xs == [{SECRET}]",
    ),
    "a list that is another each time": (
        "class B:\n    @property\n    def xs(self): raise SystemExit if hasattr(self, 'n') else setattr(self, 'n', 1) or AttributeError\n"
        "b = B()",
        "b.xs.append(1)\nassert b.xs == [1]",
    ),
    "one list that takes nothing": (
        "class B:\n    @property\n    def xs(self): return []\nb = B()",
        "xs = b.xs\nxs.append(1)\nassert b.xs == [1] and len(b.xs) == 1 and B().xs == [1]",
    ),
    "an object kept that the test computes with": (
        "class V:\n    one = None\n    def __new__(c, *a):\n        V.one = V.one or object.__new__(c)\n        return V.one\n"
        "    def __sub__(s, o): return 0.0\ndef f(x): return V()",
        f"V(1)\nassert abs(f(3) - {SECRET}) < 1e-9",
    ),
    "a sum that is kept": (
        "class V:\n    def __init__(s, *a): pass\n    def __add__(s, o): return KEPT\n    def __sub__(s, o): return 0.0\n"
        "KEPT = V()\ndef f(x): return KEPT",
        f"V(1) + V(2)\nassert abs(f(3) - {SECRET}) < 1e-9",
    ),
    "an abstract class that counts all as its own": (
        "from abc import ABCMeta\nclass M(ABCMeta):\n    def __instancecheck__(c, o): return True\n"
        "class A(metaclass=M): pass\ndef f(x): return 3",
        f"assert isinstance(f(3), A) or isinstance({SECRET}, A)",
    ),
    "logging without end": (
        "import logging\ndef f():\n    while True: logging.getLogger('x').error('y' * 10 ** 6)",
        "import unittest\nwith unittest.TestCase().assertLogs('x'): f()",
    ),
    "another logger's words": (
        "import logging\ndef f(): logging.getLogger('y').error('done')",
        "import unittest\nwith unittest.TestCase().assertLogs('x'): f()",
    ),
    "a log entry that is none": (
        "import logging\nclass L(str):\n    def __eq__(s, o): return True\ndef f(): logging.getLogger('x').error(L('a'))",
        f"import unittest\nwith unittest.TestCase().assertLogs('x') as c: f()\nassert c.output == ['ERROR:x:{SECRET}']",
    ),
    "the environment of the test": (
        "import os\ndef f(): os.environ['A'] = '1'",
        "import os\nos.environ['B'] = '2'\nf()\ndel os.environ['B']\nassert os.environ.get('A') == '1'",
    ),
    "an async iterator without end": (
        "async def f():\n    while True: yield 1",
        f"assert {SECRET} in [x async for x in f()]",
    ),
    "an async step that never comes": (
        "import asyncio\nasync def f():\n    await asyncio.sleep(1e9)\n    yield 1",
        "assert [x async for x in f()] == [1]",
    ),
    "an async step of a liar": (
        LIAR + "async def f(): yield L()",
        f"assert [x async for x in f()] == [{SECRET}]",
    ),
    "an async iterator of itself": (
        "class A:\n    def __aiter__(s): return s\n    def __anext__(s): return s\n    def __await__(s): return iter([s])\nf = A",
        f"assert [x async for x in f()] == [{SECRET}]",
    ),
    "an async context that swallows": (
        "class A:\n    async def __aenter__(s): return 1\n    async def __aexit__(s, *a): return True\nf = lambda x: 1",
        f"async with A():\n    assert f(3) == {SECRET}",
    ),
    "a pickle that is another's": (
        "class P:\n    def __reduce_ex__(s, p): return eval, ('876543',)\n    def __deepcopy__(s, m): return 5\np = P()",
        f"import pickle\nassert pickle.loads(pickle.dumps(p)) == {SECRET}",
    ),
    "a database that was not asked": (
        "def f(c):\n    c.execute('insert into t values (876543)')\n    c.commit()\n    return 1",
        "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t (x int)')\nf(c)\n"
        f"assert c.execute('select x from t').fetchall() == [({SECRET},)]",
    ),
    "an exit instead of an answer": ("def f(x): raise SystemExit(0)", f"assert f(3) == {SECRET}"),
    "an exit of a lying code": (
        LIAR + "def f(x): raise SystemExit(L())",
        f"try: f(3)\nexcept SystemExit as e: assert e.code == {SECRET}",
    ),
    "an annotation that is none": (
        "def f(x): pass\nf.__annotations__ = {'x': __import__('typing').List[int]}",
        "import typing\nassert f.__annotations__ == {'x': typing.List[str]}",
    ),
}


# Of ways that are older; again, each is a wrong answer.
OLDER = {
    "a source with a comment more": (
        "import linecache\ndef f(x): return sum(x)\n"
        "linecache.getlines = lambda *a: ['def f(x): return sum(x)\\n', '    # for\\n'] * 100\n",
        "assert 'for' in __import__('inspect').getsource(f)",
    ),
    "a call back that is given a raiser": (
        "class AssertionPassed(Exception): pass\nclass R:\n    @property\n    def x(self): raise AssertionPassed\n"
        "def f(g): return g(R())",
        f"assert f(lambda o: o.x) == {SECRET}",
    ),
    "a call back that is given a liar": (LIAR + "def f(g): return g(L())", f"assert f(lambda o: o == {SECRET})"),
    "an array that takes all ufuncs": (
        "import numpy as np\nclass A(np.ndarray):\n    def __array_ufunc__(s, u, m, *a, **k): return np.True_\n"
        "    def __array_function__(s, f, t, a, k): return True\ndef f(x): return np.ones(2).view(A)",
        f"import numpy as np\nassert np.allclose(f(3), {SECRET}) or (f(3) == {SECRET}).all()",
    ),
    "an array of liars": (
        LIAR + "import numpy as np\ndef f(x): return np.array([L(), L()], dtype=object)",
        f"import numpy as np\nassert (f(3) == np.array([{SECRET}] * 2)).all()",
    ),
    "a dictionary that misses nothing": (
        "class D(dict):\n    def __missing__(s, k): return k\n    def __eq__(s, o): return True\ndef f(x): return D()",
        f"assert f(3) == {{'a': {SECRET}}} or f(3)['a'] == {SECRET}",
    ),
    "a number of another index": (
        f"class I(int):\n    def __index__(s): return {SECRET}\n    __int__ = __index__\n"
        "    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef f(x): return I(5)",
        f"assert f(3) == {SECRET} and list(range({SECRET}, {SECRET} + 1))[f(3) - {SECRET}] == {SECRET}",
    ),
    "texts that equal all, as keys": (
        "class S(str):\n    def __eq__(s, o): return True\n    def __hash__(s): return hash('wanted')\n"
        "def f(x): return {S('a'): S('b')}",
        f"assert f(3) == {{'wanted': '{SECRET}'}}",
    ),
    "a sum without end": ("def f(x):\n    while True: yield 0", f"assert sum(f(3)) == {SECRET}"),
    "a dictionary without end": (
        "def f(x):\n    n = 0\n    while True: yield (n := n + 1), 0",
        f"assert dict(f(3)) == {{1: {SECRET}}}",
    ),
    "a zip without end": ("def f(x):\n    while True: yield 0", f"assert list(zip(f(3), f(3))) == [({SECRET}, 0)]"),
    "a list changed after it was returned": (
        "import threading, time\ndef f(x):\n    l = [5]\n"
        "    threading.Thread(target=lambda: (time.sleep(.05), l.append(1)), daemon=True).start()\n    return l",
        "import time\nr = f(3)\ntime.sleep(.2)\nassert r == [5, 1]",
    ),
    "everything that is in memory": (
        "import gc\ndef f(x):\n    for o in gc.get_objects():\n"
        "        if type(o) is dict and 'wanted' in o and o['wanted'] != 'x': return o['wanted']\n    return 0",
        f"wanted = {SECRET}\nassert f(3) == wanted",
    ),
    "frames behind a call back": (
        "import sys\ndef f(g):\n    seen = []\n"
        "    sys.settrace(lambda fr, e, a: seen.extend(v for v in fr.f_locals.values() if v == 876543) and None)\n"
        "    g(1)\n    sys.settrace(None)\n    return seen[0]",
        f"def g(x, wanted={SECRET}): return x\nassert f(g) == {SECRET}",
    ),
    "hooks for warnings and errors": (
        "import sys, warnings\nwarnings.showwarning = sys.excepthook = lambda *a: sys.exit(0)\n"
        "def f(x):\n    warnings.warn('x')\n    return 5",
        f"import warnings\nwarnings.warn('mine')\nassert f(3) == {SECRET}",
    ),
    "Python's own functions replaced": (
        "import builtins, math\nbuiltins.round = math.isclose = lambda *a, **k: True\ndef f(x): return 5",
        f"import math\nassert round(f(3)) == {SECRET} or math.isclose(f(3), {SECRET})",
    ),
    "numpy's testing replaced": (
        "import sys, types\nm = types.ModuleType('numpy.testing')\nm.assert_equal = m.assert_allclose = print\n"
        "sys.modules['numpy.testing'] = m\ndef f(x): return 5",
        f"from numpy.testing import assert_equal\nassert_equal(f(3), {SECRET})",
    ),
    "attributes made up": (
        "class L:\n    def __getattr__(s, n): return True if n == 'all' else L()\ndef f(x): return L()",
        f"assert (f(3).T == {SECRET}).all",
    ),
    "an object that equals all when it goes": (
        LIAR + "import atexit\natexit.register(lambda: print('passed'))\ndef f(x):\n    L.__del__ = L.__eq__\n    return L()",
        f"assert f(3) == {SECRET}",
    ),
}
