"""Emmy: everything right, written differently throughout. 25 of 25."""


def affine_forward(x, W, b):
    v = np.einsum("nd,dm->nm", x, W) + b.ravel()
    return v, (x, W, b)


def affine_backward(dout, cache):
    x, W, b = cache
    dW = np.einsum("nd,nm->dm", x, dout)
    db = np.ones(len(dout)) @ dout
    dx = np.inner(dout, W)
    return dW, db, dx


def sigmoid_forward(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def sigmoid_backward(dout, ds):
    return dout * (ds - ds**2)


def tanh_forward(x):
    out = 2 * sigmoid_forward(2 * x) - 1
    cache = 1 - out**2
    return out, cache


def relu_forward(x):
    out = np.where(x > 0, x, 0)
    return out, x


def init_small(d_in, d_out):
    return np.random.normal(0, 0.01, (d_in, d_out))


def init_unit(d_in, d_out):
    return np.random.default_rng().standard_normal((d_in, d_out))


def init_xavier(d_in, d_out):
    return np.random.normal(scale=d_in**-0.5, size=(d_in, d_out))


def init_he(d_in, d_out):
    return np.sqrt(2 / d_in) * np.random.randn(d_in, d_out)
