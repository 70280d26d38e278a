"""The check of an experiment: what ten layers make of a signal, with a student's weights and activation.

Its bounds are derived by the course's ``tools/tolerances.py``, as those in ``chance``.
"""

import math

import numpy as np
from chance import draw
from rungs import call, fail, numbers

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


def check(right, **functions):
    """Run an experiment afresh, smaller, with the student's init and activation, multiplying matrices itself.

    ``right`` is the activation as it should be. Where the student's is another, the check goes on with its
    own and says so: a wrong activation has a check of its own, and costs nothing here.
    """
    (init_name, init), (activation_name, activation) = functions.items()
    W = draw(init_name, init, (WIDTH, DEPTH * WIDTH))  # all ten layers at once: the fan-in decides
    samples, note, missed = np.random.default_rng().standard_normal((SAMPLES, WIDTH)), "", []
    H = samples
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
            missed.append(layer)
            H = samples  # and on: a function that is not called again would know that it failed
    if missed:
        problem = f"with these weights, what arrives at layer {missed[0]} is not spread as it should be."
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
