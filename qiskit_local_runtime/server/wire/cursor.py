"""A place in binary data that is never left."""

from __future__ import annotations

import struct
from typing import Any

from ...errors import IBMInputValueError


class Cursor:
    """Reads data from front to back.

    Args:
        data: all of it.
    """

    def __init__(self, data: bytes | memoryview) -> None:
        self._data, self.at = memoryview(data), 0

    @property
    def left(self) -> int:
        """Bytes that were not read."""
        return len(self._data) - self.at

    def take(self, size: int) -> memoryview:
        """So many bytes.

        Raises:
            IBMInputValueError: there are not as many.
        """
        if size > self.left:
            raise IBMInputValueError(
                f"expected QPY, found that it is damaged: {size} bytes are announced, {self.left} are there."
            )
        self.at += size
        return self._data[self.at - size : self.at]

    def read(self, form: struct.Struct) -> tuple[Any, ...]:
        """Numbers."""
        return form.unpack(self.take(form.size))

    def text(self, size: int) -> str:
        """Text of so many bytes."""
        try:
            return str(self.take(size), "utf-8")
        except UnicodeDecodeError as err:
            raise IBMInputValueError(f"expected QPY, found that it is damaged: {err}.") from err

    def times(self, count: int, least: int) -> range:
        """Of a number of things, a range.

        Raises:
            IBMInputValueError: as many cannot be there, since each of them takes at least so many bytes.
        """
        if count * least > self.left:
            raise IBMInputValueError(
                f"expected QPY, found that it is damaged: it announces {count} parts and has no room for them."
            )
        return range(count)
