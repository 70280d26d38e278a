"""A class in which one in five is hostile or broken, graded by two workers that are killed on the way.

``make soak`` has 300 submissions and kills three times; the tests have a small class of the same kind.
"""

import json
import os
import signal
import statistics
import time
from collections import Counter

import pytest
from class_course import RIGHT, Course, ended
from small_course import processes_in

SUBMISSIONS = int(os.environ.get("SUBMISSIONS", "5"))
KILLS = 3 if SUBMISSIONS >= 100 else 1
GROWTH = 32  # MiB of the coordinator, from its first record to its last
HOSTILE = {
    "fork bomb": "import os\nwhile True: os.fork()",
    "endless": "def double(x):\n    while True: pass",
    "stubborn": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    "exits": "import os\nos._exit(1)",
    "crash": "import ctypes\ndef double(x): return ctypes.string_at(0)",
    "memory": "kept = []\nwhile True: kept.append(bytearray(10**8))",
    "disk": "for n in range(1000):\n    with open(f'f{n}', 'wb') as file: file.write(bytes(2**23))",
    "output": "while True: print('x' * 10**5)",
    "vfork": "import ctypes\ndef double(x):\n    ctypes.CDLL(None).vfork() or ctypes.CDLL(None).sleep(99)",
    "orphan": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    os.fork()\n    time.sleep(600)",
    "stop": "import os, signal\nos.killpg(0, signal.SIGSTOP)",
    "colliding": "def double(x): return {i * (2**61 - 1) for i in range(10**4)}",
    "huge": "def double(x): return 'x' * 10**9",
    "deep": "def double(x):\n    for _ in range(10**5): x = [x]\n    return x",
    "channel": "import zmq\nsocket = get_ipython().kernel.iopub_thread.socket\n"
    "while True: socket.send(bytes(2**20), zmq.SNDMORE)",
    "folders": "import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')",
}
FILES = (b"", b"Dear professor, my dog ate it.", b"[" * 10**6, b'{"cells": [{}, 5]}', b"PK\x03\x04broken")
WATCH = """
from airlock.course.journal import Journal
add = Journal.add
def watched(journal, record):
    add(journal, record)
    with open("memory.txt", "a") as file:
        print(psutil.Process().memory_info().rss, file=file)
Journal.add = watched
"""


def hand_in_all(course):
    """Every fifth student is hostile, every other of those in a file that is no notebook; who is honest."""
    honest, attacks = [], [*HOSTILE.values()]
    for number in range(SUBMISSIONS):
        student = f"s{number:03}"
        if number % 5 < 4:
            course.hand_in(student, RIGHT)
            honest.append(student)
        elif number // 5 % 4 < 3:
            course.hand_in(student, RIGHT | {"double": attacks.pop(0)})
            attacks = attacks or [*HOSTILE.values()]
        else:
            (course.hand_in(student, RIGHT) / "p.ipynb").write_bytes(FILES[number // 20 % len(FILES)])
    return honest


@pytest.mark.timeout(180 if SUBMISSIONS < 100 else 3600)
def test_every_honest_submission_has_its_mark_and_nothing_is_left(tmp_path, tmp_path_factory, monkeypatch):
    place = tmp_path_factory.mktemp("t")  # a short name, for the sockets in it
    monkeypatch.setenv("TMPDIR", str(place))
    course = Course.make(tmp_path / "course")
    honest = hand_in_all(course)
    for _ in range(KILLS):
        run = course.start(f"{WATCH}\ndie_at({SUBMISSIONS // (KILLS + 1)}, Journal, 'add')", "--jobs", "2")
        _, told = run.communicate()
        assert run.returncode == -signal.SIGKILL, told
        assert ended(json.loads((course.root / "family.json").read_text())) == []
    (course.root / "memory.txt").unlink()
    run = course.start(WATCH, "--jobs", "2")
    _, told = run.communicate()
    assert run.returncode in (0, 1), told
    assert {student: course.scores[student] for student in honest} == dict.fromkeys(honest, 5)
    assert all(course.results[student]["status"] == "graded" for student in honest)
    everybody = [f"s{number:03}" for number in range(SUBMISSIONS)]
    assert sorted(course.results) == sorted(set(course.journal())) == everybody
    # What could not be read is tried again, each time; all others are written down once.
    twice = {student for student, times in Counter(course.journal()).items() if times > 1}
    assert {course.results[student]["status"] for student in twice} <= {"failed"}
    booked = course.gradebook()
    assert all(booked[student]["test-double"][0] == 2 for student in honest)
    memory = [int(line) for line in (course.root / "memory.txt").read_text().split()]
    tenth = len(memory) // 10 + 1
    first, last = (statistics.median(part) / 2**20 for part in (memory[:tenth], memory[-tenth:]))
    print(f"the coordinator had {first:.1f} MiB at the first records, {last:.1f} MiB at the last")
    assert last - first < GROWTH
    deadline = time.monotonic() + 30
    while (list(place.iterdir()) or processes_in(place)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_in(place) == []
    assert list(place.iterdir()) == []
