"""The text of :func:`~.text.encode` in pieces, so that a large result is not built in memory a second time."""

from __future__ import annotations

import base64
import io
import json
import re
import secrets
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import LEVEL, array_to_text
from .kind import Kind
from .kinds import TEXT
from .tree import Writer

_BESIDE = 1 << 16
"""Bytes from which an array is written piece by piece."""
_PIECE = 3 << 18
"""Bytes that are compressed at a time."""


def encode_in_pieces(value: Any, extra: Sequence[Kind] = ()) -> Iterator[bytes]:
    """An object as text, the same as that of ``encode``, piece by piece.

    Args:
        value: results, circuits, arrays and what holds them.
        extra: further kinds of objects.

    Raises:
        TypeError: something in it cannot be written; says where it is.
    """
    arrays: list[NDArray[Any]] = []
    mark = secrets.token_hex(16)  # which no text of a user's can hold but by chance

    def keep(array: NDArray[Any]) -> str:
        if array.nbytes < _BESIDE or not array.flags.c_contiguous:
            return array_to_text(array)
        arrays.append(array)
        return f"{mark}:{len(arrays) - 1}:"

    text = json.dumps(Writer((*extra, *TEXT), keep, exact=False).write(value))
    for number, part in enumerate(re.split(f"{mark}:(\\d+):", text)):
        if number % 2:
            yield from _array_in_pieces(arrays[int(part)])
        else:
            yield part.encode()


def _array_in_pieces(array: NDArray[Any]) -> Iterator[bytes]:
    """What ``array_to_text`` makes, piece by piece."""
    machine = zlib.compressobj(LEVEL)
    rest = b""
    for piece in _file_in_pieces(array):
        rest += machine.compress(piece)
        whole = len(rest) - len(rest) % 3  # of three bytes, four letters are made
        if whole:
            yield base64.standard_b64encode(rest[:whole])
            rest = rest[whole:]
    yield base64.standard_b64encode(rest + machine.flush())


def _file_in_pieces(array: NDArray[Any]) -> Iterator[bytes | memoryview]:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    yield head.getvalue()
    data = array.reshape(-1).view(np.uint8).data
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]
