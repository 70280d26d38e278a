"""The course, for every nbgrader command. Only what differs from nbgrader's defaults."""

from airlock.settings import configure

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "deep-learning"

# Blanks are lines `name = ...  # ??` that stay in the release: what stands between the solution markers goes
# without a trace, and the cell still runs. (The default would put `raise NotImplementedError()` there.)
c.ClearSolutions.code_stub = {"python": ""}

# nbgrader's own commands and the Formgrader's buttons then grade and write feedback as `airlock grade` does.
configure(c)
