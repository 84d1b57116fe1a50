"""Small arrays as text of their own: a file of numpy's and its compression take longer than all they hold."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 512
"""Bytes."""
_KINDS = "biufcSU"
"""Booleans, numbers and words: what a type's short name says completely."""
_MARK = ":"


def is_small(array: NDArray[Any]) -> bool:
    """Whether an array has such a form."""
    return array.nbytes <= MOST and array.dtype.kind in _KINDS and array.flags.c_contiguous


def small_to_text(array: NDArray[Any]) -> str:
    """Type, shape and bytes of an array."""
    shape = ",".join(map(str, array.shape))
    return f"{array.dtype.str}{_MARK}{shape}{_MARK}{base64.standard_b64encode(array.tobytes()).decode('ascii')}"


def is_small_text(text: str) -> bool:
    """Whether a text is of this form; other forms are base 64, which has no such mark."""
    return _MARK in text


def small_from_text(text: str) -> NDArray[Any]:
    """The array of a text.

    Raises:
        ValueError, TypeError: it is damaged.
    """
    kind, shape, data = text.split(_MARK)
    sizes = tuple(map(int, shape.split(","))) if shape else ()
    found: NDArray[Any] = np.ndarray(sizes, np.dtype(kind), bytearray(base64.standard_b64decode(data)))
    return found
