"""Derive the bounds in ``chance.py``, ``experiment.py``: what is expected, how far chance goes, what is seen.

    python tools/tolerances.py [REPEATS]

simulates every experiment, prints a table of all statistical checks with the chance that each fails a right
solution, and the table that ``experiment.py`` keeps. A test runs a small version and compares.

Two kinds of bound. Those on weights are tail probabilities of normal, chi-square and binomial numbers, exact
or with a named inequality. Those on experiments are 8.5 standard deviations of a log root mean square, for
tanh and ReLU alike. It is nearly normal; how far its tails may be from that, its skewness tells: a
log-gamma distribution of the same skewness, as the log of a sum of squares has, gives the chance that is
printed.
"""

import math
import sys
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[1] / "source" / "vanishing-gradient"))
import chance  # noqa: E402
import experiment  # noqa: E402

SIGMAS = 8.5
BUDGET = 1e-9  # per check
FLOAT32_LAYERS, NOTHING = 5, -700.0  # from layer 6 on, small activations need only be small
EXPERIMENTS = {
    "init_small, tanh_forward": (lambda n: 0.01, np.tanh),
    "init_unit, tanh_forward": (lambda n: 1.0, np.tanh),
    "init_xavier, tanh_forward": (lambda n: n**-0.5, np.tanh),
    "init_xavier, relu_forward": (lambda n: n**-0.5, lambda v: np.maximum(v, 0)),
    "init_he, relu_forward": (lambda n: (2 / n) ** 0.5, lambda v: np.maximum(v, 0)),
}


def simulate(key, repeats, rng, width=experiment.WIDTH, depth=experiment.DEPTH):
    """Return log root mean squares of the layers' activations, shape (repeats, depth)."""
    scale, activation = EXPERIMENTS[key]
    logs = np.empty((repeats, depth))
    for row in logs:
        H = rng.standard_normal((experiment.SAMPLES, width))
        for layer in range(depth):
            H = activation(H @ (scale(width) * rng.standard_normal((width, width))))
            row[layer] = 0.5 * math.log(np.mean(H**2))
    return logs


