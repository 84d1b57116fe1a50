"""Arrays as IBM's text has them: numpy's file format, compressed, in base 64."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVEL = 1
"""Higher ones take several times as long for a few per cent."""


def array_to_text(array: NDArray[Any]) -> str:
    """An array of numbers or words as text, bit by bit."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return base64.standard_b64encode(zlib.compress(buffer.getbuffer(), LEVEL)).decode("ascii")


def array_from_text(text: str) -> NDArray[Any]:
    """The array of a text.

    Raises:
        ValueError, zlib.error: it is damaged.
    """
    found: NDArray[Any] = np.load(io.BytesIO(zlib.decompress(base64.standard_b64decode(text))), allow_pickle=False)
    return found
