"""Wrong lines that a check with one friendly case forgives: right for some shapes, values, or calls only.

Each kind is spelled out for every function it makes sense for; ``RIGHT_ANSWER`` is what the line falls back to.
"""

from solutions import solution

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
    (
        "affine_backward db",
        "def affine_backward(dout, cache):\n    x, W, b = cache\n    dW = x.T @ dout\n    db = dout.sum(0)\n    dx = dout @ W.T\n    db = dx\n    return dW, db, dx",
    ),
    ("affine_backward dx", "dx = np.matmul(dout, W.T, out=x)"),
    ("affine_backward dx", "W = W + 1\ndx = dout @ W.T"),
]
FURTHER = [  # written after the checks were
    # affine_forward
    ("affine_forward", "v = x @ W + b if W.shape[0] <= W.shape[1] else x @ W - b"),
    ("affine_forward", "v = x @ W + b if len(x) % 2 else x @ W"),
    ("affine_forward", "v = x @ W + b[0, 0]"),
    ("affine_forward", "v = x @ W + b[:, ::-1]"),
    ("affine_forward", "v = x @ W + np.roll(b, 1)"),
    ("affine_forward", "v = x @ W + b / np.linalg.norm(b)"),
    ("affine_forward", "v = (x + b.mean()) @ W"),
    ("affine_forward", "v = x @ (W + 1e-4) + b"),
    ("affine_forward", "v = np.where(np.abs(x @ W + b) < 1e-6, 1, x @ W + b)"),
    ("affine_forward", "v = x @ W + b if x.dtype == np.float32 else x @ W + 1.001 * b"),
    ("affine_forward", "v = np.array([r @ W for r in x]) + b * (np.arange(len(x)) > 0)[:, None]"),
    ("affine_forward", "v = x @ W + b if x.sum() > 0 else x @ W + b + 1"),
    ("affine_forward", "v = x @ W + b if x[0, 0] > 0 else x @ W"),
    ("affine_forward", "v = x @ W + b if b.max() > 0 else x @ W"),
    ("affine_forward", "v = x @ W + b\nv = np.where(v > 60, 60, v)"),
    ("affine_forward", "v = np.sign(x @ W) * np.abs(x @ W) + np.sign(b)"),
    (
        "affine_forward",
        "v = np.zeros((len(x), W.shape[1]))\nfor i in range(len(x)):\n    for j in range(W.shape[1]):\n        for k in range(x.shape[1] - 1):\n            v[i, j] += x[i, k] * W[k, j]\nv = v + b",
    ),
    (
        "affine_forward",
        "v = np.zeros((len(x), W.shape[1]))\nfor i in range(len(x) - 1):\n    v[i] = x[i] @ W + b[0]",
    ),
    (
        "affine_forward",
        "v = np.zeros((len(x), W.shape[1]))\nfor i in range(min(len(x), 50)):\n    v[i] = x[i] @ W + b[0]",
    ),
    ("affine_forward", "v = np.tensordot(x, W, axes=(1, 1)) + b if W.shape[0] == W.shape[1] else x @ W + b"),
    # dW
    ("affine_backward dW", "dW = x.T @ (dout - dout.mean(axis=0))"),
    ("affine_backward dW", "dW = (x - x.mean(axis=0)).T @ dout"),
    ("affine_backward dW", "dW = x.T @ dout + 1e-3 * W"),
    ("affine_backward dW", "dW = x.T @ dout / max(1, len(x) // 64)"),
    ("affine_backward dW", "dW = x[:64].T @ dout[:64]"),
    ("affine_backward dW", "dW = np.abs(x).T @ dout"),
    ("affine_backward dW", "dW = np.maximum(x, 0).T @ dout"),
    ("affine_backward dW", "dW = x.T @ dout if len(x) > 1 else np.zeros_like(W)"),
    ("affine_backward dW", "dW = x.T @ dout / np.linalg.norm(x.T @ dout)"),
    ("affine_backward dW", "dW = np.einsum('nd,nm->dm', x, dout) * (W != 0)"),
    (
        "affine_backward dW",
        "dW = np.zeros_like(W)\nfor n in range(len(x)):\n    dW = np.outer(x[n], dout[n])",
    ),
    (
        "affine_backward dW",
        "dW = np.zeros_like(W)\nfor n in range(1, len(x)):\n    dW += np.outer(x[n], dout[n])",
    ),
    ("affine_backward dW", "dW = (dout.T @ x).reshape(W.shape)"),
    ("affine_backward dW", "dW = np.trunc(x.T @ dout * 1e3) / 1e3"),
    # db
    ("affine_backward db", "db = dout.sum(axis=0) if len(dout) > 1 else dout[0] * 0"),
    ("affine_backward db", "db = np.cumsum(dout, axis=0)[-2:-1]"),
    ("affine_backward db", "db = np.median(dout, axis=0) * len(dout)"),
    ("affine_backward db", "db = dout[1:].sum(axis=0)"),
    ("affine_backward db", "db = dout[:-1].sum(axis=0)"),
    ("affine_backward db", "db = dout[::2].sum(axis=0) * 2"),
    ("affine_backward db", "db = dout.sum(axis=0) * np.sign(b)"),
    ("affine_backward db", "db = dout.sum(axis=0) - b"),
    ("affine_backward db", "db = np.linalg.norm(dout, axis=0)"),
    ("affine_backward db", "db = np.prod(dout, axis=0)"),
    ("affine_backward db", "db = np.mean(dout, axis=0) * 16"),
    ("affine_backward db", "db = np.round(dout.sum(axis=0), 6)"),
    ("affine_backward db", "db = np.unique(dout, axis=0).sum(axis=0)"),
    ("affine_backward db", "db = dout.sum(axis=0) if dout.shape[0] != dout.shape[1] else dout.sum(axis=1)"),
    ("affine_backward db", "db = np.sort(dout.sum(axis=0))"),
    ("affine_backward db", "db = sum({float(g): g for g in dout[:, 0]}.values()) + 0 * b"),
    # dx
    ("affine_backward dx", "dx = dout @ W.T if W.shape[0] != W.shape[1] else dout @ W"),
    ("affine_backward dx", "dx = dout @ np.linalg.pinv(W)"),
    ("affine_backward dx", "dx = (dout - b) @ W.T"),
    ("affine_backward dx", "dx = dout @ W.T * (x != 0)"),
    ("affine_backward dx", "dx = dout @ W.T * (x > 0)"),
    ("affine_backward dx", "dx = dout @ W.T / W.shape[1]"),
    ("affine_backward dx", "dx = dout @ W.T - (dout @ W.T).mean(axis=0)"),
    ("affine_backward dx", "dx = (dout @ W.T)[np.argsort(x[:, 0])]"),
    ("affine_backward dx", "dx = np.clip(dout @ W.T, -1000, 1000)"),
    ("affine_backward dx", "dx = dout @ W.T + 1e-7"),
    ("affine_backward dx", "dx = dout[:, :60] @ W.T[:60]"),
    ("affine_backward dx", "dx = (W @ dout.T).reshape(x.shape)"),
    # sigmoid
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-x)) if np.all(np.abs(x) < 30) else 0.5 + 0 * x"),
    ("sigmoid_forward", "out = 0.5 * (1 + np.sin(np.arctan(x)))"),
    (
        "sigmoid_forward",
        "from math import erf\nout = 0.5 * (1 + np.vectorize(erf, otypes=[float])(np.asarray(x) / 2**0.5))",
    ),
    ("sigmoid_forward", "out = np.arctan(x) / np.pi + 0.5"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-1.702 * x))"),
    ("sigmoid_forward", "out = np.clip(1 / (1 + np.exp(-x)), 1e-7, 1 - 1e-4)"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-np.round(x, 3)))"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-x)) if not isinstance(x, int) else 1 // (1 + np.exp(-x))"),
    ("sigmoid_forward", "out = np.exp(x) / np.sum(1 + np.exp(x)) * np.size(x)"),
    ("sigmoid_forward", "out = np.exp(x) / np.exp(x).sum()"),
    ("sigmoid_forward", "out = 1 / (1 + np.exp(-np.sort(x, axis=None).reshape(np.shape(x))))"),
    ("sigmoid_forward", "x = np.atleast_2d(x)\nout = 1 / (1 + np.exp(-x))"),
    # sigmoid backward
    ("sigmoid_backward", "ds_ = ds * (1 - ds)\ndout = dout * ds_ * (ds > 0.001)"),
    ("sigmoid_backward", "ds_ = np.sqrt(ds * (1 - ds)) / 2\ndout = dout * ds_"),
    ("sigmoid_backward", "ds_ = np.minimum(ds * (1 - ds), 0.2499)\ndout = dout * ds_"),
    ("sigmoid_backward", "ds_ = ds * (1 - ds) * 0.999\ndout = dout * ds_"),
    ("sigmoid_backward", "ds_ = np.gradient(ds, axis=-1) if ds.shape[-1] > 1 else ds\ndout = dout * ds_"),
    ("sigmoid_backward", "ds_ = np.where(ds < 0.5, ds, 1 - ds) / 2\ndout = dout * ds_"),
    (
        "sigmoid_backward",
        "ds_ = ds * (1 - ds)\ndout = np.dot(dout, ds_.T)[:, :ds.shape[1]] if ds.ndim == 2 else dout * ds_",
    ),
    (
        "sigmoid_backward",
        "ds_ = ds * (1 - ds)\ndout = dout.T * ds_ if ds.ndim == 2 and ds.shape[0] == ds.shape[1] else dout * ds_",
    ),
    ("sigmoid_backward", "ds_ = ds - ds * ds * ds\ndout = dout * ds_"),
    ("sigmoid_backward", "ds_ = ds[0] * (1 - ds[0])\ndout = dout * ds_"),
    # tanh
    ("tanh_forward", "out = np.tanh(x) if len(x) < 50 else np.sign(x)"),
    ("tanh_forward", "out = np.sin(x)"),
    ("tanh_forward", "out = 2 / np.pi * np.arctan(np.pi * x / 2)"),
    ("tanh_forward", "from math import erf\nout = np.vectorize(erf, otypes=[float])(x)"),
    ("tanh_forward", "out = np.where(np.abs(x) < 1, x - x**3 / 3 + 2 * x**5 / 15, np.sign(x))"),
    ("tanh_forward", "out = np.tanh(x)\nout[x == 0] = 1e-2"),
    ("tanh_forward", "out = np.tanh(np.abs(x)) * np.sign(x.sum())"),
    ("tanh_forward", "out = np.tanh(x)\nreturn out, 1 / np.cosh(x)"),
    ("tanh_forward", "out = np.tanh(x)\nreturn [out], 1 - out**2"),
    ("tanh_forward", "out = np.tanh(x)\ncache = 1 - out**2\nreturn cache, out"),
    ("tanh_forward", "out = np.tanh(x)\nreturn out, x"),
    ("tanh_forward", "out = np.tanh(np.clip(x, -2, 2))"),
    ("tanh_forward", "out = x / np.sqrt(1 + x**2)"),
    # relu
    ("relu_forward", "out = np.maximum(x, 0) * (x < 500)"),
    ("relu_forward", "out = np.where(x > 0, x, 0).astype(int)"),
    ("relu_forward", "out = np.maximum(x, 0) / (1 + 1e-4)"),
    ("relu_forward", "out = np.maximum(x[0], 0) + 0 * x"),
    ("relu_forward", "out = x\nout[out < 0] = 0"),
    ("relu_forward", "out = np.maximum(x, 0)\nreturn out, np.maximum(x, 0)"),
    ("relu_forward", "out = np.maximum(x, 0)\nreturn x, out"),
    ("relu_forward", "out = np.maximum(x, -x * 0.001)"),
    ("relu_forward", "out = np.maximum(x, 0) if x.shape[0] != x.shape[1] else np.maximum(x.T, 0)"),
    ("relu_forward", "out = x.copy()\nfor i in range(min(x.shape)):\n    out[i] = np.maximum(x[i], 0)"),
    ("relu_forward", "out = np.heaviside(x, 0.5) * x + 1e-9 * (x < -1)"),
    # inits
    ("init_small", "W = np.random.randn(d_in, d_out) * 0.0101"),
    (
        "init_small",
        "W = np.random.normal(0, 0.01, (d_in, d_out)) if d_in * d_out < 200000 else np.random.normal(0, 0.011, (d_in, d_out))",
    ),
    ("init_small", "W = 0.01 * np.random.standard_normal((d_in, 1)) * np.ones((1, d_out))"),
    ("init_small", "W = 0.01 * np.random.standard_cauchy((d_in, d_out))"),
    ("init_small", "rng = np.random.default_rng(d_in + d_out)\nW = rng.normal(0, 0.01, (d_in, d_out))"),
    ("init_small", "W = 0.02 * (np.random.rand(d_in, d_out) - 0.5)"),
    ("init_small", "W = 0.01 * np.random.randn(d_in, d_out)\nW[0, 0] = np.nan"),
    ("init_unit", "W = np.random.randn(d_in, d_out) * np.sqrt(d_out / d_in)"),
    ("init_unit", "W = np.random.randn(d_in, d_out) * 1.03"),
    ("init_unit", "W = (np.random.rand(12, d_in, d_out).sum(0) - 6) * 1.05"),
    ("init_unit", "W = np.random.vonmises(0, 1.5, (d_in, d_out))"),
    ("init_unit", "W = np.random.randn(d_in, d_out)\nW = (W + W.T) / 2**0.5 if d_in == d_out else W"),
    ("init_unit", "W = np.sort(np.random.randn(d_in, d_out), axis=1)"),
    ("init_unit", "W = np.sort(np.random.randn(d_in * d_out)).reshape(d_in, d_out)"),
    ("init_unit", "W = np.triu(np.random.randn(d_in, d_out))"),
    ("init_unit", "W = np.random.randn(d_in, d_out)\nW -= W.mean(axis=0)\nW /= W.std(axis=0)"),
    ("init_unit", "W = np.cumsum(np.random.randn(d_in, d_out), axis=1) / np.sqrt(np.arange(1, d_out + 1))"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / np.sqrt(d_in + 1)"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / np.sqrt(max(d_in, d_out))"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / np.sqrt(min(d_in, d_out))"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / np.sqrt(d_in * d_out) ** 0.5"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / int(np.sqrt(d_in))"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / round(d_in**0.5)"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / np.log(d_in + 1) / 3"),
    ("init_xavier", "W = np.random.randn(d_in, d_out)\nW = W / np.linalg.norm(W, axis=0, keepdims=True)"),
    ("init_xavier", "W = np.random.randn(d_in, d_out) / np.linalg.norm(np.random.randn(d_in))"),
    ("init_he", "W = np.random.randn(d_in, d_out) / np.sqrt(d_in / 2 + 1)"),
    ("init_he", "W = np.random.randn(d_in, d_out) * 1.4 / np.sqrt(d_in)"),
    ("init_he", "W = np.random.randn(d_in, d_out) * 1.5 / np.sqrt(d_in)"),
    ("init_he", "W = np.random.randn(d_in, d_out) * np.sqrt(2 / (1 + 0.01**2) / d_in) * 1.01"),
    ("init_he", "W = np.random.randn(d_in, d_out) * np.sqrt(3 / (d_in + d_out / 2))"),
    ("init_he", "W = np.random.randn(d_in, d_out) / np.sqrt(-(-d_in // 2))"),
    ("init_he", "W = np.random.randn(d_in, d_out) * 2 ** (1 / d_in) / np.sqrt(d_in / 2)"),
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
