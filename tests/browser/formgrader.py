"""Where things are in the Formgrader."""

import re

from real_course import ASSIGNMENT


def open_submission(seen, server, student, assignment=ASSIGNMENT, notebook=ASSIGNMENT):
    """Open a student's graded notebook; the Formgrader's own list shows them without names."""
    address, token = server
    notebooks = f"{address}/formgrader/api/submitted_notebooks/{assignment}/{notebook}?token={token}"
    found = next(one for one in seen.page.request.get(notebooks).json() if one["student"] == student)
    seen.page.goto(f"{address}/formgrader/submissions/{found['id']}/")


class InFormgrader:
    """A person at the Formgrader of the small course; a course's ``hand`` for :func:`term.play`."""

    def __init__(self, visit, server):
        self.visit, self.server = visit, server

    def mark(self, student, cell, points=None, extra=None, comment=None):
        """Type points, extra credit and a comment into the fields of a cell, and see each saved."""
        seen = self._at_home()
        open_submission(seen, self.server, student, "ps1", "p")
        fields = {"input.score": points, "input.extra-credit": extra, "textarea.comment": comment}
        place = f"#{cell}-comment" if points is None else f"#{cell}"
        around = seen.page.locator(".nbgrader_cell").filter(has=seen.page.locator(place))
        loaded = "formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded"
        seen.page.wait_for_function(loaded)
        for field, value in fields.items():
            if value is not None:
                around.locator(field).fill(str(value))
                with seen.page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
                    seen.page.keyboard.press("Tab")
                assert saved.value.ok

    def due(self, date):
        """Set the due date in the list of assignments, "2026-05-02T00:00" in UTC."""
        page = self._at_home().page
        page.locator("tr", has_text="ps1").locator("td.edit a").click()
        page.locator("input.modal-duedate").fill(date)
        page.locator("input.modal-timezone").fill("+0000")
        with page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
            page.locator(".modal button.save").click()
        assert saved.value.ok

    def shown(self):
        """The points in the list of submissions, by student."""
        page = self._at_home().page
        page.goto(f"{self.server[0]}/formgrader/manage_submissions/ps1")
        page.locator("td.score", has_text="/").first.wait_for()
        students = page.locator("#main-table td.student-id").all_inner_texts()
        points = page.locator("#main-table td.score").all_inner_texts()
        said = zip(students, points, strict=True)
        return {student: float(text.split("/")[0]) for student, text in said if re.match(r"\d", text)}

    def _at_home(self):
        address, token = self.server
        return self.visit(f"{address}/formgrader?token={token}")
