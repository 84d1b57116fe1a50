"""Clifford gates as tables: what each Pauli becomes, and with which sign.

A Pauli on ``k`` qubits is an index whose bits are ``x_0, z_0, x_1, z_1, …`` (``Y`` has both bits).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from ..sweeps import Step

_ROUNDING = 1e-6
"""How far the entries of a Clifford gate's transfer matrix may be from 0 and 1, after rounding to seven decimals."""


@dataclass(frozen=True, eq=False)
class Table:
    """A Clifford gate ``U``: ``U P U†`` for every Pauli ``P``."""

    image: NDArray[np.uint8]
    """Index of the image, shape ``(4^k,)``."""
    negative: NDArray[np.bool_]
    """Whether the image has a minus sign."""

    @cached_property
    def inverse(self) -> Table:
        """``U† P U``."""
        image = np.argsort(self.image).astype(np.uint8)
        return Table(image, self.negative[image])

    @cached_property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """For each bit of the image the bits of the Pauli it is the sum of (modulo two)."""
        count = len(self.image).bit_length() - 1
        single = [int(self.image[1 << bit]) for bit in range(count)]
        return tuple(tuple(b for b in range(count) if (single[b] >> out) & 1) for out in range(count))

    @cached_property
    def changes(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Those of :attr:`sources` that do more than keep a bit, with the bit of the image they are for."""
        return tuple((bit, sources) for bit, sources in enumerate(self.sources) if sources != (bit,))

    @cached_property
    def additions(self) -> tuple[tuple[int, int], ...] | None:
        """:attr:`changes` as bits that are added to others, none of which change themselves; ``None`` if they are not."""
        changed = {bit for bit, _ in self.changes}
        pairs = [(bit, source) for bit, sources in self.changes for source in sources if source != bit]
        alone = all(bit in sources for bit, sources in self.changes) and changed.isdisjoint(source for _, source in pairs)
        return tuple(pairs) if alone else None

    @cached_property
    def sign_terms(self) -> tuple[tuple[int, ...], ...]:
        """The sign as a polynomial (modulo two): sets of bits of the Pauli whose products are added up."""
        terms = self.negative.astype(np.uint8)
        for bit in range(len(terms).bit_length() - 1):
            cube = terms.reshape(-1, 2, 1 << bit)
            cube[:, 1] ^= cube[:, 0]
        return tuple(tuple(b for b in range(8) if (int(term) >> b) & 1) for term in np.flatnonzero(terms))

    @cached_property
    def linear(self) -> bytes:
        """What is the same for two gates that differ by Paulis only."""
        return self.image.tobytes()

    def pauli_from(self, other: Table) -> int:
        """The Pauli (index) that follows ``other``, a gate of the same :attr:`linear` part, in this gate."""
        back = np.argsort(self.image)
        flipped = self.negative ^ other.negative
        found = 0
        for bit in range(len(self.image).bit_length() - 1):
            # a Pauli that flips the sign of X has a Z, and the other way around
            found |= int(flipped[back[1 << bit]]) << (bit ^ 1)
        return found


def table_of(matrix: NDArray[np.complex128]) -> Table | None:
    """The table of a unitary of one or two qubits; ``None`` if it is not Clifford."""
    known = _BY_IDENTITY.get(id(matrix))
    if known is not None and known[0] is matrix:
        return known[1]
    found = _table_of(matrix)
    if len(_BY_IDENTITY) < _MOST_KNOWN:
        _BY_IDENTITY[id(matrix)] = (matrix, found)
    return found


_BY_IDENTITY: dict[int, tuple[NDArray[np.complex128], Table | None]] = {}
"""Standard gates share one matrix object: no need to look at its entries again."""
_MOST_KNOWN = 256


def _table_of(matrix: NDArray[np.complex128]) -> Table | None:
    pivot = matrix.ravel()[int(np.argmax(np.abs(matrix) > 0.3))]
    plain = np.round(matrix * (abs(pivot) / pivot), 7) + 0.0
    return _table(plain.tobytes(), len(matrix))


@cache
def _table(data: bytes, dim: int) -> Table | None:
    matrix = np.frombuffer(data, dtype=complex).reshape(dim, dim)
    paulis = _paulis(dim.bit_length() - 1)
    images = matrix @ paulis @ matrix.conj().T
    overlaps = np.einsum("iab,jba->ij", images, paulis).real / dim
    best = np.argmax(np.abs(overlaps), axis=1)
    values = overlaps[np.arange(len(best)), best]
    rest = np.abs(overlaps)
    rest[np.arange(len(best)), best] -= 1
    if np.abs(rest).max() > _ROUNDING:
        return None
    return Table(best.astype(np.uint8), values < 0)


@cache
def _paulis(num_qubits: int) -> NDArray[np.complex128]:
    one = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1j], [1j, 0]]], dtype=complex)
    out = np.ones((1, 1, 1), dtype=complex)
    for _ in range(num_qubits):
        out = (one[:, None, :, None, :, None] * out[None, :, None, :, None, :]).reshape(
            4 * len(out), 2 * out.shape[1], 2 * out.shape[1]
        )
    return out


FROM_LETTER = np.array([0, 1, 3, 2], dtype=np.uint8)
"""Bits ``x + 2 z`` of the letters I, X, Y, Z."""


@dataclass(frozen=True, eq=False)
class CliffordStep:
    """One step of a circuit: its gates as tables (none for measurements, resets and delays)."""

    step: Step
    gates: tuple[tuple[tuple[int, ...], Table], ...]


class NotCliffordError(ValueError):
    """A gate is not Clifford."""
