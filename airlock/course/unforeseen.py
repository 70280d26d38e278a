"""Errors that nobody foresaw: the traceback is kept beside the results, for whoever mends it."""

import time
import traceback
from pathlib import Path

from traitlets.log import get_logger

from airlock.model.errors import AirlockError

FILE = "errors.log"


def keep_traceback(folder: Path, what: str, error: BaseException) -> Path | None:
    """Append the traceback of an error to ``errors.log`` in ``folder``; return that file.

    ``what`` was being done. Nothing is kept, and None returned, of errors that explain themselves, or
    where the file cannot be written.
    """
    if isinstance(error, AirlockError | OSError | MemoryError):
        return None
    text = "".join(traceback.format_exception(error))
    get_logger().debug("%s: %s", what, text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {what}\n{text}\n")
    except OSError:
        return None
    return folder / FILE
