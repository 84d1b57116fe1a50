"""Paulis that fade by the same factor with every pair of layers: ``A exp(−r d)``, fitted to means for many Paulis at once.

The amplitude ``A`` takes up what preparation and measurement lose, the rate ``r`` is the layers' own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 30
_MOST_AMPLITUDE = 1.5
_RATES = (-1.0, 14.0)
"""A Pauli that fades faster is gone after one pair of layers."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Decays:
    """How Paulis fade as a layer is repeated, one column a Pauli."""

    letters: NDArray[np.uint8]
    """The Paulis ``P`` before the layer, shape ``(paulis, qubits)``: 0 I, 1 X, 2 Y, 3 Z."""
    partners: NDArray[np.uint8]
    """The Paulis ``P′`` behind it, same shape."""
    depths: NDArray[np.intp]
    """In pairs of layers, shape ``(depths,)``."""
    means: Array
    """What was measured, signs of ideal layers removed: shape ``(depths, paulis)``."""
    mean_stds: Array
    """Standard errors, same shape."""
    amplitudes: Array
    """``A``, shape ``(paulis,)``."""
    amplitude_stds: Array
    products: Array
    """``f_P f_P′``, the factor of one pair of layers, shape ``(paulis,)``."""
    product_stds: Array

    @property
    def fidelities(self) -> Array:
        """Geometric means of ``f_P`` and ``f_P′``, shape ``(paulis,)``: ``f_P`` where the two are equal."""
        return np.asarray(np.sqrt(self.products))

    @property
    def curves(self) -> Array:
        """The fits at the depths, shape as :attr:`means`."""
        return np.asarray(self.amplitudes * self.products ** self.depths[:, None])


def fit(means: Array, depths: NDArray[np.intp], counts: Array) -> tuple[Array, Array, Array]:
    """Fit ``A exp(−r d)`` by weighted least squares.

    Weights are the variances that shots would have if the fit were true, so that they do not follow the noise of the means.
    Steps are Gauss–Newton's, damped where a Pauli has faded too far to tell its rate.

    Args:
        means: ``(…, depths, paulis)``.
        depths: at least two different ones, in pairs of layers.
        counts: shots behind each mean, ``(paulis,)``.

    Returns:
        ``A``, ``r`` and the variance of ``r``, each ``(…, paulis)``.
    """
    times = depths.astype(np.float64)[:, None]
    amplitude, rate = _start(means, times, counts)
    precision = np.zeros_like(rate)
    for _ in range(_ROUNDS):
        faded = np.exp(-rate[..., None, :] * times)
        model = amplitude[..., None, :] * faded
        weight = counts / (np.clip(1 - model**2, 0, None) + 1 / counts)
        slope = -times * model
        aa, ar, rr = ((weight * each).sum(axis=-2) for each in (faded**2, faded * slope, slope**2))
        miss = means - model
        a, r = ((weight * each * miss).sum(axis=-2) for each in (faded, slope))
        damped = rr + 1e-6 * counts
        determinant = aa * damped - ar**2
        amplitude = np.clip(amplitude + (damped * a - ar * r) / determinant, 1e-3, _MOST_AMPLITUDE)
        rate = np.clip(rate + np.clip((aa * r - ar * a) / determinant, -1, 1), *_RATES)
        precision = determinant / aa
    return amplitude, rate, 1 / precision


def _start(means: Array, times: Array, counts: Array) -> tuple[Array, Array]:
    """A line through the logarithms, of those means that are well above their noise."""
    logs = np.log(np.clip(means, 1 / np.sqrt(counts), None))
    weight = np.clip(means, 1 / np.sqrt(counts), None) ** 2 * counts
    total = weight.sum(axis=-2)
    mean_time = (weight * times).sum(axis=-2) / total
    mean_log = (weight * logs).sum(axis=-2) / total
    spread = times - mean_time[..., None, :]
    slope = (weight * spread * logs).sum(axis=-2) / (weight * spread**2).sum(axis=-2)
    rate = np.clip(-slope, 0, _RATES[1])
    return np.clip(np.exp(mean_log + rate * mean_time), 1e-3, 1), rate
