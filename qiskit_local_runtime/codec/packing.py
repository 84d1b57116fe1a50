"""Bytes for stores: a zip of the text and, beside it, the arrays."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMRuntimeError
from .kinds import OURS, SHARED, Kind
from .tree import Reader, Writer

_TREE = "tree.json"
_LARGE = 1 << 20
"""Bytes from which an array is compressed lightly; below, the whole takes no longer than a disk needs anyway."""


def pack(value: Any, extra: Sequence[Kind] = ()) -> bytes:
    """An object as bytes; arrays keep every bit, tuples stay tuples.

    Args:
        value: requests, results and what holds them.
        extra: further kinds of objects.

    Raises:
        TypeError: something in it cannot be written; says where it is.
    """
    arrays: list[NDArray[Any]] = []

    def keep(array: NDArray[Any]) -> int:
        arrays.append(array)
        return len(arrays) - 1

    tree = Writer((*extra, *SHARED, *OURS), keep, exact=True).write(value)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_TREE, json.dumps(tree, separators=(",", ":")))
        for number, array in enumerate(arrays):
            with archive.open(f"{number}.npy", "w", force_zip64=array.nbytes > _LARGE) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    return buffer.getvalue()


def unpack(data: bytes, extra: Sequence[Kind] = ()) -> Any:
    """An object from bytes.

    Raises:
        IBMRuntimeError: the bytes are damaged, or of a later version.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tree = json.loads(archive.read(_TREE))

            def array(number: int) -> NDArray[Any]:
                found: NDArray[Any] = np.load(io.BytesIO(archive.read(f"{number}.npy")), allow_pickle=False)
                return found

            return Reader((*extra, *SHARED, *OURS), array).read(tree)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as err:
        raise IBMRuntimeError(f"What is stored cannot be read: it is damaged, or of a later version ({err}).") from err
