"""TREX: twirled readout errors scale every Z-type term by a factor that a calibration measures.

Source: van den Berg, Minev, Temme, "Model-free readout-error mitigation for quantum expectation values",
Phys. Rev. A 105, 032620 (2022).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MOST_PROJECTORS = 10


def as_paulis(letters: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.intp]]:
    """Write terms with projectors as sums of Pauli terms, which is what TREX can scale.

    ``0 = (I + Z)/2``, ``1 = (I - Z)/2`` and so on.

    Args:
        letters: ``(terms, qubits)``.

    Returns:
        letters ``(paulis, qubits)``, their coefficients ``(paulis,)`` and the term each belongs to ``(paulis,)``.

    Raises:
        ValueError: a term has more than ten projectors (2^10 Paulis).
    """
    out_letters, out_coefficients, owners = [], [], []
    for index, term in enumerate(letters):
        spots = np.flatnonzero(term > 3)
        if len(spots) > _MOST_PROJECTORS:
            raise ValueError(f"a term has {len(spots)} projectors; at most {_MOST_PROJECTORS} are expanded")
        choices = (np.arange(2 ** len(spots))[:, None] >> np.arange(len(spots))) & 1
        expanded = np.repeat(term[None], len(choices), axis=0)
        expanded[:, spots] = choices * _PAULI_OF[term[spots]]
        sign = np.where(np.isin(term[spots], (5, 7, 9)), -1.0, 1.0)
        out_letters.append(expanded)
        out_coefficients.append(np.prod(np.where(choices == 1, sign, 1.0), axis=1) / 2 ** len(spots))
        owners.append(np.full(len(choices), index))
    return np.concatenate(out_letters), np.concatenate(out_coefficients), np.concatenate(owners)


_PAULI_OF = np.array([0, 1, 2, 3, 3, 3, 1, 1, 2, 2], dtype=np.uint8)


def mitigate(
    data: NDArray[np.float64], factors: NDArray[np.float64] | None, coefficients: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Estimate observables and their variances by a delete-one jackknife over randomizations.

    The whole estimate is resampled: all terms of an observable together (they share shots), data and calibration.

    Args:
        data: ``(randomizations, terms)`` means of each term's sign.
        factors: ``(calibration randomizations, terms)`` means of each term's sign on the all-zero state; ``None``: exactly 1.
        coefficients: ``(observables, terms)``.

    Returns:
        values, variance from the data and variance from the calibration, each ``(observables,)``. With one randomization
        the data's spread cannot be seen and its variance is zero here: callers then use the spread over shots.
    """
    divisor = np.ones(data.shape[1]) if factors is None else factors.mean(axis=0)
    values = combined(divided(data.mean(axis=0), divisor), coefficients)
    spread = _jackknife(divided(leave_one_out(data), divisor), coefficients)
    if factors is None:
        return values, spread, np.zeros(len(values))
    return values, spread, _jackknife(divided(data.mean(axis=0), leave_one_out(factors)), coefficients)


def divided(values: NDArray[np.float64], factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """``values / factors``; ``nan`` where a factor is 0: readout tells nothing of the term."""
    known = np.abs(factors) > 1e-12
    return np.where(known, values / np.where(known, factors, 1.0), np.nan)


def combined(values: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of terms ``(…, terms)`` as values of observables ``(…, observables)``.

    Only observables that contain it suffer by a term of which nothing is known.

    Args:
        values: ``nan`` where not known.
        coefficients: ``(observables, terms)``.
    """
    unknown = np.isnan(values)
    out = np.where(unknown, 0.0, values) @ coefficients.T
    if unknown.any():
        out = np.where(unknown.astype(np.float64) @ (coefficients != 0).T > 0, np.nan, out)
    return np.asarray(out)


def leave_one_out(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means without one sample each, shape of ``samples`` ``(samples, …)``; a single sample stays as it is."""
    count = len(samples)
    if count == 1:
        return samples
    return np.asarray((samples.sum(axis=0) - samples) / (count - 1))


def _jackknife(replicates: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    estimates = combined(replicates, coefficients)
    count = len(estimates)
    spread = estimates - estimates.mean(axis=0)
    return np.asarray((count - 1) / count * (spread**2).sum(axis=0))
