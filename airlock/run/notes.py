"""What happens while a notebook runs, written down: incidents, a few of each kind, and outputs of cells."""

from nbclient import NotebookClient
from nbformat import NotebookNode

from airlock.kernel.client import StudentKernel
from airlock.model.record import Incident
from airlock.model.text import one_line

MOST = 10  # incidents of one kind in one notebook
MAX_MESSAGE = 500  # characters of one incident
MESSAGES = {
    "forged": "The kernel sent a message that was not well formed.",
    "process-left": "A process was left running when the notebook had ended.",
}


class Notes:
    """Adds to ``incidents``, and to the outputs of the notebook's cells, up to ``limit`` bytes of all."""

    def __init__(self, notebook: NotebookNode, incidents: list[Incident], limit: int):
        self.incidents, self._limit, self._bytes = incidents, limit, 0
        self._client = NotebookClient(notebook, record_timing=False)
        self._client.clear_before_next_output = False

    def add(self, kind: str, message: str, cell: NotebookNode | None) -> None:
        """Something happened, in a cell or when all had run."""
        message = one_line(message[:MAX_MESSAGE])
        if sum(incident.kind == kind for incident in self.incidents) < MOST:
            name = ""
            if cell is not None:
                name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")
            incident = Incident(kind, message, cell=name)
            if incident not in self.incidents:
                self.incidents.append(incident)

    def add_events(self, kernel: StudentKernel, cell: NotebookNode | None) -> None:
        """What the kernel's warden has told since the last time."""
        for event in kernel.events():
            if event.get("event") in MESSAGES:
                self.add(event["event"], MESSAGES[event["event"]], cell)
            elif "seen" in event:
                self.add("refused", f"The code {event['seen']}.", cell)

    def take(self, message: dict, cell: NotebookNode, index: int) -> None:
        """Put one output of the kernel into the notebook."""
        if message["msg_type"].startswith("comm"):
            return  # widgets do not outlive the kernel
        self._bytes += _size(message["content"])
        if self._bytes > self._limit:
            self.add("output-limit", "There was more output than is kept.", cell)
            return
        content = message["content"]
        if message["msg_type"] == "stream" and cell.outputs and _continues(cell.outputs[-1], content):
            cell.outputs[-1].text += str(content.get("text"))
            return
        try:
            self._client.process_message(message, cell, index)
        except Exception:  # whatever the student's process sent, grading goes on
            self.add("forged", MESSAGES["forged"], cell)


def _continues(output: NotebookNode, content: dict) -> bool:
    return output.output_type == "stream" and output.name == content.get("name")


def _size(content: object) -> int:
    if isinstance(content, dict):
        return sum(_size(part) for part in content.values())
    if isinstance(content, list):
        return sum(map(_size, content))
    return len(content) if isinstance(content, str) else 8
