"""Every number and every "what you see" of the text, read from the notebook and held against a run and theory.

A number says its value when it is the value rounded to the digits it has. Values are those of infinitely wide
layers; that the run of the notebook agrees with these is a test of its own, within 8 standard deviations.
"""

import contextlib
import io
import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from notebook_code import FUNCTION_OF, RELEASE, ROOT, SOURCE, Notebook, plain, run

TEXT = {
    cell.id: cell.source
    for cell in nbformat.read(RELEASE, as_version=4).cells
    if cell.cell_type == "markdown"
}
CODE = Notebook(RELEASE).code
Z = np.linspace(-9, 9, 200_001)
DENSITY = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi) * (Z[1] - Z[0])
SCHEMES = {  # standard deviation of the weights at 500 inputs, activation, slope
    "small": (0.01, np.tanh, lambda v: 1 - np.tanh(v) ** 2),
    "unit": (1.0, np.tanh, lambda v: 1 - np.tanh(v) ** 2),
    "Xavier, tanh": (500**-0.5, np.tanh, lambda v: 1 - np.tanh(v) ** 2),
    "Xavier, ReLU": (500**-0.5, lambda v: np.maximum(v, 0), lambda v: (v > 0) * 1.0),
    "He, ReLU": ((2 / 500) ** 0.5, lambda v: np.maximum(v, 0), lambda v: (v > 0) * 1.0),
    "Xavier, sigmoid": (500**-0.5, lambda v: 1 / (1 + np.exp(-v)), lambda v: 0.25 / np.cosh(v / 2) ** 2),
}
# Standard deviation of the logarithm in layer 10, at 500 units.
SD = {"small": 0.013, "unit": 0.09, "Xavier, tanh": 0.015, "Xavier, ReLU": 0.12, "He, ReLU": 0.12}


def mean_field(name):
    """Means, standard deviations and gradients in layers 1 to 10, as in infinitely wide layers."""
    scale, activation, slope = SCHEMES[name]
    q, means, stds, kept = 1.0, [], [], []
    for _ in range(10):
        v = scale * np.sqrt(500 * q) * Z
        q, mean = DENSITY @ activation(v) ** 2, DENSITY @ activation(v)
        means.append(mean)
        stds.append(np.sqrt(q - mean**2))
        kept.append(500 * scale**2 * DENSITY @ slope(v) ** 2)
    return np.array(means), np.array(stds), np.sqrt(np.cumprod(kept[::-1])[::-1])


THEORY = {name: mean_field(name) for name in SCHEMES}


@pytest.fixture(scope="module")
def ran():
    """The names of the notebook after all its cells but the checks have run."""
    namespace = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for name, code in Notebook(SOURCE).code.items():
            if not name.startswith("test-"):
                assert run(plain(code), namespace) is None, name
    plt.close("all")
    return namespace


def number(text):
    """The value of a number of the text, and half a unit of its last digit."""
    text = text.replace(",", "")
    if power := re.fullmatch(r"(?:(\d+)\\cdot )?10\^\{(-?\d+)\}", text):
        scale = 10.0 ** int(power[2])
        return int(power[1] or 1) * scale, 0.5 * scale
    digits = len(text.partition(".")[2]) if "." in text else -(len(text) - len(text.rstrip("0")))
    return float(text), 0.5 * 10.0**-digits


def says(text, value):
    """Whether a number of the text is this value, rounded."""
    stated, room = number(text)
    return abs(stated - value) <= room * 1.001


def stds(name, layer):
    return THEORY[name][1][layer - 1]


def gradient(name, layer):
    return THEORY[name][2][layer - 1]


def per_layer(name):
    """By what the gradient is multiplied from layer 10 back to layer 1."""
    return (gradient(name, 1) / gradient(name, 10)) ** (1 / 9)


def counts(ran, name, layer, edges):
    return np.histogram(ran["experiments"][name][0][layer - 1], edges)[0]


def u_then_bells(ran):
    edges = np.linspace(-1, 1, 21)
    first = counts(ran, "Xavier, tanh", 1, edges)
    bells = [counts(ran, "Xavier, tanh", layer, edges) for layer in range(3, 11)]
    spreads = ran["experiments"]["Xavier, tanh"][2]
    u_shaped = min(first[:2].sum(), first[-2:].sum()) > first[9:11].sum()
    return (
        u_shaped
        and all(b[9:11].sum() > b[4:6].sum() > b[:2].sum() for b in bells)
        and list(spreads) == sorted(spreads, reverse=True)
    )


def two_peaks(ran):
    all_counts = [counts(ran, "unit", layer, np.linspace(-1, 1, 21)) for layer in range(1, 11)]
    return all(min(c[0], c[-1]) > 20 * c[1:-1].max() for c in all_counts)


