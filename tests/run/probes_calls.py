"""Probes: functions that a test passes in, and what it has in force around a call. See test_probes.py."""

PROBES = r"""
=== a function of numpy given | named
def apply(f, x): return f(x)
---
import numpy as np
assert apply(np.sqrt, 9.0) == 3 and apply(np.sum, [1, 2]) == 3
=== functions of Python given | named
def apply(f, x): return f(x)
---
import math, operator
assert apply(math.sqrt, 4) == 2 and apply(len, "abc") == 3 and apply(str.upper, "a") == "A"
assert apply(int, "3") == 3 and apply(sorted, [2, 1]) == [1, 2] and apply(operator.neg, 1) == -1
=== a lambda given | call back
def derivative(f, x, h=1e-6): return (f(x + h) - f(x - h)) / (2 * h)
---
assert abs(derivative(lambda x: x ** 2, 3) - 6) < 1e-5
=== a function of the test given | call back
def bisect(f, a, b):
    while b - a > 1e-9:
        m = (a + b) / 2
        a, b = (m, b) if f(m) < 0 else (a, m)
    return a
---
def cubic(x):
    return x ** 3 - 2
assert abs(bisect(cubic, 0, 2) - 2 ** (1 / 3)) < 1e-8
=== calls counted | call back
def memo(f):
    seen = {}
    def inner(x):
        if x not in seen: seen[x] = f(x)
        return seen[x]
    return inner
---
count = 0
def slow(x):
    global count
    count += 1
    return x * x
fast = memo(slow)
assert [fast(2), fast(2), fast(3)] == [4, 4, 9] and count == 2
=== key functions | call back
def order(xs, key): return sorted(xs, key=key)
---
assert order(["bb", "a", "ccc"], lambda s: -len(s)) == ["ccc", "bb", "a"]
=== a student's function given to another | reference
def compose(f, g): return lambda x: f(g(x))
def inc(x): return x + 1
---
assert compose(inc, inc)(1) == 3 and compose(inc, lambda x: x * 2)(5) == 11
=== a function that raises | call back
def safe(f):
    try: return f()
    except ValueError: return "caught"
---
def bad():
    raise ValueError("x")
assert safe(bad) == "caught"
=== an error that comes back | call back
def run(f): return f()
---
class Mine(Exception): pass
def bad():
    raise Mine("x")
try: run(bad)
except Mine as e: assert str(e) == "x"
else: assert False
=== a mock given | call back
def notify(send, who): send("hello", to=who)
---
from unittest.mock import Mock
send = Mock()
notify(send, "ada")
send.assert_called_once_with("hello", to="ada")
=== arrays through a function | call back
def integrate(f, a, b, n=100):
    import numpy as np
    x = np.linspace(a, b, n + 1)
    y = f(x)
    return (b - a) / n * (y[:-1] + y[1:]).sum() / 2
---
assert abs(integrate(lambda x: x ** 2, 0, 1) - 1 / 3) < 1e-3
=== captured print | around
def hello(name): print("Hello", name)
---
import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    hello("Ada")
assert out.getvalue() == "Hello Ada\n"
=== sys.stdout replaced | around
def count(n):
    for i in range(n): print(i)
---
import io, sys
before, sys.stdout = sys.stdout, io.StringIO()
try:
    count(3)
    text = sys.stdout.getvalue()
finally:
    sys.stdout = before
assert text.split() == ["0", "1", "2"]
=== patched print | around
def hello(): print("Hello", "World", sep="-")
---
from unittest.mock import patch
with patch("builtins.print") as p:
    hello()
p.assert_called_once_with("Hello", "World", sep="-")
=== answered prompts | around
def ask(): return int(input("a? ")) + int(input("b? "))
---
from unittest.mock import patch
with patch("builtins.input", side_effect=["3", "4"]) as p:
    assert ask() == 7
assert p.call_count == 2
=== input replaced by hand | around
def ask(): return input("name? ").upper()
---
import builtins
before = builtins.input
builtins.input = lambda prompt="": "ada"
try:
    assert ask() == "ADA"
finally:
    builtins.input = before
=== a seed of the standard library | around
import random
def dice(n): return [random.randint(1, 6) for _ in range(n)]
---
import random
random.seed(42)
first = dice(5)
random.seed(42)
assert first == [random.randint(1, 6) for _ in range(5)] == [6, 1, 1, 6, 3]
random.seed(42)
assert dice(2) + dice(3) == first
=== a seed of numpy | around
import numpy as np
def walk(n): return np.random.randn(n).cumsum()
---
import numpy as np
np.random.seed(0)
got = walk(4)
np.random.seed(0)
np.testing.assert_allclose(got, np.random.randn(4).cumsum())
=== a patched module function | around
import time
def wait():
    time.sleep(100)
    return "done"
---
from unittest.mock import patch
with patch("time.sleep") as nap:
    assert wait() == "done"
nap.assert_called_once_with(100)
=== a patched random | around
import random
def roll(): return random.randint(1, 6)
---
from unittest.mock import patch
with patch("random.randint", return_value=4):
    assert roll() == 4
=== warnings recorded | around
import warnings
def old(): warnings.warn("use new", DeprecationWarning); return 1
---
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    assert old() == 1
assert len(seen) == 1 and issubclass(seen[0].category, DeprecationWarning)
=== output of a class | around
class Dog:
    def bark(self): print("Woof")
---
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as out:
    Dog().bark()
assert out.getvalue().strip() == "Woof"
=== print before an error | around
def f():
    print("begin")
    raise ValueError("x")
---
import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    try: f()
    except ValueError: pass
assert out.getvalue() == "begin\n"
=== wrong output fails | around
def hello(): print("Hi")
---
import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    hello()
assert out.getvalue() == "Hello\n"
"""
