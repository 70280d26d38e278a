"""Probes: objects, classes and mocks of a test's own, given to an answer. See test_probes.py."""

PROBES = r'''
=== a bank of accounts | reference
class Acc:
    rate = 0.02
    def __init__(self, o, b=0): self.owner, self.__bal, self.hist = o, b, []
    @property
    def balance(self): return self.__bal
    def deposit(self, x):
        if x <= 0: raise ValueError("Deposit must be positive")
        self.__bal += x; self.hist.append(("d", x)); return self
    def __str__(self): return f"{self.owner}: {self.__bal:.2f}"
class Save(Acc):
    def interest(self): return self.deposit(self.balance * self.rate)
---
a = Save("ada", 100)
a.deposit(50).interest()
assert a.balance == 153 and str(a) == "ada: 153.00" and a.hist == [("d", 50), ("d", 3.0)]
assert a._Acc__bal == 153 and not hasattr(a, "__bal")
try: a.balance = 5
except AttributeError: pass
else: raise AssertionError
try: a.deposit(-1)
except ValueError as e: assert "positive" in str(e)
assert Acc.rate == .02 and Save.__bases__ == (Acc,)
=== a matrix class | reference
class Mat:
    def __init__(self, r): self.r = [list(x) for x in r]
    def __matmul__(self, o):
        return Mat([[sum((a * b for a, b in zip(x, c))) for c in zip(*o.r)] for x in self.r])
    def __eq__(self, o): return self.r == o.r
    def __getitem__(self, ij): i, j = ij; return self.r[i][j]
    def __setitem__(self, ij, v): i, j = ij; self.r[i][j] = v
    def __neg__(self): return Mat([[-a for a in x] for x in self.r])
    def __pow__(self, n):
        m = self
        for _ in range(n - 1): m = m @ self
        return m
    @property
    def T(self): return Mat(zip(*self.r))
    @property
    def shape(self): return len(self.r), len(self.r[0])
---
m = Mat([[1, 2], [3, 4]])
m[0, 0] = 2
assert (m @ m).r == [[10, 12], [18, 22]] and (-m)[1, 1] == -4 and m.T.r == [[2, 3], [2, 4]]
assert m.shape == (2, 2)
assert (m ** 2) == m @ m
=== an own exception of the student's, extended | reference
class AppError(Exception):
    def __init__(self, msg, code=1):
        super().__init__(msg); self.code = code
def run(f):
    try: return f()
    except AppError as e: return e.code
---
class Net(AppError):
    def __init__(self): super().__init__("net", 7)
def boom(): raise Net()
assert run(boom) == 7
=== an object of the test's own class | call back
def describe(shape): return f"{shape.name}: {shape.area():.1f}"
def total(shapes): return sum(s.area() for s in shapes)
---
class Sq:
    def __init__(self, a): self.a, self.name = a, "sq"
    def area(self): return self.a ** 2
assert describe(Sq(2)) == "sq: 4.0" and total([Sq(1), Sq(3)]) == 10
=== a fake file of the test's | call back
def read_all(f):
    out = []
    for line in f: out.append(line.strip())
    return out
---
class Fake:
    def __init__(self, *l): self.l = l
    def __iter__(self): return iter(self.l)
assert read_all(Fake("a\n", "b\n")) == ["a", "b"]
=== a tree of the test's nodes | call back
def depth(t): return 0 if t is None else 1 + max(depth(t.left), depth(t.right))
---
class TreeNode:
    def __init__(self, v, left=None, right=None): self.v, self.left, self.right = v, left, right
assert depth(TreeNode(1, TreeNode(2), TreeNode(3, TreeNode(4)))) == 3
=== a linked list of the test's, reversed | call back
def reverse(h):
    p = None
    while h: h.next, p, h = p, h, h.next
    return p
---
class ListNode:
    def __init__(self, v, next=None): self.v, self.next = v, next
r = reverse(ListNode(1, ListNode(2, ListNode(3))))
out = []
while r: out.append(r.v); r = r.next
assert out == [3, 2, 1]
=== a dataclass of the test's | call back
def older(p): return type(p)(p.name, p.age + 1)
def names(ps): return sorted(p.name for p in ps if p.age >= 18)
---
from dataclasses import dataclass
@dataclass
class Person:
    name: str
    age: int
assert names([Person("b", 20), Person("a", 30), Person("c", 3)]) == ["a", "b"]
assert older(Person("z", 1)) == Person("z", 2)
=== a number-like of the test's | call back
def poly(x): return 2 * x + x * x
---
class Dual:
    def __init__(self, a, b=0): self.a, self.b = a, b
    def __add__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.a + o.a, self.b + o.b)
    __radd__ = __add__
    def __mul__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.a * o.a, self.a * o.b + self.b * o.a)
    __rmul__ = __mul__
assert poly(Dual(3, 1)).b == 8
=== a mock given as a collaborator | call back
class Mailer:
    def __init__(self, server): self.server = server
    def send(self, to):
        self.server.connect()
        ok = self.server.post(to, body="hi")
        return "sent" if ok else "failed"
---
from unittest.mock import Mock, MagicMock
s = Mock(); s.post.return_value = True
assert Mailer(s).send("a@b") == "sent"
s.connect.assert_called_once_with(); s.post.assert_called_once_with("a@b", body="hi")
s.post.return_value = False
assert Mailer(s).send("x") == "failed" and s.post.call_count == 2
=== patch.object on a class of the answer's | reference
class Api:
    def get(self, u): raise OSError("net")
class Client:
    def __init__(self): self.api = Api()
    def name(self, i): return self.api.get(f"/u/{i}")["name"].upper()
---
from unittest.mock import patch
with patch.object(Api, "get", return_value={"name": "ada"}) as g:
    assert Client().name(3) == "ADA"
g.assert_called_once_with("/u/3")
=== a logger mocked | around
import logging
log = logging.getLogger("zoo")
def feed(x): log.info("fed %s", x)
---
from unittest.mock import patch
with patch.object(log, "info") as m: feed("lion")
m.assert_called_once_with("fed %s", "lion")
=== a date frozen by a mock | around
import datetime
def age(born): return datetime.date.today().year - born
---
from unittest.mock import patch, MagicMock
import datetime as _d
class Fixed(_d.date):
    @classmethod
    def today(cls): return cls(2000, 1, 1)
with patch("datetime.date", Fixed):
    assert age(1990) == 10
=== a container of the test's object, filled | call back
def restock(inv, item, n):
    inv.items[item] = inv.items.get(item, 0) + n
    inv.log.append(item)
    return inv.count()
def connect(g, a, b):
    g.adj.setdefault(a, []).append(b)
    g.adj.setdefault(b, []).append(a)
---
class Inv:
    def __init__(self): self.items, self.log = {"a": 1}, []
    def count(self): return sum(self.items.values())
i = Inv()
assert restock(i, "b", 3) == 4 and i.items == {"a": 1, "b": 3} and i.log == ["b"]
class G:
    def __init__(self): self.adj = {}
g = G()
connect(g, 1, 2); connect(g, 1, 3)
assert g.adj == {1: [2, 3], 2: [1], 3: [1]}
=== the class of the test given | call back
def build(cls, xs): return [cls(x) for x in xs]
def which(o, cls): return isinstance(o, cls)
---
class Box:
    made = 0
    def __init__(self, x): self.x = x; Box.made += 1
b = build(Box, [1, 2])
assert [o.x for o in b] == [1, 2] and all(type(o) is Box for o in b) and Box.made == 2
assert which(b[0], Box) and not which(3, Box)
=== a visitor of the test's, with a base | call back
def run(shapes, v): return [s.accept(v) for s in shapes]
---
class Shape:
    def accept(self, v): return v.visit(self)
class Sq(Shape):
    def __init__(self, a): self.a = a
class Area:
    def visit(self, s): return s.a ** 2
assert run([Sq(2), Sq(3)], Area()) == [4, 9]
=== operators of the test's class | call back
def total(xs):
    s = xs[0]
    for x in xs[1:]: s = s + x
    return s
def biggest(xs): return max(xs)
def contains(c, x): return x in c and len(c) > 1 and c[0] == x
---
from functools import total_ordering
@total_ordering
class M:
    def __init__(self, n): self.n = n
    def __add__(self, o): return M(self.n + o.n)
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
    def __hash__(self): return hash(self.n)
    def __repr__(self): return f"M({self.n})"
assert total([M(1), M(2), M(3)]) == M(6) and biggest([M(1), M(5)]).n == 5
assert repr(total([M(4)])) == 'M(4)'
class C:
    def __init__(self, *x): self.x = x
    def __len__(self): return len(self.x)
    def __getitem__(self, i): return self.x[i]
assert contains(C(4, 5), 4)
=== requests mocked | around
import urllib.request, json
def title(u):
    with urllib.request.urlopen(u) as r: return json.loads(r.read())["title"]
---
from unittest.mock import patch, MagicMock
with patch("urllib.request.urlopen") as m:
    m.return_value.__enter__.return_value.read.return_value = b'{"title": "T"}'
    assert title("http://x") == "T"
m.assert_called_once_with("http://x")
=== a spec of the answer's class | call back
class Db:
    def get(self, k): raise OSError
class Svc:
    def __init__(self, db): self.db = db
    def name(self, k): return self.db.get(k).title()
---
from unittest.mock import create_autospec, Mock
db = Mock(spec=["get"]); db.get.side_effect = lambda k: {"a": "ada"}[k]
assert Svc(db).name("a") == "Ada"
try: Svc(db).name("zz")
except KeyError: pass
else: raise AssertionError
assert db.get.call_args_list[0].args == ("a",)
=== an observer of the test's | call back
class Subject:
    def __init__(self): self.obs = []
    def attach(self, o): self.obs.append(o)
    def emit(self, x):
        for o in self.obs: o.update(x)
---
class Obs:
    def __init__(self): self.seen = []
    def update(self, x): self.seen.append(x)
o = Obs(); s = Subject()
s.attach(o); s.emit(3); s.emit("b")
assert o.seen == [3, "b"] and s.obs[0] is o
=== duck typing with properties and hasattr | call back
def info(o):
    if hasattr(o, "quack"): return o.quack()
    return getattr(o, "name", "?") + str(o.size)
---
class D:
    def quack(self): return "q"
class E:
    @property
    def size(self): return 4
assert info(D()) == "q" and info(E()) == "?4"
=== an iterator class given to the answer | call back
def take(it, n): return [next(it) for _ in range(n)]
---
class Naturals:
    def __init__(self): self.i = 0
    def __iter__(self): return self
    def __next__(self): self.i += 1; return self.i
it = Naturals()
assert take(it, 3) == [1, 2, 3] and next(it) == 4
=== an own error of the test's | call back
def guard(f):
    try: return f()
    except ValueError as e: return str(e)
---
class MyErr(ValueError): pass
def boom(): raise MyErr("x")
assert guard(boom) == "x"
=== a connection that the test gives | pickle
def names(con): return [r[0] for r in con.execute("select name from people order by name")]
---
import sqlite3
con = sqlite3.connect(":memory:")
con.execute('create table people (name text)')
con.executemany('insert into people values (?)', [('bo',), ('al',)])
assert names(con) == ["al", "bo"]
=== a decorator that counts | reference
import functools
def counted(f):
    @functools.wraps(f)
    def w(*a, **k):
        w.calls += 1
        return f(*a, **k)
    w.calls = 0
    return w
---
@counted
def add3(a, b=1):
    "adds"
    return a + b
assert add3(1) == 2 and add3(1, b=5) == 6 and add3.calls == 2 and add3.__name__ == 'add3'
assert add3.__doc__ == 'adds'
'''
