"""Gates and channels as Pauli transfer matrices, and their action on vectors of Pauli expectation values.

A density matrix of ``n`` qubits is the real vector ``r_P = Tr(P ρ)`` over the ``4^n`` Paulis (index: qubit 0 least
significant, digits 0 I, 1 X, 2 Y, 3 Z); a gate or a channel on ``k`` qubits is a real ``4^k × 4^k`` matrix.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .products import multiply, multiply_rows

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
    """Transfer matrices of two independent processes, row by row, either side with one row or many."""
    dim = high.shape[-1] * low.shape[-1]
    return np.asarray((high[:, :, None, :, None] * low[:, None, :, None, :]).reshape(-1, dim, dim))


def embedded(own: Ptm, qubits: tuple[int, ...], into: tuple[int, ...]) -> Ptm:
    """Transfer matrices ``(…, 4^k, 4^k)`` on some qubits as matrices on more."""
    if qubits == into:
        return own
    index = np.arange(4 ** len(into))
    inside, moved = np.zeros_like(index), np.zeros_like(index)
    for place, qubit in enumerate(qubits):
        digit = (index >> 2 * into.index(qubit)) & 3
        inside += digit << 2 * place
        moved += digit << 2 * into.index(qubit)
    rest = index - moved
    return np.where(rest[:, None] == rest[None, :], own[..., inside[:, None], inside[None, :]], 0.0)


def apply_block(vectors: Vector, matrices: Ptm, lowest: int, out: Vector) -> None:
    """Act on neighbouring qubits starting at ``lowest``; the result goes to ``out``.

    Args:
        vectors: ``(rows, 4^n)``.
        matrices: ``(rows or 1, 4^k, 4^k)``.
        lowest: the first of the qubits.
        out: like ``vectors``.
    """
    rows, dim, below = len(vectors), matrices.shape[-1], 4**lowest
    if below == 1:
        shape = (rows, -1, dim) if len(matrices) > 1 else (1, -1, dim)
        multiply_rows(vectors.reshape(shape), matrices, out.reshape(shape))
    else:
        cube = (rows, -1, dim, below)
        multiply(matrices[:, None], vectors.reshape(cube), out.reshape(cube))


def apply_apart(vectors: Vector, matrices: Ptm, qubits: tuple[int, ...], num_qubits: int, out: Vector) -> None:
    """Like :func:`apply_block` on any qubits (``qubits[0]`` least significant in ``matrices``)."""
    axes = [num_qubits - q for q in reversed(qubits)]
    front = range(1, len(axes) + 1)
    shape = (len(vectors), *(4,) * num_qubits)
    columns = np.ascontiguousarray(np.moveaxis(vectors.reshape(shape), axes, front)).reshape(
        len(vectors), matrices.shape[-1], -1
    )
    done = np.empty_like(columns)
    multiply(matrices, columns, done)
    out.reshape(shape)[...] = np.moveaxis(done.reshape(shape), front, axes)


def ground(num_qubits: int) -> Vector:
    """All qubits in ``|0>``."""
    out = np.ones(1)
    for _ in range(num_qubits):
        out = np.kron(np.array([1.0, 0, 0, 1.0]), out)
    return out


def outcome_probabilities(vector: Vector, qubits: tuple[int, ...]) -> NDArray[np.float64]:
    """Probabilities of measuring some qubits, bit ``j`` of the index = ``qubits[j]``: ``(2^len(qubits),)``."""
    return np.asarray(all_outcome_probabilities(vector[None], qubits)[0])


def all_outcome_probabilities(vectors: Vector, qubits: tuple[int, ...]) -> NDArray[np.float64]:
    """The same for several states: ``(states, 2^len(qubits))``."""
    index = np.zeros(1, dtype=np.intp)
    for qubit in qubits:
        index = np.concatenate([index, index + 3 * 4**qubit])
    chances = vectors[:, index]
    for place in range(len(qubits)):
        pairs = chances.reshape(len(vectors), -1, 2, 1 << place)
        chances = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], axis=2).reshape(len(vectors), -1)
    return np.asarray(np.clip(chances / chances.shape[1], 0.0, None))
