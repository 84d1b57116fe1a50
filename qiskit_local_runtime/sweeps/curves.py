"""Curves by name through measured values with errors, for many data sets at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from .fits import Fit, fit_decays, fit_polynomial

_Array = NDArray[np.float64]

_DEGREES = {"linear": 1} | {f"polynomial_degree_{degree}": degree for degree in range(1, 8)}
_DECAYS = {"exponential": 1, "double_exponential": 2}

PARAMETERS = (
    {name: 2 * count for name, count in _DECAYS.items()}
    | {name: degree + 1 for name, degree in _DEGREES.items()}
    | {"fallback": 1}
)
"""The curves, and how many different abscissae each needs. ``fallback`` is the datum at the lowest abscissa, everywhere."""

_SIGNIFICANT = 1e-4


@dataclass(frozen=True, eq=False)
class Curves:
    """Fitted curves at some points."""

    values: _Array
    """``(sets, curves, points)``; ``nan`` where data are not finite."""
    stds: _Array
    """``(sets, curves, points)``: standard errors; infinite where the data do not determine the curve."""
    slopes: _Array
    """``(sets, curves, points, data)``: derivative of each value by each datum."""
    poor: NDArray[np.bool_]
    """``(sets, curves)``: the curve leaves more than half of the data's variation, and more than noise would (one in 10^4)."""
    rates: tuple[_Array, ...]
    """For each curve, ``(sets, decays)``: what a fit of similar data can start from."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Data with errors, ``(sets, data)`` each."""

    x: _Array
    """``(data,)``."""
    y: _Array
    stds: _Array
    """Standard errors; those of 0 beside others replaced by the smallest of these."""
    weights: _Array
    """Inverse variances, the largest of each set scaled to 1."""
    finite: NDArray[np.bool_]
    """``(sets,)``."""

    @classmethod
    def of(cls, x: _Array, y: _Array, stds: _Array) -> Measured:
        """Weigh data: ``x (data,)``, ``y`` and ``stds (sets, data)``; where all errors of a set are 0, all weigh the same."""
        finite = np.asarray(np.isfinite(y).all(axis=1) & np.isfinite(stds).all(axis=1))
        clean = np.where(finite[:, None], stds, 1.0)
        smallest = np.where(clean > 0, clean, np.inf).min(axis=1, keepdims=True)
        known = np.where(clean > 0, clean, np.where(np.isfinite(smallest), smallest, 0.0))
        weights = np.where(known > 0, smallest / np.where(known > 0, known, 1.0), 1.0) ** 2
        return cls(x, y, np.where(finite[:, None], known, stds), weights, finite)

    def replicated(self, y: _Array) -> Measured:
        """Other data, ``(replicas, sets, data)``, with the weights and errors of these: ``replicas × sets`` sets."""
        stds, weights = np.tile(self.stds, (len(y), 1)), np.tile(self.weights, (len(y), 1))
        finite = np.isfinite(y).all(axis=2) & self.finite
        return replace(self, y=y.reshape(-1, len(self.x)), stds=stds, weights=weights, finite=finite.reshape(-1))

    def fit(self, names: Sequence[str], at: _Array, starts: Sequence[_Array] | None = None) -> Curves:
        """Fit the curves called ``names`` and evaluate them ``at (points,)``; ``starts``: the ``rates`` of similar data."""
        y = np.where(self.finite[:, None], self.y, 0.0)
        points = np.concatenate([at, self.x])
        fits = [self._fit(name, y, points, None if starts is None else starts[i]) for i, name in enumerate(names)]
        values = np.stack([fit.values for fit in fits], axis=1)
        slopes = np.stack([fit.slopes[:, : len(at)] for fit in fits], axis=1)
        resolved = np.stack([fit.resolved & self.finite for fit in fits], axis=1)
        stds = np.where(self.finite[:, None], self.stds, 0.0)[:, None, None, :]
        spread = np.sqrt(((slopes * stds) ** 2).sum(axis=-1))
        return Curves(
            np.where(self.finite[:, None, None], values[..., : len(at)], np.nan),
            np.where(resolved[..., None], spread, np.inf),
            slopes,
            self._poor(names, y, values[..., len(at) :]),
            tuple(fit.rates for fit in fits),
        )

    def _fit(self, name: str, y: _Array, at: _Array, start: _Array | None) -> Fit:
        if name in _DEGREES:
            return fit_polynomial(y, self.weights, self.x, at, _DEGREES[name])
        if name in _DECAYS:
            return fit_decays(y, self.weights, self.x, at, _DECAYS[name], start)
        lowest = self.x.argmin()
        slopes = np.zeros((len(y), len(at), len(self.x)))
        slopes[..., lowest] = 1.0
        return Fit(np.repeat(y[:, [lowest]], len(at), axis=1), slopes, np.ones(len(y), dtype=np.bool_), np.zeros((len(y), 0)))

    def _poor(self, names: Sequence[str], y: _Array, fitted: _Array) -> NDArray[np.bool_]:
        mean = (self.weights * y).sum(axis=1, keepdims=True) / self.weights.sum(axis=1, keepdims=True)
        total = (self.weights * (y - mean) ** 2).sum(axis=1)[:, None]
        left = (self.weights[:, None, :] * (y[:, None, :] - fitted) ** 2).sum(axis=-1)
        smallest = np.where(self.finite, self.stds.min(axis=1), 0.0)[:, None]
        squares = np.where(smallest > 0, left / np.where(smallest > 0, smallest, 1.0) ** 2, 0.0)
        free = np.array([len(np.unique(self.x)) - PARAMETERS[name] for name in names])
        tested = (free > 0) & np.array([name != "fallback" for name in names])
        return np.asarray(tested & (left > 0.5 * total) & (chdtrc(np.maximum(free, 1), squares) < _SIGNIFICANT))
