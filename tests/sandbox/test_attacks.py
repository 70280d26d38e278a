"""No attack is worth a point, none learns a secret, none reaches out of its kernel."""

import json
import os
import socket
import tempfile
import threading
from pathlib import Path

import attacks_answers  # noqa: F401  adds to the list
import attacks_channels  # noqa: F401  so does this
import attacks_corners  # noqa: F401  and this
import attacks_system  # noqa: F401  and this
import attacks_walls  # noqa: F401  and this
import pytest
from attacks import ATTACKS
from small_course import (
    FULL,
    HONEST,
    QUICK,
    RIGHT,
    SECRET_COURSE,
    SECRETS,
    WRONG,
    Course,
    outputs_of,
    processes_in,
)
from used import Measured, Used

from airlock.handin.files import read_submission
from airlock.model.limits import MIB
from airlock.run.grade import grade_submission
from airlock.sandbox import confine


class World:
    """What there is to attack: a course, a folder outside of it, sockets that somebody listens on."""

    def __init__(self, root: Path):
        self.course = Course(root / "course")
        self.temporary, self.outside = root / "tmp", root / "outside"
        self.temporary.mkdir()
        self.outside.mkdir()
        for name in ("kept", "kernel.json", "kernel.log", *(f"k-{port}" for port in range(1, 6))):
            (self.outside / name).write_text(SECRET_COURSE)
        self.names = {"COURSE": str(self.course.root), "OUTSIDE": str(self.outside), "GRADER": os.getpid()}
        self.heard, self.sockets = [], []
        self.names["STREAM"] = self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(self.outside / "stream"))
        self.names["DATAGRAM"] = self._listen(
            socket.AF_UNIX, socket.SOCK_DGRAM, str(self.outside / "datagram")
        )
        self.names["ABSTRACT"] = self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0airlock-{os.getpid()}")
        self.names["PORT"] = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))[1]
        self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", self.names["PORT"]))
        self.before = self.state()
        self.most, self.whose = Used(), {}  # the largest figures of all attacks, and which attack's they are

    def state(self):
        """All that must not change."""
        outside = {path.name: path.lstat()[:7] for path in self.outside.iterdir()}
        return self.course.state(), outside, (self.outside / "kept").read_text(), self.heard

    def grade(self, attack):
        """Grade the submission of one attack."""
        known = "\n".join(f"{name} = {value!r}" for name, value in self.names.items())
        answers = {"first": known} | WRONG
        answers["sigmoid"] += "\n\n" + attack.code
        files = {
            name: data.replace(b"OUTSIDE", str(self.outside).encode()) for name, data in attack.files.items()
        }
        submission = self.course.submission(answers | attack.answers, files)
        return self.measured(submission)

    def measured(self, submission):
        """Grade a submission, and note what that took."""
        with Measured(self.temporary) as measured:
            graded = grade_submission("mallory", submission, self.course.master, QUICK)
        measured.used.cpu = graded.record.seconds["cpu"]
        self.used = measured.used
        return graded

    def took(self, name):
        """Keep the largest figures of all attacks, and whose they are."""
        for figure, most in vars(self.used).items():
            if most > getattr(self.most, figure):
                setattr(self.most, figure, most)
                self.whose[figure] = name

    def close(self):
        """Stop listening."""
        for listener in self.sockets:
            listener.close()

    def _listen(self, family, kind, address):
        listener = socket.socket(family, kind)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        self.sockets.append(listener)
        threading.Thread(target=self._hear, args=(listener, kind), daemon=True).start()
        return listener.getsockname()

    def _hear(self, listener, kind):
        try:
            while True:
                self.heard.append(listener.accept()[0] if kind == socket.SOCK_STREAM else listener.recv(100))
        except OSError:
            return


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("world"))
    before, tempfile.tempdir = tempfile.tempdir, str(made.temporary)
    os.environ["AIRLOCK_TEST_SECRET"] = SECRET_COURSE
    yield made
    tempfile.tempdir = before
    del os.environ["AIRLOCK_TEST_SECRET"]
    made.close()


def needs(measure):
    """Skip where this platform cannot confine."""
    if measure and not confine.measures()[measure]:
        pytest.skip(f"airlock.sandbox.confine.measures(): nothing confines {measure} on this platform")


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_an_attack_gains_nothing(world, attack):
    needs(attack.needs)
    graded = world.grade(attack)
    record = graded.record
    world.took(attack.name)
    assert record.status in ("graded", "incident")
    assert record.score <= attack.honest, [(check.grade_id, check.points) for check in record.checks]
    shown = outputs_of(graded)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "a socket of family" not in shown and "a limit was raised" not in shown
    assert "a memory file was made" not in shown and "a wall has a hole" not in shown
    kinds = {incident.kind for incident in record.incidents}
    assert not attack.seen or kinds.intersection(attack.seen.split(" or ")), record.incidents
    assert world.state() == world.before
    assert processes_in(world.temporary) == []
    assert list(world.temporary.iterdir()) == [], "something was left behind"


@pytest.mark.parametrize("answers, score", [(RIGHT, FULL), (WRONG, HONEST)])
def test_the_same_course_without_an_attack(world, answers, score):
    record = grade_submission("alice", world.course.submission(answers), world.course.master, QUICK).record
    assert (record.score, record.status, record.incidents) == (score, "graded", [])


def test_no_attack_takes_more_of_the_grader_than_its_limits_say(world):
    """Of all that ran before; ``make attacks`` writes the figures down, and docs/operator.md quotes them."""
    world.measured(world.course.submission(WRONG))
    world.took("none")
    if path := os.environ.get("MEASURED"):
        world.most.memory -= world.used.memory
        figures = {name: [round(most, 1), world.whose[name]] for name, most in vars(world.most).items()}
        limits = {name: getattr(QUICK, name) for name in ("submission_seconds", "wall_seconds", "disk")}
        made = {"attacks": len(ATTACKS), "limits": limits, "most": figures, "cores": os.cpu_count()}
        Path(path).write_text(json.dumps(made, indent=1) + "\n")
        world.most.memory += world.used.memory
    assert world.most.memory - world.used.memory < 512 * MIB, world.whose
    assert world.most.cpu < 2 * QUICK.submission_seconds, world.whose
    assert world.most.wall < QUICK.wall_seconds, world.whose
    assert world.most.disk < QUICK.disk + 512 * MIB, world.whose


def test_points_that_were_earned_stay_earned_under_attack(world):
    """The first check is right in every submission: an attack behind it takes nothing back."""
    attack = next(attack for attack in ATTACKS if attack.name == "os._exit(0) in a call")
    points = {check.grade_id: check.points for check in world.grade(attack).record.checks}
    assert points["test-double"] == 1


def test_a_link_in_a_submission_is_not_followed(world, tmp_path):
    (tmp_path / "problem1.ipynb").write_bytes(world.course.submission(WRONG)["problem1.ipynb"])
    (tmp_path / "notes.txt").symlink_to(world.course.root / "keys.txt")
    (tmp_path / "course").symlink_to(world.course.root)
    files, incidents = read_submission(tmp_path)
    assert list(files) == ["problem1.ipynb"]
    assert [incident.kind for incident in incidents] == ["link", "link"]


def test_the_attacks_are_many():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 40
