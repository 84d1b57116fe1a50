"""What readout errors do to exact expectation values, without sampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..devices.readout import Confusion, Readout


def through_readout(
    letters: NDArray[np.uint8], coefficients: NDArray[np.float64], readout: Readout
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Rewrite Pauli terms as the noise-free terms whose value noisy readout would report.

    A confusion matrix turns the sign read on a group of qubits into a sum of signs of the true bits.

    Args:
        letters: ``(terms, qubits)``, Paulis only.
        coefficients: ``(observables, terms)``.
        readout: the device's readout errors on the same qubits.

    Returns:
        New letters ``(terms', qubits)``, distinct, and coefficients ``(observables, terms')``.
    """
    for group in readout.groups:
        letters, coefficients = _through_group(letters, coefficients, group)
    return letters, coefficients


def _through_group(
    letters: NDArray[np.uint8], coefficients: NDArray[np.float64], group: Confusion
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    new_letters, new_coefficients = [], []
    for term, column in zip(letters, coefficients.T, strict=True):
        spots = [i for i, q in enumerate(group.qubits) if term[q]]
        if not spots:
            new_letters.append(term)
            new_coefficients.append(column)
            continue
        for subset, weight in _expansion(group.matrix, spots):
            changed = term.copy()
            changed[[group.qubits[i] for i in spots if i not in subset]] = 0
            new_letters.append(changed)
            new_coefficients.append(weight * column)
    distinct, where = np.unique(np.array(new_letters), axis=0, return_inverse=True)
    merged = np.zeros((len(distinct), coefficients.shape[0]))
    np.add.at(merged, where.reshape(-1), np.array(new_coefficients))
    return distinct, merged.T


def _expansion(matrix: NDArray[np.float64], spots: list[int]) -> list[tuple[frozenset[int], float]]:
    """The sign read on ``spots`` as a sum over subsets of the signs of the true bits (other qubits of the group in 0)."""
    size = matrix.shape[0]
    read_sign = np.array([(-1.0) ** sum((read >> i) & 1 for i in spots) for read in range(size)])
    mean = matrix @ read_sign
    trues = [sum(((k >> j) & 1) << i for j, i in enumerate(spots)) for k in range(2 ** len(spots))]
    out = []
    for mask in range(2 ** len(spots)):
        walsh = [(-1.0) ** (mask & k).bit_count() for k in range(len(trues))]
        weight = float(np.dot(walsh, mean[trues])) / len(trues)
        if abs(weight) > 1e-15:
            out.append((frozenset(i for j, i in enumerate(spots) if (mask >> j) & 1), weight))
    return out
