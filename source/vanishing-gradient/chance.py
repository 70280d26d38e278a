"""Checks of what depends on chance: weights, and experiments on them.

Every bound is derived by the course's ``tools/tolerances.py``, which also prints the chance that it fails a
right solution (at most 1e-9 per check, all bounds of a check together) and the smallest error that it is sure
to see. As in ``findings``, no message tells a right value, nor whether a scale is too large or too small.
"""

import math

import numpy as np
from checks import call, fail, numbers, report

# W is judged at the size of the notebook and at three that differ at each grading: few inputs, an odd number
# of them, because 5 // 2 and 5 - 1 are far from 5; few outputs; a square. All are drawn twice.
LARGE, FEW, MANY, SQUARE = (500, 500), (2, 6), (1200, 1600), (60, 120)
SIGMAS = 7.0  # scale, mean: 5e-12; sees 1.1 % in scale, 9 % where the smallest size alone is off
MANY_SIGMAS = 8.5  # the largest of thousands of rows, columns, pairs: 1e-12; sees correlations of .6
DISTRIBUTION = (
    1e-12  # Dvoretzky-Kiefer-Wolfowitz bound: sees cumulated curves .011 apart (at the largest size)
)
OUTERMOST = 3.6  # of half a million normal numbers some lie beyond, but for a chance of 1e-29
NORMS = 0.35  # standard deviation of the lengths of rows, at least; .71 is expected
ZEROS = 5  # float32 draws an exact zero once in 8 million

# Experiments on 128 samples of 144 features, ten layers of 144: log of the root mean square of each layer's
# activations, lowest and highest: 8.5 standard deviations.
SAMPLES, WIDTH, DEPTH = 128, 144, 10
BEYOND = 40  # pre-activations are cut off here, where tanh is 1: beyond, float32 exponentials overflow
NOISE = 5e-7  # of a float32 activation that is built from exponentials
TINY = 1e-300
BOUNDS = {
    "init_small, tanh_forward": (
        [-2.209, -4.361, -6.515, -8.665, -10.814, -700.000, -700.000, -700.000, -700.000, -700.000],
        [-2.061, -4.150, -6.237, -8.328, -10.419, -12.510, -12.510, -12.510, -12.510, -12.510],
    ),
    "init_unit, tanh_forward": (
        [-0.0415, -0.0428, -0.0427, -0.0429, -0.0427, -0.0427, -0.0429, -0.0427, -0.0427, -0.0429],
        [-0.0274, -0.0283, -0.0284, -0.0283, -0.0285, -0.0285, -0.0283, -0.0284, -0.0284, -0.0283],
    ),
    "init_xavier, tanh_forward": (
        [-0.504, -0.778, -0.971, -1.124, -1.250, -1.357, -1.454, -1.543, -1.627, -1.696],
        [-0.429, -0.668, -0.825, -0.937, -1.025, -1.096, -1.152, -1.198, -1.233, -1.272],
    ),
    "init_xavier, relu_forward": (
        [-0.441, -1.057, -1.632, -2.226, -2.787, -3.344, -3.914, -4.432, -4.872, -5.418],
        [-0.254, -0.340, -0.456, -0.553, -0.698, -0.856, -1.006, -1.208, -1.487, -1.659],
    ),
    "init_he, relu_forward": (
        [-0.094, -0.363, -0.593, -0.840, -1.054, -1.264, -1.488, -1.660, -1.753, -1.952],
        [0.092, 0.353, 0.583, 0.833, 1.035, 1.223, 1.420, 1.565, 1.632, 1.807],
    ),
}


def sizes():
    """Return the sizes (d_in, d_out) at which W is judged, the largest first."""
    rng = np.random.default_rng()
    few = 2 * rng.integers(*FEW, size=2) + 1
    many, square = rng.integers(*MANY, size=2), int(rng.integers(*SQUARE))
    return [LARGE, (int(few[0]), int(many[0])), (int(many[1]), int(few[1])), (square, square)]


