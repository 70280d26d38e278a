"""Checks of weights, which depend on chance.

Every bound is derived by the course's ``tools/tolerances.py``, which also prints the chance that it fails a
right solution (at most 1e-9 per check, all bounds of a check together) and the smallest error that it is sure
to see. As in ``findings``, no message tells a right value, nor whether a scale is too large or too small.
"""

import math

import numpy as np
from rungs import call, fail, numbers, report

# W is judged at the size of the notebook and at three that differ at each grading: few inputs, an odd number
# of them, because 5 // 2 and 5 - 1 are far from 5; few outputs; a square. Last, with a single input and a
# single output, only its scale is. All are drawn twice, the largest more often, for its mean and scale.
LARGE, FEW, MANY, SQUARE = (500, 500), (2, 6), (1200, 1600), (60, 120)
MORE = 3
SIGMAS = 7.0  # scale, mean: 5e-12; sees .7 % in scale, 9 % where the smallest size alone is off; means of .01
MANY_SIGMAS = 8.5  # the largest of thousands of rows, columns, pairs: 1e-12; sees correlations of .6
DISTRIBUTION = (
    1e-12  # Dvoretzky-Kiefer-Wolfowitz bound: sees cumulated curves .011 apart (at the largest size)
)
OUTERMOST = 3.6  # of half a million normal numbers some lie beyond, but for a chance of 1e-29
NORMS = 0.35  # standard deviation of the lengths of rows, at least; .71 is expected
SAME = 0.75  # of all numbers differ, at least: 18 standard deviations; float32 repeats a few in a hundred
MIX = np.uint64(0x9E3779B97F4A7C15)  # an odd number without a pattern
ZEROS = 5  # float32 draws an exact zero once in 8 million
TIES = 4  # numbers as large as the largest of a draw, in float32 one in about a million draws
THINK = "think about what it depends on, and how"


def sizes():
    """Return the sizes (d_in, d_out) at which W is judged, the largest first."""
    rng = np.random.default_rng()
    few = 2 * rng.integers(*FEW, size=2) + 1
    many, square = rng.integers(*MANY, size=2), int(rng.integers(*SQUARE))
    return [LARGE, (int(few[0]), int(many[0])), (int(many[1]), int(few[1])), (square, square)]


def singles():
    """Return sizes with a single input, and with a single output."""
    many = np.random.default_rng().integers(*MANY, size=2)
    return [(1, int(many[0])), (int(many[1]), 1)]


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
    wanted, unfit = sizes(), None
    draws: dict = {size: [] for size in wanted}
    # All before any is judged: a function must not learn of its failure from not being called again.
    for size in [*wanted * 2, *[LARGE] * MORE]:
        draws[size].append(draw(name, function, size))
    single: dict = {size: [] for size in singles()}
    for size in [*single, *single]:
        try:
            single[size].append(draw(name, function, size))
        except AssertionError as error:  # other sizes tell more
            unfit = unfit or error
    # What is added to all of W is said before what it makes of single rows; small sizes show less.
    order = (plain, wanted), (centre, [LARGE]), (dependence, [LARGE]), (shape, wanted), (centre, wanted)
    for problems, judged in order:
        for size in judged:
            for wrong, problem in problems(draws[size], deviation(*size)):
                if wrong:
                    fail(name, f"W {problem}")
    if misses(draws, deviation):
        fail(name, f"W has another standard deviation than it should have: {scale(draws, slips)}")
    if unfit:
        raise unfit
    if any_is_off(single, deviation):
        fail(name, f"W has another standard deviation than it should have: {THINK}")


def misses(draws, deviation):
    """Whether the arrays of any size, or all together, have another standard deviation than this."""
    every = [W for Ws in draws.values() for W in Ws]
    return any_is_off(draws, deviation) or is_off(every, [deviation(*W.shape) for W in every])


def any_is_off(draws, deviation):
    """Whether the arrays of one size, for any of the sizes, have another standard deviation than this."""
    return any(is_off(Ws, [deviation(*size)] * len(Ws)) for size, Ws in draws.items())


def is_off(arrays, deviations):
    """Whether the arrays together have other standard deviations than these."""
    n = sum(W.size for W in arrays)
    square = sum(np.vdot(W, W) / s**2 for W, s in zip(arrays, deviations, strict=True))
    return abs(square / n - 1) > SIGMAS * math.sqrt(2 / n)


def scale(draws, slips):
    """Say what is known of a wrong scale: a slip that explains all sizes, or that it is always the same.

    At which sizes it is wrong is not told: as a guess comes nearer, these become fewer.
    """
    for phrase, deviation in slips.items():
        if not misses(draws, deviation):
            return f"it looks like {phrase}"
    largest, *others = draws.values()
    spread = largest[0].std() * (1 + 1e-12)
    if not any(is_off(Ws, [spread] * len(Ws)) for Ws in others):
        return "it is the same whatever d_in and d_out are"
    return THINK


