"""Bytes for stores: a zip of the text and, beside it, the large arrays."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMRuntimeError
from .arrays import array_from_text, array_to_text
from .kind import Kind
from .kinds import EXACT, TEXT
from .tree import DAMAGE, Reader, Writer

_TREE = "tree.json"
_BESIDE = 4096
"""Bytes from which an array lies beside the text: a member of a zip costs as much as some kilobytes of text."""
_LARGE = 1 << 20
"""Bytes from which compressing takes longer than a disk needs for what it saves, unless it saves nearly all."""
_SAMPLE = 1 << 14


def pack(value: Any, extra: Sequence[Kind] = ()) -> bytes:
    """An object as bytes; arrays keep every bit, tuples stay tuples.

    Args:
        value: requests, results and what holds them.
        extra: further kinds of objects.

    Raises:
        TypeError: something in it cannot be written; says where it is.
    """
    arrays: list[NDArray[Any]] = []

    def keep(array: NDArray[Any]) -> int | str:
        if array.nbytes < _BESIDE:
            return array_to_text(array)
        arrays.append(array)
        return len(arrays) - 1

    tree = Writer((*extra, *EXACT), keep, exact=True).write(value)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, _TREE, json.dumps(tree, separators=(",", ":")).encode(), True)
        for number, array in enumerate(arrays):
            _add(archive, f"{number}.npy", _file_of(array), _pays(array))
    return buffer.getvalue()


def unpack(data: bytes, extra: Sequence[Kind] = ()) -> Any:
    """An object from bytes.

    Args:
        data: what :func:`pack` made.
        extra: further kinds of objects.

    Raises:
        IBMRuntimeError: the bytes are damaged, or of a later version.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:

            def array(place: int | str) -> NDArray[Any]:
                return array_from_text(place) if isinstance(place, str) else _member(archive.read(f"{place}.npy"))

            return Reader((*extra, *EXACT, *TEXT), array).read(json.loads(archive.read(_TREE)))
    except (zipfile.BadZipFile, RuntimeError, *DAMAGE) as err:
        raise IBMRuntimeError(
            f"What is stored cannot be read: it is damaged, or of a later version ({err}). "
            "If a later version of this package wrote it, update; otherwise run the job again."
        ) from err


def _add(archive: zipfile.ZipFile, name: str, data: bytes | memoryview, compressed: bool) -> None:
    """Add a file, dated always the same, so that equal objects make equal bytes."""
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    archive.writestr(zipfile.ZipInfo(name), data, kind, 1)


def _file_of(array: NDArray[Any]) -> memoryview:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=False)
    return file.getbuffer()


def _pays(array: NDArray[Any]) -> bool:
    """Whether compressing saves enough of an array, judged by three pieces of it."""
    if not array.flags.c_contiguous:
        return array.nbytes < _LARGE
    data = array.reshape(-1).view(np.uint8)
    size = len(data)
    pieces = [data[start : start + _SAMPLE].tobytes() for start in (0, size // 2, max(0, size - _SAMPLE))]
    saved = 1 - sum(len(zlib.compress(piece, 1)) for piece in pieces) / sum(map(len, pieces))
    return saved > (0.9 if size >= _LARGE else 0.1)


def _member(data: bytes) -> NDArray[Any]:
    found: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return found
