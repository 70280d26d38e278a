"""Probes: values of the standard library, numpy and pandas. See test_probes.py."""

PROBES = r"""
=== frozenset | value
def f(): return frozenset({1, 2})
---
assert f() == {1, 2} and isinstance(f(), frozenset) and 1 in f()
=== range | value
def f(n): return range(n)
---
assert f(3) == range(3) and list(f(3)) == [0, 1, 2] and isinstance(f(3), range)
=== Counter | value
from collections import Counter
def f(s): return Counter(s)
---
assert f("aab") == {"a": 2, "b": 1} and f("aab").most_common(1) == [("a", 2)] and isinstance(f(""), Counter)
=== defaultdict | value
from collections import defaultdict
def f(words):
    d = defaultdict(list)
    for w in words: d[len(w)].append(w)
    return d
---
assert f(["a", "bb", "c"]) == {1: ["a", "c"], 2: ["bb"]} and f([])[9] == []
=== OrderedDict and deque | value
from collections import OrderedDict, deque
def f(): return OrderedDict(a=1, b=2)
def g(): return deque([1, 2, 3], maxlen=3)
---
assert list(f()) == ["a", "b"] and g()[0] == 1 and g().maxlen == 3 and list(g()) == [1, 2, 3]
=== dates | value
import datetime as dt
def f(): return dt.date(2024, 2, 29)
def g(): return dt.datetime(2024, 2, 29, 12) - dt.timedelta(hours=1)
---
from datetime import date, datetime
assert f() == date(2024, 2, 29) and f().year == 2024 and g() == datetime(2024, 2, 29, 11)
=== Decimal and Fraction | value
from decimal import Decimal
from fractions import Fraction
def f(): return Decimal("0.1") + Decimal("0.2")
def g(): return Fraction(1, 3) + Fraction(1, 6)
---
assert f() == Decimal("0.3") and g() == Fraction(1, 2) and g().denominator == 2 and g() == 0.5
=== complex and bytes | value
def f(z): return z.conjugate()
def g(s): return s.encode()
---
assert f(1 + 2j) == 1 - 2j and g("ä") == b"\xc3\xa4"
=== dictionary views | value
def f(d): return d.keys()
def g(d): return d.values()
def h(d): return d.items()
---
d = {"a": 1, "b": 2}
assert sorted(f(d)) == ["a", "b"] and list(g(d)) == [1, 2] and sorted(h(d)) == [("a", 1), ("b", 2)]
=== paths | value
from pathlib import Path
def f(): return Path("data") / "a.csv"
---
assert f().name == "a.csv" and f() == Path("data/a.csv") and f().suffix == ".csv"
=== types | value
def f(x): return type(x)
---
assert f(3) is int and f("a") == str and f([]) is list
=== regular expressions | reference
import re
def f(s): return re.search(r"(\d+)-(\d+)", s)
---
assert f("a 12-34").group(1) == "12" and f("a 12-34").groups() == ("12", "34") and f("x") is None
=== text streams given | value
def f(stream): return [line.strip() for line in stream]
def g(stream): stream.write("hello")
---
import io
assert f(io.StringIO("a\nb\n")) == ["a", "b"]
out = io.StringIO()
g(out)
assert out.getvalue() == "hello"
=== a queue changed in place | value
from collections import deque
def f(q): q.append(4); q.popleft()
---
q = deque([1, 2])
f(q)
assert list(q) == [2, 4]
=== sets and nested data | value
def f(): return {"a": {1, 2}, "b": [(1, {"c": None})]}
---
assert f() == {"a": {1, 2}, "b": [(1, {"c": None})]}
=== std enum | value
from http import HTTPStatus
def f(): return HTTPStatus.NOT_FOUND
---
assert f() == HTTPStatus.NOT_FOUND and f().value == 404
=== arrays | value
import numpy as np
def f(n): return np.arange(n) ** 2
---
import numpy as np
assert isinstance(f(4), np.ndarray) and f(4).shape == (4,) and f(4).dtype.kind == "i"
np.testing.assert_array_equal(f(4), [0, 1, 4, 9])
=== dates of numpy | value
import numpy as np
def f(): return np.datetime64("2024-03-01") - np.datetime64("2024-02-01")
def g(): return np.array(["2024-01-01"], dtype="datetime64[D]")
---
import numpy as np
assert f() == np.timedelta64(29, "D") and g()[0] == np.datetime64("2024-01-01")
=== structured arrays | value
import numpy as np
def f(): return np.array([("a", 1.5)], dtype=[("name", "U5"), ("w", float)])
---
assert f()["w"][0] == 1.5 and f().dtype.names == ("name", "w") and f()[0]["name"] == "a"
=== object arrays | value
import numpy as np
def f(): return np.array(["x", 1, None], dtype=object)
---
assert f()[0] == "x" and f()[2] is None and f().dtype == object
=== masked arrays and matrices | value
import numpy as np
def f(): return np.ma.masked_less([1, 5, 3], 2)
def g(): return np.matrix([[1, 2], [3, 4]])
---
assert f().sum() == 8 and f().mask[0] and (g() * g())[0, 0] == 7
=== generators of numpy | value
import numpy as np
def f(rng): return rng.normal(size=3)
def g(seed): return np.random.default_rng(seed)
---
import numpy as np
a, b = np.random.default_rng(5), np.random.default_rng(5)
np.testing.assert_array_equal(f(a), b.normal(size=3))
np.testing.assert_array_equal(f(a), b.normal(size=3))
assert g(1).random() == np.random.default_rng(1).random()
=== generators of the standard library | value
import random
def f(rng): return [rng.random() for _ in range(3)]
---
a, b = random.Random(5), random.Random(5)
assert f(a) == [b.random() for _ in range(3)] and f(a) == [b.random() for _ in range(3)]
=== polynomials | value
import numpy as np
def f(): return np.polynomial.Polynomial([1, 2, 3])
def g(): return np.poly1d([1, 0, -1])
---
assert f()(2) == 17 and f().degree() == 2 and sorted(g().roots) == [-1, 1]
=== dtypes | value
import numpy as np
def f(x): return x.dtype
---
import numpy as np
assert f(np.zeros(3)) == np.float64 and f(np.zeros(3, "i4")) == "int32"
=== a table | table
import pandas as pd
def f(): return pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
---
import pandas as pd
assert isinstance(f(), pd.DataFrame) and f().shape == (3, 2) and list(f().columns) == ["a", "b"]
assert f()["a"].sum() == 6 and f().loc[1, "b"] == "y"
pd.testing.assert_frame_equal(f(), pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]}))
=== a grouped table | table
import pandas as pd
def f(df): return df.groupby("k")["v"].mean()
def g(df): return df.groupby("k").agg({"v": ["sum", "max"]})
---
import pandas as pd
df = pd.DataFrame({"k": ["a", "b", "a"], "v": [1.0, 2.0, 3.0]})
pd.testing.assert_series_equal(f(df), df.groupby("k")["v"].mean())
pd.testing.assert_frame_equal(g(df), df.groupby("k").agg({"v": ["sum", "max"]}))
=== a table of dates, categories and gaps | table
import pandas as pd
def f():
    return pd.DataFrame({"t": pd.to_datetime(["2024-01-01", None]), "c": pd.Categorical(["a", "b"]),
                         "n": pd.array([1, None], dtype="Int64")})
---
assert f()["t"].isna().sum() == 1 and f()["n"].sum() == 1 and list(f()["c"].cat.categories) == ["a", "b"]
=== a series and its index | table
import pandas as pd
s = pd.Series([3, 1, 2], index=list("abc"), name="n")
---
assert s["a"] == 3 and s.name == "n" and list(s.index) == ["a", "b", "c"] and s.sort_values().index[0] == "b"
=== a table changed in place | table
def f(df): df["double"] = df["a"] * 2
---
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
f(df)
assert list(df["double"]) == [2, 4]
=== single values of pandas | table
import pandas as pd
def f(): return pd.Timestamp("2024-01-01") + pd.Timedelta(days=1)
---
import pandas as pd
assert f() == pd.Timestamp("2024-01-02") and f().day == 2 and pd.isna(pd.NaT)
=== a grouping itself | reference
import pandas as pd
def f(df): return df.groupby("k")
---
import pandas as pd
g = f(pd.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]}))
assert g["v"].sum()["a"] == 4 and len(g) == 2 and g.ngroups == 2
=== a table with a wrong column fails | table
import pandas as pd
def f(): return pd.DataFrame({"a": [1, 3]})
---
import pandas as pd
pd.testing.assert_frame_equal(f(), pd.DataFrame({"a": [1, 2]}))
=== axes of a picture | reference
import matplotlib.pyplot as plt
def draw():
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3], [1, 4, 9], "r--", label="squares")
    ax.set_title("Squares"); ax.set_xlabel("n"); ax.legend()
    return ax
---
import matplotlib.axes
ax = draw()
assert ax.get_title() == "Squares" and ax.get_xlabel() == "n" and len(ax.lines) == 1
assert list(ax.lines[0].get_ydata()) == [1, 4, 9] and ax.lines[0].get_linestyle() == "--"
assert isinstance(ax, matplotlib.axes.Axes) and ax.get_legend().get_texts()[0].get_text() == "squares"
=== a figure and its patches | reference
import matplotlib.pyplot as plt
fig, axes = plt.subplots(1, 2)
axes[0].bar(["a", "b"], [3, 5])
---
import matplotlib.figure
assert isinstance(fig, matplotlib.figure.Figure) and len(fig.axes) == 2
assert [p.get_height() for p in axes[0].patches] == [3, 5]
=== an estimator | reference
from sklearn.linear_model import LinearRegression
def fit(X, y): return LinearRegression().fit(X, y)
---
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression
X = np.arange(10.0).reshape(-1, 1)
m = fit(X, 3 * X[:, 0] + 1)
assert isinstance(m, LinearRegression) and isinstance(m, BaseEstimator) and hasattr(m, "coef_")
np.testing.assert_allclose(m.coef_, [3])
np.testing.assert_allclose(m.predict([[20.0]]), [61])
assert m.score(X, 3 * X[:, 0] + 1) > 0.99 and m.get_params()["fit_intercept"] is True
assert type(m) == LinearRegression and type(m).__name__ == "LinearRegression"
=== a pipeline | reference
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
pipe = make_pipeline(StandardScaler(), LogisticRegression())
---
import numpy as np
X = np.array([[0.0], [1.0], [2.0], [3.0]])
pipe.fit(X, [0, 0, 1, 1])
assert list(pipe.predict(X)) == [0, 0, 1, 1] and "standardscaler" in pipe.named_steps
"""
