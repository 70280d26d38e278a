"""Inputs of the hidden tests: drawn afresh at each grading, of many shapes, signs and sizes.

A line that is right for some inputs only must lose its check every time, and not when chance brings it
about. So every kind of input is there at every grading: non-square and square, two sizes of three alike, one
sample, equal rows, many samples, one input, all positive, all negative, zeros among the numbers, tiny and
large, single precision. A second draw has the shapes of the first, and the first comes once more at the end:
what was remembered shows. Sizes follow one another, so that all remainders are among them. Where a result is
one number only, nothing cancels in it: errors are measured by the largest number, and a sum near zero would
make a right answer in single precision look wrong.
"""

import math

import numpy as np

LARGE, TINY = 1000.0, 1e-9


def shuffled(*ranges):
    """Return a random number from each range (low, high), no two the same."""
    rng = np.random.default_rng()
    while len(set(sizes := [int(rng.integers(low, high)) for low, high in ranges])) < len(ranges):
        pass
    return sizes


def normal(*shapes, scale=1.0):
    """Return a tuple of arrays of normal numbers, one of each shape, never the same twice."""
    return tuple(scale * np.random.default_rng().standard_normal(shape) for shape in shapes)


def spread(*shapes, scale=1.0):
    """Return arrays of numbers of one size, ``scale``, from a third of it to three times it, of either sign.

    The smallest and the largest are always the same: a threshold is met at every grading, or at none.
    """
    rng, arrays = np.random.default_rng(), []
    for shape in shapes:
        sizes = rng.permutation(np.geomspace(3, 1 / 3, math.prod(shape)))
        arrays.append(scale * (rng.choice([-1.0, 1.0], sizes.size) * sizes).reshape(shape))
    return tuple(arrays)


def affine(gradient=True):
    """Return inputs (x, W, b) or (x, W, b, dout) of an affine layer: a list of (what is special, arrays)."""
    N, D, M = shuffled((12, 20), (5, 9), (9, 12))
    k, j = shuffled((8, 12), (5, 8))
    many = int(np.random.default_rng().integers(130, 200))

    def draw(n, d, m, change=lambda array: array, of=normal, scale=1.0):
        arrays = of(*((n, d), (d, m), (1, m), (n, m))[: 4 if gradient else 3], scale=scale)
        return tuple(map(change, arrays))

    def holes(array):
        places = np.add.outer(*map(np.arange, array.shape)) % 3 == 0  # never a whole row or column
        return np.where(places & (array.size > 3), 0.0, array)

    def tiny(n, d, m, kept):
        arrays = draw(n, d, m, of=spread)
        return tuple(array if i in kept else TINY * array for i, array in enumerate(arrays))

    first = draw(N, D, M)
    return [
        ("", first),
        ("other numbers of shapes that came before", draw(N, D, M)),
        ("square matrices", draw(k, k, k)),
        ("one sample", draw(1, D, M)),
        ("as many samples as inputs", draw(k, k, k + 3)),
        ("as many samples as outputs", draw(k, j, k)),
        ("as many outputs as inputs", draw(k + 4, k, k)),
        ("other numbers of shapes that came before", draw(N, D, M)),
        ("large numbers", draw(N + 1, D + 1, M + 1, of=spread, scale=LARGE)),
        ("tiny numbers", tiny(j, N, k, (0,))),  # but for x, so that W shows in v
        ("tiny numbers", tiny(j, N + 1, k, (1, 3))),  # but for W and dout, so that x does
        ("zeros among the numbers", draw(M, j, N, holes)),
        ("positive numbers", draw(j + 20, j, k, np.abs)),
        ("negative numbers", draw(j + 21, j, k, lambda array: -np.abs(array))),
        ("many samples", draw(many, 30, 40, np.abs)),
        ("equal rows", draw(6, D + 2, M + 2, lambda array: np.abs(array[[0] * len(array)]))),
        ("single precision", draw(N + 2, D, M + 3, np.float32)),
        ("one input", draw(N + 2, 1, M)),
        ("one output", draw(N + 3, D + 3, 1, np.abs)),
        ("many inputs and outputs", draw(3, 60, 70)),
        ("square matrices and one sample more", draw(k + 1, k, k)),
        ("square matrices", draw(k, k, k)),
        ("inputs that came before", first),
    ]


