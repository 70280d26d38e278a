"""Grace: right, in single precision everywhere. 25 of 25."""


def affine_forward(x, W, b):
    v = np.float32(x) @ np.float32(W) + np.float32(b)
    cache = (x, W, b)
    return v, cache


def affine_backward(dout, cache):
    x, W, b = cache
    dW = np.float32(x).T @ np.float32(dout)
    db = np.float32(dout).sum(axis=0)
    dx = np.float32(dout) @ np.float32(W).T
    return dW, db, dx


def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-np.float32(x)))
    return out


def sigmoid_backward(dout, ds):
    ds_ = np.float32(ds) * (1 - np.float32(ds))
    dout = np.float32(dout) * ds_
    return dout


def tanh_forward(x):
    x = np.float32(x)
    out = 2 / (1 + np.exp(-2 * x)) - 1
    cache = 1 - out**2
    return out, cache


def relu_forward(x):
    out = np.float32(x) * (x > 0)
    cache = x
    return out, cache


def init_small(d_in, d_out):
    W = np.float32(0.01 * np.random.randn(d_in, d_out))
    return W


def init_unit(d_in, d_out):
    W = np.float32(np.random.randn(d_in, d_out))
    return W


def init_xavier(d_in, d_out):
    W = np.float32(np.random.randn(d_in, d_out) / np.sqrt(d_in))
    return W


def init_he(d_in, d_out):
    W = np.float32(np.random.randn(d_in, d_out) * np.sqrt(2 / d_in))
    return W
