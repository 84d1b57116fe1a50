"""One noise process on a few qubits, in the forms simulators want."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Channel:
    """A completely positive trace-preserving map on ``num_qubits`` qubits.

    Pauli index: ``Σ_j p_j 4^j`` with ``p`` in 0 I, 1 X, 2 Y, 3 Z and ``j = 0`` the first qubit of the instruction.
    """

    superop: NDArray[np.complex128]
    """Column-stacking superoperator, shape ``(4^k, 4^k)``, qubit 0 least significant (Qiskit's ``SuperOp.data``)."""

    @property
    def num_qubits(self) -> int:
        """Number of qubits it acts on."""
        return (len(self.superop).bit_length() - 1) // 2

    @cached_property
    def ptm(self) -> NDArray[np.float64]:
        """Pauli transfer matrix ``R[i, j] = Tr(P_i E(P_j)) / 2^k``, shape ``(4^k, 4^k)``."""
        basis = pauli_vectors(self.num_qubits)
        return np.asarray(np.ascontiguousarray((basis.conj() @ self.superop @ basis.T).real) / 2**self.num_qubits)

    @cached_property
    def is_pauli(self) -> bool:
        """Whether it is a Pauli channel (its PTM is diagonal to 1e-9)."""
        return bool(np.abs(self.ptm - np.diag(np.diag(self.ptm))).max() < 1e-9)

    @cached_property
    def pauli_probabilities(self) -> NDArray[np.float64]:
        """Probability of each Pauli error after Pauli twirling (exact if :attr:`is_pauli`), shape ``(4^k,)``."""
        probabilities = _walsh(self.num_qubits) @ np.diag(self.ptm) / 4**self.num_qubits
        probabilities = np.clip(probabilities, 0.0, None)
        return np.asarray(probabilities / probabilities.sum())

    @cached_property
    def kraus(self) -> tuple[NDArray[np.complex128], ...]:
        """Kraus operators, each ``(2^k, 2^k)``, in decreasing weight; weights below 1e-12 dropped."""
        dim = 2**self.num_qubits
        choi = self.superop.reshape(dim, dim, dim, dim).transpose(3, 1, 2, 0).reshape(dim * dim, dim * dim)
        weights, vectors = np.linalg.eigh((choi + choi.conj().T) / 2)
        found = [(w, v) for w, v in zip(weights[::-1], vectors.T[::-1], strict=True) if w > 1e-12]
        return tuple(np.sqrt(w) * v.reshape(dim, dim).T for w, v in found)


_ONE_QUBIT = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


def pauli_vectors(num_qubits: int) -> NDArray[np.complex128]:
    """Row ``i``: the column-stacked Pauli matrix of Pauli index ``i``; shape ``(4^k, 4^k)``."""
    matrices = np.ones((1, 1, 1), dtype=complex)
    for _ in range(num_qubits):
        matrices = np.einsum("pab,qcd->pqacbd", _ONE_QUBIT, matrices).reshape(
            4 * matrices.shape[0], 2 * matrices.shape[1], 2 * matrices.shape[2]
        )
    return np.asarray(matrices.transpose(0, 2, 1).reshape(matrices.shape[0], -1))


def _walsh(num_qubits: int) -> NDArray[np.float64]:
    """``±1`` for commuting / anticommuting pairs of Paulis; shape ``(4^k, 4^k)``."""
    one = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]], dtype=float)
    out = np.ones((1, 1))
    for _ in range(num_qubits):
        out = np.kron(one, out)
    return out
