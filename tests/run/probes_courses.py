"""Probes of what courses do besides: names set and patched, unittest, styles of assertion, state, awaits."""

PROBES = '''
=== a global that the answer reads | lent
def scaled(x): return RATE * x
---
RATE = 3
assert scaled(2) == 6
RATE = 5
assert scaled(2) == 10
=== a helper replaced by assignment | lent
def fetch(): return 1
def doubled(): return 2 * fetch()
---
kept = fetch
fetch = lambda: 21
assert doubled() == 42
fetch = kept
assert doubled() == 2
=== a helper patched in main | lent
def price(name): raise RuntimeError("no connection")
def total(names): return sum(price(name) for name in names)
---
from unittest.mock import patch
with patch("__main__.price", return_value=4) as p:
    assert total(["a", "b"]) == 8
assert p.call_count == 2
try:
    total(["a"])
except RuntimeError:
    pass
else:
    raise AssertionError("still patched")
=== a constant patched in main | lent
LIMIT = 10
def over(x): return x > LIMIT
---
from unittest.mock import patch
with patch("__main__.LIMIT", 2):
    assert over(5)
assert not over(5)
=== a method patched | reference
class Meter:
    def read(self): return 1
    def twice(self): return 2 * self.read()
---
from unittest.mock import patch
with patch.object(Meter, "read", lambda self: 4):
    assert Meter().twice() == 8
assert Meter().twice() == 2
=== unittest.main finds its tests | value
def triple(x): return 3 * x
---
import unittest
class TestTriple(unittest.TestCase):
    def test_small(self): self.assertEqual(triple(2), 6)
ran = unittest.main(argv=["x"], exit=False)
assert ran.result.testsRun >= 1 and ran.result.wasSuccessful()
del TestTriple
=== unittest.main tells of a failure | value
def quadruple(x): return 3 * x
---
import unittest
class TestQuadruple(unittest.TestCase):
    def test_small(self): self.assertEqual(quadruple(2), 8)
ran = unittest.main(argv=["x"], exit=False)
del TestQuadruple
assert ran.result.wasSuccessful()
=== a suite run by hand | value
def half(x): return x / 2
---
import unittest
class TestHalf(unittest.TestCase):
    def setUp(self): self.f = half
    def test_four(self): self.assertAlmostEqual(self.f(4), 2)
    def test_sub(self):
        for x in (1, 2):
            with self.subTest(x=x): self.assertEqual(self.f(2 * x), x)
found = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(TestHalf))
assert found.wasSuccessful()
=== doctest of the answer's examples | reference
def inc(x):
    """
    >>> inc(2)
    3
    """
    return x + 1
---
import doctest
found = doctest.DocTestParser().get_doctest(inc.__doc__, {"inc": inc}, "inc", None, 0)
assert doctest.DocTestRunner().run(found).failed == 0
=== top-level await | reference
import asyncio
async def later(x):
    await asyncio.sleep(0)
    return x + 1
---
assert await later(2) == 3
=== coroutines gathered | reference
async def soon(x): return 2 * x
---
import asyncio
assert await asyncio.gather(soon(1), soon(2)) == [2, 4]
assert asyncio.iscoroutinefunction(soon)
=== a class of the test with the answer in its body | value
def squared(x): return x * x
---
class Case:
    f = staticmethod(squared)
    four = squared(2)
assert Case.four == 4 and Case().f(3) == 9 and [eval("squared(i)") for i in range(2)] == [0, 1]
=== partial credit by a last value | value
def cube(x): return x ** 3
---
0.5 * (cube(2) == 8) + 0.5 * (cube(3) == 27)
=== a failed check told by sys.exit | value
def zero(): return 1
---
import sys
if zero() != 0:
    sys.exit("wrong")
=== a loop over cases | value
def sign(x): return (x > 0) - (x < 0)
---
for x, expected in [(3, 1), (-2, -1), (0, 0)]:
    assert sign(x) == expected, f"sign({x})"
=== a comparison by numpy's testing | value
import numpy as np
def softmax(x): e = np.exp(x - x.max()); return e / e.sum()
---
import numpy as np
np.testing.assert_allclose(softmax(np.array([0.0, 0.0])), [0.5, 0.5])
np.testing.assert_array_almost_equal(softmax(np.arange(3.0)).sum(), 1)
=== a tolerance by math | value
def root(x): return x ** 0.5
---
import math
assert math.isclose(root(2), math.sqrt(2), rel_tol=1e-9)
=== a warning that must come | around
import warnings
def old(): warnings.warn("gone soon", DeprecationWarning); return 1
---
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    assert old() == 1
assert len(seen) == 1 and issubclass(seen[0].category, DeprecationWarning)
=== no name but those that are asked for | value
shape = (2, 3)
---
assert "shape" in globals() and shape == (2, 3)
assert "nothing_of_the_kind" not in globals()
=== eval of a name | value
answer_1 = 4
answer_2 = 6
---
assert [eval(f"answer_{i}") for i in (1, 2)] == [4, 6]
=== a variable of the wrong type | value
ratio = "0.5"
---
assert isinstance(ratio, float)
=== text compared without its spaces | value
banner = "  Hello   World "
---
assert " ".join(banner.split()).lower() == "hello world"
=== a hash of the answer | value
secret_word = "gradient"
---
import hashlib
assert hashlib.md5(secret_word.encode()).hexdigest() == hashlib.md5(b"gradient").hexdigest()
=== a function with defaults and keywords | value
def power(base, *, to=2): return base ** to
---
import inspect
assert power(3) == 9 and power(2, to=3) == 8
assert inspect.signature(power).parameters["to"].default == 2
=== a function given twice | reference
def once(f, x): return f(x)
def nudge(x): return x + 1
---
assert once(nudge, 1) == 2 and once(nudge, once(nudge, 1)) == 3
=== a function handed back | reference
def same_function(f): return f
def shout(x): return x.upper()
---
assert same_function(shout)("a") == "A" and same_function(len)("abc") == 3
=== memoised by the standard library | reference
import functools
@functools.lru_cache(maxsize=None)
def fibonacci(n): return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
---
assert fibonacci(60) == 1548008755920
assert fibonacci.cache_info().currsize >= 60
=== recursion that ends in an error | value
def down(n): return down(n - 1) if n else 0
---
assert down(50) == 0
try:
    down(100_000)
except RecursionError:
    pass
else:
    raise AssertionError("no end")
=== lists of many arrays | value
import numpy as np
def walk(n): return [np.full(2, i) for i in range(n)]
---
assert len(walk(12_000)) == 12_000 and walk(3)[2].tolist() == [2, 2]
=== a dictionary of lists changed in place | value
def add_to(groups, key, x): groups.setdefault(key, []).append(x)
---
groups = {"a": [1]}
add_to(groups, "a", 2)
add_to(groups, "b", 3)
assert groups == {"a": [1, 2], "b": [3]}
=== an argument that must stay as it was | value
def ordered(xs): return sorted(xs)
---
xs = [3, 1, 2]
before = list(xs)
assert ordered(xs) == [1, 2, 3] and xs == before
=== an array that shares its memory | value
import numpy as np
def zeroed(a): a[:] = 0
---
import numpy as np
whole = np.ones((2, 2))
zeroed(whole)
assert not whole.any()
=== a random walk with a seed of its own | around
import random
def dice(n):
    rng = random.Random(4)
    return [rng.randint(1, 6) for _ in range(n)]
---
import random
expected = random.Random(4)
assert dice(5) == [expected.randint(1, 6) for _ in range(5)]
=== a string that is formatted | value
def report(name, score): return f"{name:<8}|{score:6.2f}"
---
assert report("Ada", 3.14159) == "Ada     |  3.14"
=== bytes and files in memory | value
import io
def lines_of(stream): return [line.strip() for line in stream]
---
import io
assert lines_of(io.StringIO("a\\nb\\n")) == ["a", "b"]
=== an exception with its cause | reference
class Broken(Exception): pass
def load(text):
    try:
        return int(text)
    except ValueError as error:
        raise Broken("no number") from error
---
try:
    load("x")
except Broken as error:
    assert str(error) == "no number"
else:
    raise AssertionError
=== a set of tuples | value
def edges(n): return {(i, i + 1) for i in range(n)}
---
assert edges(2) == {(0, 1), (1, 2)} and (0, 1) in edges(5)
=== a file that an answer writes | file
def write_report(path, names):
    with open(path, "w") as f:
        f.writelines(f"{name}\\n" for name in names)
---
import os
write_report("probe-report.txt", ["Ada", "Emmy"])
assert open("probe-report.txt").read() == "Ada\\nEmmy\\n"
os.remove("probe-report.txt")
=== a file that an answer reads | file
import csv
def column(path, name):
    with open(path) as f:
        return [row[name] for row in csv.DictReader(f)]
---
import os
with open("probe-table.csv", "w") as f:
    f.write("a,b\\n1,2\\n3,4\\n")
assert column("probe-table.csv", "b") == ["2", "4"]
os.remove("probe-table.csv")
=== which function an object holds | named
import math
import numpy as np
class Layer:
    def __init__(self, activation, root): self.activation, self.root = activation, root
layer = Layer(np.tanh, math.sqrt)
---
import math
import numpy as np
assert layer.activation == np.tanh and layer.root == math.sqrt
assert layer.activation != np.exp and layer.root != layer.activation
assert layer.activation in (np.exp, np.tanh) and layer.root not in (math.exp, print)
=== an object of a library given | pickle
import numpy as np
def score(model, x, y): return float(model.fit(x, y).score(x, y))
def trained(model, x, y): return model.fit(x, y)
---
import numpy as np
from sklearn.linear_model import LinearRegression
x = np.arange(6.0).reshape(-1, 1)
assert abs(score(LinearRegression(), x, 2 * x[:, 0] + 1) - 1) < 1e-9
assert abs(trained(LinearRegression(), x, 2 * x[:, 0] + 1).predict([[10.0]])[0] - 21) < 1e-9
=== iterators given | pickle
def first(n, items): return [next(items) for _ in range(n)]
---
assert first(2, iter([5, 6, 7])) == [5, 6] and first(1, enumerate("ab")) == [(0, "a")]
=== a partial of the test given | call back
def twice(f): return f() + f()
---
from functools import partial
def plus(a, b): return a + b
assert twice(partial(plus, 2, 3)) == 10
=== a file of tempfile's | file
def words_in(path):
    with open(path) as f:
        return len(f.read().split())
def save_twice(path, text):
    for name in "ab":
        with open(f"{path}/{name}.txt", "w") as f:
            f.write(text)
    return f"{path}/b.txt"
---
import os
import tempfile
from pathlib import Path
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "x.txt")
    path.write_text("a b c")
    assert words_in(path) == 3 and words_in(str(path)) == 3
    written = save_twice(folder, "twice")
    assert written == os.path.join(folder, "b.txt") and open(written).read() == "twice"
=== a generator of the test given | call back
def firsts(n, items): return [next(items) for _ in range(n)]
def total_of(items): return sum(items)
---
def numbers():
    yield from (3, 4, 5)
kept = numbers()
assert firsts(2, kept) == [3, 4] and list(kept) == [5] and total_of(numbers()) == 12
assert total_of(map(int, "123")) == 6
=== what dir tells | value
seen_by_dir = [1]
---
assert "seen_by_dir" in dir() and "seen_by_dir" in globals() and "never_bound" not in dir()
=== what was given comes back itself | value
def itself(x): return x
---
import numpy as np
for x in [1, 2], {"a": 1}, np.zeros(2):
    assert itself(x) is x
=== the current picture | reference
import matplotlib.pyplot as plt
def sketch(): plt.plot([1, 2], [3, 4]); plt.title("Growth"); plt.xlabel("days")
---
import matplotlib.pyplot as plt
for _ in range(2):
    plt.close("all")
    sketch()
    ax = plt.gca()
    assert ax.get_title() == "Growth" and len(ax.lines) == 1 and len(plt.gcf().axes) == 1
assert plt.get_fignums() == [1]
=== a picture of its own for each test | reference
def sketch_again(): plt.plot([5, 6])
---
import matplotlib.pyplot as plt
sketch_again()
assert len(plt.gca().lines) == 1 and plt.gca().get_title() == ""
plt.figure().gca().plot([1, 2])
=== a test's own picture is not the next one's | reference
def sketch_nothing(): pass
---
import matplotlib.pyplot as plt
sketch_nothing()
assert plt.get_fignums() == []
=== a class of the test extends the student's | call back
from abc import ABC, abstractmethod
class Shape(ABC):
    def __init__(self, name): self.name = name
    @abstractmethod
    def area(self): ...
    def described(self): return f"{self.name} of {self.area()}"
---
class Square(Shape):
    side = 3
    def area(self): return self.side ** 2
assert Square("square").described() == "square of 9" and isinstance(Square("x"), Shape)
class Nothing(Shape): pass
try:
    Nothing("x")
except TypeError:
    pass
else:
    raise AssertionError
'''
