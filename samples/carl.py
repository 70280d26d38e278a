"""Carl: Parts 1 and 2 are right, the blanks of Part 3 are unfilled. 16 of 25."""


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
