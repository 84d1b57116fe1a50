"""Sums of many Paulis, packed to bits: what observables become on their way backwards through a circuit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .clifford import FROM_LETTER

_WORD = 64
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_ONE = np.uint64(1)


class PauliSum:
    """Several sums of Paulis at once, each Pauli with the number of the sum it belongs to.

    Args:
        letters: Paulis, shape ``(paulis, qubits)``: 0 I, 1 X, 2 Y, 3 Z.
        coefficients: shape ``(paulis,)``.
        owners: the sum each belongs to, shape ``(paulis,)``.
        num_sums: how many sums there are.
    """

    def __init__(
        self,
        letters: NDArray[np.uint8],
        coefficients: NDArray[np.float64],
        owners: NDArray[np.intp],
        num_sums: int,
    ) -> None:
        self.num_qubits = letters.shape[1]
        self.num_sums = num_sums
        self._words = -(-self.num_qubits // _WORD)
        self._count = len(letters)
        codes = FROM_LETTER[letters]
        self._bits = np.concatenate([self._packed(codes & np.uint8(1)), self._packed(codes >> np.uint8(1))])
        self._coefficients = np.array(coefficients, dtype=np.float64)
        self._owners = np.array(owners, dtype=np.int32)
        self.dropped = np.zeros(num_sums)
        """Sum of the absolute coefficients of all that was left out, shape ``(sums,)``."""
        self.dropped_squares = np.zeros(num_sums)
        """Sum of their squares."""

    def __len__(self) -> int:
        return self._count

    @property
    def coefficients(self) -> NDArray[np.float64]:
        """Shape ``(paulis,)``."""
        return self._coefficients[: self._count]

    @property
    def owners(self) -> NDArray[np.int32]:
        """The sum each Pauli belongs to, shape ``(paulis,)``."""
        return self._owners[: self._count]

    @property
    def letters(self) -> NDArray[np.uint8]:
        """The Paulis as letters 0 I, 1 X, 2 Y, 3 Z, shape ``(paulis, qubits)``."""
        out = np.empty((self._count, self.num_qubits), dtype=np.uint8)
        for qubit in range(self.num_qubits):
            out[:, qubit] = FROM_LETTER[self.codes((qubit,))]
        return out

    def codes(self, qubits: tuple[int, ...]) -> NDArray[np.uint8]:
        """Codes ``x + 2 z`` of all Paulis on some (at most four) qubits, the first least significant; shape ``(paulis,)``."""
        out = np.zeros(self._count, dtype=np.uint8)
        for place, qubit in enumerate(qubits):
            word, shift = qubit // _WORD, np.uint64(qubit % _WORD)
            for kind in (0, 1):
                bit = (self._bits[kind * self._words + word, : self._count] >> shift).astype(np.uint8) & np.uint8(1)
                out |= bit << np.uint8(2 * place + kind)
        return out

    def masks(self, qubits: tuple[int, ...], codes: NDArray[np.uint8]) -> dict[int, NDArray[np.uint64]]:
        """Codes on some qubits as what :meth:`change` and :meth:`branch` take: by word the bits, shape as ``codes``."""
        out: dict[int, NDArray[np.uint64]] = {}
        for place, qubit in enumerate(qubits):
            for kind in (0, 1):
                bits = ((codes >> np.uint8(2 * place + kind)) & np.uint8(1)).astype(np.uint64) << np.uint64(qubit % _WORD)
                word = kind * self._words + qubit // _WORD
                out[word] = out[word] | bits if word in out else bits
        return {word: bits for word, bits in out.items() if bits.any()}

    def change(
        self,
        rows: NDArray[np.intp],
        flips: dict[int, NDArray[np.uint64]],
        index: NDArray[np.uint8],
        coefficients: NDArray[np.float64],
    ) -> None:
        """Multiply some Paulis by others and give them new coefficients.

        Args:
            rows: which.
            flips: tables by word of what to multiply by.
            index: each one's place in the tables.
            coefficients: the new ones.
        """
        for word, table in flips.items():
            self._bits[word, rows] ^= table[index]
        self._coefficients[rows] = coefficients

    def branch(
        self,
        rows: NDArray[np.intp],
        flips: dict[int, NDArray[np.uint64]],
        index: NDArray[np.uint8],
        coefficients: NDArray[np.float64],
    ) -> None:
        """Add new Paulis, each one of those there are times another; arguments as of :meth:`change`."""
        start, stop = self._count, self._count + len(rows)
        self._reserve(stop)
        self._bits[:, start:stop] = self._bits[:, rows]
        self._owners[start:stop] = self._owners[rows]
        self._coefficients[start:stop] = coefficients
        for word, table in flips.items():
            self._bits[word, start:stop] ^= table[index]
        self._count = stop

    def leave_out(self, rows: NDArray[np.intp], coefficients: NDArray[np.float64]) -> None:
        """Keep account of Paulis left out: ``rows`` have their owners."""
        owners = self._owners[rows]
        self.dropped += np.bincount(owners, weights=np.abs(coefficients), minlength=self.num_sums)
        self.dropped_squares += np.bincount(owners, weights=coefficients**2, minlength=self.num_sums)

    def merge(self) -> None:
        """Add up the coefficients of equal Paulis of one sum."""
        order = np.argsort(self._hashes())
        bits, owners = self._bits[:, order], self._owners[order]
        # two Paulis of one hash would only stay apart here, which is right as well
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (owners[1:] != owners[:-1]) | (bits[:, 1:] != bits[:, :-1]).any(axis=0)
        first = np.flatnonzero(new)
        if len(first):
            self._set(bits[:, first], np.add.reduceat(self._coefficients[order], first), owners[first])

    def truncate(self, cutoff: float, max_weight: int | None, max_terms: int) -> None:
        """Leave out Paulis of small coefficients or large weight, and the smallest beyond a number in each sum."""
        sizes = np.abs(self.coefficients)
        keep = sizes > cutoff
        if max_weight is not None:
            keep &= self._weights() <= max_weight
        counts = np.bincount(self.owners[keep], minlength=self.num_sums)
        for owner in np.flatnonzero(counts > max_terms):
            own = np.flatnonzero(keep & (self.owners == owner))
            keep[own[np.argpartition(-sizes[own], max_terms)[max_terms:]]] = False
        if not keep.all():
            out = np.flatnonzero(~keep)
            self.leave_out(out, self._coefficients[out])
            rows = np.flatnonzero(keep)
            self._set(self._bits[:, rows], self._coefficients[rows], self._owners[rows])

    def ground_values(self) -> NDArray[np.float64]:
        """Expectation values of the sums with all qubits in ``|0⟩``, shape ``(sums,)``."""
        diagonal = np.flatnonzero(~self._bits[: self._words, : self._count].any(axis=0))
        return np.asarray(
            np.bincount(self._owners[diagonal], weights=self._coefficients[diagonal], minlength=self.num_sums),
            dtype=np.float64,
        )

    def _packed(self, bits: NDArray[np.uint8]) -> NDArray[np.uint64]:
        out = np.zeros((self._words, len(bits)), dtype=np.uint64)
        for qubit in range(self.num_qubits):
            out[qubit // _WORD] |= bits[:, qubit].astype(np.uint64) << np.uint64(qubit % _WORD)
        return out

    def _hashes(self) -> NDArray[np.uint64]:
        found = self.owners.astype(np.uint64) + _ONE
        for word in self._bits[:, : self._count]:
            found = (found ^ word) * _MIX
            found ^= found >> _SHIFT
        return found

    def _weights(self) -> NDArray[np.intp]:
        x, z = self._bits[: self._words, : self._count], self._bits[self._words :, : self._count]
        return np.asarray(np.bitwise_count(x | z).sum(axis=0, dtype=np.intp))

    def _reserve(self, size: int) -> None:
        held = len(self._coefficients)
        if size > held:
            more = max(size, 2 * held) - held
            self._bits = np.concatenate([self._bits, np.zeros((len(self._bits), more), dtype=np.uint64)], axis=1)
            self._coefficients = np.concatenate([self._coefficients, np.zeros(more)])
            self._owners = np.concatenate([self._owners, np.zeros(more, dtype=np.int32)])

    def _set(self, bits: NDArray[np.uint64], coefficients: NDArray[np.float64], owners: NDArray[np.int32]) -> None:
        self._bits, self._coefficients, self._owners, self._count = bits, coefficients, owners, len(coefficients)