def draw(name, function, size):
    """Draw weights with a student's function: the rungs from blank to finite."""
    W, error = call(name, "W", function, *size)
    if error is not None:
        report(name, "W", error, {"d_in": size[0], "d_out": size[1]})
    return numbers(name, "W", W, size)


def weights(name, function, deviation, slips):
    """Check that W is normal, centred, independent, new at each call, and of this ``deviation(d_in, d_out)``.

    ``slips``: phrases and the standard deviation that each mistake leads to; a slip must explain all sizes.
    """
    pairs = [(draw(name, function, size), size) for size in sizes()]
    draws = [(size, W, draw(name, function, size)) for W, size in pairs]
    centred = lambda W, again: centre(W, again, deviation(*W.shape))  # noqa: E731
    # What is added to all of W is said before what it makes of single rows; small sizes show less.
    order = (plain, draws), (centred, draws[:1]), (dependence, draws[:1]), (shape, draws), (centred, draws)
    for problems, judged in order:
        for _, W, again in judged:
            for wrong, problem in problems(W, again):
                if wrong:
                    fail(name, f"W {problem}")
    misses = [size for size, *both in draws if off(both, [deviation(*size)] * 2)]
    every = [W for _, *both in draws for W in both]
    if misses or off(every, [deviation(*W.shape) for W in every]):
        fail(name, f"W has another standard deviation than it should have: {scale(draws, slips, every)}")


def off(arrays, deviations):
    """Whether the arrays together have other standard deviations than these."""
    n = sum(W.size for W in arrays)
    square = sum(np.vdot(W, W) / s**2 for W, s in zip(arrays, deviations, strict=True))
    return abs(square / n - 1) > SIGMAS * math.sqrt(2 / n)


def scale(draws, slips, every):
    """Say what is known of a wrong scale: a slip that explains all sizes, or that it is always the same.

    At which sizes it is wrong is not told: as a guess comes nearer, these become fewer.
    """
    for phrase, deviation in slips.items():
        wanted = [deviation(*W.shape) for W in every]
        if not off(every, wanted) and not any(off(both, [deviation(*size)] * 2) for size, *both in draws):
            return f"it looks like {phrase}"
    spread = every[0].std()
    if not any(off(both, [spread * (1 + 1e-12)] * 2) for _, *both in draws[1:]):
        return "it is the same whatever d_in and d_out are"
    return "think about what it depends on, and how"


def plain(W, again):
    """Yield (whether W has it, what it is) for each flaw that one sees with the naked eye."""
    ordered = np.sort(W, axis=None)
    yield np.ptp(W) == 0, "is one and the same value everywhere: the network cannot tell its units apart"
    yield np.array_equal(W, np.round(W)), "holds whole numbers only"
    for digits in range(1, 7):
        yield np.array_equal(W, np.round(W, digits)), f"is rounded to {digits} decimals: keep all digits"
    yield np.array_equal(W, again), "is the same at every call: draw fresh numbers, without fixing a seed"
    yield np.count_nonzero(W == 0) > ZEROS, "has weights that are exactly zero: draw every one of them"
    yield np.count_nonzero(np.diff(ordered)) < W.size / 2, "holds the same values many times"
    yield ordered[0] >= 0, "has no negative weight: weights lie on both sides of zero"
    yield ordered[-1] <= 0, "has no positive weight: weights lie on both sides of zero"


def shape(W, again):
    """Yield flaws of the distribution, whatever its scale."""
    both = np.concatenate([W.ravel(), again.ravel()])
    z = np.sort((both - both.mean()) / both.std())
    points = np.linspace(-3, 3, 49)
    normal = [(1 + math.erf(point / math.sqrt(2))) / 2 for point in points]
    apart = np.abs(np.searchsorted(z, points) / z.size - normal).max()
    kind = "is uniformly distributed" if max(-z[0], z[-1]) < 1.8 else "is not normally distributed"
    yield apart > math.sqrt(math.log(2 / DISTRIBUTION) / (2 * z.size)), kind
    if W.shape == LARGE:
        yield z[-1] < OUTERMOST or z[0] > -OUTERMOST, "is cut off: no weight is far from zero"


