"""Ada: everything right, close to the reference. 25 of 25."""


def affine_forward(x, W, b):
    v = x @ W + b
    cache = (x, W, b)
    return v, cache


def affine_backward(dout, cache):
    x, W, b = cache
    dW = x.T @ dout
    db = dout.sum(axis=0, keepdims=True)
    dx = dout @ W.T
    return dW, db, dx


def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-x))
    return out


def sigmoid_backward(dout, ds):
    ds_ = ds * (1 - ds)
    dout = dout * ds_
    return dout


def tanh_forward(x):
    out = np.tanh(x)
    cache = 1 - out**2
    return out, cache


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def init_small(d_in, d_out):
    W = 0.01 * np.random.randn(d_in, d_out)
    return W


def init_unit(d_in, d_out):
    W = np.random.randn(d_in, d_out)
    return W


def init_xavier(d_in, d_out):
    W = np.random.randn(d_in, d_out) / np.sqrt(d_in)
    return W


def init_he(d_in, d_out):
    W = np.random.randn(d_in, d_out) / np.sqrt(d_in / 2)
    return W
