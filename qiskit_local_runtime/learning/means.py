"""From measured bits to means of Paulis on one and two qubits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pauli_means(
    bits: NDArray[np.bool_], bases: NDArray[np.uint8], letters: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Mean sign of each Pauli in each randomization, over the shots of all bases in which it can be read off.

    Args:
        bits: ``(bases, randomizations, shots, qubits)``.
        bases: ``(bases, qubits)``: 1 X, 2 Y, 3 Z.
        letters: ``(paulis, qubits)``, one or two letters each, and each readable in one basis at least.

    Returns:
        means ``(randomizations, paulis)``, and in how many bases each was read ``(paulis,)``.
    """
    first, second = _places(letters)
    total = np.zeros((bits.shape[1], len(letters)))
    read = np.zeros(len(letters), dtype=np.intp)
    for outcomes, basis in zip(bits, bases, strict=True):
        here = ((letters == 0) | (letters == basis)).all(axis=1)
        total[:, here] += _correlations(outcomes)[:, first[here], second[here]]
        read += here
    return total / read, read


def _correlations(outcomes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean product of every two signs; the last row and column stand for the constant 1."""
    signs = np.ones((*outcomes.shape[:2], outcomes.shape[2] + 1), dtype=np.float32)
    signs[..., :-1] -= 2 * outcomes
    # whole numbers up to 2^24 are exact in single precision
    return np.asarray((signs.transpose(0, 2, 1) @ signs).astype(np.float64) / outcomes.shape[1])


def _places(letters: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The qubits of each Pauli; of one on a single qubit, that and the constant's place."""
    width = letters.shape[1]
    first = (letters > 0).argmax(axis=1)
    last = width - 1 - (letters[:, ::-1] > 0).argmax(axis=1)
    return first, np.where(first == last, width, last)