def mean_field(key, factor=1.0, width=experiment.WIDTH, depth=experiment.DEPTH):
    """Return log root mean squares of infinitely wide layers; ``factor`` multiplies the right weights."""
    scale, activation = EXPERIMENTS[key]
    z = np.linspace(-9, 9, 20001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    q, logs = 1.0, []
    for _ in range(depth):
        q = density @ activation(factor * scale(width) * math.sqrt(width * q) * z) ** 2
        logs.append(0.5 * math.log(q))
    return np.array(logs)


def tails(skewness):
    """Return the chance that a log-gamma number of this skewness is off by ``SIGMAS`` standard deviations.

    The log of a chi-square number with k degrees has skewness of about -sqrt(2 / k).
    """
    k = 2 / max(abs(skewness), 0.02) ** 2
    centre, sd = stats.loggamma.mean(k / 2), stats.loggamma.std(k / 2)
    room = SIGMAS * sd
    return stats.loggamma.cdf(centre - room, k / 2) + stats.loggamma.sf(centre + room, k / 2)


def experiment_bounds(key, logs):
    """Return lowest and highest log root mean square of every layer, and the chance to leave them."""
    centre, sd = logs.mean(axis=0), logs.std(axis=0, ddof=1)
    low, high = centre - SIGMAS * sd, centre + SIGMAS * sd
    z = (logs - centre) / sd
    # Layers add up what their weights have done, so the deepest is the most skewed; its share of a
    # sampling error is taken off by the mean over layers.
    skewness = abs((z**3).mean()) if len(logs) > 100 else 0.2
    chance_of_any = len(low) * tails(skewness)
    if "small" in key:
        # A right float32 tanh built from exponentials has errors of 6e-8: deep layers, far below 1e-5, are
        # noise.
        low[FLOAT32_LAYERS:] = NOTHING
        high[FLOAT32_LAYERS:] = np.maximum(high[FLOAT32_LAYERS:], high[FLOAT32_LAYERS])
    return low, high, chance_of_any


def seen(key, low, high, sd):
    """Return the smallest factor above 1 on the weights that some layer is sure to show."""
    for factor in np.geomspace(1.002, 4, 600):
        moved = mean_field(key, factor)
        if np.any(moved - 4 * sd > high) or np.any(moved + 4 * sd < low):
            return factor
    return math.inf


def weight_rows():
    """Yield (statistic, how far a right solution may go, its chance of going further, what is seen) for W."""
    least = 2 * (2 * chance.FEW[0] + 1) * chance.MANY[0], 2 * chance.SQUARE[0] ** 2
    large = chance.LARGE[0] * chance.LARGE[1]
    most = [2 * large]
    most += 2 * [2 * (2 * chance.FEW[1] - 1) * chance.MANY[1]] + [2 * chance.SQUARE[1] ** 2]
    often = (2 + chance.MORE) * large
    for where, n in {
        "all sizes together": often + 2 * least[0] + least[1],
        "the largest size": often,
        "few inputs": least[0],
        "few outputs": least[0],
        "a square": least[1],
        "a single input": 2 * chance.MANY[0],
        "a single output": 2 * chance.MANY[0],
    }.items():
        room = chance.SIGMAS * math.sqrt(2 / n)
        tail = stats.chi2.sf((1 + room) * (n - 1), n - 1) + stats.chi2.cdf((1 - room) * (n - 1), n - 1)
        yield f"variance over expected, minus 1, {where}", room, tail, f"scale off by {room / 2 * 1.6:.1%}"
        if where != "all sizes together" and "single" not in where:
            room = chance.SIGMAS / math.sqrt(n)
            tail = 2 * stats.norm.sf(chance.SIGMAS)
            yield f"mean, in standard deviations, {where}", room, tail, f"mean off by {room * 1.6:.3f}"
            n = min(n, most[0])
            room = math.sqrt(math.log(2 / chance.DISTRIBUTION) / (2 * n))
            sees = f"curves that are {2 * room:.3f} apart (uniform: .057)"
            yield f"distance of distribution curves, {where}", room, chance.DISTRIBUTION, sees
    n = most[0]
    yield "exact zeros, float32", chance.ZEROS, 8 * stats.poisson.sf(chance.ZEROS, n * 2.0**-24), "dropout"
    ties = 4 * math.sqrt(2 * math.log(n)) * 2.0**-21  # at all ends, float32 numbers being so far apart there
    tail = 4 * stats.poisson.sf(chance.TIES, ties)
    yield "equal to the outermost, float32", chance.TIES, tail, "cut off, with few inputs"
    inside = 2 * math.exp(n * math.log1p(-stats.norm.sf(chance.OUTERMOST * 1.01)))
    yield "outermost weights, at least", chance.OUTERMOST, inside, "cut off at 3"
    # Rows and columns of one draw of the largest size.
    d = chance.LARGE[0]
    normal, limit = 2 * stats.norm.sf(chance.MANY_SIGMAS), chance.MANY_SIGMAS / math.sqrt(d)
    # The cosine of two normal vectors of length m: its square is beta((1, m - 1) / 2), exactly.
    cosine = d * (d - 1) * stats.beta.sf(chance.MANY_SIGMAS**2 / d, 0.5, (d - 1) / 2)
    yield "largest cosine of two rows or columns", limit, cosine, "rows that share 60 % of their variance"
    yield "largest mean of a row or column", limit, 2 * d * normal, "one row shifted by .7"
    # Norms: Lipschitz concentration (Borell-TIS), P(|norm - its mean| > t) <= 2 exp(-t**2 / 2).
    norm = 2 * d * 2 * math.exp(-((chance.MANY_SIGMAS - 0.1) ** 2) / 2)
    yield "norm of a row or column, relative", limit, norm, "a row of twice the scale"
    diagonal = 2 * stats.norm.sf(chance.SIGMAS)
    yield "mean of the diagonal", chance.SIGMAS / math.sqrt(d), diagonal, "identity added"
    yield "product with the next draw", chance.MANY_SIGMAS / d, normal * 50, "a part that stays"
    # Products of d (d - 1) / 2 pairs, each counted twice; nearly normal, as above.
    yield "product with its transpose", chance.MANY_SIGMAS * math.sqrt(2) / d, normal * 50, "a symmetric part"
    # The spread of norms below .35 where .71 is expected: their sample variance below a quarter, chi-square.
    spread = 2 * stats.chi2.cdf(0.26 * (d - 1), d - 1)
    yield "spread of norms, at least", chance.NORMS, spread, "rows of one length"


def main(repeats):
    """Print the table and what ``experiment.py`` keeps."""
    rng = np.random.default_rng()
    print(f"{'statistic':58} {'room':>9} {'false fail':>10}  sees")
    total = 0
    for name, room, tail, effect in weight_rows():
        total += tail
        print(f"{name:58} {room:9.2g} {tail:10.0e}  {effect}")
    print(f"{'a check of W, all together':58} {'':9} {total:10.0e}  budget {BUDGET:.0e}\n")
    table = {}
    for key in EXPERIMENTS:
        logs = simulate(key, repeats, rng)
        low, high, tail = experiment_bounds(key, logs)
        table[key] = low, high
        z = (logs - logs.mean(axis=0)) / logs.std(axis=0)
        factor = seen(key, low, high, logs.std(axis=0))
        name = f"experiment {key}: log rms, layers 1 to {experiment.DEPTH}"
        print(
            f"{name:58} {(high - low)[0] / 2:9.2g} {tail:10.0e}  weights times {factor:.2f}"
            f" (largest |z| {np.abs(z).max():.1f}, skewness {np.abs((z**3).mean(axis=0)).max():.2f})"
        )
    print("\nBOUNDS = {")
    for key, rows in table.items():
        print(f'    "{key}": (')
        for row in rows:
            print(
                "        ["
                + ", ".join(f"{value:.3f}" if "unit" not in key else f"{value:.4f}" for value in row)
                + "],"
            )
        print("    ),")
    print("}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
