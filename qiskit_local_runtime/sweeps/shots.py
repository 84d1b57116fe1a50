"""Measured bits, packed as Qiskit's ``BitArray`` packs them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def num_bytes(num_clbits: int) -> int:
    """Bytes that hold ``num_clbits`` bits."""
    return -(-num_clbits // 8)


@dataclass(frozen=True, eq=False)
class Shots:
    """The bits of a sweep's classical bits.

    Bit ``c`` (the circuit's classical bit ``c``) is bit ``c % 8`` (from the least significant) of byte
    ``num_bytes - 1 - c // 8``: the big-endian packing of ``qiskit.primitives.BitArray``.
    """

    packed: NDArray[np.uint8]
    """Shape ``(rows, endings, randomizations, shots, num_bytes(num_clbits))``."""
    num_clbits: int

    @staticmethod
    def empty(shape: tuple[int, int, int, int], num_clbits: int) -> Shots:
        """All-zero shots of shape ``(rows, endings, randomizations, shots)``, to be filled in place."""
        return Shots(np.zeros((*shape, num_bytes(num_clbits)), dtype=np.uint8), num_clbits)


def pack_integers(outcomes: NDArray[np.integer], num_clbits: int) -> NDArray[np.uint8]:
    """Pack integers (bit ``c`` of the integer = classical bit ``c``, at most 64) to ``(..., num_bytes)`` bytes."""
    width = num_bytes(num_clbits)
    if width == 1:
        return outcomes.astype(np.uint8)[..., None]
    if width == 2:
        return outcomes.astype(">u2")[..., None].view(np.uint8)
    wide = np.ascontiguousarray(outcomes.astype(">u8"))[..., None].view(np.uint8)
    return wide[..., 8 - width :]


def pack_bools(bits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Pack ``(..., num_clbits)`` booleans (last axis: classical bit 0 first) to ``(..., num_bytes)`` bytes."""
    little = np.packbits(bits, axis=-1, bitorder="little")
    return little[..., ::-1]


def unpack_bools(packed: NDArray[np.uint8], num_clbits: int) -> NDArray[np.bool_]:
    """The reverse of :func:`pack_bools`: ``(..., num_bytes)`` to ``(..., num_clbits)``."""
    little = np.unpackbits(packed[..., ::-1], axis=-1, count=num_clbits, bitorder="little")
    return little.view(np.bool_)
