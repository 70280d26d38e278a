"""Derive the bounds in ``chance.py``: what is expected, how far chance goes, what is seen.

    python tools/tolerances.py [REPEATS]

simulates every experiment, prints a table of all statistical checks with the chance that each fails a right
solution, and the two tables that ``chance.py`` keeps. A test runs a small version and compares.

Two kinds of bound. Those on weights are tail probabilities of normal, chi-square and binomial numbers, exact
or with a named inequality. Those on experiments are 8.5 standard deviations of a log root mean square that is
simulated and nearly normal (skewness within .4, printed); only from the third ReLU layer on, where one random
factor per layer is shared by all samples and the tail matters, moments give a bound without simulation,
``relu_bounds``.
"""

import math
import sys
from pathlib import Path

import numpy as np
from scipy import special, stats

sys.path.insert(0, str(Path(__file__).parents[1] / "source" / "vanishing-gradient"))
import chance  # noqa: E402

SIGMAS = 8.5
RELU_CHANCE = 1e-11  # per layer and side
BUDGET = 1e-9  # per check
FLOAT32_LAYERS, NOTHING = 5, -700.0  # from layer 6 on, small activations need only be small
EXPERIMENTS = {
    "init_small, tanh_forward": (lambda n: 0.01, np.tanh),
    "init_unit, tanh_forward": (lambda n: 1.0, np.tanh),
    "init_xavier, tanh_forward": (lambda n: n**-0.5, np.tanh),
    "init_xavier, relu_forward": (lambda n: n**-0.5, lambda v: np.maximum(v, 0)),
    "init_he, relu_forward": (lambda n: (2 / n) ** 0.5, lambda v: np.maximum(v, 0)),
}


def simulate(key, repeats, rng, width=chance.WIDTH, depth=chance.DEPTH):
    """Return log root mean squares of the layers' activations, shape (repeats, depth)."""
    scale, activation = EXPERIMENTS[key]
    logs = np.empty((repeats, depth))
    for row in logs:
        H = rng.standard_normal((chance.SAMPLES, width))
        for layer in range(depth):
            H = activation(H @ (scale(width) * rng.standard_normal((width, width))))
            row[layer] = 0.5 * math.log(np.mean(H**2))
    return logs


def mean_field(key, factor=1.0, width=chance.WIDTH, depth=chance.DEPTH):
    """Return log root mean squares of infinitely wide layers; ``factor`` multiplies the right weights."""
    scale, activation = EXPERIMENTS[key]
    z = np.linspace(-9, 9, 20001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    q, logs = 1.0, []
    for _ in range(depth):
        q = density @ activation(factor * scale(width) * math.sqrt(width * q) * z) ** 2
        logs.append(0.5 * math.log(q))
    return np.array(logs)


def relu_bounds(layer, tail, n=chance.WIDTH):
    """Return how low and high the log root mean square of a He layer can be, each with probability ``tail``.

    For one sample, each layer multiplies the mean square by an independent R = (2/n) * (sum of K squared
    normal numbers), K binomial(n, 1/2). The mean over samples is no larger in p-th moment than one sample
    (Jensen, for p >= 1 and for p < 0), so Markov's inequality bounds it, with any p. A moment with p < 0 is
    that of R where K is above -2p; the smaller K are left out as long as they have a hundredth of ``tail``.
    """
    k = np.arange(1, n + 1)
    log_binomial = (
        special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1) - n * math.log(2)
    )

    def log_moment(p):
        possible = k / 2 + p > 0
        if layer * np.exp(log_binomial[~possible]).sum() > tail / 100:
            return math.inf
        chi = special.gammaln(k[possible] / 2 + p) - special.gammaln(k[possible] / 2)
        layers = special.logsumexp(log_binomial[possible] + chi) + p * math.log(4 / n)
        first = special.gammaln(n / 2 + p) - special.gammaln(n / 2) + p * math.log(2 / n)
        return layer * layers + first

    powers = np.linspace(1, 60, 237)
    high = min((log_moment(p) - math.log(tail)) / p for p in powers)
    low = max((math.log(tail) - log_moment(-p)) / p for p in powers)
    return low / 2, high / 2


def experiment_bounds(key, logs):
    """Return lowest and highest log root mean square of every layer, and the chance to leave them."""
    centre, sd = logs.mean(axis=0), logs.std(axis=0, ddof=1)
    low, high = centre - SIGMAS * sd, centre + SIGMAS * sd
    chances = np.full(len(low), 2 * stats.norm.sf(SIGMAS))
    if "small" in key:
        # A right float32 tanh built from exponentials has errors of 6e-8: deep layers, far below 1e-5, are
        # noise.
        low[FLOAT32_LAYERS:] = NOTHING
        high[FLOAT32_LAYERS:] = np.maximum(high[FLOAT32_LAYERS:], high[FLOAT32_LAYERS])
    if "relu" in key:
        shift = mean_field(key)  # zero for He
        for layer in range(2, len(low)):
            bounds = relu_bounds(layer + 1, RELU_CHANCE)
            low[layer], high[layer] = shift[layer] + np.array(bounds)
            chances[layer] = 2 * RELU_CHANCE
    return low, high, chances.sum()


