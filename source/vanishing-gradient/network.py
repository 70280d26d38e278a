"""Checks of the whole chain: nine affine layers with a sigmoid after each, forward and backward.

Every layer is compared with the check's own arithmetic, which the hidden tests bring: a constant in place of
the sigmoid, or a matrix the wrong way round, is seen at the first layer that it spoils.
"""

import numpy as np
from closeness import close
from rungs import call, fail, numbers, report

SIZES = [100] + [128] * 8 + [1]
SCALE = 0.02
USUAL = 0.1  # size of v: where chance makes all of it smaller, single precision has lost digits
LABELS = {1: ("x",), 2: ("dout", "ds"), 3: ("x", "W", "b"), 4: ("dout", "x", "W", "b")}  # of the inputs


def chain():
    """Draw samples, labels, weights and biases, all of them zero, for the network of nine layers."""
    rng = np.random.default_rng()
    pairs = list(zip(SIZES, SIZES[1:], strict=False))
    weights = [SCALE * rng.standard_normal(pair) for pair in pairs]
    x, y = rng.uniform(-1, 1, (80, SIZES[0])), rng.integers(0, 2, (80, 1)).astype(float)
    return x, y, weights, [np.zeros((1, d_out)) for _, d_out in pairs]


def step(problems, name, variable, layer, want, inputs, function, alone=None, floor=0.0):
    """Return what a student's function returns in the chain; what is wrong with it is added to ``problems``.

    Then the chain goes on with what is wanted: a function that is not called again would know that it failed.
    ``alone`` is asked where the function fails: what it returns without the lines for its other results.
    ``floor``: errors are compared with this where all of ``want`` is smaller.
    """
    problem = None
    for ask in filter(None, (function, alone)):
        try:
            return attempt(name, f"{variable} of layer {layer}", want, inputs, ask, floor)
        except AssertionError as error:
            problem = problem or error
    problems.append(problem)
    return want


def attempt(name, variable, want, inputs, function, floor):
    """Return what a student's function returns for ``inputs``, if it is what is wanted."""
    result, error = call(name, variable, function, *(np.array(value) for value in inputs))
    if error is not None:
        report(name, variable, error, dict(zip(LABELS[len(inputs)], inputs, strict=True)))
    if isinstance(result, tuple | list) and len(result) == 2:  # with a cache
        result = result[0]
    got = numbers(name, variable, result, np.shape(want))
    if not close(got, want, floor=floor):
        fail(name, f"{variable} is not right, and the next layers build on it. "
             f"{name} has a check of its own: see what that says.")  # fmt: skip
    return got


def forward(affine, sigmoid, right_affine, right_sigmoid):
    """Send fresh samples through nine layers of the student's; return what the way back needs."""
    x, y, weights, biases = chain()
    H, kept, problems = x, [], []
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True), 1):
        v = step(
            problems, "affine_forward", "v", layer, right_affine(H, W, b), (H, W, b), affine, floor=USUAL
        )
        out = step(problems, "sigmoid_forward", "out", layer, right_sigmoid(v), (v,), sigmoid)
        kept.append((H, W, b, out))
        H = out
    if problems:
        raise problems[0]
    return kept, y


def backward(sigmoid, affine, alone, right_sigmoid, right_affine, kept, y):
    """Send the error back through the nine layers of the student's.

    ``affine`` and ``alone`` return dx; ``kept`` and ``y`` come from :func:`forward`.
    """
    error, problems = y - kept[-1][-1], []
    for layer, (H, W, b, out) in reversed(list(enumerate(kept, 1))):
        dv = step(
            problems, "sigmoid_backward", "dout", layer, right_sigmoid(error, out), (error, out), sigmoid
        )
        error = step(
            problems, "affine_backward", "dx", layer, right_affine(dv, W), (dv, H, W, b), affine, alone
        )
    if problems:
        raise problems[0]