def right_half_of_a_bell(ran):
    """In every layer the counts of positive activations fall, and half are zero."""
    for H in ran["experiments"]["He, ReLU"][0].values():
        found = np.histogram(H[H > 0], np.linspace(0, 3 * H.std(), 7))[0]
        if list(found) != sorted(found, reverse=True) or abs(np.mean(H == 0) - 0.5) > 0.15:
            return False
    return True


def squeezed(ran):
    Hs = ran["experiments"]["Xavier, ReLU"][0]
    return all(np.quantile(Hs[i + 1], 0.99) < np.quantile(Hs[i], 0.99) for i in range(9))


def rms(ran):
    return np.array(ran["gradient_rms"])


F = r"(\d+(?:,\d{3})*(?:\.\d+)?)"  # a number
P = r"\$((?:\d+\\cdot )?10\^\{-?\d+\})\$"  # a power of ten
CLAIMS = [  # cell, what it says, whether that is so: by the run and the numbers of the text
    ("how-it-works", "thirteen expressions", lambda ran: sum("# ??" in line for c in FUNCTION_OF for line in CODE[c].splitlines()) == 13),
    ("title", "six small functions", lambda ran: len(FUNCTION_OF) - 4 == 6),
    ("title", "five experiments", lambda ran: len(ran["experiments"]) == 5),
    ("about-test-affine-forward", "Eight samples, three inputs, four outputs", lambda ran: "randn(8, 3), np.random.randn(3, 4)" in CODE["test-affine-forward"]),
    ("about-sigmoid-forward", "from 0 to 1", lambda ran: 0 < ran["s"].min() < 0.001 and 0.999 < ran["s"].max() < 1),
    ("about-tanh-forward", "from -1 to 1", lambda ran: abs(ran["t"]).max() < 1 and np.ptp(ran["t"]) > 1.999),
    ("about-the-picture", "two S-shaped curves, flat on both sides", lambda ran: all(np.all(np.diff(c) > 0) and max(np.diff(c)[0], np.diff(c)[-1]) < 1e-3 for c in (ran["s"], ran["t"]))),
    ("about-the-picture", "two bells, that of the sigmoid a quarter high", lambda ran: abs(ran["s_slope"].max() - 0.25) < 1e-6),
    ("about-the-numbers", rf"{F} at {F}, exactly 0 at {F}", lambda ran, a, x, y: says(a, 0.25 / np.cosh(float(x) / 2) ** 2) and ran["sigmoid_forward"](float(y)) == 1),
    ("about-the-numbers", r"0 \\le \\sigma' \\le \\tfrac14", lambda ran: ran["s_slope"].min() > 0 and ran["s_slope"].max() <= 0.25),
    ("about-the-numbers", r"at most \$4\^\{-L\}\$: after ten layers a millionth", lambda ran: 0.9e-6 < 4.0**-10 < 1.1e-6),
    ("about-the-numbers", rf"nine weight matrices. The data: {F} samples, {F} features between -1 and 1, a label 0 or 1", lambda ran, n, d: len(ran["weights"]) == 9 and ran["x"] is not None and ran["D"].shape == (int(n), int(d)) and set(np.unique(ran["y"])) == {0, 1}),
    ("explain-activations", "All are close to one half", lambda ran: all(abs(a.mean() - 0.5) < 0.24 for a in ran["activations"])),
    ("predict-gradients", rf"a sum of {F} numbers with weights around {F} multiplies their size by about\s+\$0.01 \\cdot \\sqrt\{{{F}\}} \\approx {F}\$", lambda ran, n, s, m, f: n == m and says(f, float(s) * float(n) ** 0.5) and ran["sizes"][1] == int(n)),
    ("predict-gradients", "the slope is about 1/4", lambda ran: all(abs((a * (1 - a)).mean() - 0.25) < 0.02 for a in ran["activations"][:8])),
    ("about-draw-gradients", "from layer 9 on", lambda ran: len(ran["gradient_rms"]) == 9),
    ("explain-gradients", rf"a straight line from about {P} at layer 9 down to about {P} at layer 1, a factor of {F} per layer", lambda ran, a, b, f: abs(np.log10(rms(ran)[8] / number(a)[0])) < 0.5 and abs(np.log10(rms(ran)[0] / number(b)[0])) < 0.5 and abs(np.log((rms(ran)[8] / rms(ran)[0]) ** (1 / 8) / float(f))) < 0.1),
    ("explain-gradients", "the estimate right behind it", lambda ran: np.all(abs(np.log(ran["predicted"] / rms(ran))) < 0.9)),
    ("explain-gradients", "Ten orders of magnitude are missing", lambda ran: 9.3 < np.log10(rms(ran)[8] / rms(ran)[0]) < 10.7),
    ("small-weights", rf"standard deviation of {F}", lambda ran, s: float(s) == SCHEMES["small"][0]),
    ("explain-small", rf"means of zero; a standard deviation that falls from about {F} to {P}; a gradient that falls as far the other\s+way", lambda ran, a, b: says(a, stds("small", 1)) and says(b, stds("small", 10)) and says(a, gradient("small", 10)) and says(b, gradient("small", 1)) and max(map(abs, ran["experiments"]["small"][1])) < 0.003),
    ("explain-small", "histograms that are a spike at zero from the third layer on", lambda ran: all(abs(ran["experiments"]["small"][0][i]).max() < 0.08 for i in range(2, 10)) and stds("small", 2) > 0.04),
    ("explain-small", rf"signal and gradient by\s+\$0.01 \\sqrt\{{{F}\}} \\approx {F}\$", lambda ran, n, f: says(f, 0.01 * float(n) ** 0.5) and abs(per_layer("small") - float(f)) < 0.005 and abs((stds("small", 10) / stds("small", 1)) ** (1 / 9) - float(f)) < 0.005),
    ("explain-small", "Nothing is saturated", lambda ran: abs(ran["experiments"]["small"][0][0]).max() < 0.999 and np.mean(abs(ran["experiments"]["small"][0][0]) > 0.95) < 1e-4),
    ("unit-weights", rf"standard deviation of {F}", lambda ran, s: float(s) == SCHEMES["unit"][0]),
    ("predict-unit", rf"a sum of {F} inputs with weights around 1", lambda ran, n: int(n) == ran["num_hid"][0]),
    ("explain-unit", rf"a standard deviation of {F} in every layer", lambda ran, s: all(says(s, stds("unit", layer)) for layer in range(1, 11))),
    ("explain-unit", "histograms with two peaks at -1 and 1", two_peaks),
    ("explain-unit", rf"a gradient that grows from {F} to\s+about {F}", lambda ran, a, b: says(a, gradient("unit", 10)) and abs(np.log(gradient("unit", 1) / number(b)[0])) < 0.1),
    ("explain-unit", rf"{F} % of all activations lie beyond {F}, where the slope of tanh is less than a tenth", lambda ran, p, x: says(p, 100 * np.mean([np.mean(abs(H) > float(x)) for H in ran["experiments"]["unit"][0].values()])) and 1 - float(x) ** 2 < 0.1),
    ("explain-unit", rf"It explodes, by {F} per layer", lambda ran, f: says(f, per_layer("unit"))),
    ("explain-xavier-tanh", rf"a standard deviation that falls gently from {F} to {F}, a gradient that falls as gently on its way back, from {F} to\s+{F}", lambda ran, a, b, c, d: says(a, stds("Xavier, tanh", 1)) and says(b, stds("Xavier, tanh", 10)) and says(c, gradient("Xavier, tanh", 10)) and says(d, gradient("Xavier, tanh", 1))),
    ("explain-xavier-tanh", "histograms of which the first is U-shaped and the later ones are ever narrower bells", u_then_bells),
    ("explain-xavier-tanh", rf"The gradient keeps {F} of its size per layer", lambda ran, f: says(f, per_layer("Xavier, tanh"))),
    ("explain-xavier-relu", rf"means that fall from {F} towards zero, a standard deviation that falls from {F} to about {F}, a gradient that does the\s+same on its way back", lambda ran, m, a, b: says(m, THEORY["Xavier, ReLU"][0][0]) and says(a, stds("Xavier, ReLU", 1)) and says(b, stds("Xavier, ReLU", 10)) and says(b, gradient("Xavier, ReLU", 1))),
    ("explain-xavier-relu", "histograms squeezed against zero", squeezed),
    ("explain-xavier-relu", rf"half of the mean square through: the variance halves, standard deviation and gradient are multiplied by {F} in every\s+layer", lambda ran, f: says(f, per_layer("Xavier, ReLU")) and says(f, (stds("Xavier, ReLU", 10) / stds("Xavier, ReLU", 1)) ** (1 / 9))),
    ("explain-he-relu", rf"means around {F} and standard deviations around {F} in all layers, a gradient that stays close to 1", lambda ran, m, s: all(says(m, THEORY["He, ReLU"][0][i]) and says(s, stds("He, ReLU", i + 1)) and abs(gradient("He, ReLU", i + 1) - 1) < 0.01 for i in range(10))),
    ("explain-he-relu", "histograms of\\s+one shape, the right half of a bell", right_half_of_a_bell),
    ("conclusion", rf"with small weights, signal and gradient both fall to {P}", lambda ran, a: says(a, stds("small", 10)) and says(a, gradient("small", 1))),
    ("conclusion", rf"Unit weights keep the signal at {F}, and their\s+gradient climbs to about {F}", lambda ran, a, b: says(a, stds("unit", 10)) and abs(np.log(gradient("unit", 1) / number(b)[0])) < 0.1),
    ("conclusion", rf"Xavier with ReLU loses both ways, down to {F}", lambda ran, a: says(a, stds("Xavier, ReLU", 10)) and says(a, gradient("Xavier, ReLU", 1))),
    ("conclusion", "Xavier with tanh and He with ReLU keep both", lambda ran: min(stds(n, 10) / stds(n, 1) for n in ("Xavier, tanh", "He, ReLU")) > 0.3 and min(gradient(n, 1) for n in ("Xavier, tanh", "He, ReLU")) > 0.25),
    ("conclusion", rf"its gradient shrinks to {F} of its size per layer", lambda ran, f: says(f, per_layer("Xavier, sigmoid"))),
]  # fmt: skip
# Numbers that tell nothing of a run: names, formulas, questions.
PLAIN_NUMBERS = r"Part[ -]\d|float64 cannot tell the sigmoid from 1|^\d\.|\b(2010|2015)\b|\.01, \.1, \.5, 1, 10, 50|\$-2/N\$|\(1 [+-] out\)|`1 / out - 1`|_\{?\w=?1?\}?|=1|frac\{1\}|1 \+ e|v_[12]|w_[12]"


