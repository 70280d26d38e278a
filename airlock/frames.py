"""Frames on a stream socket: how what :mod:`airlock.wire` encodes gets to the other side."""

import struct

from airlock.wire import Malformed

MAX_FRAMES = 10_000


def send(connection, frames: list) -> None:
    """Write frames to a stream socket: their number, their sizes, and they themselves."""
    sizes = [len(frame) for frame in frames]
    connection.sendall(struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes))
    for frame in frames:
        connection.sendall(frame)


class Inbox:
    """Collects what arrives on a stream socket until a whole set of frames is there.

    ``limit`` bounds their size in bytes together. Raises Malformed for more.
    """

    def __init__(self, limit: int):
        self.limit, self.received, self.sizes = limit, bytearray(), None

    def wanted(self) -> int:
        """How many bytes are missing of what is known to come."""
        if self.sizes is not None:
            return sum(self.sizes) - len(self.received)
        known = struct.unpack_from("<I", self.received)[0] if len(self.received) >= 4 else 0
        return 4 + 8 * known - len(self.received)

    def feed(self, data: bytes) -> list[memoryview] | None:
        """Take what arrived, never more than was wanted; the frames once they are complete."""
        self.received += data
        if self.sizes is None and len(self.received) >= 4 and self.wanted() == 0:
            (count,) = struct.unpack_from("<I", self.received)
            self.sizes = struct.unpack_from(f"<{count}Q", self.received, 4)
            self.received = bytearray()
        if self.sizes is None:
            if self.wanted() > 8 * MAX_FRAMES:
                raise Malformed("too many parts")
            return None
        if sum(self.sizes) > self.limit:
            raise Malformed("too large")
        if self.wanted():
            return None
        view, frames, start = memoryview(self.received), [], 0
        for size in self.sizes:
            frames.append(view[start : start + size])
            start += size
        return frames