def plain(draws, _):
    """Yield (whether W has it, what it is) for each flaw that one sees with the naked eye."""
    W, again = draws[:2]
    yield np.ptp(W) == 0, "is one and the same value everywhere: the network cannot tell its units apart"
    for digits in range(7):
        rounded = all(np.array_equal(part, np.round(part, digits)) for part in (W[0], W))
        kind = f"is rounded to {digits} decimals: keep all digits" if digits else "holds whole numbers only"
        yield rounded, kind
    yield np.array_equal(W, again), "is the same at every call: draw fresh numbers, without fixing a seed"
    yield np.count_nonzero(W == 0) > ZEROS, "has weights that are exactly zero: draw every one of them"
    yield distinct(W) < SAME * W.size, "holds the same values many times"
    ends = [(both, end) for both in (W, again) for end in (both.min(), both.max())]
    ties = sum(np.count_nonzero(both == end) - 1 for both, end in ends)
    yield ties > TIES, "is cut off: several weights lie exactly at the end"
    yield W.min() >= 0, "has no negative weight: weights lie on both sides of zero"
    yield W.max() <= 0, "has no positive weight: weights lie on both sides of zero"


def distinct(W):
    """Return about how many different numbers W holds: how many boxes they fill when thrown into them.

    Ten times as fast as sorting. Off by 1.4 % (the standard deviation) in the smallest W that is judged.
    """
    boxes = int(W.size).bit_length()
    filled = np.zeros(1 << boxes, bool)
    filled[(np.ravel(W).view(np.uint64) * MIX) >> np.uint64(64 - boxes)] = True
    return -filled.size * math.log1p(-filled.mean())


def moments(*arrays):
    """Return mean and standard deviation of all numbers of all, several times as fast as numpy's std."""
    n = sum(W.size for W in arrays)
    mean, square = sum(W.sum() for W in arrays) / n, sum(np.vdot(W, W) for W in arrays) / n
    return mean, math.sqrt(max(square - mean**2, 1e-12 * square))


def shape(draws, _):
    """Yield flaws of the distribution, whatever its scale."""
    W, again = draws[:2]
    mean, s = moments(W, again)
    low, high, points = mean - 3 * s, mean + 3 * s, np.linspace(-3, 3, 49)
    least, most = (min(W.min(), again.min()) - mean) / s, (max(W.max(), again.max()) - mean) / s
    normal = [(1 + math.erf(point / math.sqrt(2))) / 2 for point in points]
    inside = sum(np.histogram(part, len(points) - 1, (low, high))[0] for part in (W, again))
    below = sum(np.count_nonzero(part < low) for part in (W, again))
    counts = below + np.concatenate([[0], np.cumsum(inside)])
    kind = "is uniformly distributed" if max(-least, most) < 1.8 else "is not normally distributed"
    n = W.size + again.size
    apart = np.abs(counts / n - normal).max()
    yield apart > math.sqrt(math.log(2 / DISTRIBUTION) / (2 * n)), kind
    if W.shape == LARGE:
        yield most < OUTERMOST or least > -OUTERMOST, "is cut off: no weight is far from zero"


def centre(draws, s):
    """Yield flaws of the mean, seen in a scale of its own and in that which is expected."""
    mean, spread = moments(*draws)
    room = SIGMAS / math.sqrt(sum(W.size for W in draws)) * max(s, spread)
    yield abs(mean) > room, "has a mean that is not zero: add nothing"


def dependence(draws, _):
    """Yield flaws of rows and columns, and of what stays from one call to the next."""
    z, again = (W.astype(np.float32) / np.float32(moments(W)[1]) for W in draws[:2])
    squares = z * z
    fourth = max(np.vdot(squares, squares) / z.size, 3)  # above 3 where numbers are not normal: see shape
    wide = math.sqrt((fourth - 1) / 2)
    for lines, kind in (z, "rows"), (z.T, "columns"):
        room = MANY_SIGMAS / math.sqrt(lines.shape[1])
        norms = np.linalg.norm(lines, axis=1)
        unequal = np.abs(norms / math.sqrt(lines.shape[1]) - 1).max() > room * wide
        yield unequal, f"has {kind} of unequal scale"
        yield norms.std() < NORMS, f"has {kind} scaled to the same length: scale all of W by one number"
        yield np.abs(lines.mean(axis=1)).max() > room, f"has {kind} with a mean that is not zero"
        cosines = lines @ lines.T / np.outer(norms, norms)
        np.fill_diagonal(cosines, 0)
        yield np.abs(cosines).max() > room, f"has {kind} that depend on one another"
    room = MANY_SIGMAS / math.sqrt(z.size)
    stays = abs(np.vdot(z - z.mean(), again - again.mean()) / z.size) > room
    yield stays, "is related to what the last call returned: draw every number afresh"
    if z.shape[0] == z.shape[1]:
        mirrored = (np.sum(z * z.T) - np.sum(np.diagonal(squares))) / z.size
        yield abs(mirrored) > MANY_SIGMAS * math.sqrt(2) / len(z), "depends on its own transpose"
    room = SIGMAS / math.sqrt(min(z.shape))
    yield abs(np.diagonal(z).mean()) > room, "has something added on its diagonal"
