"""An instructor's term in one course, step by step; after each, every place says the same of everybody."""

import io
import zipfile
from contextlib import chdir

import nbformat
from class_course import CONFIG, RIGHT, Course, changed
from nbgrader.api import Gradebook
from sayings import one_truth

from airlock.cli import main

PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin

class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2

c.AssignLatePenalties.plugin_class = Half
"""
WRONG = RIGHT | {"square": "def square(x):\n    return x + x"}
ROSTER = """name,id,email,section,extension,excluded
"Müller, Jörg",joerg,jm@uni.example,B,,
Ada King,ada,ada@uni.example,A,,
Carl Gauß,carl,cg@uni.example,A,,
María Silva,maria,ms@uni.example,B,,
Zoë Blank,zoe,zb@uni.example,B,,
Emmy Noether,emmy,en@uni.example,A,,
"""
PLATFORMS = {"canvas": "SIS Login ID", "moodle": "Username"}
METADATA = """submission_{number}:
  :submitters:
  - :name: María Silva
    :email: ms@uni.example
  :created_at: {time} Z
"""


class InGradebook:
    """Marks and dates as the Formgrader writes them, without it; a course's ``hand`` for :func:`play`."""

    def __init__(self, course):
        self.course = course

    def mark(self, student, cell, points=None, extra=None, comment=None):
        """Give points, extra credit and a comment for a cell."""
        with self._book() as book:
            if comment is not None:
                book.find_comment(cell, "p", "ps1", student).manual_comment = comment
            if points is not None:
                grade = book.find_grade(cell, "p", "ps1", student)
                grade.needs_manual_grade, grade.manual_score = False, points
                grade.extra_credit = extra
            book.db.commit()

    def due(self, date):
        """Set the due date, "2026-05-02T00:00" in UTC."""
        with self._book() as book:
            book.update_or_create_assignment("ps1", duedate=date.replace("T", " "))

    def shown(self):
        """What is shown of each student beside the places of :mod:`sayings`: nothing."""
        return {}

    def _book(self):
        return Gradebook(f"sqlite:///{self.course.root / 'gradebook.db'}")


