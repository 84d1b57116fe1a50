"""Text as IBM's client reads and writes it."""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kinds import SHARED, Kind
from .tree import Reader, Writer


def encode(value: Any, extra: Sequence[Kind] = ()) -> str:
    """An object as text.

    Args:
        value: results, circuits, arrays and what holds them.
        extra: further kinds of objects.

    Raises:
        TypeError: something in it cannot be written; says where it is.
    """
    return json.dumps(Writer((*extra, *SHARED), _array_text, exact=False).write(value))


def decode(text: str, extra: Sequence[Kind] = ()) -> Any:
    """An object from text.

    Raises:
        ValueError: the text is no JSON, or holds an unknown kind of object.
    """
    return Reader((*extra, *SHARED), _array).read(json.loads(text))


def _array_text(array: NDArray[Any]) -> str:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return base64.standard_b64encode(zlib.compress(buffer.getvalue())).decode("ascii")


def _array(text: str) -> NDArray[Any]:
    found: NDArray[Any] = np.load(io.BytesIO(zlib.decompress(base64.standard_b64decode(text))), allow_pickle=False)
    return found