def elementwise(largest, numbers=True, dimensions=(1, 2, 3)):
    """Return inputs (x,) of a function of each number by itself, none beyond ``largest`` in size.

    ``numbers``: plain Python numbers as well. ``dimensions``: of the arrays, among 1, 2, 3.
    """
    N, D = shuffled((12, 20), (5, 9))
    k = int(np.random.default_rng().integers(8, 12))
    many = int(np.random.default_rng().integers(130, 200))
    ramp = np.linspace(-largest, largest, 180)
    mixed = np.concatenate([ramp, 10.0 ** -np.arange(1, 9), -(10.0 ** -np.arange(1, 9)), [0.0, -0.0]])
    np.random.default_rng().shuffle(mixed)

    def draw(*shape, scale=1.0):
        return (np.clip(normal(shape, scale=scale)[0], -largest, largest),)

    first = draw(N, D)
    cases = [
        ("", first),
        ("other numbers of shapes that came before", draw(N, D)),
        ("square matrices", draw(k, k)),
        ("one sample", draw(1, 11, scale=2.0)),
        ("one column", draw(9, 1, scale=2.0)),
        ("numbers of every size", (mixed.reshape(-1, 9),)),
        ("small numbers", draw(D, 10, scale=0.01)),
        ("tiny numbers", spread((N, 8), scale=TINY)),
        ("large numbers", draw(N, 8, scale=largest / 2)),
        ("positive numbers", (np.abs(draw(D, 9)[0]),)),
        ("negative numbers", (-np.abs(draw(D, 8)[0]),)),
        ("zeros", (np.zeros((3, 4)),)),
        ("many samples", (np.abs(draw(many, 40, scale=3.0)[0]),)),
        ("single precision", (np.float32(draw(D, 11)[0]),)),
        ("other numbers of shapes that came before", draw(N, D)),
        ("square matrices", draw(k, k)),
    ]
    if 1 in dimensions:
        cases += [("a row of numbers", draw(13)), ("a single number in an array", (np.array([0.7]),))]
    if 3 in dimensions:
        cases += [("three dimensions", draw(4, 3, 5, scale=2.0))]
    if numbers:
        cases += [(f"the number {x!r}", (x,)) for x in (-1.5, 2, 1, 0, 0.0, -7, largest, -largest)]
    return [*cases, ("inputs that came before", first)]


def sigmoid_gradient():
    """Return inputs (dout, ds) of the sigmoid's way back: ds between 0 and 1, both ends included."""
    N, D = shuffled((12, 20), (5, 9))
    k = int(np.random.default_rng().integers(8, 12))
    rng = np.random.default_rng()
    ends = np.concatenate([[0.0, 1.0, 0.5], 10.0 ** -np.arange(1, 5), 1 - 10.0 ** -np.arange(1, 5)])

    def draw(*shape, scale=1.0, low=0.02, high=0.98):
        return scale * rng.standard_normal(shape), rng.uniform(low, high, shape)

    first, saturated = draw(N, D), draw(7, 11)
    saturated[1][:] = [rng.permutation(ends) for _ in range(7)]
    steep, many = draw(N, 8, high=0.5), draw(150, 40)
    holes = draw(D, 9)
    holes[0].flat[::3] = 0.0
    return [
        ("", first),
        ("other numbers of shapes that came before", draw(N, D)),
        ("square matrices", draw(k, k)),
        ("one sample", draw(1, 11)),
        ("one column", draw(9, 1)),
        ("a saturated sigmoid", saturated),
        ("outputs near 0", draw(N, 8, low=1e-6, high=1e-5)),
        ("outputs near 1", draw(N, 8, low=0.98, high=0.995)),
        ("large gradients", (*spread((N, 8), scale=LARGE), draw(N, 8)[1])),
        ("tiny gradients", (*spread((D, 10), scale=TINY), draw(D, 10)[1])),
        ("zeros among the gradients", holes),
        ("positive gradients", (np.abs(steep[0]), steep[1])),
        ("negative gradients", (-np.abs(steep[0]), steep[1])),
        ("many samples", (np.abs(many[0]), many[1])),
        ("single precision", tuple(map(np.float32, draw(D, 11)))),
        ("other numbers of shapes that came before", draw(N, D)),
        ("square matrices", draw(k, k)),
        ("a row of numbers", draw(13)),
        ("three dimensions", draw(4, 3, 5)),
        ("inputs that came before", first),
    ]