class Term:
    """The course, and what its instructor does."""

    def __init__(self, root, capsys):
        self.course, self.capsys = Course.make(root), capsys
        self.write("nbgrader_config.py", CONFIG + PENALTY)
        self.write("roster.csv", ROSTER)

    def write(self, name, text):
        (self.course.root / name).write_text(text, encoding="utf-8")

    def text(self, path):
        return (self.course.root / path).read_text(encoding="utf-8")

    def run(self, *words):
        """One of our commands: exit code, and what it printed."""
        with chdir(self.course.root):
            code = main(list(words))
        return code, self.capsys.readouterr().out

    def collect(self, files):
        """Collect an archive of texts, or of notebooks with these answers, by name."""
        with zipfile.ZipFile(self.course.root / "class.zip", "w") as archive:
            for name, content in files.items():
                text = content if isinstance(content, str) else self._notebook(content)
                archive.writestr(zipfile.ZipInfo(name, (2026, 5, 9, 12, 0, 0)), text)
        return self.run("collect", "class.zip")

    def truth(self):
        """Grade, write for the platforms, and hold all places side by side: the scores, and what was said."""
        code, printed = self.run("grade", "ps1")
        assert code == 0 and self.run("return", "ps1")[0] == 0
        return one_truth(self.course.root, "ps1", "p", printed, PLATFORMS), printed

    def _notebook(self, answers):
        notebook = nbformat.read(self.course.root / "release" / "ps1" / "p.ipynb", 4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
        return nbformat.writes(notebook)


def play(term, hand):
    """The term; ``hand`` gives marks, comments and the due date, as :class:`InGradebook` does."""
    essay = RIGHT | {"essay": "It vanishes."}

    code, said = term.collect(
        {
            "Jörg Müller_11_assignsubmission_file/my work.ipynb": essay,
            "Ada King_12_assignsubmission_file/p.ipynb": RIGHT,
            "Nobody Known_13_assignsubmission_file/p.ipynb": RIGHT,
        }
    )
    assert code == 1 and "2 students placed" in said and "Nobody Known_13" in said
    code, said = term.collect({"gausscarl_LATE_7_90_p.ipynb": WRONG, "blankzoe_8_91_p.ipynb": {}})
    assert code == 0 and "Late, says Canvas, and not how late: carl" in said
    metadata = METADATA.format(number=1, time="2026-05-01 10:00:00")
    assert term.collect({"submission_metadata.yml": metadata, "submission_1/p.ipynb": WRONG})[0] == 0

    scores, said = term.truth()
    assert scores == {"ada": 5, "carl": 2, "joerg": 5, "maria": 2, "zoe": 0}
    assert "Not handed in (1): Emmy Noether." in said and "5 / 9  1 answer to be marked by hand" in said
    rows = [line.split(",")[0] for line in term.text("reports/ps1/grades.csv").splitlines()[1:]]
    assert rows == ["joerg", "ada", "carl", "maria", "zoe", "emmy"], "the roster's order, who is absent last"

    hand.mark("joerg", "essay", 3, 0.5, "Well argued.")
    assert term.truth()[0]["joerg"] == 8.5
    assert hand.shown().items() <= {"joerg": 8.5, "ada": 5, "carl": 2, "maria": 2, "zoe": 0}.items()

    hand.due("2026-05-02T00:00")
    metadata = METADATA.format(number=2, time="2026-05-03 00:00:00")
    assert term.collect({"submission_metadata.yml": metadata, "submission_2/p.ipynb": RIGHT})[0] == 0
    assert term.truth()[0]["maria"] == 2.5, "a second attempt, a day late, at half of the points"
    assert "1 day late" in term.text("feedback/maria/ps1/p.html")
    assert len(list((term.course.root / "downloaded/ps1/attempts/maria").iterdir())) == 2
    assert hand.shown().get("maria", 5) == 5, "there, a late penalty is not taken off"

    longer = ROSTER.replace("ms@uni.example,B,", "ms@uni.example,B,2 days")
    term.write("roster.csv", longer.replace("zb@uni.example,B,,", "zb@uni.example,B,,yes"))
    scores, said = term.truth()
    assert scores == {"ada": 5, "carl": 2, "joerg": 8.5, "maria": 5}
    assert "Excluded by the roster: zoe." in said

    term.course.write_source(changed("square(5) == 25", "square(2) == 4"))
    term.course.generate()
    scores, _ = term.truth()
    assert scores == {"ada": 5, "carl": 5, "joerg": 8.5, "maria": 5}
    assert "square 0 → 3" in term.text("reports/ps1/index.html")
    assert hand.shown().items() <= {**scores, "zoe": 0}.items()

    hand.mark("carl", "test-square", 1)
    hand.mark("carl", "square", comment="Only by luck.")
    assert term.truth()[0]["carl"] == 3
    check_what_is_given_back(term)


def check_what_is_given_back(term):
    """The platforms' files, and the feedback pages in Moodle's archive."""
    canvas = term.text("reports/ps1/canvas.csv").splitlines()
    assert canvas[2].startswith('"Müller, Jörg",,,joerg,B,8.5') and canvas[-1].startswith('"Noether, Emmy"')
    packed = (term.course.root / "reports/ps1/moodle-feedback.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as back:
        pages = {name: back.read(name).decode() for name in back.namelist()}
    assert sorted(pages) == [
        "Ada King_12_assignsubmission_file_feedback-ps1.html",
        "Jörg Müller_11_assignsubmission_file_feedback-ps1.html",
    ]
    page = pages["Jörg Müller_11_assignsubmission_file_feedback-ps1.html"]
    assert page == term.text("feedback/joerg/ps1/p.html") and "Well argued." in page
    assert "Only by luck." in term.text("feedback/carl/ps1/p.html")
