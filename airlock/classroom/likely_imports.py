"""What an assignment's source imports, read while nbgrader is still imported: a guess that saves time."""

import json
import re
from pathlib import Path

from airlock.model.names import imported_modules

HIDDEN = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n.*?### END \1", re.DOTALL)


def likely_imports(assignment: str) -> list[str]:
    """Return modules that the notebooks in ``source/ASSIGNMENT`` of this folder import, if it is there.

    What :func:`airlock.course.load.load_master` finds decides, and is imported later if it is not among them.
    """
    found: dict[str, None] = {}
    folder = Path("source", assignment)
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_bytes())["cells"]
            for cell in cells:
                kind = cell["metadata"].get("nbgrader", {})
                if cell["cell_type"] == "code" and (kind.get("solution") or not kind.get("grade")):
                    found |= dict.fromkeys(imported_modules(HIDDEN.sub("", "".join(cell["source"]))))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # whatever is wrong with it, loading the assignment says so
    own = {path.stem for path in folder.glob("*")}
    return [name for name in found if name.partition(".")[0] not in own]
