"""Arrays as .npy: header and data, never a pickle."""

import functools
import io
import math

import numpy as np

from airlock.wire.numbers import is_plain


def to_npy(array: np.ndarray) -> bytes:
    """An array as the contents of a .npy file."""
    fortran_order = array.flags.f_contiguous and not array.flags.c_contiguous
    header = _header(array.shape, fortran_order, array.dtype)
    flat = np.ravel(array, order="F" if fortran_order else "C")
    return b"".join((header, flat.view(np.uint8))) if array.nbytes else header  # type: ignore[arg-type]


def from_npy(frame: bytes | memoryview) -> np.ndarray:
    """Inverse of :func:`to_npy`; raises ValueError for anything else, and for what is not plain data."""
    start = 10 + int.from_bytes(frame[8:10], "little")  # a magic string of 6 bytes, a version, this length
    shape, fortran_order, dtype = _read_header(bytes(frame[:start]))
    if not is_plain(dtype) or dtype.hasobject:
        raise ValueError(f"an array of dtype {dtype}")
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
        raise ValueError("an unknown version of .npy")
    return np.lib.format.read_array_header_1_0(stream, max_header_size=10_000)
