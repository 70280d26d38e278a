"""What a lying object is worth: no point, no sight of an expected value, and not the grader's time."""

from probing import Probe, airlock
from small_course import QUICK

SECRET = "876543"
LIST = "__import__('collections').UserList"
LIAR = """
seen = []
class Liar:
    def __init__(self, *a): pass
    def _see(self, *others):
        seen.extend(map(repr, others))
        return True
    {methods} = _see
def f(*a): return Liar()
"""
OPERATORS = (
    "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __contains__ __sub__ __rsub__ __add__ __radd__ __mul__".split()
)
COMPARED = [
    f"f(3) == {SECRET}",
    f"{SECRET} == f(3)",
    f"not f(3) != {SECRET}",
    f"abs(f(3) - {SECRET}) < 1e-9",
    f"abs({SECRET} - f(3)) < 1e-9",
    f"f(3) in [{SECRET}]",
    f"{SECRET} in f(3)",
    f"[f(3)] == [{SECRET}]",
    f"f(3) >= {SECRET} and f(3) <= {SECRET}",
    f"__import__('math').isclose(f(3), {SECRET})",
    f"__import__('numpy').allclose(f(3), {SECRET})",
    f"max(f(3), {SECRET}) == min(f(3), {SECRET})",
    f"{{'a': f(3)}} == {{'a': {SECRET}}}",
    f"f(3) * {SECRET} == 1",
]
# Answers that say one thing and are another; each is a wrong one, so the test behind it must not pass.
LIES = {
    "a lying class": ("class L:\n    __class__ = int\nf = lambda x: L()", f"f(3) == {SECRET}"),
    "a number that equals all": (
        "class L(int):\n    def __eq__(self, o): return True\n    __hash__ = None\nf = lambda x: L(5)",
        f"f(3) == {SECRET}",
    ),
    "a list that equals all": (
        "class L(list):\n    def __eq__(self, o): return True\nf = lambda x: L([5])",
        f"f(3) == [{SECRET}]",
    ),
    "a text that equals all": (
        "class L(str):\n    def __eq__(self, o): return True\n    __hash__ = None\nf = lambda x: L('a')",
        f"f(3) == '{SECRET}'",
    ),
    "a lying length": (
        "class L:\n    def __len__(self): return 10**30\nf = lambda x: L()",
        "len(f(3)) == 4",
    ),
    "a length that is none": (
        "class L:\n    def __len__(self): return 'x'\nf = lambda x: L()",
        "len(f(3)) == 4",
    ),
    "an endless iterator": ("def f(x):\n    while True: yield x", f"{SECRET} in list(f(3))"),
    "an iterator of itself": (
        "class L:\n    def __iter__(s): return s\n    def __next__(s): return s\nf = lambda x: L()",
        f"{SECRET} in f(3)",
    ),
    "attributes without end": (
        "class L:\n    def __getattr__(self, n): return L()\nf = lambda x: L()",
        f"f(3).a.b.c == {SECRET}",
    ),
    "an attribute that changes": (
        "class L:\n    n = 0\n    @property\n    def v(self): L.n += 1; return L.n\nobj = L()",
        "obj.v == obj.v",
    ),
    "recursion by a call back": ("def f(g): return g(g)", "f(lambda g: f(g)) == 1"),
    "call backs without end": ("def f(g):\n    while True: g(1)", "f(lambda x: x) == 1"),
    "an error that is an assertion passed": (
        "class Passed(BaseException): pass\ndef f(x): raise Passed('full marks')",
        f"f(3) == {SECRET}",
    ),
    "an error of a lying class": (
        "class L(ValueError):\n    __class__ = KeyError\ndef f(x): raise L()",
        "__import__('unittest').TestCase().assertRaises(KeyError, f, 3) is None",
    ),
    "an error whose text raises": (
        "class L(ValueError):\n    def __str__(self): raise SystemExit\ndef f(x): raise L()",
        f"f(3) == {SECRET}",
    ),
    "column names as code": (
        "import pandas as pd\ndef f(x): return pd.DataFrame({'__import__(\"os\").abort()': [1], '@x': [2]})",
        "list(f(3).columns) == ['a']",
    ),
    "a table that is none": (
        "import pandas as pd\nclass L(pd.DataFrame):\n    def equals(s, o): return True\nf = lambda x: L()",
        "f(3).shape == (1, 1)",
    ),
    "an eval handed over": ("f = eval", "f('6 * 7') == 43"),
    "a class with a lying method resolution": (
        "class M(type):\n    def mro(cls): return [cls, int, object]\n"
        "try:\n    class L(metaclass=M): pass\nexcept TypeError:\n    class L: pass\nf = lambda x: L()",
        f"f(3) == {SECRET}",
    ),
    "a hash that matches": (
        "class L:\n    def __hash__(self): return hash(876543)\n    def __eq__(self, o): return True\n"
        "def f(x): return L()",
        f"f(3) in {{{SECRET}}}",
    ),
    "random states chosen": (
        "import random\ndef f(rng):\n    rng.setstate((3, (0,) * 624 + (624,), None))\n    return 0",
        "(r := __import__('random').Random(1), f(r), r.random())[2] == 0.0",
    ),
    "a seed answered with zeros": (
        "import random\ndef f(x):\n    random.setstate((3, (0,) * 624 + (624,), None))\n    return 0",
        "(r := __import__('random'), r.seed(1), f(0), r.random())[3] == 0.0",
    ),
    "a coroutine without end": ("async def f(x):\n    while True: pass", f"await f(3) == {SECRET}"),
    "a coroutine that sleeps for ever": (
        "import asyncio\nasync def f(x): await asyncio.sleep(1e9)",
        f"await f(3) == {SECRET}",
    ),
    "a coroutine that returns a liar": (
        "class L:\n    def __eq__(s, o): return True\nasync def f(x): return L()",
        f"await f(3) == {SECRET}",
    ),
    "what is awaited is none": (
        "class L:\n    def __await__(s): return s\n    send = __await__\nf = lambda x: L()",
        f"await f(3) == {SECRET}",
    ),
    "a coroutine that ends its loop": (
        "import asyncio\nasync def f(x): asyncio.get_running_loop().stop()",
        f"await f(3) == {SECRET}",
    ),
    "a coroutine that exits": ("async def f(x): raise SystemExit(0)", f"await f(3) == {SECRET}"),
    "a source that is not in the notebook": (
        "import linecache\ndef f(x): return sum(x)\n"
        "linecache.getlines = lambda *a: ['def f(x): return 1\\n'] * 100\n",
        "'sum' not in __import__('inspect').getsource(f)",
    ),
    "a library's class made to equal all": (
        "from collections import UserList\nUserList.__eq__ = lambda s, o: True\nf = lambda x: x",
        f"f({LIST}([3])) == {LIST}([{SECRET}])",
    ),
    "a library's object filled with a liar": (
        "class L:\n    def __eq__(s, o): return True\ndef f(x):\n    x.data = L()\n    return x",
        f"f({LIST}([3])).data == [{SECRET}]",
    ),
    "a given object whose change shall be the test's": (
        f"def f(x):\n    x.data = [{SECRET}]\n    return x.data",
        f"(x := {LIST}([3]), f(x), x.data)[2] == [{SECRET}]",
    ),
    "a given object that makes itself anew": (
        "from collections import UserList\nUserList.__reduce__ = lambda s: (exec, ('raise SystemExit',))\n"
        "f = lambda x: x",
        f"list(f({LIST}([3]))) == [{SECRET}]",
    ),
    "a function under another's name": (
        "def f(x): return x\nf.__module__, f.__qualname__, f.__name__ = 'math', 'sqrt', 'sqrt'",
        "f(f) == __import__('math').exp or f == __import__('math').sqrt",
    ),
    "a module of functions that are named as expected": (
        "import math\nmath.exp = lambda x: x\nmath.exp.__module__ = 'math'\nmath.exp.__qualname__ = 'exp'\n"
        "f = lambda x: math.exp",
        "f(3)(0.0) == 1.0",
    ),
}


def test_no_operator_of_a_liar_sees_a_value_or_gains_a_point():
    answer = LIAR.format(methods=" = ".join(OPERATORS))
    probes = [Probe(test, "", answer, f"assert {test}") for test in COMPARED]
    watch = [Probe("seen", "", "pass", f"assert not [one for one in seen if '{SECRET}' in one]")]
    found, _ = airlock(probes + watch, QUICK)
    assert [test for test, message in zip(COMPARED, found, strict=False) if not message] == []
    assert found[-1] == ""


def test_no_lie_gains_a_point_and_the_grader_goes_on(monkeypatch):
    monkeypatch.setattr("airlock.run.bridge.MOST_ITEMS", 500)
    monkeypatch.setattr("airlock.run.callbacks.MOST_CALLS", 500)
    probes = [Probe(name, "", answer, f"assert {test}") for name, (answer, test) in LIES.items()]
    right = [Probe("right", "", "def f(x): return x + 1", "assert f(1) == 2")]
    found, _ = airlock(probes + right, QUICK)
    assert [name for name, message in zip(LIES, found, strict=False) if not message] == []
    assert found[-1] == ""
