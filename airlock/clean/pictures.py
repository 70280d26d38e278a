"""How large a picture is once it is shown: a few bytes may ask for gigabytes in a reader's browser."""

import base64
import binascii
import struct

MAX_PIXELS = 16_000_000  # of one picture; a figure of 10 by 6 inches at 300 dots an inch has 5.4 million
MAX_TOGETHER = 64_000_000  # of all pictures of a notebook: a quarter of a gigabyte in the browser
MAX_MARKERS = 10_000  # parts of a file that are looked at
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def pixels(mime: str, data: bytes) -> int | None:
    """Pixels of a PNG, JPEG or GIF, of all its frames together; None where that cannot be told."""
    try:
        return {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif}[mime](data)
    except (struct.error, IndexError):
        return None


def is_small(mime: str, text: str) -> bool:
    """Whether a picture in base64 may be shown at all."""
    try:
        found = pixels(mime, base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, binascii.Error):
        return False
    return found is not None and found <= MAX_PIXELS


def _png(data: bytes) -> int | None:
    if data[12:16] != b"IHDR":
        return 0  # no browser shows that
    width, height = struct.unpack(">II", data[16:24])
    frames, at = 1, 33
    for _ in range(MAX_MARKERS):  # an animation says how many frames it has before the first
        if at + 8 > len(data) or data[at + 4 : at + 8] == b"IDAT":
            return int(width * height * frames)
        length = struct.unpack(">I", data[at : at + 4])[0]
        if data[at + 4 : at + 8] == b"acTL":
            frames = max(1, struct.unpack(">I", data[at + 8 : at + 12])[0])
        at += length + 12
    return None


def _jpeg(data: bytes) -> int | None:
    at = 2
    for _ in range(MAX_MARKERS):
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            return None
        if data[at + 1] in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width * height) or None
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def _gif(data: bytes) -> int | None:
    width, height, flags = struct.unpack("<HHB", data[6:11])
    at, frames = 13 + _palette(flags), 0
    for _ in range(MAX_MARKERS):
        kind = data[at] if at < len(data) else 0x3B
        if kind == 0x3B:  # the end
            return int(width * height * max(frames, 1)) or None
        if kind == 0x2C:
            _, _, wide, high, flags = struct.unpack("<HHHHB", data[at + 1 : at + 10])
            width, height, frames = max(width, wide), max(height, high), frames + 1
            at = _behind_blocks(data, at + 11 + _palette(flags))
        elif kind == 0x21:
            at = _behind_blocks(data, at + 2)
        else:
            return None
    return None


def _palette(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
