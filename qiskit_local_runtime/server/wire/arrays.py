"""Arrays of strangers: numpy's file format, its size checked before anything is allocated."""

from __future__ import annotations

import io
import math
import tokenize
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...codec.budget import Budget, from_base64
from ...errors import IBMInputValueError

_KINDS = "biufcSU"
_MOST_AXES = 32


def array_of(text: object, budget: Budget) -> NDArray[Any]:
    """An array from the text of IBM's encoder.

    Args:
        text: numpy's file, compressed, in base 64.
        budget: what may be unpacked.

    Raises:
        IBMInputValueError: it is something else, too large, or holds Python objects.
    """
    data = budget.inflate(from_base64(text))
    shape, fortran, kind, start = check_file(data)
    if not kind.itemsize:
        return np.zeros(shape, kind)
    found: NDArray[Any] = np.frombuffer(data, kind, math.prod(shape), start).reshape(shape, order="F" if fortran else "C")
    return found


def check_file(data: bytes | memoryview) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, order (whether Fortran's), type and where the values begin, of numpy's file format.

    Raises:
        IBMInputValueError: it is something else, has more or fewer values than it says, or holds Python objects.
    """
    file = io.BytesIO(data)
    try:
        shape, fortran, kind = _header(file)
    except (
        ValueError,
        TypeError,
        SyntaxError,
        EOFError,
        OverflowError,
        RecursionError,
        MemoryError,
        tokenize.TokenError,
    ) as err:
        raise IBMInputValueError(f"expected an array in numpy's file format, found what is not: {err}") from err
    _check(shape, kind)
    size, left = math.prod(shape) * kind.itemsize, len(data) - file.tell()
    if size != left:
        raise IBMInputValueError(
            f"expected an array of shape {list(shape)} and type {kind}, which are {size} bytes, found {left} bytes."
        )
    return shape, fortran, kind, file.tell()


def _header(data: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(data)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in readers:
        raise ValueError(f"its version is {version}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: tuple[tuple[int, ...], bool, np.dtype[Any]] = readers[version](data)
    return found


def _check(shape: tuple[int, ...], kind: np.dtype[Any]) -> None:
    parts = [kind] if kind.fields is None else [part[0] for part in kind.fields.values()]
    if kind.hasobject or any(part.kind not in _KINDS for part in parts):
        raise IBMInputValueError(f"expected an array of numbers, bits or text, found one of type {kind}.")
    if len(shape) > _MOST_AXES or any(size < 0 for size in shape):
        raise IBMInputValueError(f"expected an array of at most {_MOST_AXES} axes, found the shape {list(shape)[:40]}.")
    if not kind.itemsize and math.prod(shape) > 0:
        raise IBMInputValueError(f"expected an array of values, found one of type {kind}, whose values have no bytes.")
