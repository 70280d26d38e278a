"""Checks of what depends on chance: weights, experiments on them, a long chain of layers.

Every bound is derived by the course's ``tools/tolerances.py``, which also prints the chance that it fails a
right solution (at most 1e-9 per check, all bounds of a check together) and the smallest error that it is sure
to see.
"""

import math

import numpy as np
from checks import call, fail, numbers, report

# W is judged at two sizes: fan-in above and below fan-out, and 5 because 5 // 2 and 5 - 1 are far from 5.
SIZES = (350, 210), (5, 4000)
SIGMAS = (
    7.0  # scale and mean: 3e-12 to fail by chance; sees 2 % in scale at the first size, 3.5 % at the second
)
MANY_SIGMAS = 8.5  # the largest of thousands of rows, columns, pairs: 3e-11; sees correlations above .6
DISTRIBUTION = 1e-12  # Dvoretzky-Kiefer-Wolfowitz bound: sees cumulated curves that are .031 apart
NORMS = 0.35  # standard deviation of the lengths of rows, at least; .71 is expected, 3e-28
ZEROS = 5  # float32 draws an exact zero once in 8 million: more than five among 60,000, 2e-16

# Experiments on 128 samples of 144 features, ten layers of 144: log of the root mean square of each layer's
# activations, lowest and highest. tanh: 8.5 standard deviations, 2e-17; relu: exact moments, 2e-10 for all
# layers.
SAMPLES, WIDTH, DEPTH = 128, 144, 10
LARGEST = 40  # pre-activations are cut off here, where tanh is 1: beyond, float32 exponentials overflow
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
        [-0.438, -1.070, -2.532, -3.053, -3.557, -4.049, -4.530, -5.004, -5.471, -5.932],
        [-0.256, -0.321, 0.023, -0.168, -0.375, -0.595, -0.825, -1.063, -1.307, -1.557],
    ),
    "init_he, relu_forward": (
        [-0.093, -0.384, -1.492, -1.666, -1.824, -1.969, -2.104, -2.231, -2.352, -2.466],
        [0.093, 0.384, 1.063, 1.218, 1.358, 1.484, 1.601, 1.710, 1.812, 1.909],
    ),
}

# A network of nine layers on 100 samples: mean activations may be off one half by this much, and the
# gradient's root mean square may shrink from layer to layer by a factor between these two. 8.5 standard
# deviations.
NARROW = [100] + [128] * 8 + [1]
NARROW_SCALE = 0.02
MEAN_OFF = [0.0022, 0.021, 0.021, 0.021, 0.021, 0.021, 0.021, 0.021, 0.24]
SHRINK = 0.030, 0.103


def draw(name, function, size):
    """Draw weights with a student's function: the rungs from blank to finite."""
    W, error = call(name, "W", function, *size)
    if error is not None:
        report(name, "W", error, {})
    return numbers(name, "W", W, size)


def weights(name, function, deviation, slips):
    """Check that W is normal, centred, independent, new at each call, and of this ``deviation(d_in, d_out)``.

    ``slips``: phrases and the standard deviation that each mistake leads to; a slip must explain both sizes.
    """
    draws = [(size, draw(name, function, size), draw(name, function, size)) for size in SIZES]
    (_, first, _), (_, second, _) = draws
    known = (phrase for phrase, slip in slips.items() if not any(off(W, slip(*size)) for size, W, _ in draws))
    fixed = not off(second, first.std()) and deviation(*SIZES[0]) != deviation(*SIZES[1])
    explained = next(known, "the same scale whatever d_in is" if fixed else "")
    for size, W, again in draws:
        for wrong, problem in flaws(W, again, deviation(*size), explained):
            if wrong:
                fail(name, f"W {problem}")


def off(W, s):
    """Whether the standard deviation of W is not s."""
    return abs(W.var() - s**2) > s**2 * SIGMAS * math.sqrt(2 / W.size)


def flaws(W, again, s, explained):
    """Yield (whether W has it, what it is) for each flaw, plainest first; ``explained``: a slip in scale."""
    n, spread, ordered = W.size, W.std(), np.sort(W, axis=None)
    yield np.ptp(W) == 0, "is one and the same value everywhere: the network cannot tell its units apart"
    yield np.count_nonzero(W == 0) > ZEROS, "has weights that are exactly zero: draw every one of them"
    yield np.array_equal(W, again), "is the same at every call: draw fresh numbers, without fixing a seed"
    yield (
        np.count_nonzero(np.diff(ordered)) < n / 2,
        "holds the same values many times: are rows repeated, or numbers rounded?",
    )
    one_sign = ordered[0] > 0 or ordered[-1] < 0
    yield one_sign, "has one sign only: np.random.rand draws from 0 to 1, randn around zero"
    size = f"looks like {explained}" if explained else f"it is too {'large' if spread > s else 'small'}"
    yield off(W, s), f"has standard deviation {spread:.3g} for d_in = {len(W)}, d_out = {n // len(W)}: {size}"
    z = W / s
    yield abs(z.mean()) > SIGMAS / math.sqrt(n), f"has mean {W.mean():.3g}, too far from zero: add nothing"
    points = np.linspace(-3, 3, 25)
    normal = [(1 + math.erf(point / math.sqrt(2))) / 2 for point in points]
    apart = np.abs(np.searchsorted(ordered / s, points) / n - normal).max()
    kind = "looks uniform" if np.abs(z).max() < 1.8 else "is not normally distributed"
    room = math.sqrt(math.log(2 / DISTRIBUTION) / (2 * n))
    yield apart > room, f"{kind}: randn draws normal numbers"
    if W.shape == SIZES[0]:
        yield from dependence(z, again / s)


