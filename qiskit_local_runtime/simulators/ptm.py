"""Gates and channels as Pauli transfer matrices, and their action on vectors of Pauli expectation values.

A density matrix of ``n`` qubits is the real vector ``r_P = Tr(P ρ)`` over the ``4^n`` Paulis (index: qubit 0 least
significant, digits 0 I, 1 X, 2 Y, 3 Z); a gate or a channel on ``k`` qubits is a real ``4^k × 4^k`` matrix.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Ptm = NDArray[np.float64]
Vector = NDArray[np.float64]

RESET: Ptm = np.array([[1.0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1.0, 0, 0, 0]])
"""Reset to ``|0>``."""


@cache
def _paulis(num_qubits: int) -> NDArray[np.complex128]:
    one = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
    out = np.ones((1, 1, 1), dtype=complex)
    for _ in range(num_qubits):
        out = (one[:, None, :, None, :, None] * out[None, :, None, :, None, :]).reshape(
            4 * len(out), 2 * out.shape[1], 2 * out.shape[1]
        )
    return out


def unitary_ptms(matrices: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Transfer matrices of unitaries: ``(…, 2^k, 2^k)`` to ``(…, 4^k, 4^k)``."""
    dim = matrices.shape[-1]
    paulis = _paulis(dim.bit_length() - 1)
    images = matrices[..., None, :, :] @ paulis @ matrices.conj().swapaxes(-1, -2)[..., None, :, :]
    flat = images.reshape(*images.shape[:-2], dim * dim)
    rows = paulis.transpose(0, 2, 1).reshape(len(paulis), -1)
    return np.asarray(np.ascontiguousarray((rows @ flat.swapaxes(-1, -2)).real) / dim)


def product(high: Ptm, low: Ptm) -> Ptm:
    """Transfer matrix of two independent processes."""
    return np.asarray(np.kron(high, low), dtype=np.float64)


def swapped(pair: Ptm) -> Ptm:
    """A two-qubit matrix with its qubits exchanged."""
    return pair.reshape(4, 4, 4, 4).transpose(1, 0, 3, 2).reshape(16, 16)


def apply_block(vector: Vector, matrix: Ptm, lowest: int, out: Vector) -> None:
    """Act on neighbouring qubits starting at ``lowest``; the result goes to ``out``."""
    dim, below = len(matrix), 4**lowest
    if below == 1:
        np.matmul(vector.reshape(-1, dim), matrix.T, out=out.reshape(-1, dim))
    else:
        np.matmul(matrix, vector.reshape(-1, dim, below), out=out.reshape(-1, dim, below))


def apply_apart(vector: Vector, matrix: Ptm, qubits: tuple[int, ...], num_qubits: int, out: Vector) -> None:
    """Act on any qubits (``qubits[0]`` least significant in ``matrix``)."""
    axes = [num_qubits - 1 - q for q in reversed(qubits)]
    cube = vector.reshape((4,) * num_qubits)
    done = matrix @ np.moveaxis(cube, axes, range(len(axes))).reshape(len(matrix), -1)
    out.reshape((4,) * num_qubits)[...] = np.moveaxis(done.reshape((4,) * num_qubits), range(len(axes)), axes)


def ground(num_qubits: int) -> Vector:
    """All qubits in ``|0>``."""
    out = np.ones(1)
    for _ in range(num_qubits):
        out = np.kron(np.array([1.0, 0, 0, 1.0]), out)
    return out


def outcome_probabilities(vector: Vector, qubits: tuple[int, ...]) -> NDArray[np.float64]:
    """Probabilities of measuring some qubits, bit ``j`` of the index = ``qubits[j]``: ``(2^len(qubits),)``."""
    index = np.zeros(1, dtype=np.intp)
    for qubit in qubits:
        index = np.concatenate([index, index + 3 * 4**qubit])
    chances = vector[index]
    for place in range(len(qubits)):
        pairs = chances.reshape(-1, 2, 1 << place)
        chances = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
    return np.clip(chances / len(chances), 0.0, None)
