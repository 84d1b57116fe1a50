"""What arrives packed: base 64 and zlib, and how many bytes it may unpack to."""

from __future__ import annotations

import base64
import binascii
import zlib

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
        machine = zlib.decompressobj()
        pieces: list[bytes] = []
        try:
            while not machine.eof:
                piece = machine.decompress(data, _PIECE)
                data = machine.unconsumed_tail
                if not piece and not data and not machine.eof:
                    raise IBMInputValueError(f"{_at(what)}expected data compressed by zlib, found that its end is missing.")
                self.take(len(piece), what)
                pieces.append(piece)
        except zlib.error as err:
            raise IBMInputValueError(f"{_at(what)}expected data compressed by zlib, found what is not: {err}.") from err
        return b"".join(pieces)


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
