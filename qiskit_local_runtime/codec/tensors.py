"""Tensors as IBM's executor writes them: little-endian bytes in base 64, from version 2.0 on compressed by zlib."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.primitives import BitArray

from ..errors import IBMInputValueError
from ..sweeps.shots import unpack_bools
from .budget import Budget, from_base64

DTYPES: dict[str, str] = {
    "bool": "?",
    **{f"{kind}{8 * size}": f"<{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)},
    **{f"f{8 * size}": f"<f{size}" for size in (2, 4, 8)},
    **{f"c{8 * size}": f"<c{size}" for size in (8, 16)},
}
"""NumPy's types by their names in the schemas; bits of booleans are packed, the first one lowest."""
OLDER = ("f64", "bool", "u8", "c128")
"""What versions before 2.0 have."""
_BLOCK = 3 << 18
"""Bytes written at a time: a multiple of three, so that their base 64 has no end but the last."""


def is_tensor(value: object) -> bool:
    """Whether a JSON value is a tensor."""
    return isinstance(value, Mapping) and {"data", "shape", "dtype"} <= set(value)


def read_tensor(value: Any, compressed: bool, budget: Budget, what: str) -> NDArray[Any]:
    """The array of a tensor; its size is checked before anything is unpacked.

    Args:
        value: JSON with ``data``, ``shape`` and ``dtype``.
        compressed: whether it is of version 2.0 or later.
        budget: counts its bytes.
        what: it is, for errors.

    Raises:
        IBMInputValueError: it is something else, or its size is not what its shape says.
    """
    if not is_tensor(value):
        raise IBMInputValueError(f"{what}: expected a tensor with data, shape and dtype, found {_shown(value)}.")
    name, shape = value["dtype"], _shape(value["shape"], what)
    known = tuple(DTYPES) if compressed else OLDER
    if name not in known:
        raise IBMInputValueError(f"{what}: expected a tensor of one of the types {', '.join(known)}, found {_shown(name)}.")
    dtype = np.dtype(DTYPES[name])
    count = math.prod(shape)
    size = -(-count // 8) if dtype == np.bool_ else count * dtype.itemsize
    budget.take(count if dtype == np.bool_ else 0, what)
    data = from_base64(value["data"], what)
    data = budget.inflate(data, what) if compressed else data
    if len(data) != size:
        raise IBMInputValueError(
            f"{what}: a tensor of shape {list(shape)} and type {name} has {size} bytes, found {len(data)}."
        )
    if dtype == np.bool_:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), count=count, bitorder="little")
        return bits.astype(np.bool_).reshape(shape)
    return np.frombuffer(data, dtype).reshape(shape)


def tensor_json(array: NDArray[Any], compressed: bool) -> dict[str, Any]:
    """A tensor's JSON."""
    array = _written(array, compressed)
    data = "".join(part.decode("ascii") for part in _text(_raw(array), compressed))
    return {"data": data, "shape": list(array.shape), "dtype": _name(array.dtype)}


def tensor_pieces(array: NDArray[Any] | BitArray, compressed: bool) -> Iterator[bytes]:
    """The text of a tensor's JSON, piece by piece.

    Args:
        array: an array, or shots, which become booleans of shape ``(…, shots, bits)`` with bit 0 first.
        compressed: whether it is of version 2.0 or later.
    """
    if isinstance(array, BitArray):
        shape, name, raw = [*array.shape, array.num_shots, array.num_bits], "bool", _raw_shots(array)
    else:
        array = _written(array, compressed)
        shape, name, raw = list(array.shape), _name(array.dtype), _raw(array)
    yield b'{"data":"'
    yield from _text(raw, compressed)
    yield f'","shape":{shape},"dtype":"{name}"}}'.encode()


def _written(array: NDArray[Any], compressed: bool) -> NDArray[Any]:
    """The array in a type that the version has."""
    array = np.asarray(array)
    name = _name(array.dtype)
    if compressed or name in OLDER:
        return array
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _name(dtype: np.dtype[Any]) -> str:
    name = "bool" if dtype == np.bool_ else f"{dtype.kind}{8 * dtype.itemsize}"
    if name not in DTYPES:
        raise IBMInputValueError(f"expected an array of one of the types {', '.join(DTYPES)}, found {dtype}.")
    return name


def _raw(array: NDArray[Any]) -> Iterator[bytes]:
    if array.dtype == np.bool_:
        yield np.packbits(np.ascontiguousarray(array).reshape(-1), bitorder="little").tobytes()
    else:
        yield np.ascontiguousarray(array, dtype=DTYPES[_name(array.dtype)]).tobytes()


def _raw_shots(bits: BitArray) -> Iterator[bytes]:
    packed = np.ascontiguousarray(bits.array).reshape(-1, bits.array.shape[-1])
    # shots in multiples of eight, so that every block but the last is of whole bytes
    step = max(8, (_BLOCK // max(1, bits.num_bits)) * 8)
    for start in range(0, len(packed), step):
        yield np.packbits(unpack_bools(packed[start : start + step], bits.num_bits).reshape(-1), bitorder="little").tobytes()


def _text(raw: Iterator[bytes], compressed: bool) -> Iterator[bytes]:
    """Base 64 of what is written one after the other."""
    waiting = b""
    for part in _deflated(raw) if compressed else raw:
        view = memoryview(waiting + part) if waiting else memoryview(part)
        whole = len(view) - len(view) % 3
        for start in range(0, whole, _BLOCK):
            yield base64.b64encode(view[start : min(start + _BLOCK, whole)])
        waiting = bytes(view[whole:])
    yield base64.b64encode(waiting)


def _deflated(raw: Iterator[bytes]) -> Iterator[bytes]:
    machine = zlib.compressobj(1)
    for part in raw:
        yield machine.compress(part)
    yield machine.flush()


def _shape(value: Any, what: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(size) is int and size >= 0 for size in value) or len(value) > 32:
        raise IBMInputValueError(f"{what}: expected a shape of at most 32 natural numbers, found {_shown(value)}.")
    return tuple(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
