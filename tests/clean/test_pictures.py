"""A picture of a few bytes that asks for gigabytes in a browser is not shown."""

import base64
import struct
import zlib

import pytest
from nbformat import v4

from airlock.clean.notebook import clean_outputs
from airlock.clean.pictures import MAX_PIXELS, MAX_TOGETHER, is_small, pixels


def png(width, height, extra=b""):
    """A PNG of one colour; ``extra`` goes before its data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(100)))
    frames = chunk(b"acTL", extra) if extra else b""
    return b"\x89PNG\r\n\x1a\n" + head + frames + data + chunk(b"IEND", b"")


def gif(width, height, frames=1):
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x01\x00\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + picture * frames + b"\x3b"


def jpeg(width, height):
    segment = b"\xff\xe0" + struct.pack(">H", 6) + b"JFIF"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 1)
    return b"\xff\xd8" + segment + frame + b"\xff\xd9"


SIZES = {
    "a PNG": ("image/png", png(640, 480), 640 * 480),
    "an animated PNG": ("image/png", png(10, 10, struct.pack(">II", 1000, 0)), 100_000),
    "a JPEG": ("image/jpeg", jpeg(640, 480), 640 * 480),
    "a GIF": ("image/gif", gif(64, 48), 64 * 48),
    "a GIF of fifty frames": ("image/gif", gif(64, 48, 50), 64 * 48 * 50),
    "a GIF that breaks off": ("image/gif", gif(64, 48)[:9], None),
    "a JPEG without a size": ("image/jpeg", b"\xff\xd8\xff\xd9", None),
    "a JPEG whose height comes later": ("image/jpeg", jpeg(640, 0), None),
}


@pytest.mark.parametrize("what", SIZES)
def test_the_size_of_a_picture_is_read_from_its_head(what):
    mime, data, wanted = SIZES[what]
    assert pixels(mime, data) == wanted


@pytest.mark.parametrize("side", [MAX_PIXELS, 2**31 - 1])
def test_a_bomb_is_not_shown_whatever_its_bytes(side):
    assert not is_small("image/png", base64.b64encode(png(side, 2)).decode())
    assert is_small("image/png", base64.b64encode(png(100, 100)).decode())


def test_pictures_that_are_too_large_together_are_cut_and_it_is_said():
    picture = base64.b64encode(png(3000, 3000)).decode()
    output = v4.new_output("display_data", {"image/png": picture})
    cells = [v4.new_code_cell("", outputs=[output.copy()]) for _ in range(41)]
    notebook = v4.new_notebook(cells=cells)
    incidents = clean_outputs(notebook)
    shown = sum("image/png" in cell.outputs[0].data for cell in notebook.cells)
    assert shown == MAX_TOGETHER // 3000**2
    assert [incident.kind for incident in incidents] == ["output-limit"]
    assert "not shown" in notebook.cells[-1].outputs[0].data["text/plain"]