def simulate_chain(repeats, rng):
    """Return mean activations off one half (repeats, 9) and log factors of the gradient (repeats, 8)."""
    means, factors = [], []
    for _ in range(repeats):
        x, y, weights, _ = chance.chain()
        activations = []
        for W in weights:
            x = 1 / (1 + np.exp(-x @ W))
            activations.append(x)
        gradient, size = y - x, []
        for W, out in zip(reversed(weights), reversed(activations), strict=True):
            gradient = (gradient * out * (1 - out)) @ W.T
            size.append(0.5 * math.log(np.mean(gradient**2)))
        means.append([out.mean() - 0.5 for out in activations])
        factors.append(np.diff(size))
    return np.array(means), np.array(factors)


def seen(key, low, high, sd):
    """Return the smallest factor above 1 on the weights that some layer is sure to show."""
    for factor in np.geomspace(1.002, 4, 600):
        moved = mean_field(key, factor)
        if np.any(moved - 4 * sd > high) or np.any(moved + 4 * sd < low):
            return factor
    return math.inf


def weight_rows():
    """Yield (statistic, how far a right solution may go, its chance of going further, what is seen) for W."""
    for d_in, d_out in chance.SIZES:
        n, where = d_in * d_out, f"W {d_in} x {d_out}: "
        room = chance.SIGMAS * math.sqrt(2 / n)
        tails = stats.chi2.sf((1 + room) * (n - 1), n - 1) + stats.chi2.cdf((1 - room) * (n - 1), n - 1)
        yield where + "variance over expected, minus 1", room, tails, f"scale off by {room / 2 * 1.6:.1%}"
        room = chance.SIGMAS / math.sqrt(n)
        yield (
            where + "mean, in standard deviations",
            room,
            2 * stats.norm.sf(chance.SIGMAS),
            f"mean off by {room * 1.6:.2f}",
        )
        room = math.sqrt(math.log(2 / chance.DISTRIBUTION) / (2 * n))
        yield (
            where + "distance of distribution curves",
            room,
            chance.DISTRIBUTION,
            "uniform (.057), Laplace, cut off at 2",
        )
        yield (
            where + "exact zeros, float32",
            chance.ZEROS,
            stats.poisson.sf(chance.ZEROS, n * 2.0**-23),
            "1 % set to zero",
        )
    d_in, d_out = chance.SIZES[0]
    normal = 2 * stats.norm.sf(chance.MANY_SIGMAS)
    limit = chance.MANY_SIGMAS / math.sqrt(min(d_in, d_out))
    pairs = d_in * (d_in - 1) / 2 + d_out * (d_out - 1) / 2
    # The cosine of two normal vectors of length m: its square is beta((1, m - 1) / 2), exactly.
    cosine = pairs * stats.beta.sf(chance.MANY_SIGMAS**2 / d_out, 0.5, (d_out - 1) / 2)
    yield "largest cosine of two rows or columns", limit, cosine, "rows that share 80 % of their variance"
    yield "largest mean of a row or column", limit, (d_in + d_out) * normal, "one row shifted by .9"
    # Norms: Lipschitz concentration (Borell-TIS), P(|norm - its mean| > t) <= 2 exp(-t**2 / 2).
    yield (
        "norm of a row or column, relative",
        limit,
        (d_in + d_out) * 2 * math.exp(-((chance.MANY_SIGMAS - 0.1) ** 2) / 2),
        "twice",
    )
    yield (
        "mean of the diagonal",
        chance.SIGMAS / math.sqrt(d_out),
        2 * stats.norm.sf(chance.SIGMAS),
        "identity added",
    )
    yield (
        "product with the next draw",
        chance.MANY_SIGMAS / math.sqrt(d_in * d_out),
        normal * 50,
        "a part that stays",
    )
    # The spread of norms below .35 where .71 is expected: their sample variance below a quarter, chi-square.
    yield (
        "spread of norms, at least",
        chance.NORMS,
        stats.chi2.cdf(0.26 * (d_out - 1), d_out - 1),
        "rows of one length",
    )


def main(repeats):
    """Print the table and what ``chance.py`` keeps."""
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
        name = f"experiment {key}: log rms, layers 1 to {chance.DEPTH}"
        print(
            f"{name:58} {(high - low)[0] / 2:9.2g} {tail:10.0e}  weights times {factor:.2f}"
            f" (largest |z| {np.abs(z).max():.1f}, skewness {np.abs((z**3).mean(axis=0)).max():.2f})"
        )
    means, factors = simulate_chain(5 * repeats, rng)
    off, sd = SIGMAS * means.std(axis=0), factors.std(axis=0).max()
    shrink = np.exp(factors.mean() + np.array([-1, 1]) * SIGMAS * sd)
    width = chance.NARROW[1]
    # Given the gradient that arrives, the next squared one is nearly a chi-square with as many degrees as
    # units.
    tail = 8 * (
        stats.chi2.sf(width * math.exp(2 * SIGMAS * sd), width)
        + stats.chi2.cdf(width * math.exp(-2 * SIGMAS * sd), width)
    )
    print(
        f"{'vanishing: mean activation off one half':58} {off[1]:9.2g} {18 * stats.norm.sf(SIGMAS):10.0e}"
        f"  {off[1] * 1.5:.2f} in layers 2 to 8"
    )
    print(
        f"{'vanishing: log factor of the gradient per layer':58} {SIGMAS * sd:9.2g} {tail:10.0e}"
        f"  a factor of {math.exp(SIGMAS * sd):.2f} in one layer"
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
    print("}\nMEAN_OFF = [" + ", ".join(f"{value:.2g}" for value in off) + "]")
    print(f"SHRINK = {shrink[0]:.3f}, {shrink[1]:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
