"""Known mistakes: for each blank, phrases and the formula of the mistake that each of them describes.

Formulas take the inputs of the check that they belong to; those on weights return a standard deviation.
"""

import numpy as np

AFFINE_FORWARD = {
    "v": {
        "the bias b is missing": lambda x, W, b: x @ W,
        "the bias b is subtracted": lambda x, W, b: x @ W - b,
        "W is transposed": lambda x, W, b: x @ W.T + b,
        "x is transposed": lambda x, W, b: x.T @ W + b,
        "W times x: the order is swapped": lambda x, W, b: W @ x + b,
        "a product entry by entry, not a matrix product": lambda x, W, b: x * W + b,
        "the bias is squeezed into one number": lambda x, W, b: x @ W + b.sum(),
        "the bias is averaged": lambda x, W, b: x @ W + b.mean(),
        "b as a column, where a row is meant": lambda x, W, b: x @ W + b.T,
        "the sign of the bias is lost": lambda x, W, b: x @ W + np.abs(b),
        "what is negative in the bias is lost": lambda x, W, b: x @ W + np.maximum(b, 0),
        "the bias is sorted": lambda x, W, b: x @ W + np.sort(b),
        "the bias is multiplied, not added": lambda x, W, b: x @ W * b,
        "the product is divided by the number of samples": lambda x, W, b: x @ W / len(x) + b,
    },
}

AFFINE_BACKWARD_DW = {
    "dW": {
        "the mean over the batch: a gradient sums over it": lambda x, W, b, dout: x.T @ dout / len(x),
        "x is not transposed": lambda x, W, b, dout: x @ dout,
        "dout is transposed": lambda x, W, b, dout: x.T @ dout.T,
        "dout comes first": lambda x, W, b, dout: dout @ x,
        "a product entry by entry, not a matrix product": lambda x, W, b, dout: x * dout,
        "W is added": lambda x, W, b, dout: x.T @ dout + W,
        "the gradient of the first sample alone": lambda x, W, b, dout: x[:1].T @ dout[:1],
        "the weights are multiplied in": lambda x, W, b, dout: (x.T @ dout) * W,
        "the signs of dout alone": lambda x, W, b, dout: x.T @ np.sign(dout),
        "sums are multiplied, where products are summed": lambda x, W, b, g: np.outer(x.sum(0), g.sum(0)),
    },
}

AFFINE_BACKWARD_DB = {
    "db": {
        "the mean over the batch: a gradient sums over it": lambda x, W, b, dout: dout.mean(axis=0)[None],
        "the sum over the outputs: sum over the samples": lambda x, W, b, dout: dout.sum(axis=1),
        "the sum over everything: each bias has its own": lambda x, W, b, dout: dout.sum(),
        "the gradient of the first sample alone": lambda x, W, b, dout: dout[:1],
        "the bias is multiplied in": lambda x, W, b, dout: dout.sum(axis=0, keepdims=True) * b,
        "a sum over the outputs: sum over the samples": lambda x, W, b, dout: dout.sum(axis=1)[:, None],
        "a sum of sizes, without signs": lambda x, W, b, dout: np.abs(dout).sum(axis=0),
        "the largest number of each column": lambda x, W, b, dout: dout.max(axis=0),
        "the gradient of the last sample alone": lambda x, W, b, dout: dout[-1:],
        "squares are summed": lambda x, W, b, dout: (dout**2).sum(axis=0),
    },
}

AFFINE_BACKWARD_DX = {
    "dx": {
        "W is not transposed": lambda x, W, b, dout: dout @ W,
        "W comes first": lambda x, W, b, dout: W @ dout,
        "W, transposed, comes first": lambda x, W, b, dout: W.T @ dout,
        "divided by the batch size: each sample has its own": lambda x, W, b, dout: dout @ W.T / len(x),
        "a product entry by entry, not a matrix product": lambda x, W, b, dout: dout * W,
        "the input is multiplied in": lambda x, W, b, dout: (dout @ W.T) * x,
        "the bias is added": lambda x, W, b, dout: dout @ W.T + b.sum(),
        "the sizes of the weights, without signs": lambda x, W, b, dout: dout @ np.abs(W).T,
    },
}

SIGMOID_FORWARD = {
    "out": {
        "the sign of the exponent is flipped": lambda x: 1 / (1 + np.exp(x)),
        "tanh": np.tanh,
        "the sign in the denominator is flipped": lambda x: 1 / (1 - np.exp(-x)),
        "parentheses are missing around the denominator": lambda x: 1 / 1 + np.exp(-x),
        "the exponential alone": np.exp,
        "a step from 0 to 1": lambda x: x > 0,
        "softplus": lambda x: np.log1p(np.exp(x)),
        "the derivative of the sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        "x is doubled": lambda x: 1 / (1 + np.exp(-2 * x)),
        "a power of 2, where e is meant": lambda x: 1 / (1 + 2.0**-x),
        "softsign": lambda x: x / (1 + np.abs(x)),
        "softsign, shifted and halved": lambda x: 0.5 + 0.5 * x / (1 + np.abs(x)),
        "the exponential of -x alone": lambda x: np.exp(-x),
    },
}

