"""Tests that a course has chosen to run as nbgrader does: in the student's kernel, with the student's code.

That code may then read the test and decide what it finds, so each such test runs in a copy of the kernel of
its own, which is thrown away, and the kernel that other checks ask learns nothing of it.
"""

from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_output

from airlock.kernel.client import KernelGone, StudentKernel
from airlock.kernel.fork import Fork
from airlock.kernel.meter import Overrun
from airlock.model.assignment import MasterNotebook
from airlock.model.errors import MachineError
from airlock.model.names import global_reads
from airlock.model.origins import Binding, bindings
from airlock.model.record import Incident
from airlock.run.testcell import MAX_PRINTED
from airlock.run.verdict import TELLING, Test, error_output, is_no_share
from airlock.wire.values import Malformed

TELLING_NAMES = {kind.__name__ for kind in TELLING}


def run(
    test: Test, kernel: StudentKernel, master: MasterNotebook
) -> tuple[list[NotebookNode], list[Incident]]:
    """The outputs of a test, as those of one that is guarded, and what happened meanwhile.

    Raises MachineError when it was the machine that kept it from its end.
    """
    seconds, messages = kernel.limits.cell_seconds, list[dict]()
    try:
        with Fork(kernel) as fork:
            before = prelude(test, master)
            if before:
                fork.run_cell(before, lambda message: None, seconds)
            fork.run_cell(test.source, messages.append, seconds)
    except Overrun as error:
        if error.reason == "machine":
            raise MachineError(f"An unguarded test {error}; grade again.") from None
        return _lost(f"This test {error}.", error.reason)
    except KernelGone as error:
        return _lost(f"The kernel ended in this test: {error}.", error.reason)
    except Malformed:
        return _lost("The kernel gave an answer that is no output of a test.", "forged")
    return list(_outputs(messages, test, master)), []


def prelude(test: Test, master: MasterNotebook) -> str:
    """The statements of earlier tests that bind what this test uses: no kernel has run them."""
    found: dict[Binding, None] = {}
    ask, place = ["*", *global_reads(test.source)], test.place
    while ask:
        one = master.binding(ask.pop(), place)
        if one is not None and one.owner == "test" and one not in found:
            found[one] = None
            ask += global_reads(one.source)

    def position(one: Binding) -> tuple[int, int]:
        inside = [other.source for other in bindings(master.cells[one.place].node.source)]
        return one.place, inside.index(one.source)

    return "\n".join(dict.fromkeys(one.source for one in sorted(found, key=position)))


def _lost(sentence: str, kind: str) -> tuple[list[NotebookNode], list[Incident]]:
    return [error_output("Lost", sentence)], [Incident(kind, sentence)]


def _outputs(messages: list[dict], test: Test, master: MasterNotebook) -> Iterator[NotebookNode]:
    """What was printed, and either an error or the value of the last expression."""
    contents = [(message["msg_type"], message["content"]) for message in messages]
    streams = [content for kind, content in contents if kind == "stream" and content.get("name") == "stdout"]
    printed = "".join(str(content.get("text")) for content in streams)
    if printed:
        yield new_output("stream", name="stdout", text=printed[:MAX_PRINTED])
    errors = [content for kind, content in contents if kind == "error"]
    values = [content for kind, content in contents if kind == "execute_result"]
    if errors:
        yield error_output(*_said(str(errors[0].get("ename")), str(errors[0].get("evalue")), test))
    elif values:
        data = values[0].get("data")
        text = str(data.get("text/plain") if isinstance(data, dict) else "")
        points = float(master.cells[test.place].node.metadata.nbgrader.points)
        if is_no_share(text, points, test.share):
            yield error_output("Lost", "These are no points that the test can give.")
        else:
            yield new_output("execute_result", {"text/plain": text[:MAX_PRINTED]})


def _said(name: str, message: str, test: Test) -> tuple[str, str]:
    """Name and message of an error, without what a hidden line may have put into it."""
    own = message.strip() and message.strip().splitlines()[0] in test.source
    if own or test.source.strip() == test.released.strip() or name in TELLING_NAMES:
        return name, message or "This test does not hold."
    if name == "AssertionError":
        return name, "A hidden test failed."
    return name, f"A hidden test ended with {name[:100]}."
