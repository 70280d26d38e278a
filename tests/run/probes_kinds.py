"""Probes: exceptions, special classes, functions and modules of the student in a test. See test_probes.py."""

PROBES = r"""
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
