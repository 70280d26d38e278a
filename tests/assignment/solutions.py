"""How the solutions in solutions_right.py and solutions_wrong.py become functions."""

import textwrap
from dataclasses import dataclass

TEMPLATES = {
    "affine_forward": "def affine_forward(x, W, b):\n{}\n    cache = (x, W, b)\n    return v, cache\n",
    "affine_backward": "def affine_backward(dout, cache):\n    x, W, b = cache\n{}\n    return dW, db, dx\n",
    "sigmoid_forward": "def sigmoid_forward(x):\n{}\n    return out\n",
    "sigmoid_backward": "def sigmoid_backward(dout, ds):\n{}\n    return dout\n",
    "tanh_forward": "def tanh_forward(x):\n{}\n    cache = 1 - out**2\n    return out, cache\n",
    "relu_forward": "def relu_forward(x):\n{}\n    cache = x\n    return out, cache\n",
} | {
    f"init_{scheme}": f"def init_{scheme}(d_in, d_out):\n{{}}\n    return W\n"
    for scheme in ("small", "unit", "xavier", "he")
}

# The other blanks of a function with several: right, so that one mistake is alone.
RIGHT_LINES = {
    "dW": "dW = x.T @ dout",
    "db": "db = dout.sum(axis=0, keepdims=True)",
    "dx": "dx = dout @ W.T",
}


@dataclass(frozen=True)
class Solution:
    """One function as a student might write it.

    blank: the function, for affine_backward with the blank: "affine_backward dW". code: its whole text.
    slip: for a wrong one, words that the message of its own check must contain; empty if no slip is named.
    """

    blank: str
    code: str
    slip: str = ""

    @property
    def function(self):
        """The function's name."""
        return self.blank.split()[0]


def solution(blank, body, slip=""):
    """Build a solution from the lines of a blank, or from a whole definition."""
    function, _, variable = blank.partition(" ")
    body = textwrap.dedent(body).strip("\n")
    if f"def {function}(" in body:
        return Solution(blank, body + "\n", slip)
    if variable:
        body = "\n".join(body if name == variable else line for name, line in RIGHT_LINES.items())
    return Solution(blank, TEMPLATES[function].format(textwrap.indent(body, "    ")), slip)
