"""What the command says of itself, and of errors that nobody foresaw."""

import re
import shlex
import subprocess
import sys
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from airlock import cli
from airlock.classroom.jobs import Job
from airlock.classroom.recorder import Recorder
from airlock.course.results import read_results
from airlock.course.unforeseen import keep_traceback
from airlock.model.errors import AirlockError, MachineError


def test_version_names_ours_and_those_that_decide_what_grading_does(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert re.fullmatch(r"airlock \S+ \(Python \S+, nbgrader \S+, ipykernel \S+, numpy \S+\)\n", said)


def unforeseen(*_):
    return {}["what nobody thought of"]


def test_an_unforeseen_error_is_one_sentence_and_its_traceback_lies_beside_the_results(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(cli, "_grade", unforeseen)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports" / "ps1").mkdir(parents=True)
    assert cli.main(["grade", "ps1"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "KeyError: 'what nobody thought of'" in said
    assert "reports/ps1/errors.log" in said
    kept = (tmp_path / "reports" / "ps1" / "errors.log").read_text()
    assert "Traceback" in kept and "in unforeseen" in kept


def test_debug_shows_the_traceback(monkeypatch, capsys):
    monkeypatch.setattr(cli, "_grade", unforeseen)
    with pytest.raises(KeyError):
        cli.main(["grade", "ps1", "--debug"])


def test_a_foreseen_error_is_its_sentence_alone_unless_debugged(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["grade", "ps1"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert cli.main(["grade", "ps1", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "3"])
def test_results_that_cannot_be_read_are_named_with_the_remedy(tmp_path, text):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(AirlockError, match="results.json cannot be read .*: remove it, and grade again"):
        read_results(tmp_path)


def test_what_a_worker_did_not_foresee_is_kept_with_the_workers_own_traceback(tmp_path):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1) as pool:
        future: Future = pool.submit(unforeseen)
        error = future.exception()
    recorder = Recorder.__new__(Recorder)
    recorder.room = SimpleNamespace(reports=tmp_path)
    ended = []
    recorder.fail = lambda student, kind, sentence, *_: ended.append((student, kind, sentence))
    recorder.take(Job("ada", {}, [], "", ""), error)
    ((student, kind, sentence),) = ended
    assert (student, kind) == ("ada", "machine")
    assert "KeyError" in sentence and "errors.log" in sentence and str(tmp_path) not in sentence
    kept = (tmp_path / "errors.log").read_text()
    assert "grading ada" in kept and "in unforeseen" in kept


def test_errors_that_explain_themselves_are_not_kept_nor_a_file_that_cannot_be_written(tmp_path):
    assert keep_traceback(tmp_path, "x", MachineError("The disk is full.")) is None
    assert keep_traceback(tmp_path, "x", OSError("no")) is None
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    assert keep_traceback(tmp_path / "file", "x", KeyError("x")) is None


def test_standard_streams_that_are_closed_are_no_error_and_no_files_place(tmp_path):
    """As a service of the system may start it: else the gradebook would get what is put out."""
    code = "import os, sys; from airlock.cli import main; main(['grade', 'ps1']); print(os.open('new', 66))"
    words = shlex.join([sys.executable, "-c", f"{code}; print(file=sys.stderr); os.write(3, b'written')"])
    subprocess.run(["sh", "-c", f"{words} <&- >&- 2>&-"], cwd=tmp_path, check=True)
    assert (tmp_path / "new").read_text() == "written"