def centre(W, again, s):
    """Yield flaws of the mean, seen in a scale of its own and in that which is expected."""
    n = 2 * W.size
    both = np.concatenate([W.ravel(), again.ravel()])
    mean = abs(both.mean())
    yield mean > SIGMAS / math.sqrt(n) * max(s, both.std()), "has a mean that is not zero: add nothing"


def dependence(W, again):
    """Yield flaws of rows and columns, and of what stays from one call to the next."""
    z, again = (array.astype(np.float32) / np.float32(array.std()) for array in (W, again))
    room = MANY_SIGMAS / math.sqrt(z.size)
    yield (
        abs(np.mean((z - z.mean()) * (again - again.mean()), dtype=float)) > room,
        "is related to what the last call returned: draw every number afresh",
    )
    for lines, kind in (z, "rows"), (z.T, "columns"):
        room = MANY_SIGMAS / math.sqrt(lines.shape[1])
        norms = np.linalg.norm(lines, axis=1)
        wide = math.sqrt(max(np.mean(z**4) - 1, 2) / 2)  # more room where numbers are not normal: see shape
        unequal = np.abs(norms / math.sqrt(lines.shape[1]) - 1).max() > room * wide
        yield unequal, f"has {kind} of unequal scale"
        yield norms.std() < NORMS, f"has {kind} scaled to the same length: scale all of W by one number"
        yield np.abs(lines.mean(axis=1)).max() > room, f"has {kind} with a mean that is not zero"
        cosines = lines @ lines.T / np.outer(norms, norms)
        np.fill_diagonal(cosines, 0)
        yield np.abs(cosines).max() > room, f"has {kind} that depend on one another"
    room = SIGMAS / math.sqrt(min(z.shape))
    yield abs(np.diagonal(z).mean()) > room, "has something added on its diagonal"


def experiment(right, **functions):
    """Run an experiment afresh, smaller, with the student's init and activation, multiplying matrices itself.

    ``right`` is the activation as it should be. Where the student's is another, the check goes on with its
    own and says so: a wrong activation has a check of its own, and costs nothing here.
    """
    (init_name, init), (activation_name, activation) = functions.items()
    W = draw(init_name, init, (WIDTH, DEPTH * WIDTH))  # all ten layers at once: the fan-in decides
    H, note = np.random.default_rng().standard_normal((SAMPLES, WIDTH)), ""
    for layer in range(1, DEPTH + 1):
        v = np.clip(H @ W[:, (layer - 1) * WIDTH : layer * WIDTH], -BEYOND, BEYOND)
        H = right(v)
        if not note:
            theirs = activations(activation_name, activation, v)
            if theirs is None or np.abs(theirs - H).max() > max(1e-5 * np.abs(H).max(), NOISE):
                note = f"{activation_name} is not right yet, so this check went on with one of its own."
                print(note)
            else:
                H = theirs
        if not fits(f"{init_name}, {activation_name}", layer, math.sqrt(np.mean(H**2))):
            problem = f"with these weights, what arrives at layer {layer} is not spread as it should be."
            fail(init_name, f"{problem} W has a check of its own: see what that says. {note}".strip())


def activations(name, function, v):
    """Return what the student's activation makes of ``v`` as an array, or None where it makes none."""
    try:
        result, error = call(name, "out", function, v.copy())
        result = result[0] if isinstance(result, tuple | list) and len(result) == 2 else result
        return None if error else numbers(name, "out", result, v.shape)
    except AssertionError:
        return None


def fits(key, layer, rms):
    """Whether this is a root mean square that the layer of this experiment may show."""
    low, high = BOUNDS[key]
    return low[layer - 1] <= math.log(max(rms, TINY)) <= high[layer - 1]