def find(cell, pattern):
    return re.search(pattern.replace(" ", r"\s+"), TEXT[cell])


@pytest.mark.parametrize(("cell", "pattern", "so"), CLAIMS, ids=[f"{c[0]}: {c[1][:40]}" for c in CLAIMS])
def test_it_is_so(cell, pattern, so, ran):
    found = find(cell, pattern)
    assert found, f"{cell} no longer says: {pattern}"
    assert so(ran, *found.groups()), found.group()


@pytest.mark.parametrize("cell", TEXT)
def test_no_number_of_the_text_is_unheld(cell):
    text = TEXT[cell]
    for name, pattern, _ in CLAIMS:
        if name == cell:
            text = text.replace(find(cell, pattern).group(), "")
    left = re.sub(PLAIN_NUMBERS, "", text, flags=re.MULTILINE)
    assert not re.search(r"\d", left), left


def test_no_what_you_see_is_unheld():
    """Of every such paragraph nothing is left, once what the claims hold is taken out, but joining words."""
    joining = {
        "what",
        "you",
        "see",
        "and",
        "with",
        "the",
        "right",
        "behind",
        "it",
        "a",
        "of",
        "in",
        "on",
        "its",
        "them",
    }
    for cell, text in TEXT.items():
        for paragraph in re.findall(r"\*What you see.*?\*", text, re.DOTALL):
            for name, pattern, _ in CLAIMS:
                if name == cell:
                    paragraph = paragraph.replace(find(cell, pattern).group(), "")
            assert set(re.findall(r"[a-z]+", paragraph.lower())) <= joining, (cell, paragraph)


