"""What arrives packed: base 64 and zlib, and how many bytes it may unpack to."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator

from ..errors import IBMInputValueError

MOST_UNPACKED = 512 * 1024 * 1024
"""Bytes that all of a request's compressed parts may have together."""
_PIECE = 1 << 20


class Budget:
    """Counts what is unpacked, and stops before it is too much.

    Args:
        most: bytes.
    """

    def __init__(self, most: int = MOST_UNPACKED) -> None:
        self._most = self._left = most

    def take(self, size: int, what: str = "") -> None:
        """Count so many bytes.

        Args:
            size: how many.
            what: they are of, for errors.

        Raises:
            IBMInputValueError: there are not as many left.
        """
        if size > self._left:
            raise IBMInputValueError(
                f"{_at(what)}what is packed in this request is larger than {self._most >> 20} MiB when it is unpacked. Split "
                "it into several jobs."
            )
        self._left -= size

    def inflate(self, data: bytes, what: str = "") -> bytes:
        """Data that was compressed by zlib.

        Raises:
            IBMInputValueError: it is damaged, or too large.
        """
        pieces: list[bytes] = []
        try:
            for piece in _pieces(data, what):
                self.take(len(piece), what)
                pieces.append(piece)
            return b"".join(pieces)
        finally:
            # an error keeps this frame, and half a gigabyte with it, until the garbage collector comes by
            pieces.clear()


def _pieces(data: bytes, what: str) -> Iterator[bytes]:
    machine = zlib.decompressobj()
    try:
        while not machine.eof:
            piece = machine.decompress(data, _PIECE)
            data = machine.unconsumed_tail
            if not piece and not data and not machine.eof:
                raise IBMInputValueError(f"{_at(what)}expected data compressed by zlib, found that its end is missing.")
            yield piece
    except zlib.error as err:
        raise IBMInputValueError(f"{_at(what)}expected data compressed by zlib, found what is not: {err}.") from err


def from_base64(text: object, what: str = "") -> bytes:
    """Bytes of text in base 64; line breaks and spaces do no harm.

    Raises:
        IBMInputValueError: it is something else.
    """
    if not isinstance(text, str):
        raise IBMInputValueError(f"{_at(what)}expected text in base 64, found {type(text).__name__}.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as err:
        raise IBMInputValueError(f"{_at(what)}expected text in base 64, found {text[:40]!r}…: {err}.") from err


def _at(what: str) -> str:
    return f"{what}: " if what else ""
