"""Probes: more of what instructors ask of classes, functions and libraries. See test_probes.py."""

PROBES = r'''
=== mro and subclasses | reference
class A:
    def who(self): return "A"
class B(A):
    def who(self): return "B" + super().who()
class C(A):
    def who(self): return "C" + super().who()
class D(B, C):
    def who(self): return "D" + super().who()
---
assert D().who() == "DBCA" and [k.__name__ for k in D.__mro__] == ["D", "B", "C", "A", "object"]
assert D.mro()[1] is B and set(A.__subclasses__()) == {B, C} and D.__bases__ == (B, C)
assert D.__base__ is B and "who" in D.__dict__ and "who" in vars(B)
=== vars of an object | reference
class Acc:
    kind = "x"
    def __init__(self, o, b=0): self.owner, self._balance = o, b
---
a = Acc("ada", 3)
assert vars(a) == {"owner": "ada", "_balance": 3} == a.__dict__ and "kind" not in vars(a)
assert sorted(a.__dict__) == ["_balance", "owner"] and len(vars(a)) == 2
=== property kinds | reference
class Th:
    @property
    def c(self): return 1
---
assert Th.c.fset is None
assert isinstance(Th.__dict__["c"], property)
assert isinstance(Th.c, property)
=== isabstract | reference
from abc import ABC, abstractmethod
class Dr(ABC):
    @abstractmethod
    def draw(self): ...
---
import inspect, abc
assert issubclass(Dr, abc.ABC) and Dr.__abstractmethods__ == frozenset({"draw"})
assert inspect.isabstract(Dr)
=== abstract and registered | reference
from abc import ABC, abstractmethod
class Drawable(ABC):
    @abstractmethod
    def draw(self): ...
class Good(Drawable):
    def draw(self): return "ok"
class Duck:
    def draw(self): return "q"
Drawable.register(Duck)
---
import abc, inspect
assert issubclass(Duck, Drawable) and isinstance(Duck(), Drawable) and Good().draw() == "ok"
assert inspect.isabstract(Drawable) and Drawable.__abstractmethods__ == frozenset({'draw'})
assert issubclass(Drawable, abc.ABC)
class Half(Drawable): pass
for c in (Drawable, Half):
    try: c()
    except TypeError: pass
    else: raise AssertionError
=== a pattern compiled by the answer | reference
import re
EMAIL = re.compile(r"(?P<user>[\w.]+)@(?P<host>\w+\.\w+)", re.I)
def find(s): return EMAIL.search(s)
---
m = find("mail ada.l@uni.ch now")
assert m.group('user') == 'ada.l' and m['host'] == 'uni.ch' and m.span() == (5, 17)
assert m.groupdict()['host'] == 'uni.ch'
assert EMAIL.fullmatch('no') is None and isinstance(EMAIL, re.Pattern)
assert EMAIL.pattern.startswith('(?P<user>') and EMAIL.flags & re.I
assert EMAIL.sub("X", "a@b.c") == "X" and [m.start() for m in EMAIL.finditer("a@b.c d@e.f")] == [0, 6]
=== a fitted estimator's score | reference
from sklearn.tree import DecisionTreeClassifier
from sklearn.datasets import load_iris
iris = load_iris()
clf = DecisionTreeClassifier(max_depth=3, random_state=0).fit(iris.data, iris.target)
---
from sklearn.metrics import accuracy_score
assert clf.get_depth() == 3 and accuracy_score(iris.target, clf.predict(iris.data)) > .95
assert isinstance(clf, DecisionTreeClassifier) and clf.max_depth == 3 and iris.data.shape == (150, 4)
assert clf.feature_importances_.sum() > .99 and list(iris.target_names)[0] == "setosa"
=== annotations by get_type_hints | reference
from typing import List, Optional
def mean(xs: List[float], default: Optional[float] = None) -> float: return sum(xs) / len(xs)
---
import typing
h = typing.get_type_hints(mean)
assert h["return"] is float and h["xs"] == typing.List[float] and h["default"] == typing.Optional[float]
assert mean.__annotations__["return"] == float
=== frozen dataclass and order | decided by the student's class
from dataclasses import dataclass, field, FrozenInstanceError
@dataclass(order=True, frozen=True)
class Card:
    rank: int
    suit: str = field(compare=False, default="S")
---
import dataclasses
assert Card(2) < Card(3) and Card(2, "H") == Card(2, "D") and sorted([Card(3), Card(1)])[0].rank == 1
try: Card(1).rank = 3
except dataclasses.FrozenInstanceError: pass
else: raise AssertionError
assert hash(Card(4)) == hash(Card(4)) and repr(Card(1)) == "Card(rank=1, suit='S')"
assert dataclasses.is_dataclass(Card) and [f.name for f in dataclasses.fields(Card)] == ["rank", "suit"]
assert dataclasses.asdict(Card(7)) == {'rank': 7, 'suit': 'S'}
assert dataclasses.replace(Card(1), rank=5).rank == 5 and dataclasses.astuple(Card(2)) == (2, 'S')
=== pickled there and back | reference
class Pt:
    def __init__(self, x): self.x = x
---
import pickle
q = pickle.loads(pickle.dumps(Pt(3)))
assert q.x == 3 and isinstance(q, Pt)
=== the source of an answer with comments at its end | reference
class Hat:
    def put(self):
        ### BEGIN SOLUTION
        x = 1
        return x
        ### END SOLUTION

def total_of(xs):
    ### BEGIN SOLUTION
    full = 0
    for x in xs:
        full += x
    
    return full
    ### END SOLUTION

# this is no part of it
print(total_of([1]))
---
import inspect
source = inspect.getsource(total_of)
assert "full +=" in source and "sum(" not in source
assert "no part" not in source and "return x" in inspect.getsource(Hat.put)
=== members by inspect | reference
class Dog:
    """A dog."""
    kind = "c"
    def __init__(self, name, age=1): self.name = name
    def speak(self):
        """Says woof."""
        return "woof"
    @staticmethod
    def s(): return 1
    @property
    def up(self): return self.name.upper()
---
import inspect
assert inspect.isclass(Dog)
assert list(inspect.signature(Dog.__init__).parameters) == ['self', 'name', 'age']
assert [n for n, _ in inspect.getmembers(Dog, inspect.isfunction)] == ["__init__", "s", "speak"]
assert Dog.speak.__doc__ == 'Says woof.' and Dog.__doc__ == 'A dog.'
assert 'return' in inspect.getsource(Dog.speak)
assert list(inspect.signature(Dog).parameters) == ["name", "age"]
assert inspect.ismethod(Dog("x").speak) and inspect.isfunction(Dog.speak) and Dog("x").__class__ is Dog
d = Dog("x"); Dog.__init__(d, "y")
assert d.up == "Y" and d.speak.__self__ is d
=== what super does | reference
class Base:
    def go(self): return "b"
class Sub(Base):
    def go(self): return "s" + super().go()
---
assert Base.go(Sub()) == "b" and Sub().go() == "sb" and Sub.go is not Base.go and "go" in Sub.__dict__
class Mine(Sub):
    def go(self): return "m" + super().go()
assert Mine().go() == "msb" and isinstance(Mine(), Base)
=== a subclass of the test's with its own init | reference
class Base:
    def __init__(self, x): self.x = x; self.log = []
    def go(self, k=1): self.log.append(k); return f"b{self.x}"
    @property
    def twice(self): return 2 * self.x
    @classmethod
    def make(cls, x): return cls(x)
class Sub(Base):
    def go(self, k=1): return "s" + super().go(k)
---
class Mine(Sub):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
    def go(self, k=1): return f"m{self.y}" + super().go(k)
    @property
    def twice(self): return super().twice + 1
m = Mine(3, 4)
assert m.x == 3 and m.y == 4 and m.go(7) == "m4sb3" and m.log == [7]
assert m.twice == 7
assert isinstance(m, Base) and isinstance(m, Mine)
class Other(Base): pass
assert Other.make(2).x == 2 and type(Other.make(2)) is Other
=== an abstract base filled by the test | reference
from abc import ABC, abstractmethod
class Shape(ABC):
    def __init__(self, name): self.name = name
    @abstractmethod
    def area(self): ...
    def show(self): return f"{self.name}:{self.area()}"
---
class Sq(Shape):
    def __init__(self, a):
        super().__init__("sq")
        self.a = a
    def area(self): return self.a ** 2
assert Sq(3).show() == "sq:9"
try: Shape("x")
except TypeError: pass
else: raise AssertionError
=== abcs of collections | reference
class Seq:
    def __init__(self): self.x = [1, 2]
    def __len__(self): return 2
    def __iter__(self): return iter(self.x)
    def __contains__(self, i): return i in self.x
    def __getitem__(self, i): return self.x[i]
---
from collections.abc import Iterable, Sized, Hashable, Callable, Container, Iterator, Mapping
s = Seq()
assert isinstance(s, Iterable) and isinstance(s, Sized) and isinstance(s, Container)
assert isinstance(s, Hashable)
assert not isinstance(s, Callable) and not isinstance(s, Iterator) and not isinstance(s, Mapping)
a, b = s
assert [*s] == [a, b] == [1, 2] and dict(enumerate(s)) == {0: 1, 1: 2} and hasattr(s, "__iter__")
=== int, float and bytes of an object | reference
class Temp:
    def __init__(self, c): self.c = c
    def __int__(self): return int(self.c)
    def __float__(self): return float(self.c)
    def __bytes__(self): return str(self.c).encode()
    def __index__(self): return int(self.c)
---
t = Temp(21.5)
assert int(t) == 21 and float(t) == 21.5 and bytes(t) == b'21.5' and [0] * Temp(3) == [0, 0, 0]
assert hex(Temp(10)) == '0xa'
assert "abc"[Temp(1)] == "b"
=== sums of sums | reference
class W:
    def __init__(self, x): self.x = x
    def __add__(self, o): return W(self.x + o.x)
    def __mul__(self, k): return W(self.x * k)
---
assert ((W(1) + W(2)) * 3).x == 9
=== TypedDict, Protocol, NewType | reference
from typing import TypedDict, Protocol, runtime_checkable, NamedTuple
class Movie(TypedDict):
    title: str
    year: int
@runtime_checkable
class Quacks(Protocol):
    def quack(self): ...
class Duck2:
    def quack(self): return "q"
class Co(NamedTuple):
    x: int
    y: int = 0
def m(): return Movie(title="a", year=1)
---
assert m() == {"title": "a", "year": 1} and Movie.__annotations__["year"] is int
assert isinstance(Duck2(), Quacks) and not isinstance(3, Quacks)
assert Co(1) == (1, 0) and Co(1)._replace(y=2).y == 2 and Co._fields == ("x", "y")
=== a descriptor | reference
class Positive:
    def __set_name__(self, o, n): self.n = "_" + n
    def __get__(self, i, o=None): return self if i is None else getattr(i, self.n)
    def __set__(self, i, v):
        if v <= 0: raise ValueError("positive!")
        setattr(i, self.n, v)
class Item:
    price = Positive()
    def __init__(self, p): self.price = p
---
i = Item(3)
i.price = 4
assert i.price == 4 and isinstance(Item.price, Positive)
try: Item(-1)
except ValueError: pass
else: raise AssertionError
=== single dispatch | reference
from functools import singledispatch
@singledispatch
def kind(x): return "other"
@kind.register
def _(x: int): return "int"
@kind.register(list)
def _(x): return "list"
---
assert kind(3) == "int" and kind([1]) == "list" and kind("s") == "other"
assert set(kind.registry) == {object, int, list} and kind.dispatch(bool)(True) == "int"
=== enum with auto and flags | reference
from enum import Enum, auto, IntEnum, Flag
class Color(Enum):
    RED = auto(); GREEN = auto()
class Prio(IntEnum):
    LOW = 1; HIGH = 5
class Perm(Flag):
    R = 1; W = 2
---
assert Color.RED.value == 1 and Color['GREEN'] is Color.GREEN and Color(2) is Color.GREEN
assert [c.name for c in Color] == ['RED', 'GREEN']
assert Prio.HIGH > Prio.LOW and len(Color) == 2 and isinstance(Color.RED, Color)
assert Color.RED != Color.GREEN
assert (Perm.R | Perm.W).value == 3
assert Prio.HIGH == 5
=== a json encoder of the student's | reference
import json
class P3:
    def __init__(self, x): self.x = x
class Enc(json.JSONEncoder):
    def default(self, o): return {"x": o.x} if isinstance(o, P3) else super().default(o)
def dump(o): return json.dumps(o, cls=Enc)
---
assert dump([P3(1)]) == '[{"x": 1}]' and issubclass(Enc, json.JSONEncoder)
assert json.dumps(P3(2), cls=Enc) == '{"x": 2}'
=== an own estimator in a grid search | reference
import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
class Const(BaseEstimator, RegressorMixin):
    def __init__(self, c=0): self.c = c
    def fit(self, X, y): self.n_ = len(X); return self
    def predict(self, X): return np.full(len(X), float(self.c))
---
from sklearn.model_selection import GridSearchCV
g = GridSearchCV(Const(), {"c": [0, 1, 5]}, cv=2).fit(np.zeros((6, 1)), np.array([1., 1.1, .9, 1, 1, 1]))
assert g.best_params_ == {"c": 1}
=== groupby apply and agg of an answer | value
def iqr(s): return s.quantile(.75) - s.quantile(.25)
---
import pandas as pd
d = pd.DataFrame({"g": list("aabb"), "v": [1., 3., 2., 6.]})
assert d.groupby("g")["v"].agg(iqr).tolist() == [1.0, 2.0]
=== numbers of the test on the left | waits
class Vec:
    def __init__(self, *xs): self.xs = xs
    def __mul__(self, k): return Vec(*[x * k for x in self.xs])
    __rmul__ = __mul__
    def __repr__(self): return f"Vec{self.xs}"
v = Vec(1, 2)
---
w = 3 * v
assert w.xs == (3, 6)
'''
