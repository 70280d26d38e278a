"""A class of any size, made up but lifelike: records as grading leaves them, and one student's notebook."""

import base64
import io
import random

from matplotlib.figure import Figure
from nbformat import v4

from airlock.model.record import Check, Incident, Record

CHECKS = {
    "test-affine-forward": 2,
    "test-affine-backward-dW": 2,
    "test-affine-backward-db": 1,
    "test-affine-backward-dx": 2,
    "test-sigmoid-forward": 2,
    "test-sigmoid-backward": 2,
    "test-tanh-forward": 1,
    "test-init-he": 1,
}
SLIPS = {
    "test-affine-backward-db": (
        0.35,
        "db: looks like the mean over the batch of {n}: a gradient sums over it.",
    ),
    "test-affine-backward-dx": (
        0.2,
        "dx: expected shape ({n}, 5), yours is (5, {n}). Is a transpose missing?",
    ),
    "test-sigmoid-backward": (0.15, "ds_: the derivative is taken at the output, not at the input."),
    "test-init-he": (
        0.1,
        "he: the standard deviation of your {n},000 weights is .0{n}, expected .0632 +- .0004.",
    ),
}
ODD_NAMES = [
    '=cmd|"/c calc"!A1',
    'O\'Brien, "Bob"',
    "<img src=x onerror=alert(1)>",
    "多田 ünï\nnewline",
    "a#b?c%20&d",
]
HIDDEN = [f"SECRET_{name.replace('-', '_')} = {points}" for name, points in CHECKS.items()]
CONFINED = {"files": "Landlock", "network": "seccomp", "memory": "rlimit", "processes": "rlimit"}


def a_class(size: int, seed: int = 0) -> list[Record]:
    """Return ``size`` records: most graded, some with incidents, one in fifty failed."""
    draw = random.Random(seed)
    names = ODD_NAMES[: max(0, size - 20)]
    names += [f"student-{number:03}" for number in range(size - len(names))]
    return [_record(name, draw) for name in names]


def meta() -> dict:
    """Return what is true of the run as a whole."""
    return {
        "assignment": "vanishing-gradient",
        "max_score": float(sum(CHECKS.values())),
        "confinement": CONFINED,
        "versions": {"airlock": "1.0.0", "nbgrader": "0.9.6", "python": "3.11"},
        "seconds": {"wall": 412.3, "cpu": 803.1},
    }


def _record(student: str, draw: random.Random) -> Record:
    best = float(sum(CHECKS.values()))
    if draw.random() < 0.02:
        incident = Incident("unreadable", "The file vanishing-gradient.ipynb is not a notebook: it is empty.")
        return Record(student, "vanishing-gradient", "failed", best, None, incidents=[incident])
    checks, blanks, incidents = [], [], []
    for name, points in CHECKS.items():
        chance, message = SLIPS.get(name, (0.03, "v: the values are not those of the formula."))
        earned, said = float(points), ""
        if draw.random() < chance:
            earned, said = 0.0, message.format(n=draw.randint(11, 99))
        elif draw.random() < 0.04:
            blank = name.removeprefix("test-").replace("-", "_") + ": v"
            earned, said = 0.0, f"{blank} is still blank."
            blanks.append(blank)
        elif points > 1 and draw.random() < 0.02:
            earned, said = points / 2, "v: right for two samples, wrong for one."
        checks.append(Check("vanishing-gradient", name, float(points), earned, said))
    if draw.random() < 0.05:
        incidents.append(
            Incident("time-limit", "The cell sigmoid-forward was stopped after 60 s.", cell="sigmoid-forward")
        )
    if draw.random() < 0.08:
        incidents.append(Incident("cells-restored", "Two locked cells had been changed and were put back."))
    return Record(
        student,
        "vanishing-gradient",
        "incident" if incidents else "graded",
        best,
        sum(check.points for check in checks),
        checks,
        blanks,
        incidents,
        {"cpu": draw.uniform(1.2, 2.0), "wall": draw.uniform(1.4, 2.6)},
        dict(CONFINED),
    )


def a_notebook(record: Record):
    """Return ``record``'s notebook as grading leaves it: hidden tests restored, outputs of all kinds."""
    cells = [
        v4.new_markdown_cell("# The vanishing gradient\n\nSymbols: $N$ samples, $D$ inputs, $M$ outputs.")
    ]
    for place, check in enumerate(record.checks):
        name = check.grade_id.removeprefix("test-")
        cells += [
            v4.new_markdown_cell(
                f"### Layer {name}\n\nThe layer computes $v = xW + b$. Its derivative is\n\n"
                r"$$\frac{\partial L}{\partial W} = x^\top \mathrm{dout}, \quad \sigma'(z) \le \tfrac14.$$"
                "\n\n| name | shape |\n|---|---|\n| `x` | $(N, D)$ |\n| `W` | $(D, M)$ |\n\n"
                "Fill in the blank, then run the check below."
            ),
            v4.new_code_cell(
                f'def layer_{place}(x, W, b):\n    """Return x W + b, shape (N, M)."""\n'
                f"    # {record.student!a} thinks\n    v = x @ W + b * 1.5e-3\n    return v, (x, W, b)\n",
                metadata=_grader(name, solution=True),
            ),
            v4.new_code_cell(
                f"assert callable(layer_{place}), 'layer_{place} is missing'\n### BEGIN HIDDEN TESTS\n"
                f"{HIDDEN[place]}\n### END HIDDEN TESTS",
                metadata=_grader(check.grade_id, grade=True, points=check.max_points),
                outputs=_verdict(check, place),
            ),
        ]
    cells += [
        v4.new_markdown_cell(
            "## Pictures\n\nNow look at the mean of every layer. It should stay where it is."
        ),
        v4.new_code_cell("plt.plot(means)", outputs=[_picture(0), _picture(1)]),
        v4.new_code_cell(
            "print(means)", outputs=[v4.new_output("stream", name="stdout", text="layer 1: .50\n" * 3)]
        ),
        v4.new_code_cell(
            "1 / 0",
            outputs=[
                v4.new_output(
                    "stream", name="stderr", text="/srv/course/kernel/x.py:3: RuntimeWarning: overflow\n"
                ),
                v4.new_output(
                    "error",
                    ename="ZeroDivisionError",
                    evalue="division by zero",
                    traceback=[
                        "Traceback (most recent call last)",
                        "Cell \x1b[32mIn[9], line 1\x1b[0m",
                        'File "/srv/grader/lib/thing.py", line 3',
                        "ZeroDivisionError: division by zero",
                    ],
                ),
            ],
        ),
    ]
    return v4.new_notebook(cells=cells)


def _grader(grade_id: str, **more) -> dict:
    flags = {"grade": False, "solution": False, "locked": not more.get("solution"), "schema_version": 3}
    return {"nbgrader": flags | {"grade_id": grade_id} | more}


def _verdict(check: Check, place: int) -> list:
    outputs = [v4.new_output("stream", name="stdout", text=HIDDEN[place])]
    if check.message:
        trace = ["Traceback", f"/srv/grader/tests.py: {HIDDEN[place]}", check.message]
        outputs.append(v4.new_output("error", ename="AssertionError", evalue=check.message, traceback=trace))
    return outputs


def _picture(seed: int):
    figure, buffer = Figure(figsize=(6, 3.5)), io.BytesIO()
    axes = figure.subplots()
    axes.plot([random.Random(seed + at).gauss(0, 1) for at in range(100)])
    axes.set(xlabel="step", ylabel="mean")
    figure.savefig(buffer, dpi=90)
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": "<Figure size 600x350>"}
    return v4.new_output("display_data", data=data)
