"""Frames on a stream socket: how what :mod:`airlock.wire` encodes gets to the other side."""

import struct

import numpy as np

from airlock.wire import Malformed

MAX_FRAMES = 10_000
AT_ONCE = 1 << 16  # bytes that are read before it is known how many there are


def send(connection, frames: list) -> None:
    """Write frames to a stream socket: their number, their sizes, and they themselves."""
    sizes = [len(frame) for frame in frames]
    head = struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
    connection.sendall(b"".join([head, *frames]))  # copying costs less than another system call


class Inbox:
    """Collects what arrives on a stream socket until a whole set of frames is there.

    ``limit`` bounds their size in bytes together.
    """

    def __init__(self, limit: int):
        self.limit, self.sizes, self._filled = limit, None, 0
        self._buffer, self._size = _memory(AT_ONCE), 4

    def receive(self, connection) -> list[memoryview] | None:
        """Read once from a socket that has something; the frames once they are complete.

        Raises ConnectionError when the other side has closed it, Malformed for too much.
        """
        received = connection.recv_into(self._buffer[self._filled :])
        if not received:
            raise ConnectionError("closed by the other side")
        self._filled += received
        while self._filled >= self._size:
            if self.sizes is not None:
                return self._frames()
            self._read_sizes()
        return None

    def _read_sizes(self):
        """Learn from what is there how much is to come: at first the number of frames, then their sizes."""
        (count,) = struct.unpack_from("<I", self._buffer)
        if count > MAX_FRAMES:
            raise Malformed("too many parts")
        if self._size < 4 + 8 * count:
            self._size = 4 + 8 * count
        else:
            self.sizes = struct.unpack_from(f"<{count}Q", self._buffer, 4)
            if sum(self.sizes) > self.limit:
                raise Malformed("too large")
            self._size += sum(self.sizes)
        if self._size > len(self._buffer):
            before, self._buffer = self._buffer, _memory(self._size)
            self._buffer[: self._filled] = before[: self._filled]

    def _frames(self):
        if self._filled > self._size:
            raise Malformed("more than was asked for")
        frames, start = [], 4 + 8 * len(self.sizes)
        for size in self.sizes:
            frames.append(self._buffer[start : start + size])
            start += size
        return frames


def _memory(size: int) -> memoryview:
    """Nothing is written there before it has arrived, so a lie about sizes takes no memory."""
    return memoryview(np.empty(size, np.uint8)).cast("B")
