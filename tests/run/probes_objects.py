"""Probes: objects of the student in a test, and what can be asked of them. See test_probes.py."""

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
"""
