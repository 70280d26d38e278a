"""Whatever bytes arrive from the student's end, they become plain values or are refused."""

import json
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from airlock.wire import numbers, standard, tables
from airlock.wire.frames import Inbox, send
from airlock.wire.values import Malformed, decode, encode

TAGS = [
    "int",
    "float",
    "ellipsis",
    "complex",
    "bytes",
    "tuple",
    "set",
    "dict",
    "array",
    "scalar",
    "reference",
]
TAGS += [*standard.PUT_TOGETHER, *numbers.PUT_TOGETHER, *tables.PUT_TOGETHER, "pickle"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=9)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(TAGS), inner, min_size=1, max_size=1)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=15,
)
ARRAY = encode(np.arange(6.0).reshape(2, 3))[1]


def decoded(frames):
    """What they mean, or that they mean nothing; any other exception is the test's failure."""
    try:
        return decode(frames)
    except Malformed:
        return Malformed


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4))
def test_no_bytes_make_decoding_fail_in_another_way(frames):
    decoded(frames)


@settings(deadline=None, max_examples=400)
@given(JSON)
def test_no_json_of_our_own_tags_does_either(node):
    decoded([json.dumps(node).encode(), ARRAY])


@settings(deadline=None)
@given(st.integers(0, len(ARRAY) - 1), st.integers(0, 255), st.integers(0, len(ARRAY)))
def test_nor_an_array_with_a_byte_changed_or_cut(place, byte, length):
    changed = bytearray(ARRAY)
    changed[place] = byte
    decoded([b'{"array":0}', bytes(changed)[:length]])


@settings(deadline=None)
@given(VALUES)
def test_plain_values_arrive_as_they_were(value):
    assert decode(encode(value)) == value
    assert type(decode(encode(value))) is type(value)


def test_frames_arrive_that_are_larger_and_more_than_a_socket_takes_at_once():
    frames = [bytes([number]) * 150_000 for number in range(5)] + [b"", *[b"few"] * 2000]
    ours, theirs = socket.socketpair()
    with ours, theirs, ThreadPoolExecutor() as pool:
        inbox, received, sending = Inbox(10_000_000), None, pool.submit(send, theirs, frames)
        while received is None:
            received = inbox.receive(ours)
        sending.result()
    assert list(map(bytes, received)) == frames


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=50), max_size=5), st.lists(st.integers(1, 60), min_size=1))
def test_frames_arrive_however_they_are_cut(frames, sizes):
    whole = struct.pack(f"<I{len(frames)}Q", len(frames), *map(len, frames)) + b"".join(frames)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        inbox, received, start = Inbox(10_000), None, 0
        while start < len(whole):
            size = sizes[start % len(sizes)]
            theirs.sendall(whole[start : start + size])
            received = inbox.receive(ours)
            start += size
        assert list(map(bytes, received)) == frames
        send(theirs, frames)
        assert list(map(bytes, inbox.receive(ours))) == frames


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=100))
def test_no_bytes_on_the_socket_are_taken_for_more_than_they_are(data):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        try:
            found = Inbox(1000).receive(ours)
        except Malformed:
            return
        assert found is None or sum(map(len, found)) < len(data)
