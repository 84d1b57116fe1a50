"""From bits to term values: means over shots, and the spread of whole observables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..sweeps import Shots, unpack_bools
from ..techniques.terms import signs

_HISTOGRAM_BITS = 12
_CHUNK = 1 << 16


@dataclass(frozen=True, eq=False)
class TermValues:
    """Statistics of terms that were measured together, for one row and one basis."""

    means: NDArray[np.float64]
    """Mean sign per randomization, shape ``(randomizations, terms)``."""
    variances: NDArray[np.float64]
    """Variance over single shots of each observable's sum of these terms, shape ``(observables,)``."""


def term_values(
    shots: Shots,
    row: int,
    ending: int,
    first_bit: int,
    letters: NDArray[np.uint8],
    coefficients: NDArray[np.float64],
) -> TermValues:
    """Means and covariance-correct variances of terms.

    Args:
        shots: the bits of a sweep.
        row: which row of values.
        ending: which basis.
        first_bit: the classical bit that holds the first qubit of ``letters``; the others follow it.
        letters: ``(terms, qubits)``, all diagonal in the measured basis.
        coefficients: ``(observables, terms)``.
    """
    packed = shots.packed[row, ending]
    if letters.shape[1] <= _HISTOGRAM_BITS and packed.shape[1] > 64:
        return _from_histograms(packed, shots.num_clbits, first_bit, letters, coefficients)
    return _from_shots(packed, shots.num_clbits, first_bit, letters, coefficients)


def _from_histograms(
    packed: NDArray[np.uint8],
    num_clbits: int,
    first_bit: int,
    letters: NDArray[np.uint8],
    coefficients: NDArray[np.float64],
) -> TermValues:
    width = letters.shape[1]
    outcomes = _integers(packed, num_clbits, first_bit, width)
    randomizations, each = outcomes.shape
    size = 1 << width
    offset = np.arange(randomizations)[:, None] * size
    histogram = np.bincount((outcomes + offset).ravel(), minlength=randomizations * size).reshape(-1, size) / each
    table = signs(((np.arange(size)[:, None] >> np.arange(width)) & 1).astype(np.bool_), letters)
    per_shot = table @ coefficients.T
    overall = histogram.mean(axis=0)
    variances = overall @ per_shot**2 - (overall @ per_shot) ** 2
    return TermValues(histogram @ table, np.clip(variances, 0.0, None))


def _from_shots(
    packed: NDArray[np.uint8],
    num_clbits: int,
    first_bit: int,
    letters: NDArray[np.uint8],
    coefficients: NDArray[np.float64],
) -> TermValues:
    randomizations, each, _ = packed.shape
    means = np.zeros((randomizations, len(letters)))
    first, second = np.zeros(len(coefficients)), np.zeros(len(coefficients))
    for r in range(randomizations):
        for start in range(0, each, _CHUNK):
            bits = unpack_bools(packed[r, start : start + _CHUNK], num_clbits)
            table = signs(bits[:, first_bit : first_bit + letters.shape[1]], letters)
            means[r] += table.sum(axis=0)
            per_shot = table @ coefficients.T
            first += per_shot.sum(axis=0)
            second += (per_shot**2).sum(axis=0)
    count = randomizations * each
    variances = second / count - (first / count) ** 2
    return TermValues(means / each, np.clip(variances, 0.0, None))


def _integers(packed: NDArray[np.uint8], num_clbits: int, first_bit: int, width: int) -> NDArray[np.int64]:
    """Bits ``first_bit … first_bit + width - 1`` of each shot as an integer, at most 16 of them."""
    total = packed.shape[-1]
    lowest, highest = first_bit // 8, (first_bit + width - 1) // 8
    value = np.zeros(packed.shape[:-1], dtype=np.int64)
    for byte in range(highest, lowest - 1, -1):
        value = (value << 8) | packed[..., total - 1 - byte]
    return (value >> (first_bit - 8 * lowest)) & ((1 << width) - 1)
