"""Readout errors as confusion matrices, applied to ideal bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Confusion:
    """The readout error of a few qubits measured together."""

    qubits: tuple[int, ...]
    """Active qubit indices."""
    matrix: NDArray[np.float64]
    """``matrix[true, read]``, shape ``(2^k, 2^k)``, ``qubits[0]`` least significant; rows sum to one."""


@dataclass(frozen=True, eq=False)
class Readout:
    """The readout errors of a device: disjoint groups of qubits; qubits in no group are read perfectly."""

    groups: tuple[Confusion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    def twirled(self) -> Readout:
        """The readout errors as measurement twirling makes them: averaged over flips before, undone after."""
        return Readout(tuple(Confusion(group.qubits, _averaged(group.matrix)) for group in self.groups))

    def restricted(self, qubits: tuple[int, ...]) -> Readout:
        """The readout errors of some qubits, numbered anew in their order; a group counts where all of it is there."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        own = [group for group in self.groups if place.keys() >= set(group.qubits)]
        return Readout(tuple([Confusion(tuple([place[q] for q in group.qubits]), group.matrix) for group in own]))

    def corrupt(self, bits: NDArray[np.bool_], qubits: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Read ``bits`` (shape ``(..., len(qubits))``, column ``j`` = ideal bit of active qubit ``qubits[j]``) noisily.

        A group of which only some qubits are measured is marginalised with the others in ``0``.
        """
        column = {q: j for j, q in enumerate(qubits)}
        out = bits.copy()
        for group in self.groups:
            present = [(i, column[q]) for i, q in enumerate(group.qubits) if q in column]
            if present:
                self._corrupt_group(out, bits, group, present, rng)
        return out

    @staticmethod
    def _corrupt_group(
        out: NDArray[np.bool_],
        bits: NDArray[np.bool_],
        group: Confusion,
        present: list[tuple[int, int]],
        rng: np.random.Generator,
    ) -> None:
        true = np.zeros(bits.shape[:-1], dtype=np.intp)
        for place, col in present:
            true |= bits[..., col].astype(np.intp) << place
        cumulative = np.cumsum(group.matrix, axis=1)
        cumulative[:, -1] = 1.0
        draws = rng.random(true.shape)
        read = np.zeros(true.shape, dtype=np.intp)
        for edge in range(group.matrix.shape[1] - 1):
            read += draws >= cumulative[true, edge]
        for place, col in present:
            out[..., col] = (read >> place) & 1


def _averaged(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    places = np.arange(len(matrix))
    return np.asarray(np.mean([matrix[np.ix_(places ^ flip, places ^ flip)] for flip in places], axis=0))
