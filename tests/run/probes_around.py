"""Probes: figures that are open, and settings of libraries, when a test calls. See test_probes.py."""

PROBES = r'''
=== a figure that the test opens first | reference
import matplotlib.pyplot as plt
def growth(k): plt.plot([1, k]); plt.title(f"by {k}")
---
import matplotlib.pyplot as plt
plt.figure(figsize=(3, 2))
growth(2)
assert len(plt.gca().lines) == 1 and plt.gca().get_title() == "by 2"
growth(3)
assert len(plt.gca().lines) == 2
=== a figure that the test opens for each case | reference
def decay(k): plt.plot([k, 1]); plt.ylabel(f"{k}")
---
import matplotlib.pyplot as plt
for k in range(3):
    plt.figure() if k % 2 else plt.clf()
    decay(k)
    assert len(plt.gca().lines) == 1 and plt.gca().get_ylabel() == str(k)
=== a picture of the test's own beside the answer's | reference
def straight(k): plt.plot([1, k])
---
import matplotlib.pyplot as plt
plt.figure()
straight(3)
found = [list(line.get_ydata()) for line in plt.gca().lines]
plt.figure()
plt.plot([1, 3])
assert found == [list(line.get_ydata()) for line in plt.gca().lines]
=== an empty picture fails | reference
def draws_nothing(): pass
---
import matplotlib.pyplot as plt
plt.figure()
draws_nothing()
assert len(plt.gca().lines) == 1
=== overflow that must not be | around
import numpy as np
def squashed(x): return np.tanh(x / 2) / 2 + 0.5
---
with np.errstate(all="raise"):
    assert squashed(np.array([-800.0, 500.0]))[1] == 1
=== overflow that must not be fails | around
def squashed_naively(x): return 1 / (1 + np.exp(-x))
---
import numpy as np
with np.errstate(over="raise"):
    squashed_naively(np.array([-800.0]))
=== overflow that must be | around
def grown(x): return np.exp(x)
---
import numpy as np
before = np.seterr(over="raise")
try: grown(np.array([1000.0]))
except FloatingPointError: pass
else: raise AssertionError
np.seterr(**before)
assert np.isinf(grown(np.array([1000.0]))[0])
=== how arrays are printed | around
def shown(a): print(a)
---
import contextlib, io
printed = io.StringIO()
with contextlib.redirect_stdout(printed), np.printoptions(precision=2):
    shown(np.array([1.23456]))
assert printed.getvalue() == "[1.23]\n"
=== a limit of recursion | around
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
---
import sys
before = sys.getrecursionlimit()
sys.setrecursionlimit(8000)
assert depth(5000) == 5000
sys.setrecursionlimit(before)
=== a precision of decimal numbers | around
from decimal import Decimal
def third(): return Decimal(1) / Decimal(3)
---
import decimal
with decimal.localcontext() as context:
    context.prec = 5
    assert str(third()) == "0.33333"
assert len(str(third())) == 30
'''
