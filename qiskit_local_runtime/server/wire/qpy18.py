"""What version 18 of QPY changed, which IBM's client sends to the executor alone.

Source: the section "Version 18" of Qiskit's documentation of ``qiskit.qpy``.
"""

from __future__ import annotations

import struct

from .cursor import Cursor
from .qpy_values import Values
from .qpy_walk import Walk

VERSION = 18
_VECTORS = struct.Struct("!H")
_VECTOR = struct.Struct("!HQ16s")
_ELEMENT = struct.Struct("!HQ")


class _Values18(Values):
    """Values whose elements of vectors name a vector of the circuit's table."""

    def _symbol(self, kind: bytes, at: Cursor, depth: int) -> int:
        if kind != b"v":
            return super()._symbol(kind, at, depth)
        at.read(_ELEMENT)
        return 1


class Walk18(Walk):
    """Goes through a file once."""

    _register_struct = struct.Struct("!1c?IH?B")
    _values_kind = _Values18

    def __init__(self) -> None:
        super().__init__(VERSION)

    def _register(self, at: Cursor) -> None:
        _, _, size, name, _, attached = at.read(self._register_struct)
        at.text(name)
        self._tally.circuit(0, size, 0)
        at.take(4 if attached else 4 * size)

    def _rest(self, at: Cursor) -> None:
        # pulse gates are not written any more
        self._layout(at)

    def _vectors(self, at: Cursor) -> None:
        (count,) = at.read(_VECTORS)
        for _ in at.times(count, _VECTOR.size):
            name, size, identity = at.read(_VECTOR)
            self._tally.vector(int.from_bytes(identity, "big"), size)
            at.text(name)