@pytest.mark.parametrize("name", SD)
def test_the_run_and_the_pale_lines_are_as_theory_says(ran, name):
    _, _, spread, back = ran["experiments"][name]
    for part, (measured, drawn) in enumerate(
        [(spread, ran["expected"]), (back, ran["expected_gradient"])], 1
    ):
        theory = THEORY[name][part]
        assert np.all(abs(np.log(measured / theory)) < 8 * SD[name])
        assert np.all(
            abs(np.log(np.array(drawn[name]) / theory)) < 0.03 + 0.01 * (name == "unit") * np.arange(10)
        )


def test_the_estimate_in_the_picture_is_that_of_the_text():
    assert float(re.search(r"gradient_rms\[-1\] \* ([\d.]+)", CODE["draw-gradients"])[1]) == pytest.approx(
        0.25 * 0.01 * 512**0.5, rel=1e-3
    )
    assert "expected: × 0.057 per layer" in CODE["draw-gradients"]


def test_the_picture_in_the_readme_is_described_as_it_is():
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    alt = re.search(r"!\[([^\]]*)\]\(docs/ten-layers-deep.png\)", text)[1]
    first, last, relu, tanh = re.search(
        r"small weights fall straight from ([\d.]+) to (\S+), Xavier with ReLU sinks to ([\d.]+), "
        r"Xavier with tanh to ([\d.]+);",
        alt,
    ).groups()
    assert says(first, stds("small", 1)) and float(last) == pytest.approx(stds("small", 10), rel=0.02)
    assert says(relu, stds("Xavier, ReLU", 10)) and says(tanh, stds("Xavier, tanh", 10))
    small, unit, back = re.search(
        r"it falls to (\S+), with unit weights it climbs to about ([\d,]+), Xavier with ReLU falls to ([\d.]+);",
        alt,
    ).groups()
    assert float(small) == pytest.approx(gradient("small", 1), rel=0.02)
    assert number(unit)[0] == pytest.approx(gradient("unit", 1), rel=0.1)
    assert says(back, gradient("Xavier, ReLU", 1))
