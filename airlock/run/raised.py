"""What a student's function raised, as the exception that a test would catch at home."""

from typing import Any

from airlock.model.record import Incident


def raised(bridge: Any, name: str, reply: dict, error: Any) -> BaseException:
    """The exception for what ``name`` raised: the test's own that went through it, else of the class that
    the test knows by the name of the one there, else ``error``, which crossed as a value.

    Raises Lost where there is none of these.
    """
    own = bridge.callbacks.errors.pop(reply.get("number"), None)
    if own is not None:
        return own
    kinds = reply.get("kinds")
    kinds = [str(kind) for kind in kinds[:20]] if isinstance(kinds, list) else []
    given = next((base for kind in kinds if (base := bridge.exception(kind)) is not None), None)
    message = f"{reply.get('evalue', '')}"[:2000]
    if given is not None and issubclass(given, Exception) and given.__module__ != "builtins":
        error = None
    if not isinstance(error, Exception) and given is not None and issubclass(given, Exception):
        error = _made(given, message)
    if not isinstance(error, Exception | SystemExit):  # a program's main() may well exit
        bridge.lose(f"{name}() raised {str(reply.get('ename'))[:100]}.")
    object.__setattr__(error, "raised_by", (name, str(reply.get("ename")), message))
    if isinstance(error, MemoryError):
        sentence = f"{name}() asked for more memory than it may use."
        bridge.incidents.append(Incident("memory-limit", sentence))
    return error


def _made(kind: type[Exception], message: str) -> Exception | None:
    try:
        return kind(message)
    except Exception:  # it wants other arguments
        return None
