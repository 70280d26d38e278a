"""Values as they cross between the grader and the student's kernel: JSON, and .npy beside it.

Only values of exactly the types below cross, and those of :mod:`airlock.wire.standard`, ``numbers`` and
``tables``. A subclass could bring its own operators along, so it does not: ``TypeError`` says what it was.
Decoding builds nothing but these types, whatever the other side sent, and never unpickles.
"""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from airlock.wire import annotations, numbers, standard, tables
from airlock.wire.arrays import from_npy, to_npy

MAX_DEPTH = 50
MAX_NODES = 2_000_000
MAX_ARRAYS = 100_000  # in one message
MAX_COST = 160 * 2**20  # bytes of memory that the JSON of a message may take once it is read
COMMA, LIST, OBJECT = 32, 64, 240  # bytes of memory that one such character of JSON stands for, about

MODULES = (standard, numbers, tables, annotations)
Buffer = bytes | memoryview
# ``refer(value, pack)``, and for decoding ``refer(node, unpack)``.
Refer = Callable[[Any, Callable[[Any], Any]], Any]


class Malformed(ValueError):
    """What arrived was not written by :func:`encode`."""


def encode(value: Any, refer: Refer = lambda value, pack: None) -> list[bytes]:
    """Value as frames: one of JSON, then one of .npy per array or numpy scalar.

    ``refer(value, pack)`` may give what the other side knows an object by, as JSON in which ``pack(value)``
    stands for further values; None where there is no such thing. Raises TypeError for a type that does not
    cross and ValueError for what is too deep or too large.
    """
    arrays, nodes = [], 0

    def pack(value: Any, depth: int) -> Any:
        nonlocal nodes
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise ValueError("something nested too deeply or with too many parts")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if abs(value) < 2**53 else {"int": hex(value)}
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if value is ...:  # what a blank holds until it is filled
            return {"ellipsis": None}
        if kind is complex:
            return {"complex": [repr(value.real), repr(value.imag)]}
        if kind is bytes:
            return {"bytes": value.hex()}
        if kind is list:
            return [pack(item, depth + 1) for item in value]
        if kind is tuple or kind is set:
            return {kind.__name__: [pack(item, depth + 1) for item in value]}
        if kind is dict:
            items = value.items()
            return {"dict": [[pack(key, depth + 1), pack(item, depth + 1)] for key, item in items]}
        plain_array = kind is np.ndarray and value.dtype.kind != "O"
        if plain_array or issubclass(kind, np.generic) and kind.__module__ == "numpy":
            if not numbers.is_plain(value.dtype):
                raise TypeError(f"an array of dtype {value.dtype}")
            arrays.append(to_npy(np.asarray(value)))
            return {"array" if kind is np.ndarray else "scalar": len(arrays) - 1}
        try:
            known = take_apart(value)
            if known is not None:
                return {known[0]: pack(known[1], depth + 1)}
        except (TypeError, ValueError, AttributeError):
            if nodes > MAX_NODES or depth >= MAX_DEPTH:
                raise
        node = refer(value, lambda part: pack(part, depth + 1))
        if node is not None:
            return {"reference": node}
        raise TypeError(f"an object of type {kind.__name__}")

    head = json.dumps(pack(value, 0), allow_nan=False, separators=(",", ":")).encode()
    if cost(head) > MAX_COST or len(arrays) > MAX_ARRAYS // 2:  # a result, and arguments as they are now
        raise ValueError("something with too many parts")
    return [head, *arrays]


def take_apart(value: Any) -> tuple[str, Any] | None:
    """Tag and simpler values of a value of one of the further types; None for any other."""
    kind = type(value)
    if kind is type and value in standard.NAMES:
        return "type", standard.NAMES[value]
    for module in MODULES:
        found = module.reduce(value)
        if found is not None:
            return found
    return None


def put_together(tag: str, content: Any) -> Any:
    """Inverse of :func:`take_apart`."""
    for module in MODULES:
        if tag in module.PUT_TOGETHER:
            return module.PUT_TOGETHER[tag](content)
    raise Malformed(f"unknown tag {tag!r}")


def decode(frames: Sequence[Buffer], refer: Refer | None = None) -> Any:
    """Inverse of :func:`encode`; ``refer(node, unpack)`` gives what stands for a reference.

    Raises Malformed for anything that encode does not write.
    """

    def unpack(node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Malformed("nested too deeply")
        if isinstance(node, list):
            return [unpack(item, depth + 1) for item in node]
        if not isinstance(node, dict):
            return node
        ((tag, content),) = node.items()
        match tag:
            case "int":
                return int(content, 16)
            case "float":
                return float(content)
            case "ellipsis":
                return ...
            case "complex":
                real, imag = content
                return complex(float(real), float(imag))
            case "bytes":
                return bytes.fromhex(content)
            case "tuple":
                return tuple(unpack(item, depth + 1) for item in content)
            case "set":
                return set(standard.distinct([unpack(item, depth + 1) for item in content]))
            case "dict":
                pairs = [(unpack(key, depth + 1), unpack(item, depth + 1)) for key, item in content]
                return standard.table(pairs)
            case "array":
                return from_npy(left.pop(content))
            case "scalar":
                return from_npy(left.pop(content))[()]
            case "reference" if refer is not None:
                return refer(content, lambda part: unpack(part, depth + 1))
        return put_together(tag, unpack(content, depth + 1))

    try:
        left = dict(enumerate(frames[1:]))  # each is used once: a small message cannot name a large one often
        return unpack(load(frames[0]), 0)
    except Malformed:
        raise
    except Exception as error:  # json and numpy's header have many ways to say what is wrong
        raise Malformed(str(error)) from None


def load(head: Buffer) -> Any:
    """What JSON says; Malformed where reading it would take much more memory than it has bytes."""
    head = bytes(head)
    if cost(head) > MAX_COST:
        raise Malformed("too many parts")
    return json.loads(head)


def cost(head: bytes) -> int:
    """Bytes of memory that reading this JSON takes at most, about."""
    wide = b"\\u" in head or not head.isascii()  # one such character makes a whole text four times as wide
    characters = len(head) * (4 if wide else 1)
    return characters + COMMA * head.count(b",") + LIST * head.count(b"[") + OBJECT * head.count(b"{")