def dependence(z, again):
    """Yield flaws of rows and columns, and of what stays from one call to the next."""
    room = MANY_SIGMAS / math.sqrt(z.size)
    yield (
        abs(np.mean(z * again)) > room,
        "is related to what the last call returned: draw every number afresh",
    )
    for lines, kind in (z, "rows"), (z.T, "columns"):
        room = MANY_SIGMAS / math.sqrt(lines.shape[1])
        norms = np.linalg.norm(lines, axis=1)
        yield np.abs(norms / math.sqrt(lines.shape[1]) - 1).max() > room, f"has {kind} of unequal scale"
        yield norms.std() < NORMS, f"has {kind} scaled to the same length: scale all of W by one number"
        yield np.abs(lines.mean(axis=1)).max() > room, f"has {kind} with a mean that is not zero"
        cosines = lines @ lines.T / np.outer(norms, norms) - np.eye(len(lines))
        yield np.abs(cosines).max() > room, f"has {kind} that depend on one another"
    room = SIGMAS / math.sqrt(min(z.shape))
    yield abs(np.diagonal(z).mean()) > room, "has something added on its diagonal"


def experiment(**functions):
    """Run an experiment afresh, smaller, with the student's init and activation, multiplying matrices itself.

    It tests two blanks together, W and out, and no other; each of them also has a check of its own.
    """
    (init_name, init), (activation_name, activation) = functions.items()
    key = f"{init_name}, {activation_name}"
    W = draw(init_name, init, (WIDTH, DEPTH * WIDTH))  # all ten layers at once: the fan-in decides
    H = np.random.default_rng().standard_normal((SAMPLES, WIDTH))
    for layer in range(1, DEPTH + 1):
        v = np.clip(H @ W[:, (layer - 1) * WIDTH : layer * WIDTH], -LARGEST, LARGEST)
        result, error = call(activation_name, "out", activation, v)
        if error is not None:
            report(activation_name, "out", error, {"x": v})
        result = result[0] if isinstance(result, tuple | list) and len(result) == 2 else result
        H = numbers(activation_name, "out", result, v.shape)
        rms = math.sqrt(np.mean(H**2))
        if not fits(key, layer, rms):
            like = next((f"It looks like {other}. " for other in BOUNDS if fits(other, layer, rms)), "")
            size = "small" if math.log(max(rms, TINY)) < BOUNDS[key][0][layer - 1] else "large"
            fail(key, f"in layer {layer}, the root mean square of H is {rms:.3g}, too {size}. {like}"
                 "This W and this out each have a check of their own: see what those say.")  # fmt: skip


def fits(key, layer, rms):
    """Whether this is a root mean square that the layer of this experiment may show."""
    low, high = BOUNDS[key]
    return low[layer - 1] <= math.log(max(rms, TINY)) <= high[layer - 1]


def chain():
    """Draw samples, labels and weights for the network of nine layers."""
    rng = np.random.default_rng()
    pairs = list(zip(NARROW, NARROW[1:], strict=False))
    weights = [NARROW_SCALE * rng.standard_normal(pair) for pair in pairs]
    x, y = rng.uniform(-1, 1, (100, NARROW[0])), rng.integers(0, 2, (100, 1)).astype(float)
    return x, y, weights, [np.zeros((1, d_out)) for _, d_out in pairs]


def vanishing_activations(forward):
    """Send fresh samples through nine layers of the student's affine_forward and sigmoid_forward."""
    x, y, weights, biases = chain()
    name = "affine_forward, sigmoid_forward"
    result, error = call(name, "v or out", forward, x, weights, biases)
    if error is not None:
        report(name, "the chain of nine layers", error, {"x": x})
    activations = result[0]
    for layer, (a, off) in enumerate(zip(activations, MEAN_OFF, strict=True), 1):
        a = numbers(name, f"out of layer {layer}", a, (len(x), NARROW[layer]))
        if abs(a.mean() - 0.5) > off:
            fail(
                name,
                f"out of layer {layer} has mean {a.mean():.3g}: with weights this small, what does the "
                "sigmoid see, and what does it return for that?",
            )
    return activations, result[1], y


def vanishing_gradients(forward, backward):
    """Send the error back through the nine layers by the student's sigmoid_backward and affine_backward."""
    activations, caches, y = vanishing_activations(forward)
    name = "sigmoid_backward, affine_backward"
    gradients, error = call(name, "ds_, dout or dx", backward, y - activations[-1], activations, caches)
    if error is not None:
        report(name, "the chain of nine layers", error, {"error": y})
    size = [
        float(np.sqrt(np.mean(numbers(name, f"dx of layer {layer}", g, (len(y), d_in)) ** 2)))
        for layer, (g, d_in) in enumerate(zip(gradients, NARROW[:-1], strict=True), 1)
    ]
    for layer in range(len(size) - 1, 0, -1):
        factor = size[layer - 1] / max(size[layer], 1e-300)
        if not SHRINK[0] <= factor <= SHRINK[1]:
            fail(
                name,
                f"from layer {layer + 1} to layer {layer} the root mean square of dx changes by a factor of "
                f"{factor:.3g}, {'less' if factor < SHRINK[0] else 'more'} than slopes and weights allow",
            )
