"""Probes: objects, classes and functions of the student in a test. See test_probes.py."""

PROBES = r"""
=== attributes | reference
class Student:
    def __init__(self, name, marks):
        self.name, self.marks = name, marks
    def mean(self):
        return sum(self.marks) / len(self.marks)
ada = Student("Ada", [1, 2, 3])
---
assert ada.name == "Ada" and ada.marks == [1, 2, 3]
assert ada.mean() == 2 and isinstance(ada, Student)
assert hasattr(ada, "name") and not hasattr(ada, "age")
assert type(ada) is Student and type(ada).__name__ == "Student"
=== made by the test | reference
class Circle:
    '''A circle.'''
    def __init__(self, r=1):
        self.r = r
    def area(self):
        return 3 * self.r ** 2
---
c = Circle(2)
assert c.area() == 12 and Circle().r == 1 and Circle(r=3).area() == 27
assert Circle.__doc__ == "A circle." and Circle.__name__ == "Circle" and callable(Circle)
assert not callable(c)
=== attributes set by the test | reference
class Box:
    value = 1
    def double(self):
        return self.value * 2
---
b = Box()
b.value = 5
assert b.double() == 10 and b.value == 5
del b.value
assert b.value == 1
=== inheritance | reference
class Animal:
    def speak(self): return "..."
class Dog(Animal):
    def speak(self): return "Woof"
---
assert issubclass(Dog, Animal) and not issubclass(Animal, Dog)
d = Dog()
assert isinstance(d, Animal) and isinstance(d, Dog) and not isinstance(Animal(), Dog)
assert d.speak() == "Woof" and [one.speak() for one in (Animal(), Dog())] == ["...", "Woof"]
assert Dog.__bases__[0] is Animal
=== own str and repr | reference
class P:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"P({self.x})"
    def __str__(self): return f"<{self.x}>"
---
assert repr(P(3)) == "P(3)" and str(P(3)) == "<3>" and f"{P(3)}" == "<3>" and "%r" % P(1) == "P(1)"
=== own equality between two | decided by the student's class
class V:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, o): return V(self.x + o.x, self.y + o.y)
    def __mul__(self, k): return V(self.x * k, self.y * k)
    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
---
assert V(1, 2) + V(3, 4) == V(4, 6)
assert (V(1, 2) * 3).y == 6 and V(1, 2) != V(2, 1)
=== own order, sorted by the test | decided by the student's class
class Card:
    def __init__(self, n): self.n = n
    def __lt__(self, o): return self.n < o.n
---
assert [c.n for c in sorted([Card(3), Card(1), Card(2)])] == [1, 2, 3] and max(Card(1), Card(2)).n == 2
=== an object equal to itself only | reference
class Thing: pass
a, b = Thing(), Thing()
---
assert a == a and a != b and a is not b and a in [b, a] and len({a, b}) == 2
=== own equality with a value of the test | waits
class Money:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == getattr(o, "n", o)
---
assert Money(5) == 5
=== own membership of a value of the test | waits
class Evens:
    def __contains__(self, n): return n % 2 == 0
---
assert 4 in Evens()
=== own length and items | reference
class Deck:
    def __init__(self): self.cards = list(range(5))
    def __len__(self): return len(self.cards)
    def __getitem__(self, i): return self.cards[i]
---
d = Deck()
assert len(d) == 5 and d[0] == 0 and d[-1] == 4 and list(d) == [0, 1, 2, 3, 4] and d[1:3] == [1, 2]
assert 3 in d and 9 not in d
=== items set and deleted | reference
class Sparse:
    def __init__(self): self.d = {}
    def __setitem__(self, k, v): self.d[k] = v
    def __getitem__(self, k): return self.d.get(k, 0)
    def __delitem__(self, k): del self.d[k]
---
s = Sparse()
s[3] = 7
assert s[3] == 7 and s[4] == 0
del s[3]
assert s[3] == 0
=== own iterator | reference
class Count:
    def __init__(self, n): self.n, self.i = n, 0
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n: raise StopIteration
        self.i += 1
        return self.i
---
assert list(Count(3)) == [1, 2, 3] and sum(Count(4)) == 10
it = iter(Count(2))
assert next(it) == 1 and next(it) == 2 and next(it, "end") == "end"
=== a generator function | reference
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
---
import itertools, types
assert list(itertools.islice(fib(), 6)) == [0, 1, 1, 2, 3, 5]
g = fib()
assert isinstance(g, types.GeneratorType) and next(g) == 0 and next(g) == 1
=== a finite generator | reference
def evens(n): return (i for i in range(n) if i % 2 == 0)
---
assert list(evens(5)) == [0, 2, 4] and sorted(evens(5)) == [0, 2, 4] and sum(evens(5)) == 6
=== map, filter and zip | reference
def f(xs): return map(str, xs)
def g(xs): return zip(xs, xs[1:])
---
assert list(f([1, 2])) == ["1", "2"] and list(g([1, 2, 3])) == [(1, 2), (2, 3)]
=== a context manager | reference
class Log:
    def __init__(self): self.events = []
    def __enter__(self):
        self.events.append("in"); return self
    def __exit__(self, *a): self.events.append("out")
---
log = Log()
with log as same:
    assert same is log and log.events == ["in"]
assert log.events == ["in", "out"]
=== truth | reference
class Maybe:
    def __init__(self, v): self.v = v
    def __bool__(self): return self.v
---
assert Maybe(True) and not Maybe(False)
=== an object that is called | reference
class Adder:
    def __init__(self, n): self.n = n
    def __call__(self, x): return x + self.n
---
add = Adder(3)
assert add(4) == 7 and callable(add)
=== properties | reference
class T:
    def __init__(self, c): self._c = c
    @property
    def f(self): return self._c * 9 / 5 + 32
    @f.setter
    def f(self, v): self._c = (v - 32) * 5 / 9
---
t = T(100)
assert t.f == 212
t.f = 32
assert t._c == 0
=== class and static methods | reference
class D:
    count = 0
    @classmethod
    def make(cls): cls.count += 1; return cls()
    @staticmethod
    def twice(x): return 2 * x
---
d = D.make()
assert isinstance(d, D) and D.count == 1 and D.twice(3) == 6 and d.twice(2) == 4
=== unbound methods | reference
class A:
    def __init__(self, x): self.x = x
    def get(self): return self.x
---
assert A.get(A(3)) == 3 and hasattr(A, "get") and callable(A.get) and not hasattr(A, "put")
=== dir and vars | reference
class A:
    def __init__(self): self.x, self.y = 1, "a"
    def go(self): pass
---
assert "go" in dir(A()) and vars(A()) == {"x": 1, "y": "a"} and A().__dict__["x"] == 1
=== getattr with a default | reference
class A: x = 1
---
assert getattr(A, "x", None) == 1 and getattr(A, "y", None) is None and getattr(A(), "y", 5) == 5
=== own exceptions by name | reference
class TooCold(ValueError):
    def __init__(self, t):
        super().__init__(f"{t} is too cold")
        self.t = t
def check(t):
    if t < 0: raise TooCold(t)
    return t
---
try:
    check(-5)
except TooCold as e:
    assert e.t == -5 and str(e) == "-5 is too cold" and isinstance(e, ValueError)
else:
    assert False
assert issubclass(TooCold, ValueError) and check(3) == 3
=== assertRaises | reference
class Empty(Exception): pass
class Stack:
    def pop(self): raise Empty("empty")
---
import unittest
case = unittest.TestCase()
case.assertRaises(Empty, Stack().pop)
with case.assertRaisesRegex(Empty, "emp"):
    Stack().pop()
=== exceptions of Python | value
def f(x):
    if x == 0: raise ZeroDivisionError("no")
    return {1: 2}[x]
---
for value, kind in ((0, ZeroDivisionError), (5, KeyError), ([], TypeError)):
    try: f(value)
    except kind as e: assert type(e) is kind
    else: assert False
=== a dataclass | decided by the student's class
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int = 0
---
p = Point(1)
assert p.x == 1 and p.y == 0 and p == Point(1, 0) and repr(p) == "Point(x=1, y=0)"
=== a namedtuple | value
from collections import namedtuple
Point = namedtuple("Point", "x y")
def origin(): return Point(0, 0)
---
assert origin() == (0, 0) and origin().x == 0 and isinstance(origin(), Point) and origin() == Point(0, 0)
assert Point._fields == ("x", "y")
=== an enum | reference
from enum import Enum
class Color(Enum):
    RED = 1
    BLUE = 2
def favourite(): return Color.BLUE
---
assert favourite() == Color.BLUE and favourite() is Color.BLUE and favourite() != Color.RED
assert Color.RED.name == "RED" and Color.RED.value == 1 and Color(2) is Color.BLUE
assert [c.name for c in Color] == ["RED", "BLUE"] and len(Color) == 2 and Color["RED"].value == 1
=== an abstract class | reference
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
class Square(Shape):
    def area(self): return 4
---
try: Shape()
except TypeError: pass
else: assert False
assert Square().area() == 4 and isinstance(Square(), Shape)
=== a subclass of list | reference
class Stack(list):
    def push(self, x): self.append(x)
---
s = Stack()
s.push(1); s.push(2)
assert len(s) == 2 and s[-1] == 2 and s.pop() == 2 and isinstance(s, list) and list(s) == [1] and s == [1]
=== a subclass of dict | reference
class Bag(dict):
    def total(self): return sum(self.values())
def bag(): return Bag(a=1, b=2)
---
b = bag()
assert b.total() == 3 and b["a"] == 1 and sorted(b.items()) == [("a", 1), ("b", 2)] and b == {"a": 1, "b": 2}
=== a subclass of int | reference
class Age(int): pass
def age(): return Age(7)
---
assert age() == 7 and isinstance(age(), int) and age() + 1 == 8
=== a linked list | reference
class Node:
    def __init__(self, v, n=None): self.v, self.next = v, n
def build(xs):
    head = None
    for x in reversed(xs): head = Node(x, head)
    return head
---
node, found = build([1, 2, 3]), []
while node:
    found.append(node.v)
    node = node.next
assert found == [1, 2, 3] and node is None
=== a tree built by the test | reference
class Tree:
    def __init__(self, v): self.v, self.left, self.right = v, None, None
def size(t): return 0 if t is None else 1 + size(t.left) + size(t.right)
---
root = Tree(1)
root.left = Tree(2)
root.left.right = Tree(3)
assert size(root) == 3 and root.left.right.v == 3
=== objects in containers | reference
class A:
    def __init__(self, n): self.n = n
def make(): return [A(1), A(2)], {"x": A(3)}
---
pair, table = make()
assert [a.n for a in pair] == [1, 2] and table["x"].n == 3
=== an object handed to a function | reference
class Account:
    def __init__(self, b): self.b = b
def move(a, b, n):
    a.b -= n; b.b += n
---
x, y = Account(5), Account(0)
move(x, y, 2)
assert (x.b, y.b) == (3, 2)
=== a closure | reference
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
---
c = counter()
assert c() == 1 and c() == 2 and counter()() == 1 and callable(c)
=== a decorator on a function of the test | call back
def twice(f):
    def inner(*a): return f(*a), f(*a)
    return inner
---
calls = []
@twice
def g(x):
    calls.append(x)
    return x + 1
assert g(3) == (4, 4) and calls == [3, 3]
=== lambdas | reference
square = lambda x: x * x
ops = {"add": lambda a, b: a + b}
---
assert square(3) == 9 and ops["add"](1, 2) == 3
=== a partial | reference
from functools import partial
double = partial(pow, 2)
---
assert double(3) == 8 and callable(double)
=== names and texts of a function | reference
def area(w, h=2, *rest, unit="m", **more):
    '''The area.'''
    return w * h
---
import inspect
assert area.__name__ == "area" and area.__doc__ == "The area."
assert list(inspect.signature(area).parameters) == ["w", "h", "rest", "unit", "more"]
assert inspect.signature(area).parameters["h"].default == 2
assert area.__defaults__ == (2,) and inspect.isfunction(area) and callable(area)
assert "return w * h" in inspect.getsource(area) and area.__code__.co_argcount == 2
assert inspect.getfullargspec(area).args == ["w", "h"]
=== annotations | reference
def f(x: int, y: float = 1.0) -> str: return ""
---
import typing
assert f.__annotations__ == {"x": int, "y": float, "return": str}
assert typing.get_type_hints(f)["return"] is str
=== source that must not use something | reference
def total(xs):
    t = 0
    for x in xs: t += x
    return t
---
import ast, inspect
tree = ast.parse(inspect.getsource(total))
assert any(isinstance(n, ast.For) for n in ast.walk(tree))
assert "sum" not in total.__code__.co_names
=== isinstance of functions | reference
def f(): pass
class A:
    def m(self): pass
---
import types
assert isinstance(f, types.FunctionType) and isinstance(A().m, types.MethodType) and isinstance(A, type)
=== a module | reference
import math as m
---
assert m.sqrt(4) == 2 and m.pi > 3
=== copies | reference
class A:
    def __init__(self): self.x = [1]
---
import copy
a = A()
b = copy.deepcopy(a)
b.x = [2]
assert a.x == [1] and b.x == [2] and copy.copy(a).x == [1]
=== hash and sets | decided by the student's class
class K:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __hash__(self): return hash(self.n)
---
assert len({K(1), K(1), K(2)}) == 2
=== numbers by conversion | reference
class N:
    def __float__(self): return 2.5
    def __int__(self): return 2
    def __index__(self): return 1
    def __abs__(self): return 7
    def __neg__(self): return -7
---
assert float(N()) == 2.5 and int(N()) == 2 and [5, 6][N()] == 6 and abs(N()) == 7 and -N() == -7
=== arithmetic with the test's numbers | reference
class V:
    def __init__(self, x): self.x = x
    def __mul__(self, k): return V(self.x * k)
    __rmul__ = __mul__
---
assert (V(2) * 3).x == 6 and (3 * V(2)).x == 6
=== a wrong answer fails | reference
class C:
    def area(self): return 11
---
assert C().area() == 12
=== a missing method fails | reference
class C: pass
---
assert C().area() == 12
"""
