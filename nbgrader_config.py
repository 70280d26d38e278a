"""The course, for every nbgrader command. Only what differs from nbgrader's defaults."""

from pathlib import Path

from airlock.settings import configure

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "deep-learning"

# Blanks are lines `name = ...  # ??` that stay in the release: what stands between the solution markers goes
# without a trace, and the cell still runs. (The default would put `raise NotImplementedError()` there.)
c.ClearSolutions.code_stub = {"python": ""}


def notebook_alone(assignment, **_):
    """Leave in the release the notebook only: its hidden tests find their modules in source/."""
    if assignment == "vanishing-gradient":
        for path in Path("release", assignment).glob("*.py"):
            path.unlink()


# nbgrader copies all that lies in source/, when it releases and again when it grades.
c.GenerateAssignment.post_convert_hook = notebook_alone

# nbgrader's own commands and the Formgrader's buttons then grade and write feedback as `airlock grade` does.
configure(c)
