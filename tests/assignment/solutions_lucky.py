"""Wrong lines that a check with one friendly case forgives: right for some shapes, values, or calls only.

Each kind is spelled out for every function it makes sense for; ``RIGHT_ANSWER`` is what the line falls back to.
"""

from solutions import solution
from solutions_further import FURTHER

RIGHT_ANSWER = {
    "affine_forward": ("v", "x @ W + b"),
    "affine_backward dW": ("dW", "x.T @ dout"),
    "affine_backward db": ("db", "dout.sum(axis=0, keepdims=True)"),
    "affine_backward dx": ("dx", "dout @ W.T"),
    "sigmoid_forward": ("out", "1 / (1 + np.exp(-x))"),
    "sigmoid_backward": ("dout", "dout * ds * (1 - ds)"),
    "tanh_forward": ("out", "np.tanh(x)"),
    "relu_forward": ("out", "np.maximum(x, 0)"),
}
AFFINE = [blank for blank in RIGHT_ANSWER if blank.startswith("affine")]
BACKWARD = [blank for blank in AFFINE if "backward" in blank]
POINTWISE = [blank for blank in RIGHT_ANSWER if not blank.startswith("affine")]

# {v}: the variable of the blank, {right}: the right expression, {a}: an input that is an array in every case
# that is judged, but for the plain numbers of sigmoid_forward.
KINDS = {
    "by shape": (
        AFFINE,
        [
            "{v} = {right} if W.shape[0] != W.shape[1] else -({right})",
            "{v} = {right} if W.shape[0] == W.shape[1] else 2 * ({right})",
            "{v} = {right} if len(x) > 1 else ({right}) / 3",
            "{v} = {right} if len(x) != x.shape[1] else ({right}) + 1",
            "{v} = {right} if len(x) != W.shape[1] else ({right}) * 1.01",
            "{v} = {right} if len(x) < 40 else ({right}) * 2",
            "{v} = {right} if W.shape[1] > 1 else ({right}) * 2",
            "{v} = {right} if x.shape[1] > 1 else ({right}) * 2",
            "{v} = {right} if W.size < 1000 else ({right}) * 2",
        ],
    ),
    "by row or column": (
        AFFINE,
        [
            "{v} = {right}\n{v}[7:] = 0",
            "{v} = {right}\n{v}[-1] *= 2",
            "{v} = {right}\n{v}[:, 0] *= -1",
            "{v} = {right}\n{v}[:, 8:] += 1",
            "{v} = np.sort({right}, axis=1)",
            "{v} = ({right})[:, ::-1]",
        ],
    ),
    "by value": (
        AFFINE,
        [
            "{v} = np.abs({right})",
            "{v} = np.maximum({right}, 0)",
            "{v} = np.clip({right}, -5, 5)",
            "{v} = np.clip({right}, -10, 10)",
            "{v} = np.clip({right}, -100, 100)",
            "{v} = {right} if np.abs(x).max() < 20 else ({right}) / 2",
            "{v} = {right} if np.abs(x).max() > 0.01 else 0 * ({right})",
            "{v} = {right} if (x < 0).any() else ({right}) + 1",
            "{v} = {right} if (x > 0).any() else ({right}) + 1",
            "{v} = {right} if (x != 0).all() else ({right}) * 2",
            "{v} = {right} + 1e-3",
            "{v} = {right} * 1.0001",
            "{v} = np.round({right}, 4)",
            "{v} = np.float16({right})",
            "{v} = np.nan_to_num({right} / (b != 0).all())",
        ],
    ),
    "by value, gradients": (
        BACKWARD,
        [
            "{v} = {right} if np.abs(dout).max() < 20 else ({right}) / np.linalg.norm(dout)",
            "{v} = {right} if dout.sum() < 50 else -({right})",
            "dout = np.clip(dout, -8, 8)\n{v} = {right}",
            "dout = np.where(np.abs(dout) > 1e-3, dout, 0)\n{v} = {right}",
            "dout = dout / len(dout)\n{v} = {right}",
        ],
    ),
    "by call": (
        list(RIGHT_ANSWER),
        [
            "memo = globals().setdefault('memo', {{}})\n{v} = memo.setdefault(np.shape({a}), {right})",
            "memo = globals().setdefault('seen', set())\n{v} = {right} if np.shape({a}) not in memo else 0 * ({right})"
            "\nmemo.add(np.shape({a}))",
            "globals()['calls'] = globals().get('calls', 0) + 1\n{v} = {right}\nif calls > 2:\n    {v} = {v} * 2",
            "globals()['calls'] = globals().get('calls', 0) + 1\n{v} = {right}\nif calls % 2:\n    {v} = {v} + 1",
            "last = globals().get('last')\nglobals()['last'] = {right}\n{v} = last if np.shape(last) == np.shape({right})"
            " else {right}",
            "{v} = ({right}) * np.random.choice([1, 1.01])",
        ],
    ),
    "by raising": (
        list(RIGHT_ANSWER),
        [
            "{v} = {right} + nothing",
            "{v} = ({right}).total()",
            "{v} = np.mean({right}, axis=5)",
            "{v} = ({right})[100000]",
            "{v} = float('one') * ({right})",
            "{v} = ({right}) / 0 if np.size({a}) < 50 else None",
        ],
    ),
    "by kind": (
        list(RIGHT_ANSWER),
        [
            "{v} = str({right})",
            "{v} = {{'{v}': {right}}}",
            "{v} = ({right}) * 1j",
            "{v} = np.asmatrix({right}) if np.ndim({a}) < 3 else None",
            "{v} = np.ma.masked_array({right})",
            "{v} = np.array({right}, dtype=object) if np.ndim({a}) else None",
            "{v} = lambda: {right}",
            "{v} = print({right})",
        ],
    ),
    "in place": (
        list(RIGHT_ANSWER),
        [
            "{v} = {right}\nif np.ndim({a}):\n    {a} *= 0",
            "{v} = {right}\nif np.ndim({a}):\n    {a}.fill(1)",
            "{v} = {right}\nif np.ndim({a}):\n    {a}[0] = 7",
        ],
    ),
}
ELEMENTS = [
    ("sigmoid_forward", "s = 1 / (1 + np.exp(-np.asarray(x, float)))\nout = s * (np.asarray(x) != 0)"),
    (
        "sigmoid_forward",
        "out = np.where(np.abs(x) > 20, np.sign(x), 1 / (1 + np.exp(-np.asarray(x, float))))",
    ),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-np.clip(x, -8, 8)))"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-np.abs(x)))"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-x)) if np.ndim(x) else 0.5"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-x)) if np.ndim(x) < 3 else x"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-x)) if np.ndim(x) != 1 else 1 / (1 + np.exp(x))"),
    ("sigmoid_forward", "out = 0.5 + 0 * x"),
    ("sigmoid_forward", "out = 0.5 + x / 4"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-x)) + 1e-3"),
    ("sigmoid_forward", "out = 1 / (1 + 2.718 ** (-1.0 * x))"),
    ("sigmoid_forward", "out = 1 / (1 + 1e-3 + np.exp(-x))"),
    ("sigmoid_forward", "out = np.minimum(1 / (1 + np.exp(-x)), 0.999)"),
    ("sigmoid_backward", "s = ds * (1 - ds)\ns = np.where((ds > 0.99) | (ds < 0.01), 0, s)\ndout = dout * s"),
    ("sigmoid_backward", "dout = dout * np.maximum(ds * (1 - ds), 0.01)"),
    ("sigmoid_backward", "dout = dout * ds * (1 - ds) if (dout < 0).any() else dout"),
    ("sigmoid_backward", "dout = np.clip(dout, -5, 5) * ds * (1 - ds)"),
    ("sigmoid_backward", "dout = np.abs(dout) * ds * (1 - ds)"),
    ("sigmoid_backward", "dout = dout * ds * (1 - ds.mean())"),
    ("sigmoid_backward", "dout = dout * ds * (1 - ds) / len(dout)"),
    ("sigmoid_backward", "dout = dout * ds * (1 - ds) + 1e-6"),
    ("sigmoid_backward", "dout = dout * 0.25"),
    ("sigmoid_backward", "dout = dout * np.minimum(ds, 1 - ds)"),
    ("sigmoid_backward", "dout = dout * ds * (1 - ds) if np.ndim(ds) == 2 else dout"),
    ("tanh_forward", "out = np.where(np.abs(x) > 3, np.sign(x), np.tanh(x))"),
    ("tanh_forward", "out = np.where(x > 0, np.tanh(x), x)"),
    ("tanh_forward", "out = np.where(np.abs(x) < 0.1, 0, np.tanh(x))"),
    ("tanh_forward", "out = np.clip(np.tanh(x), -0.999, 0.999)"),
    ("tanh_forward", "out = np.tanh(x) * 1.7159"),
    ("tanh_forward", "out = np.tanh(2 * x / 3)"),
    ("tanh_forward", "out = x * (27 + x**2) / (27 + 9 * x**2)"),
    ("tanh_forward", "out = np.tanh(x) + 0.01 * x"),
    ("tanh_forward", "out = np.tanh(x - x.mean())"),
    ("relu_forward", "out = np.where(x > 0.01, x, 0)"),
    ("relu_forward", "out = np.where(x > 1e-4, x, 0)"),
    ("relu_forward", "out = np.where(x >= 0, x, 1e-3)"),
    ("relu_forward", "out = np.where(x > 0, x, 1e-4 * x)"),
    ("relu_forward", "out = np.where(x > 0, x, 0.3 * x)"),
    ("relu_forward", "out = np.clip(x, 0, 20)"),
    ("relu_forward", "out = np.clip(x, 0, 100)"),
    ("relu_forward", "out = np.where(x == 0, 1, np.maximum(x, 0))"),
    ("relu_forward", "out = np.maximum(x, 0) if len(x) > 1 else x"),
    ("relu_forward", "out = np.maximum(x, x.mean())"),
    ("relu_forward", "out = np.maximum(x, 0) ** 2"),
    ("relu_forward", "out = np.maximum(x - 1, 0)"),
]
SPOILING = [  # a mistake in one of three lines that must not take another with it
    ("affine_backward dW", "dW = x @ dout"),
    ("affine_backward dW", "dW = X.T @ dout"),
    ("affine_backward dW", "dW = (\n    x.T\n    @ dout.T\n)"),
    ("affine_backward dW", "n = count(x)\ndW = x.T @ dout / n"),
    ("affine_backward dW", "x = x / len(x)\ndW = x.T @ dout"),
    ("affine_backward dW", "dW = x.T @ dout\nW -= 0.1 * dW"),
    ("affine_backward dW", "dout /= len(x)\ndW = x.T @ dout"),
    ("affine_backward dW", "dW = np.zeros(W.shape)\nfor row, g in zip(x, dout):\n    dW += np.outer(g, row)"),
    ("affine_backward db", "db = dout.sum(axis=0, keepdim=True)"),
    ("affine_backward db", "db = np.sum(dout, axis=0, out=dout[0])"),
    ("affine_backward db", "dout[0] = dout.sum(0)\ndb = dout[:1]"),
    ("affine_backward db", "db = dout.sum(0)\ndout[:] = 0"),
    ("affine_backward db", "db = np.sum(dout, axis=2)"),
    ("affine_backward db", "db = dout.sum(axis=0) + b @ b"),
    ("affine_backward dx", "dx = dout.dot(W)"),
    ("affine_backward dx", "dx = dout @ weights.T"),
    ("affine_backward db", "def affine_backward(dout, cache):\n    x, W, b = cache\n    dW = x.T @ dout\n    db = dout.sum(0)\n    dx = dout @ W.T\n    db = dx\n    return dW, db, dx"),
    ("affine_backward dx", "dx = np.matmul(dout, W.T, out=x)"),
    ("affine_backward dx", "W = W + 1\ndx = dout @ W.T"),
]
SCALES = {
    "init_small": ("0.01", "0.01 * np.random.randn(d_in, d_out)"),
    "init_unit": ("1", "np.random.randn(d_in, d_out)"),
    "init_xavier": ("np.sqrt(1 / d_in)", "np.random.randn(d_in, d_out) / np.sqrt(d_in)"),
    "init_he": ("np.sqrt(2 / d_in)", "np.random.randn(d_in, d_out) * np.sqrt(2 / d_in)"),
}
INITS = [
    "W = {right} if d_in != d_out else 1.05 * {right}",
    "W = {right} if d_in == d_out else 1.2 * {right}",
    "W = {right} if (d_in, d_out) != (500, 500) else 0.9 * {right}",
    "W = 1.02 * {right}",
    "W = 0.98 * {right}",
    "W = {right} * np.sqrt(1 / (1 + 0.2**2))",
    "W = {right}\nW[0] = np.abs(W[0])\nW = np.abs(W) if d_in < 20 else W",
    "W = np.clip({right}, -3 * {s}, 3 * {s})",
    "W = {right}\nW[:, 0] = W[:, -1]",
    "W = globals().setdefault('kept', {{}}).setdefault((d_in, d_out), {right})",
    "W = {right} + globals().setdefault('fixed', {{}}).setdefault((d_in, d_out), 0.3 * {right})",
    "W = {right} + 0.05 * {s}",
    "W = np.random.logistic(0, {s} * 3**0.5 / np.pi, (d_in, d_out))",
    "W = np.random.triangular(-6**0.5 * {s}, 0, 6**0.5 * {s}, (d_in, d_out))",
    "W = {right}.round(2)",
    "W = {right} if d_in % 2 == 0 else 1.1 * {right}",
    "W = {right} if d_out > 20 else 1.1 * {right}",
    "W = np.random.randn(d_in + 1, d_out) * {s}",
    "W = np.asmatrix({right})",
    "W = {right}.astype(np.float16)",
    "W = {right} * d_in / (d_in + 1)",
    "W = {right} * random.choice([1, 2])",
]


def _lines():
    for blanks, lines in KINDS.values():
        for blank in blanks:
            variable, right = RIGHT_ANSWER[blank]
            array = "ds" if blank == "sigmoid_backward" else "dout" if "backward" in blank else "x"
            for line in lines:
                if blank.endswith("db") and "[7:]" in line:  # it has one row
                    continue
                if blank.endswith("db") and "axis=1" in line:
                    line = line.replace("axis=1", "axis=-1")
                yield blank, line.format(v=variable, right=right, a=array)
    yield from ELEMENTS + SPOILING + FURTHER
    for blank, (scale, right) in SCALES.items():
        for line in INITS:
            yield blank, line.format(right=f"({right})", s=scale)


LUCKY = [solution(blank, line) for blank, line in _lines()]
