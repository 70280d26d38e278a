"""What is said of wrong values: seldom nothing, and never anything by which a guess comes nearer."""

import re

import pytest
from notebook_code import SOURCE, Notebook
from solutions import solution
from solutions_lucky import LUCKY
from solutions_wrong import WRONG

NOTEBOOK = Notebook(SOURCE)
NOTHING = "not every value is right", "next to no value is right"
# A line with a number to find, and guesses on both sides of it, nearer and nearer.
GUESSES = [
    ("affine_forward", "v = {} * (x @ W) + b", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("affine_forward", "v = x @ W + {} * b", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("affine_forward", "v = x @ W + b + {}", (-3, -0.1, 0.001, 0.1, 3)),
    ("affine_backward dW", "dW = {} * x.T @ dout", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("affine_backward dW", "dW = x.T @ dout / len(x) ** {}", (0.3, 0.1, 0.01, -0.01, -0.2)),
    ("affine_backward db", "db = dout.sum(axis=0) * {}", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("affine_backward db", "db = dout[:{}].sum(axis=0)", (3, 4, 5, 7)),
    ("affine_backward dx", "dx = {} * dout @ W.T", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("sigmoid_forward", "out = 1 / (1 + {} ** (-1.0 * x))", (2.2, 2.5, 2.7, 2.718, 2.72, 2.9)),
    ("sigmoid_forward", "out = 1 / (1 + {} * np.exp(-x))", (0.9, 0.99, 1.01, 1.1, 1.3)),
    ("sigmoid_backward", "dout = dout * ds * ({} - ds)", (0.5, 0.9, 0.999, 1.001, 1.1, 3)),
    ("sigmoid_backward", "dout = dout * ds * (1 - {} * ds)", (0.5, 0.9, 0.999, 1.001, 1.1, 2)),
    ("sigmoid_backward", "dout = dout * ({} - (ds - 0.5) ** 2)", (0.2, 0.24, 0.249, 0.251, 0.26, 0.4)),
    ("tanh_forward", "out = np.tanh({} * x)", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("relu_forward", "out = np.where(x > {}, x, 0)", (0.01, 0.1, 0.5, 3)),
    ("relu_forward", "out = np.where(x > 0, {} * x, 0)", (0.3, 0.9, 0.999, 1.001, 1.1, 3)),
    ("relu_forward", "out = np.where(x > 0, x, {} * x)", (0.3, 0.1, 0.02, 0.001)),
    ("init_xavier", "W = np.random.randn(d_in, d_out) * {} / d_in**0.5", (0.5, 0.9, 0.97, 1.03, 1.1, 1.7)),
    ("init_he", "W = np.random.randn(d_in, d_out) * ({} / d_in) ** 0.5", (0.7, 1.5, 1.9, 2.1, 2.5, 5)),
]


def said(wrong):
    """What the check of its blank raises."""
    check = "test-" + wrong.blank.replace("_", "-").replace(" ", "-")
    return str(NOTEBOOK.check(NOTEBOOK.namespace({wrong.function: wrong.code}), check))


@pytest.mark.parametrize(("blank", "line", "guesses"), GUESSES, ids=[line for _, line, _ in GUESSES])
def test_no_message_changes_as_a_guess_comes_nearer(blank, line, guesses):
    messages = {said(solution(blank, line.format(guess))) for guess in guesses}
    assert len(messages) == 1, messages


def test_at_most_one_wrong_line_in_ten_is_told_no_more_than_that_it_is_wrong():
    wrong = [*WRONG, *LUCKY][::3]
    messages = [said(one) for one in wrong]
    assert "None" not in messages
    untold = [
        one.code for one, message in zip(wrong, messages, strict=True) if any(n in message for n in NOTHING)
    ]
    assert len(untold) <= 0.1 * len(wrong), untold


def test_messages_are_of_one_or_two_lines():
    for wrong in WRONG[::5]:
        assert re.fullmatch(r".+(\n.+){0,2}", said(wrong)), wrong.code
