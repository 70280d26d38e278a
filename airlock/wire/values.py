"""Values as they cross between the grader and the student's kernel: JSON, and .npy beside it.

Only values of exactly the types below cross. A subclass could bring its own operators along, so it
does not: ``TypeError`` says what it was. Decoding builds nothing but these types, whatever the other
side sent, and never unpickles.
"""

import functools
import io
import json
import math
from collections import Counter

import numpy as np

MAX_DEPTH = 50
MAX_NODES = 2_000_000
MAX_COST = 160 * 2**20  # bytes of memory that the JSON of a message may take once it is read
MAX_EQUAL_HASHES = 100  # in one set or dict: more of them take quadratic time to insert
COMMA, LIST, OBJECT = 32, 64, 240  # bytes of memory that one such character of JSON stands for, about
PLAIN_KINDS = "biufcUS"  # numpy dtype kinds: bool, int, uint, float, complex, text, bytes


class Malformed(ValueError):
    """What arrived was not written by :func:`encode`."""


def encode(value, reference=lambda value: None) -> list[bytes]:
    """Value as frames: one of JSON, then one of .npy per array or numpy scalar.

    ``reference(value)`` may name a function that the other side already has. Raises TypeError for a
    type that does not cross and ValueError for what is too deep or too large.
    """
    arrays, nodes = [], 0

    def pack(value, depth):
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
        if kind is np.ndarray or issubclass(kind, np.generic) and kind.__module__ == "numpy":
            if value.dtype.kind not in PLAIN_KINDS:
                raise TypeError(f"an array of dtype {value.dtype}")
            arrays.append(_npy(np.asarray(value)))
            return {"array" if kind is np.ndarray else "scalar": len(arrays) - 1}
        name = reference(value)
        if name is not None:
            return {"function": name}
        raise TypeError(f"an object of type {kind.__name__}")

    head = json.dumps(pack(value, 0), allow_nan=False, separators=(",", ":")).encode()
    if cost(head) > MAX_COST:
        raise ValueError("something with too many parts")
    return [head, *arrays]


def decode(frames: list, function=None):
    """Inverse of :func:`encode`; ``function(name)`` gives what stands for a function of that name.

    Raises Malformed for anything that encode does not write.
    """

    def unpack(node, depth):
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
                return set(_distinct([unpack(item, depth + 1) for item in content]))
            case "dict":
                pairs = [(unpack(key, depth + 1), unpack(item, depth + 1)) for key, item in content]
                _distinct([key for key, _ in pairs])
                return dict(pairs)
            case "array":
                return _from_npy(left.pop(content))
            case "scalar":
                return _from_npy(left.pop(content))[()]
            case "function" if function is not None:
                return function(str(content))
        raise Malformed(f"unknown tag {tag!r}")

    try:
        left = dict(enumerate(frames[1:]))  # each is used once: a small message cannot name a large one often
        found = unpack(load(frames[0]), 0)
        if left:
            raise Malformed("bytes that nothing speaks of")
        return found
    except Malformed:
        raise
    except Exception as error:  # json and numpy's header have many ways to say what is wrong
        raise Malformed(str(error)) from None


def load(head):
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


def _distinct(keys: list) -> list:
    """The keys, if a table takes them in linear time; who sends them may have chosen them to collide."""
    if len(keys) - len(Counter(map(hash, keys))) > MAX_EQUAL_HASHES:
        raise Malformed("too many keys of the same hash")
    return keys


def restore(target, changed) -> None:
    """Carry what a call changed in its arguments over to the caller's own objects, as a call at home would.

    ``target`` and ``changed`` are the same structure; lists, dicts, sets and arrays within are
    changed in place where they still fit.
    """
    if type(target) is not type(changed):
        return
    if type(target) is np.ndarray:
        if target.shape == changed.shape and target.dtype == changed.dtype and target.flags.writeable:
            target[...] = changed
    elif type(target) is tuple and len(target) == len(changed):
        for one, other in zip(target, changed, strict=True):
            restore(one, other)
    elif type(target) is list:
        for one, other in zip(target, changed, strict=False):
            restore(one, other)
        target[:] = [
            one if _same_container(one, other) else other
            for one, other in zip(target + changed[len(target) :], changed, strict=False)
        ]
    elif type(target) is dict:
        for key, value in list(target.items()):
            if key in changed and _same_container(value, changed[key]):
                restore(value, changed[key])
                changed[key] = value
        target.clear()
        target.update(changed)
    elif type(target) is set:
        target.clear()
        target.update(changed)


def _same_container(one, other) -> bool:
    if type(one) is not type(other):
        return False
    if type(one) is np.ndarray:
        return one.shape == other.shape and one.dtype == other.dtype
    return type(one) in (list, dict, set) or type(one) is tuple and len(one) == len(other)


def _npy(array: np.ndarray) -> bytes:
    fortran_order = array.flags.f_contiguous and not array.flags.c_contiguous
    header = _header(array.shape, fortran_order, array.dtype)
    flat = np.ravel(array, order="F" if fortran_order else "C")
    return b"".join((header, flat.view(np.uint8))) if array.nbytes else header


def _from_npy(frame) -> np.ndarray:
    start = 10 + int.from_bytes(frame[8:10], "little")  # a magic string of 6 bytes, a version, this length
    shape, fortran_order, dtype = _read_header(bytes(frame[:start]))
    if dtype.kind not in PLAIN_KINDS or dtype.hasobject:
        raise Malformed(f"an array of dtype {dtype}")
    # A copy, so that it can be written to; frombuffer checks that the data are all there.
    count = math.prod(shape)
    flat = np.frombuffer(frame, dtype, count, start) if count else np.empty(0, dtype)
    return flat.reshape(shape, order="F" if fortran_order else "C").copy(order="K")


# The same few shapes come again and again, and numpy takes longer for a header than for the numbers.
@functools.lru_cache(maxsize=256)
def _header(shape: tuple, fortran_order: bool, dtype: np.dtype) -> bytes:
    stream, descr = io.BytesIO(), np.lib.format.dtype_to_descr(dtype)
    description = {"descr": descr, "fortran_order": fortran_order, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, description)
    return stream.getvalue()


@functools.lru_cache(maxsize=256)
def _read_header(header: bytes) -> tuple[tuple, bool, np.dtype]:
    stream = io.BytesIO(header)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise Malformed("an unknown version of .npy")
    return np.lib.format.read_array_header_1_0(stream, max_header_size=10_000)
