"""numpy's value types beyond plain arrays: dtypes, polynomials, generators by state, masked arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import polynomial

from airlock.wire.standard import NotPlain

PLAIN_KINDS = "biufcUSmM"  # numpy dtype kinds: bool, int, uint, float, complex, text, bytes, durations, dates
HIGHEST_DEGREE = 1_000  # the roots of a polynomial cost the cube of its degree
MAX_FIELDS = 100

SCALARS = {kind.__name__: kind for kind in [*dict.fromkeys(np.sctypeDict.values()), np.ndarray, np.generic]}
SCALARS |= {name: getattr(np, name) for name in ("integer", "floating", "number", "inexact")}
SCALARS |= {"ufunc": np.ufunc}
NAMES = {kind: name for name, kind in SCALARS.items()}
POLYNOMIALS = {
    kind.__name__: kind
    for kind in (
        polynomial.Polynomial,
        polynomial.Chebyshev,
        polynomial.Legendre,
        polynomial.Hermite,
        polynomial.HermiteE,
        polynomial.Laguerre,
    )
}
GENERATORS = {
    kind.__name__: kind
    for kind in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64)
}


def is_plain(dtype: np.dtype, depth: int = 5) -> bool:
    """Whether arrays of this dtype hold nothing but values: also records of such, and of their sub-arrays."""
    if dtype.subdtype is not None:
        return depth > 0 and is_plain(dtype.subdtype[0], depth - 1)
    if dtype.names is not None:
        fields = [dtype[name] for name in dtype.names]
        return depth > 0 and len(fields) <= MAX_FIELDS and all(is_plain(one, depth - 1) for one in fields)
    return dtype.kind in PLAIN_KINDS


def describe(dtype: np.dtype) -> Any:
    """A dtype as text, or as what numpy.dtype() takes for records; :func:`dtype_of` is the inverse."""
    if not is_plain(dtype) or dtype.metadata:
        raise NotPlain(f"an array of dtype {dtype}")
    plain = dtype.names is None and dtype.subdtype is None
    return dtype.str if plain else np.lib.format.dtype_to_descr(dtype)


def dtype_of(description: Any) -> np.dtype:
    """The dtype of a description."""
    return np.lib.format.descr_to_dtype(_as_description(description))


def _as_description(node: Any) -> Any:
    """Lists as they come out of JSON as the tuples that numpy wants."""
    if isinstance(node, str):
        return node
    return [_as_field(field) for field in node]


def _as_field(field: Any) -> tuple:
    name, kind, *shape = field
    name = tuple(name) if isinstance(name, list) else name
    return (name, _as_description(kind), *(tuple(map(int, one)) for one in shape))


def reduce(value: Any) -> tuple[str, Any] | None:
    """As :func:`airlock.wire.standard.reduce`."""
    kind = type(value)
    if kind in POLYNOMIALS.values():
        domain, window = np.asarray(value.domain), np.asarray(value.window)
        return "polynomial", (kind.__name__, _short(value.coef), domain, window, value.symbol)
    if kind is np.poly1d:
        return "poly1d", (_short(value.c), value.variable)
    if kind is np.random.Generator:
        return "generator", _state_of(value.bit_generator)
    if kind is np.random.RandomState:
        return "randomstate", value.get_state()
    if kind is np.matrix:
        return "matrix", np.asarray(value)
    if kind is np.recarray:
        return "recarray", np.asarray(value).view(np.dtype((np.void, value.dtype)))
    if kind is np.ma.MaskedArray:
        return "masked", (np.asarray(value.data), np.ma.getmaskarray(value), value.fill_value)
    if isinstance(value, np.dtype):
        return "dtype", describe(value)
    if kind is type:
        return ("scalartype", NAMES[value]) if value in NAMES else None
    if kind is np.ndarray and value.dtype.kind == "O":
        return "objects", (list(value.shape), value.ravel().tolist())
    return None


def _state_of(generator: Any) -> dict:
    state = generator.state
    if type(generator).__name__ not in GENERATORS:
        raise NotPlain("a generator of a kind of its own")
    return state


def _make_generator(state: dict) -> np.random.Generator:
    bits: Any = GENERATORS[state["bit_generator"]](0)
    bits.state = state
    return np.random.Generator(bits)


def _make_random_state(state: tuple) -> np.random.RandomState:
    made = np.random.RandomState(0)
    made.set_state(state)
    return made


def _short(coefficients: Any) -> np.ndarray:
    """The coefficients of a polynomial whose roots can be computed."""
    if len(coefficients) > HIGHEST_DEGREE:
        raise NotPlain("a polynomial of a very high degree")
    return np.asarray(coefficients)


def _make_polynomial(content: Any) -> Any:
    name, coefficients, domain, window, symbol = content
    return POLYNOMIALS[name](_short(coefficients), domain, window, symbol)


def _make_poly1d(content: Any) -> np.poly1d:
    coefficients, variable = content
    return np.poly1d(_short(coefficients), variable=variable)


def _make_objects(content: Any) -> np.ndarray:
    shape, items = content
    made = np.empty(len(items), object)
    made[:] = items
    for place, item in enumerate(items):  # what numpy takes for a row of numbers is one object
        made[place] = item
    return made.reshape(tuple(shape))


def _make_masked(content: Any) -> Any:
    data, mask, fill = content
    return np.ma.MaskedArray(data, mask=mask, fill_value=fill)


PUT_TOGETHER: dict[str, Callable[[Any], Any]] = {
    "polynomial": _make_polynomial,
    "poly1d": _make_poly1d,
    "generator": _make_generator,
    "randomstate": _make_random_state,
    "matrix": np.matrix,
    "recarray": lambda content: content.view(np.recarray),
    "masked": _make_masked,
    "dtype": dtype_of,
    "scalartype": SCALARS.__getitem__,
    "objects": _make_objects,
}
