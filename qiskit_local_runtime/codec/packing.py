"""Bytes for stores: the text or, where there are large arrays, a zip of the text and of those beside it."""

from __future__ import annotations

import io
import json
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..devices.cache import IdentityCache
from ..errors import IBMRuntimeError
from .arrays import array_from_text, array_to_text
from .kind import Kind
from .kinds import EXACT, TEXT
from .small_arrays import is_small, is_small_text, small_from_text, small_to_text
from .tree import DAMAGE, Arrays, Reader, Writer

_TREE = "tree.json"
_BESIDE = 4096
"""Bytes from which an array lies beside the text: a member of a zip costs as much as some kilobytes of text."""
_LARGE = 1 << 20
"""Bytes from which compressing takes longer than a disk needs for what it saves, unless it saves nearly all."""
_SAMPLE = 1 << 14
_LONG = 1 << 14
"""Bytes from which text is compressed: below, that takes longer than all the rest, and circuits in it are compressed."""
_ZIP, _COMPRESSED, _PLAIN = b"P", b"\x78", b"T"
"""How a zip begins, a stream of zlib's, and text, which has its CRC-32 before it: none of them hides damage."""
_CHECK = struct.Struct("!I")
_TREES: IdentityCache[Any] = IdentityCache(1)
"""Trees of objects that do not change."""
_CHOSEN: dict[tuple[Kind, ...], dict[type, Kind]] = {}
"""By further kinds, see :class:`.tree.Writer`."""


class Packed:
    """An object's bytes, not made yet: its arrays are read when they are written.

    Args:
        text: the object without its larger arrays.
        arrays: these, in the order of their numbers in the text.
    """

    def __init__(self, text: bytes, arrays: Sequence[NDArray[Any]]) -> None:
        self._text, self._arrays = text, arrays

    @property
    def large(self) -> bool:
        """Whether the bytes are better written to where they go than built in memory beside the object."""
        return sum(array.nbytes for array in self._arrays) > _LARGE

    def __bytes__(self) -> bytes:
        text = self._text
        if not self._arrays:
            return _PLAIN + _CHECK.pack(zlib.crc32(text)) + text if len(text) < _LONG else zlib.compress(text, 1)
        buffer = io.BytesIO()
        self.write(buffer)
        return buffer.getvalue()

    def write(self, file: IO[bytes]) -> None:
        """Write the bytes of an object with arrays, piece by piece."""
        with zipfile.ZipFile(file, "w") as archive:
            # dated always the same, so that equal objects make equal bytes
            archive.writestr(zipfile.ZipInfo(_TREE), self._text, zipfile.ZIP_DEFLATED, 1)
            for number, array in enumerate(self._arrays):
                _add_array(archive, f"{number}.npy", array)


def pack(value: Any, extra: tuple[Kind, ...] = (), unchanging: tuple[type, ...] = ()) -> bytes:
    """An object as bytes; arguments and errors as those of :func:`packed`."""
    return bytes(packed(value, extra, unchanging))


def packed(value: Any, extra: tuple[Kind, ...] = (), unchanging: tuple[type, ...] = ()) -> Packed:
    """An object as what its bytes are made of; arrays keep every bit, tuples stay tuples.

    Args:
        value: requests, results and what holds them.
        extra: further kinds of objects, told apart by class.
        unchanging: classes of objects that nobody changes: such an object is written once for as long as it lives.

    Raises:
        TypeError: something in it cannot be written; says where it is.
    """
    arrays: list[NDArray[Any]] = []

    def keep(array: NDArray[Any]) -> int | str:
        if array.nbytes < _BESIDE:
            return _inside(array)
        arrays.append(array)
        return len(arrays) - 1

    tree = _Packer((*extra, *EXACT), keep, _CHOSEN.setdefault(extra, {}), unchanging).write(value)
    return Packed(json.dumps(tree, separators=(",", ":")).encode(), arrays)


def unpack(data: bytes | IO[bytes], extra: Sequence[Kind] = ()) -> Any:
    """An object from bytes.

    Args:
        data: what :func:`pack` made; or a file with it, at its beginning, which is read piece by piece and closed.
        extra: further kinds of objects.

    Raises:
        IBMRuntimeError: the bytes are damaged, or of a later version.
    """
    kinds = (*extra, *EXACT, *TEXT)
    try:
        if isinstance(data, bytes) and data[:1] != _ZIP:
            return Reader(kinds, _array_inside).read(json.loads(_text_of(data)))
        with io.BytesIO(data) if isinstance(data, bytes) else data as file, zipfile.ZipFile(file) as archive:

            def array(place: int | str) -> NDArray[Any]:
                return _array_inside(place) if isinstance(place, str) else _member(archive, f"{place}.npy")

            return Reader(kinds, array).read(json.loads(archive.read(_TREE)))
    except (zipfile.BadZipFile, RuntimeError, *DAMAGE) as err:
        raise IBMRuntimeError(
            f"What is stored cannot be read: it is damaged, or of a later version ({err}). "
            "If a later version of this package wrote it, update; otherwise run the job again."
        ) from err


class _Packer(Writer):
    """A writer that remembers the trees of objects that do not change, with all their arrays inside."""

    def __init__(self, kinds: Sequence[Kind], array: Arrays, chosen: dict[type, Kind], unchanging: tuple[type, ...]) -> None:
        super().__init__(kinds, array, exact=True, chosen=chosen)
        self._unchanging = unchanging

    def _tagged(self, kind: Kind, value: Any, path: str) -> Any:
        if not isinstance(value, self._unchanging):
            return super()._tagged(kind, value, path)
        return _TREES.get(value, None, lambda: Writer(self._kinds, _inside, exact=True)._tagged(kind, value, path))


def _inside(array: NDArray[Any]) -> str:
    return small_to_text(array) if is_small(array) else array_to_text(array)


def _array_inside(text: str) -> NDArray[Any]:
    return small_from_text(text) if is_small_text(text) else array_from_text(text)


def _text_of(data: bytes) -> bytes:
    if data[:1] == _COMPRESSED:
        return zlib.decompress(data)
    text = data[1 + _CHECK.size :]
    if data[:1] != _PLAIN or data[1 : 1 + _CHECK.size] != _CHECK.pack(zlib.crc32(text)):
        raise ValueError("its check sum is wrong")
    return text


def _add_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """Add an array, in pieces: a result may be half of what memory there is."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if _pays(array) else zipfile.ZIP_STORED
    info._compresslevel = 1  # type: ignore[attr-defined] # which is how zipfile itself hands it on
    info.file_size = array.nbytes + _BESIDE
    with archive.open(info, "w") as file:
        np.lib.format.write_array(file, array, allow_pickle=False)


def _pays(array: NDArray[Any]) -> bool:
    """Whether compressing saves enough of an array, judged by three pieces of it."""
    if not array.flags.c_contiguous:
        return array.nbytes < _LARGE
    data = array.reshape(-1).view(np.uint8)
    size = len(data)
    pieces = [data[start : start + _SAMPLE].tobytes() for start in (0, size // 2, max(0, size - _SAMPLE))]
    saved = 1 - sum(len(zlib.compress(piece, 1)) for piece in pieces) / sum(map(len, pieces))
    return saved > (0.9 if size >= _LARGE else 0.1)


def _member(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """An array, read in pieces; its check sum is looked at when the end is reached."""
    with archive.open(name) as file:
        try:
            found: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
        except (SyntaxError, tokenize.TokenError) as err:
            raise ValueError(f"{name} begins with what is no array's description") from err
        if file.read(1):
            raise ValueError(f"{name} is longer than its array")
    return found
