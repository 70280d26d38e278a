"""Attacks by what answers return and raise, and by answers that change. See attacks.py."""

import textwrap

from attacks import attack

# --- What is returned --------------------------------------------------------------------------------------
EQUAL = """
    def yes(*a, **k): return True
    def self(one, *a, **k): return one
    SPECIAL = {f"__{n}__": yes for n in "eq ne lt le gt ge bool contains hash".split()}
    SPECIAL |= {f"__{n}__": self for n in "add radd sub rsub mul rmul abs getitem neg truediv pow".split()}
    def anything(base, **more):
        return type("Anything", (base,), SPECIAL | more)
"""
for base, value in {
    "object": "anything(object)()",
    "float": "anything(float)(0.5)",
    "int": "anything(int)(1)",
    "str": "anything(str)('x')",
    "list": "anything(list)([1, 4])",
    "dict": "anything(dict)()",
    "ndarray": "np.zeros(5).view(anything(np.ndarray, __array_ufunc__=yes, __array_function__=yes))",
    "numpy float": "anything(np.float64)(0.5)",
}.items():
    attack(
        f"a {base} that equals everything",
        textwrap.dedent(EQUAL) + f"def sigmoid(x): return {value}\ndef squares(n): return {value}",
    )
attack(
    "an object that claims another class",
    textwrap.dedent(EQUAL)
    + "Fake = anything(object, __class__=property(lambda self: list), __array__=yes, __float__=lambda s: 0.5)\n"
    + "Fake.__module__, Fake.__name__, Fake.__qualname__ = 'builtins', 'list', 'list'\n"
    + "def sigmoid(x): return Fake()\nsquares = sigmoid",
)
attack(
    "evil inside plain containers",
    textwrap.dedent(EQUAL)
    + "Evil = anything(object)\ndef sigmoid(x): return np.array([Evil()] * 5, dtype=object)\n"
    + "def squares(n): return [Evil()] * n",
)
attack(
    "generators and lazy data",
    """
    def squares(n):
        while True:
            yield 1
    class Lazy:
        def __getattr__(self, name): return Lazy()
        def __call__(self, *a): return Lazy()
        def __iter__(self): return self
        def __next__(self): return Lazy()
    def sigmoid(x): return Lazy()
    """,
)
attack(
    "callable objects and partials",
    """
    import functools
    class Callable:
        def __call__(self, *a): return self
        def __eq__(self, other): return True
        __hash__ = None
    sigmoid, squares = Callable(), functools.partial(Callable())
    """,
)
attack(
    "a namespace that answers by itself",
    """
    import sys, types
    class Main(types.ModuleType):
        @property
        def sigmoid(self): return lambda x: True
        def __getattr__(self, name): return True
    sys.modules["__main__"].__class__ = Main
    del sigmoid, squares
    """,
)
attack(
    "tests' functions handed over as data",
    """
    def sigmoid(x): return sigmoid
    squares = [sigmoid, print, exec]
    """,
)
attack(
    "a huge result", "def sigmoid(x): return np.zeros(6 * 10**6)\ndef squares(n): return [0.5] * 3 * 10**6"
)
attack("a huge text", "def sigmoid(x): return 'x' * 10**8\ndef squares(n): return 1 << 10**9")
attack(
    "a deeply nested result",
    """
    def sigmoid(x):
        value = []
        for _ in range(10**5): value = [value]
        return value
    def squares(n): return {"a": (sigmoid(n),)}
    """,
)
attack(
    "a cyclic result",
    """
    def sigmoid(x):
        value = {}
        value["self"] = [value]
        return value
    def squares(n):
        value = []
        value.append(value)
        return value
    """,
)
attack(
    "a result that takes for ever to encode",
    """
    import json
    json.dumps = lambda *a, **k: [None for _ in iter(int, 1)]
    """,
    seen="time-limit",
)
attack(
    "very many small parts",
    """
    def sigmoid(x): return [np.zeros(1)] * 50_000
    def squares(n): return [[]] * 1_900_000
    """,
)

# --- What is raised ----------------------------------------------------------------------------------------
for kind in ("AssertionError", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "StopIteration"):
    attack(f"{kind} raised in a call", f"def sigmoid(x): raise {kind}\nsquares = sigmoid")
attack(
    "an exception class of its own",
    """
    class Passed(BaseException): "10/10"
    class AssertionError(Passed): pass
    def sigmoid(x): raise Passed("full marks")
    def squares(n): raise AssertionError(10.0)
    """,
)
attack(
    "exceptions with hostile texts",
    """
    import sys
    class Hostile(ValueError):
        def __str__(self): sys.exit("x")
        __repr__ = __str__
    class Long(ValueError):
        def __str__(self): return "x" * 10**8
    Long.__name__ = "Lost" * 10**6
    def sigmoid(x): raise Long
    def squares(n): raise Hostile
    """,
)
attack("sys.exit at top level", "import sys\nsys.exit(0)")
for how in ("os._exit(0)", "os.abort()", "os.kill(os.getpid(), 9)", "ctypes.string_at(0)"):
    attack(
        f"{how} in a call",
        f"import os, ctypes\ndef sigmoid(x): {how}\n",
        answers={"squares": "def squares(n): return sigmoid(n)"},
        seen="kernel-died",
    )
attack(
    "SIGSTOP to itself in a call", "import os\ndef sigmoid(x): os.kill(os.getpid(), 19)", seen="time-limit"
)

# --- What changes from call to call ------------------------------------------------------------------------
attack(
    "right once, then wrong",
    """
    calls = 0
    def sigmoid(x):
        global calls
        calls += 1
        return 1 / (1 + np.exp(-x)) if calls == 1 else x
    """,
)
attack(
    "arguments changed so that the expectation changes",
    """
    def sigmoid(x):
        if isinstance(x, np.ndarray):
            x[:] = 0
        return 0.5 + 0 * x
    """,
)
attack("an array where points are counted", "def squares(n): return np.zeros(n)")
attack(
    "copies of the kernel that answer as well",
    """
    import os
    def squares(n):
        os.fork()
        return [0] * n
    def sigmoid(x):
        return np.zeros(np.shape(x)) if os.fork() else 1 / (1 + np.exp(-x))
    """,
)
attack(
    "names deleted and exchanged in a call",
    """
    def sigmoid(x):
        for name in list(globals()):
            if not name.startswith("_"): del globals()[name]
        get_ipython = None
        return x
    """,
)
attack(
    "functions that exchange themselves",
    """
    def sigmoid(x):
        global sigmoid
        sigmoid.__code__ = (lambda x: True).__code__
        sigmoid = True
        return [sigmoid]
    squares = sigmoid
    """,
)
