"""Probes: what changes while a test runs, and what is in force around it. See test_probes.py."""

PROBES = r'''
=== a counter looked at again | value
hits = 0
def hit():
    global hits
    hits += 1
---
assert hits == 0
hit()
assert hits == 1
before = hits
hit(); hit()
assert hits == before + 2
=== a counter that the test sets back | lent
ticks = 0
def tick():
    global ticks
    ticks += 1
---
ticks = 0
tick(); tick()
assert ticks == 2
ticks = 10
tick()
assert ticks == 11
=== a list looked at again | value
queue = []
def enqueue(x): queue.append(x)
---
assert queue == []
enqueue(4); enqueue(5)
assert queue == [4, 5]
queue.append(5.5)
enqueue(6)
assert queue == [4, 5, 5.5, 6]
=== a dictionary looked at again, changed by the test | value
stock = {"a": 1}
def sell(k): stock[k] = stock.get(k, 0) - 1
---
stock["b"] = 5
sell("b")
assert stock == {"a": 1, "b": 4}
=== an array that an answer fills | value
import numpy as np
grid = np.zeros((2, 2))
def mark(i, j): grid[i, j] = 1
---
assert grid.sum() == 0
mark(0, 1)
assert grid[0, 1] == 1 and grid.sum() == 1
mark(1, 1)
assert grid.tolist() == [[0, 1], [0, 1]]
=== a name that appears | value
def load():
    global loaded
    loaded = [1, 2]
---
load()
assert loaded == [1, 2]
=== the attribute's list changed in place | reference
class Bag:
    def __init__(self): self.items = []
    def add(self, x): self.items.append(x)
---
b = Bag()
items = b.items
b.add(1)
assert b.items == [1]
b.items.append(2)
assert b.items == [1, 2]
=== a tree that the test grows | reference
class Nd:
    def __init__(self, v): self.v, self.kids, self.meta, self.tags = v, [], {}, set()
    def total(self): return self.v + sum(k.total() for k in self.kids)
    def size(self): return len(self.kids) + len(self.meta) + len(self.tags)
---
r = Nd(1)
r.kids.append(Nd(2)); r.kids.append(Nd(3))
r.kids[0].kids.append(Nd(10))
assert r.total() == 16
r.meta["a"] = 1; r.tags.add("x"); r.kids.extend([Nd(0)])
assert r.size() == 5
kids = r.kids
kids.pop()
assert r.size() == 4 and r.kids is r.kids
=== a class's list that the test clears | reference
class Reg:
    all = []
    def __init__(self): Reg.all.append(self)
---
Reg.all.clear()
a, b = Reg(), Reg()
assert len(Reg.all) == 2 and Reg.all[1] is b
=== threads | reference
import threading
class Counter2:
    def __init__(self): self.n, self.l = 0, threading.Lock()
    def inc(self):
        with self.l: self.n += 1
---
import threading
c = Counter2()
ts = [threading.Thread(target=c.inc) for _ in range(5)]
[t.start() for t in ts]; [t.join() for t in ts]
assert c.n == 5
=== environment variables | around
import os
def home(): return os.environ.get("APP_HOME", "none")
---
import os
from unittest.mock import patch
with patch.dict(os.environ, {"APP_HOME": "/x"}): assert home() == "/x"
assert home() == "none"
=== sys.argv patched | around
import sys
def args(): return sys.argv[1:]
---
import sys
from unittest.mock import patch
with patch.object(sys, "argv", ["prog", "a", "b"]): assert args() == ["a", "b"]
=== stdin replaced | around
import sys
def total_in(): return sum(int(x) for x in sys.stdin.read().split())
---
import io, sys
from unittest.mock import patch
with patch("sys.stdin", io.StringIO("1 2\n3\n")): assert total_in() == 6
=== logging recorded | around
import logging
logger = logging.getLogger("bank")
def withdraw(n):
    if n > 10: logger.warning("large: %d", n)
    return n
---
import unittest, logging
t = unittest.TestCase()
with t.assertLogs("bank", level="WARNING") as cm: withdraw(50)
assert cm.output == ["WARNING:bank:large: 50"]
=== a handler of the test's | around
import logging
def step(): logging.getLogger("lab").info("step done")
---
import logging, io
s = io.StringIO()
h = logging.StreamHandler(s)
lg = logging.getLogger('lab')
lg.addHandler(h)
lg.setLevel(logging.INFO)
step()
lg.removeHandler(h)
assert s.getvalue() == "step done\n"
=== seen %%capture | around
def hallo(): print("hallo"); return 3
---
%%capture cap
r = hallo()
assert r == 3
=== what was captured before | around
x = 1
---
assert cap.stdout == "hallo\n"
=== timeit of an answer | around
def quick(n): return n + 1
---
import timeit
assert timeit.timeit(lambda: quick(1), number=3) < 5
t = %timeit -n 2 -r 1 -o -q quick(1)
assert t.best < 5
=== a suppressed error by statement | reference
class Ignore:
    def __init__(self, *k): self.k = k
    def __enter__(self): return self
    def __exit__(self, t, v, tb): return t is not None and issubclass(t, self.k)
---
with Ignore(ZeroDivisionError): 1 / 0
with Ignore(ValueError, KeyError):
    int("x")
with Ignore(KeyError):
    {}["a"]
with Ignore(ValueError):
    raise ValueError("no")
=== a context manager that swallows | reference
class Ignore:
    def __init__(self, *k): self.k = k
    def __enter__(self): return self
    def __exit__(self, t, v, tb):
        self.caught = t
        return t is not None and issubclass(t, self.k)
---
with Ignore(ValueError) as ig: raise ValueError("x")
assert ig.caught is ValueError
try:
    with Ignore(ValueError): raise KeyError("y")
except KeyError: pass
else: raise AssertionError
=== contextmanager of the answer's | reference
from contextlib import contextmanager
log = []
@contextmanager
def tag(n):
    log.append(f"<{n}>")
    try: yield n.upper()
    finally: log.append(f"</{n}>")
---
with tag("b") as t: assert t == "B" and log == ["<b>"]
assert log == ["<b>", "</b>"]
try:
    with tag("i"): raise KeyError("x")
except KeyError: pass
assert log[-1] == "</i>"
=== attributes of a function set by the test | reference
def ping():
    ping.calls += 1
ping.calls = 0
---
ping.calls = 0
ping(); ping()
assert ping.calls == 2
del ping.calls
assert not hasattr(ping, "calls")
=== an array attribute filled by the test | reference
import numpy as np
class Board:
    def __init__(self):
        self.cells = np.zeros((2, 2), int)
        self.rows = [[0, 0], [0, 0]]
        self.d = {'a': []}
    def total(self): return int(self.cells.sum()) + sum(map(sum, self.rows)) + len(self.d["a"])
---
b = Board()
b.cells[0, 1] = 5
b.rows[1][0] = 3
b.d["a"].append(1)
assert b.total() == 9 and b.cells[0, 1] == 5
=== merge sort counts through a global | value
comparisons = 0
def less(a, b):
    global comparisons
    comparisons += 1
    return a < b
def msort(xs):
    if len(xs) < 2: return xs
    m = len(xs) // 2; a, b = msort(xs[:m]), msort(xs[m:]); out = []
    while a and b: out.append((a if less(a[0], b[0]) else b).pop(0))
    return out + a + b
---
for n in (4, 8):
    before = comparisons
    assert msort(list(range(n, 0, -1))) == list(range(1, n + 1))
    assert comparisons - before <= n * 3 and comparisons > before
=== a pool of threads | reference
def dbl(x): return 2 * x
---
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(3) as ex: assert list(ex.map(dbl, range(5))) == [0, 2, 4, 6, 8]
=== an async generator | reference
import asyncio
async def ticks(n):
    for i in range(n):
        await asyncio.sleep(0); yield i
---
out = []
async for t in ticks(3): out.append(t)
assert out == [0, 1, 2] and [t async for t in ticks(2)] == [0, 1]
=== an async context manager | reference
class Conn:
    open = False
    async def __aenter__(self): self.open = True; return self
    async def __aexit__(self, *a): self.open = False
---
c = Conn()
async with c as d: assert d is c and c.open
assert not c.open
=== send, throw and close of a generator | reference
def avg():
    total = n = 0; a = None
    try:
        while True:
            try: x = yield a
            except ValueError: total = n = 0; a = None; continue
            total += x; n += 1; a = total / n
    finally: closed.append(True)
closed = []
---
g = avg()
assert next(g) is None and g.send(4) == 4 and g.send(6) == 5
assert g.throw(ValueError) is None and g.send(1) == 1
g.close()
assert closed == [True]
try: next(g)
except StopIteration: pass
else: raise AssertionError
=== sys.exit by the answer | value
import sys
def main(args):
    if not args: sys.exit(2)
    return len(args)
---
try: main([])
except SystemExit as e: assert e.code == 2
else: raise AssertionError
assert main(["a"]) == 1
=== exceptions with attributes and cause | reference
class Insufficient(Exception):
    def __init__(self, need, have):
        super().__init__(f"need {need}, have {have}")
        self.need, self.have = need, have
def pay(n, have):
    if n > have: raise Insufficient(n, have)
def parse(s):
    try: return int(s)
    except ValueError as e: raise RuntimeError("bad") from e
---
try: pay(5, 3)
except Insufficient as e:
    assert e.need == 5 and e.have == 3
    assert str(e) == "need 5, have 3" and e.args == ("need 5, have 3",)
else: raise AssertionError
try: parse("x")
except RuntimeError as e: assert isinstance(e.__cause__, ValueError) and str(e) == "bad"
else: raise AssertionError
=== an own error with a cause seen | reference
class E1(Exception): pass
def f():
    try: {}["a"]
    except KeyError as k: raise E1("x") from k
---
try: f()
except E1 as e: assert type(e.__cause__) is KeyError and e.__cause__.args == ("a",)
else: raise AssertionError
'''