SIGMOID_BACKWARD = {
    "dout": {
        "the slope squares ds": lambda dout, ds: dout * ds**2,
        "a plus where a minus is meant": lambda dout, ds: dout * ds * (1 + ds),
        "only one of the two factors of the slope": lambda dout, ds: dout * (1 - ds),
        "one factor of the slope is missing": lambda dout, ds: dout * ds,
        "the slope alone: the incoming gradient is missing": lambda dout, ds: ds * (1 - ds),
        "ds is taken for the input: it is the output": lambda dout, ds: dout / (2 + np.exp(-ds) + np.exp(ds)),
        "the slope of tanh": lambda dout, ds: dout * (1 - ds**2),
        "the slope is added, not multiplied": lambda dout, ds: dout + ds * (1 - ds),
        "divided by the slope, not multiplied": lambda dout, ds: dout / (ds * (1 - ds)),
        "the other factor of the slope squared": lambda dout, ds: dout * (1 - ds) ** 2,
        "the slope is squared": lambda dout, ds: dout * (ds * (1 - ds)) ** 2,
    },
}

TANH_FORWARD = {
    "out": {
        "the sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "numerator and denominator are swapped": lambda x: 1 / np.tanh(x),
        "a sigmoid of twice the height that is not shifted": lambda x: 2 / (1 + np.exp(-2 * x)),
        "x is halved": lambda x: np.tanh(x / 2),
        "x is doubled": lambda x: np.tanh(2 * x),
        "x cut off at -1 and 1": lambda x: np.clip(x, -1, 1),
        "softsign": lambda x: x / (1 + np.abs(x)),
        "the arc tangent": np.arctan,
        "the tangent, not the hyperbolic one": np.tan,
        "a step from -1 to 1": np.sign,
        "the hyperbolic sine": np.sinh,
        "the slope of tanh, not tanh": lambda x: 1 - np.tanh(x) ** 2,
    },
    "cache": {"out, not the slope": np.tanh, "the square is missing": lambda x: 1 - np.tanh(x)},
}

RELU_FORWARD = {
    "out": {
        "a leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x),
        "a step, 0 or 1": lambda x: x > 0,
        "the negative part, where the positive is meant": lambda x: np.minimum(x, 0),
        "the negative part, turned around": lambda x: np.maximum(-x, 0),
        "the absolute value": np.abs,
        "ReLU6, cut off at 6": lambda x: np.clip(x, 0, 6),
        "softplus": lambda x: np.logaddexp(0, x),
        "ELU": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        "x times its sigmoid": lambda x: x / (1 + np.exp(-x)),
    },
    "cache": {"out: it should be the input": lambda x: np.maximum(x, 0)},
}

INIT_SMALL = {
    "weights without the small factor": lambda d_in, d_out: 1,
    "the factor was taken for the variance, not the standard deviation": lambda d_in, d_out: 0.1,
    "the factor was squared": lambda d_in, d_out: 0.01**2,
    "a scale that depends on the fan-in, which comes later": lambda d_in, d_out: d_in**-0.5,
    "the factor, divided by the root of the fan-in as well": lambda d_in, d_out: 0.01 * d_in**-0.5,
}

INIT_UNIT = {
    "the small weights again": lambda d_in, d_out: 0.01,
    "a scale that depends on the fan-in": lambda d_in, d_out: d_in**-0.5,
    "a scale that depends on the fan-out": lambda d_in, d_out: d_out**-0.5,
}

INIT_XAVIER = {
    "a variance, not a standard deviation: a root is missing": lambda d_in, d_out: 1 / d_in,
    "the fan-out, where the fan-in is meant": lambda d_in, d_out: d_out**-0.5,
    "Glorot's mean of fan-in and fan-out: here use the fan-in alone": lambda d_in, d_out: (
        (2 / (d_in + d_out)) ** 0.5
    ),
    "fan-in and fan-out added": lambda d_in, d_out: (d_in + d_out) ** -0.5,
    "the factor of He, which belongs to ReLU": lambda d_in, d_out: (2 / d_in) ** 0.5,
    "multiplied, where divided is meant": lambda d_in, d_out: d_in**0.5,
    "the small weights again": lambda d_in, d_out: 0.01,
    "the product of fan-in and fan-out": lambda d_in, d_out: (d_in * d_out) ** -0.5,
    "a fourth root": lambda d_in, d_out: d_in**-0.25,
    "d_in is one too small": lambda d_in, d_out: (d_in - 1) ** -0.5,
    "d_in is one too large": lambda d_in, d_out: (d_in + 1) ** -0.5,
}

INIT_HE = {
    "Xavier's weights: what makes up for the ReLU is missing": lambda d_in, d_out: d_in**-0.5,
    "a variance, not a standard deviation: a root is missing": lambda d_in, d_out: 2 / d_in,
    "the root does not cover all that it should": lambda d_in, d_out: 2 / d_in**0.5,
    "the root covers too little": lambda d_in, d_out: 2**0.5 / d_in,
    "the factor for the ReLU went the wrong way": lambda d_in, d_out: (2 * d_in) ** -0.5,
    "the fan-out, where the fan-in is meant": lambda d_in, d_out: (2 / d_out) ** 0.5,
    "the mean of fan-in and fan-out: use the fan-in alone": lambda i, o: (4 / (i + o)) ** 0.5,
    "Glorot's weights, for tanh": lambda d_in, d_out: (2 / (d_in + d_out)) ** 0.5,
    "an integer division: an odd d_in loses its half": lambda d_in, d_out: (d_in // 2) ** -0.5,
    "multiplied, where divided is meant": lambda d_in, d_out: (d_in / 2) ** 0.5,
    "the small weights again": lambda d_in, d_out: 0.01,
}
