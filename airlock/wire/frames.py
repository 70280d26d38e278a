"""Frames on a stream socket: how what :mod:`airlock.wire.values` encodes gets to the other side."""

import os
import socket
import struct
from collections.abc import Sequence

import numpy as np

from airlock.wire.values import MAX_ARRAYS, Buffer, Malformed

AT_ONCE = 1 << 16  # bytes that are read before it is known how many there are
MOST_PARTS = 1000  # in one call; Linux takes 1,024
KEPT = 1 << 23  # bytes of memory that wait for the next frames: fresh memory costs more than copying


def listen(connection_file: str) -> socket.socket:
    """The kernel's end of the socket for requests."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(_beside(connection_file))
    listener.listen(1)
    return listener


def connect(connection_file: str) -> socket.socket:
    """The grader's end of the socket for requests of a kernel that is ready."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(_beside(connection_file))
    return connection


def _beside(connection_file: str) -> str:
    return os.path.join(os.path.dirname(connection_file), "requests")


def send(connection: socket.socket, frames: Sequence[Buffer]) -> None:
    """Write frames to a stream socket: their number, their sizes, and they themselves."""
    if not Outbox(frames).send(connection):
        raise BlockingIOError("they do not fit")


class Outbox:
    """Frames on their way into a stream socket; where that does not block, its reader may take its time."""

    def __init__(self, frames: Sequence[Buffer]):
        sizes = [len(frame) for frame in frames]
        parts = [struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes), *frames]
        few = sum(sizes) <= AT_ONCE  # copying little costs less than a call of many parts
        self._left = [memoryview(part) for part in ([b"".join(parts)] if few else parts)]

    def send(self, connection: socket.socket) -> bool:
        """Write as much as the socket takes now; whether that was all. Raises OSError where nobody reads."""
        while self._left:
            try:
                sent = os.writev(connection.fileno(), self._left[:MOST_PARTS])
            except BlockingIOError:
                return False
            whole = 0
            while whole < len(self._left) and sent >= len(self._left[whole]):
                sent -= len(self._left[whole])
                whole += 1
            del self._left[:whole]
            if sent:
                self._left[0] = self._left[0][sent:]
        return True


class Inbox:
    """Collects what arrives on a stream socket until a whole set of frames is there, and then the next.

    ``limit`` bounds their size in bytes together.
    """

    def __init__(self, limit: int):
        self.limit, self._buffer = limit, _memory(AT_ONCE)
        self._begin()

    def _begin(self) -> None:
        self._sizes: tuple[int, ...] | None = None  # once they are known
        self._filled, self._size = 0, 4
        if len(self._buffer) > KEPT:
            self._buffer = _memory(AT_ONCE)

    def receive(self, connection: socket.socket) -> list[memoryview] | None:
        """Read once from a socket that has something; the frames once they are complete.

        They are valid until more is received. Raises ConnectionError when the other side has closed
        the connection, Malformed for too much.
        """
        received = connection.recv_into(self._buffer[self._filled :])
        if not received:
            raise ConnectionError("closed by the other side")
        self._filled += received
        while self._filled >= self._size:
            if self._sizes is not None:
                return self._take(self._sizes)
            self._read_sizes()
        return None

    def _read_sizes(self) -> None:
        """Learn from what is there how much is to come: at first the number of frames, then their sizes."""
        (count,) = struct.unpack_from("<I", self._buffer)
        if count > MAX_ARRAYS + 3:  # beside the heads of a message, a result and its arguments
            raise Malformed("too many parts")
        if self._size < 4 + 8 * count:
            self._size = 4 + 8 * count
        else:
            sizes = self._sizes = struct.unpack_from(f"<{count}Q", self._buffer, 4)
            if sum(sizes) > self.limit:
                raise Malformed("too large")
            self._size += sum(sizes)
        if self._size > len(self._buffer):
            before, self._buffer = self._buffer, _memory(self._size)
            self._buffer[: self._filled] = before[: self._filled]

    def _take(self, sizes: tuple[int, ...]) -> list[memoryview]:
        if self._filled > self._size:
            raise Malformed("more than was asked for")
        frames, start = [], 4 + 8 * len(sizes)
        for size in sizes:
            frames.append(self._buffer[start : start + size])
            start += size
        self._begin()
        return frames


def _memory(size: int) -> memoryview:
    """Nothing is written there before it has arrived, so a lie about sizes takes no memory."""
    return memoryview(np.empty(size, np.uint8)).cast("B")  # type: ignore[arg-type]
