"""One noiseless run of a Clifford circuit: the reference that frames are differences to.

Source: Aaronson and Gottesman, "Improved simulation of stabilizer circuits", Phys. Rev. A 70, 052328 (2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .clifford import Table


class Tableau:
    """Stabilizers and destabilizers of ``n`` qubits, all in ``|0>`` to begin with.

    Args:
        num_qubits: how many.
    """

    def __init__(self, num_qubits: int) -> None:
        self._n = num_qubits
        self._x = np.zeros((num_qubits, 2 * num_qubits), dtype=np.uint8)
        self._z = np.zeros((num_qubits, 2 * num_qubits), dtype=np.uint8)
        self._sign = np.zeros(2 * num_qubits, dtype=np.uint8)
        index = np.arange(num_qubits)
        self._x[index, index] = 1
        self._z[index, num_qubits + index] = 1

    def apply(self, qubits: tuple[int, ...], table: Table) -> None:
        """Apply a gate."""
        index = np.zeros(2 * self._n, dtype=np.uint8)
        for place, qubit in enumerate(qubits):
            index |= (self._x[qubit] | (self._z[qubit] << 1)) << (2 * place)
        self._sign ^= table.negative[index]
        image = table.image[index]
        for place, qubit in enumerate(qubits):
            self._x[qubit] = (image >> (2 * place)) & 1
            self._z[qubit] = (image >> (2 * place + 1)) & 1

    def measure(self, qubit: int) -> int:
        """Measure Z; an outcome that is open is 0."""
        anti = np.flatnonzero(self._x[qubit])
        stabilizers = anti[anti >= self._n]
        if len(stabilizers):
            self._collapse(qubit, int(stabilizers[0]), anti)
            return 0
        return self._decided(qubit)

    def reset(self, qubit: int) -> None:
        """Bring a qubit to ``|0>``."""
        if self.measure(qubit):
            self._sign ^= self._z[qubit]

    def _collapse(self, qubit: int, chosen: int, anti: NDArray[np.intp]) -> None:
        others = anti[anti != chosen]
        self._multiply_into(others, chosen)
        partner = chosen - self._n
        self._x[:, partner], self._z[:, partner] = self._x[:, chosen], self._z[:, chosen]
        self._sign[partner] = self._sign[chosen]
        self._x[:, chosen], self._z[:, chosen], self._sign[chosen] = 0, 0, 0
        self._z[qubit, chosen] = 1

    def _decided(self, qubit: int) -> int:
        """The outcome that the stabilizers fix: the sign of the product of those whose destabilizers flip the qubit."""
        x, z = np.zeros(self._n, dtype=np.uint8), np.zeros(self._n, dtype=np.uint8)
        phase = 0
        for row in np.flatnonzero(self._x[qubit, : self._n]) + self._n:
            phase += 2 * int(self._sign[row]) + int(_phases(self._x[:, [row]], self._z[:, [row]], x, z)[0])
            x ^= self._x[:, row]
            z ^= self._z[:, row]
        return (phase % 4) // 2

    def _multiply_into(self, rows: NDArray[np.intp], chosen: int) -> None:
        if not len(rows):
            return
        x, z = self._x[:, chosen], self._z[:, chosen]
        phases = _phases(self._x[:, rows], self._z[:, rows], x, z)
        total = 2 * self._sign[rows].astype(np.int64) + 2 * int(self._sign[chosen]) + phases
        self._sign[rows] = (total % 4) // 2
        self._x[:, rows] ^= x[:, None]
        self._z[:, rows] ^= z[:, None]


def _phases(x1: NDArray[np.uint8], z1: NDArray[np.uint8], x2: NDArray[np.uint8], z2: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Powers of ``i`` from multiplying Paulis (columns of the first pair) with one Pauli."""
    a, b = x1.astype(np.int64), z1.astype(np.int64)
    c, d = x2.astype(np.int64)[:, None], z2.astype(np.int64)[:, None]
    is_y, is_x, is_z = a * b, a * (1 - b), (1 - a) * b
    each = is_y * (d - c) + is_x * d * (2 * c - 1) + is_z * c * (1 - 2 * d)
    return np.asarray(each.sum(axis=0))
