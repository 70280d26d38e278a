"""The committed bounds are those that tools/tolerances.py derives, on a small simulation."""

import experiment
import numpy as np
import pytest
import tolerances

REPEATS = 24


@pytest.mark.parametrize("key", tolerances.EXPERIMENTS)
def test_experiments_lie_in_the_middle_of_their_bounds(key):
    """24 repeats know a mean to .2 sd and an sd to 15 %: these limits are missed once in a million runs."""
    logs = tolerances.simulate(key, REPEATS, np.random.default_rng())
    low, high = (np.array(row) for row in experiment.BOUNDS[key])
    assert np.all(logs > low)
    assert np.all(logs < high)
    two = slice(0, 5) if "small" in key else slice(0, 10)
    sd = logs.std(axis=0, ddof=1)[two]
    middle, room = ((low + high) / 2)[two], ((high - low) / 2)[two]
    assert np.all(np.abs(logs.mean(axis=0)[two] - middle) < 1.5 * sd)
    assert np.all((room > 4.5 * sd) & (room < 17 * sd))


def test_theory_agrees_with_the_simulation():
    for key in tolerances.EXPERIMENTS:
        logs = tolerances.simulate(key, 6, np.random.default_rng())
        assert np.allclose(logs[:, :2].mean(axis=0), tolerances.mean_field(key)[:2], atol=0.1)


def test_tails_of_a_skewed_distribution_stay_within_the_budget():
    assert 2e-17 < tolerances.tails(0.02) < 1e-15  # nearly normal
    assert 10 * tolerances.tails(0.2) < tolerances.BUDGET  # the skewness that the deepest layers may have


def test_he_and_xavier_cannot_be_taken_for_each_other():
    _, most = experiment.BOUNDS["init_xavier, relu_forward"]
    least, _ = experiment.BOUNDS["init_he, relu_forward"]
    assert most[0] < least[0]  # the first layer is enough to fail


def test_no_check_of_weights_fails_a_right_solution_more_than_once_in_a_billion():
    rows = list(tolerances.weight_rows())
    assert 0 < sum(tail for _, _, tail, _ in rows) < tolerances.BUDGET


def test_no_experiment_fails_a_right_solution_more_than_once_in_a_billion():
    for key in tolerances.EXPERIMENTS:
        logs = tolerances.simulate(key, 4, np.random.default_rng())
        assert 0 < tolerances.experiment_bounds(key, logs)[2] < tolerances.BUDGET
