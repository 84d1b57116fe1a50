"""Weighted least squares for many small data sets at once: polynomials and sums of exponential decays.

Decays are fitted by variable projection: amplitudes are linear and follow from the rates, so that only rates are searched,
first on a grid (which finds the right valley without a first guess), then by damped Gauss-Newton steps. Source: Golub and
Pereyra, "Separable nonlinear least squares: the variable projection method", Inverse Problems 19, R1 (2003).

Besides the values, each fit says how they move with each datum. For a polynomial that is exact; for decays it is the fit
of the tangent space at the solution, spanned by ``exp(-bx)`` and ``x exp(-bx)``, which is of full rank even where an
amplitude vanishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]

_DEEPEST = 10.0  # a decay to exp(-10) between the two lowest abscissae is not told apart from a quicker one
_HIGHEST = 100.0  # exp(100) is farther than any value can be believed, and its square is still a number
_CHUNK = 2048  # data sets searched at once
_STEPS = 120
_SINGULAR = 1e-9


@dataclass(frozen=True, eq=False)
class Fit:
    """Fitted curves at some points."""

    values: _Array
    """``(sets, points)``."""
    slopes: _Array
    """``(sets, points, data)``: derivative of each value by each datum."""
    resolved: NDArray[np.bool_]
    """``(sets,)``: the data determine the curve. Otherwise the slopes mean nothing."""
    rates: _Array
    """``(sets, decays)``: from which a fit of similar data can start; no decays in a polynomial."""


def fit_polynomial(y: _Array, weights: _Array, x: _Array, at: _Array, degree: int) -> Fit:
    """Fit polynomials.

    Args:
        y: ``(sets, data)``.
        weights: ``(sets, data)``, positive: inverse variances up to a factor for each set.
        x: ``(data,)``, at least ``degree + 1`` of them distinct.
        at: ``(points,)`` where to evaluate.
        degree: of the polynomial.
    """
    middle, half = (x.max() + x.min()) / 2, max((x.max() - x.min()) / 2, 1e-300)
    design = np.vander((x - middle) / half, degree + 1)
    target = np.vander((at - middle) / half, degree + 1)
    slopes, resolved = _tangent(design[None], target[None], weights)
    return Fit(np.einsum("spd,sd->sp", slopes, y), slopes, resolved, np.zeros((len(y), 0)))


def fit_decays(y: _Array, weights: _Array, x: _Array, at: _Array, count: int, start: _Array | None = None) -> Fit:
    """Fit ``A₁ exp(-b₁x) + … + A_count exp(-b_count x)`` with real amplitudes and rates of at least 0.

    Args:
        y: ``(sets, data)``.
        weights: ``(sets, data)``, positive: inverse variances up to a factor for each set.
        x: ``(data,)``, at least ``2 count`` of them distinct.
        at: ``(points,)`` where to evaluate.
        count: number of decays.
        start: ``(sets, count)`` rates to start from, of a fit to similar data; ``None``: searched.
    """
    distinct = np.unique(x)
    origin, limit = distinct[0], _DEEPEST / (distinct[1] - distinct[0])
    x, at = x - origin, at - origin
    chunks = np.array_split(np.arange(len(y)), max(1, -(-len(y) // _CHUNK)))
    if start is None:
        start = np.concatenate([_search(y[rows], weights[rows], x, limit, count) for rows in chunks])
    rates = np.concatenate([_refine(y[rows], weights[rows], x, limit, start[rows]) for rows in chunks])
    amplitudes, _ = _amplitudes(y, weights, x, rates)
    design, target = _decays(rates, x), _decays(rates, at)
    slopes, resolved = _tangent(
        np.concatenate([design, x[:, None] * design], axis=2), np.concatenate([target, at[:, None] * target], axis=2), weights
    )
    resolved &= rates.max(axis=1, initial=0) < limit * (1 - 1e-6)
    return Fit(np.einsum("spc,sc->sp", target, amplitudes), slopes, resolved, rates)


def _search(y: _Array, weights: _Array, x: _Array, limit: float, count: int) -> _Array:
    """The rates on a grid that fit best, ``(sets, count)``."""
    points = 48 if count == 1 else 20
    line = np.concatenate([[0.0], np.geomspace(limit / 1000, limit, points)])
    grid = np.array(list(combinations(line, count)))
    design = _decays(grid, x)
    normal = np.einsum("sd,gdc,gde->sgce", weights, design, design, optimize=True)
    right = np.einsum("sd,gdc->sgc", weights * y, design, optimize=True)
    gain = (right * np.linalg.solve(_damped(normal, 1e-13), right[..., None])[..., 0]).sum(axis=-1)
    return np.asarray(grid[gain.argmax(axis=1)])


def _refine(y: _Array, weights: _Array, x: _Array, limit: float, start: _Array) -> _Array:
    """Damped Gauss-Newton steps in the rates, for each set until its own are at rest; none is taken that fits worse."""
    rates, damping, left = start.copy(), np.full(len(y), 1e-3), np.arange(len(y))
    amplitudes, squares = _amplitudes(y, weights, x, rates)
    for _ in range(_STEPS):
        step = _step(y[left], weights[left], x, rates[left], amplitudes[left], damping[left])
        trial = np.clip(rates[left] + step, 0, limit)
        moved = np.abs(trial - rates[left]).max(axis=1, initial=0)
        trial_amplitudes, trial_squares = _amplitudes(y[left], weights[left], x, trial)
        better = trial_squares < squares[left]
        taken = left[better]
        rates[taken], amplitudes[taken], squares[taken] = trial[better], trial_amplitudes[better], trial_squares[better]
        damping[left] = np.clip(damping[left] * np.where(better, 0.2, 8), 1e-15, 1e12)
        left = left[moved >= 1e-11 * limit]
    return rates


def _step(y: _Array, weights: _Array, x: _Array, rates: _Array, amplitudes: _Array, damping: _Array) -> _Array:
    """The change of rates that the tangent at ``rates`` asks for, ``(sets, count)``."""
    design = _decays(rates, x)
    tangent = np.concatenate([design, -x[:, None] * design * amplitudes[:, None, :]], axis=2)
    residual = y - np.einsum("sdc,sc->sd", design, amplitudes)
    weighted = tangent * weights[:, :, None]
    normal = _damped(np.einsum("sdc,sde->sce", weighted, tangent), damping[:, None])
    solution = np.linalg.solve(normal, np.einsum("sdc,sd->sc", weighted, residual)[..., None])
    return np.asarray(solution[:, rates.shape[1] :, 0])


def _amplitudes(y: _Array, weights: _Array, x: _Array, rates: _Array) -> tuple[_Array, _Array]:
    """Best amplitudes ``(sets, count)`` for given rates, and the weighted squares that remain ``(sets,)``."""
    design = _decays(rates, x)
    weighted = design * weights[:, :, None]
    normal = _damped(np.einsum("sdc,sde->sce", weighted, design), 1e-15)
    amplitudes = np.linalg.solve(normal, np.einsum("sdc,sd->sc", weighted, y)[..., None])[..., 0]
    residual = y - np.einsum("sdc,sc->sd", design, amplitudes)
    return amplitudes, (weights * residual**2).sum(axis=1)


def _decays(rates: _Array, x: _Array) -> _Array:
    """``(sets, points, count)``."""
    return np.asarray(np.exp(np.minimum(-rates[:, None, :] * x[None, :, None], _HIGHEST)))


def _damped(normal: _Array, damping: _Array | float) -> _Array:
    """Make normal equations solvable: raise their diagonal by a share of itself, and of its largest entry a little."""
    diagonal = np.einsum("...cc->...c", normal)
    raised = diagonal * damping + 1e-15 * diagonal.max(axis=-1, keepdims=True)
    return np.asarray(normal + raised[..., None] * np.eye(normal.shape[-1]))


def _tangent(design: _Array, target: _Array, weights: _Array) -> tuple[_Array, NDArray[np.bool_]]:
    """The linear fit with given columns: ``(sets, points, data)``, and where its columns are independent ``(sets,)``."""
    roots = np.sqrt(weights)[:, :, None]
    columns = roots * design
    lengths = np.linalg.norm(columns, axis=1, keepdims=True)
    orthogonal, triangle = np.linalg.qr(columns / lengths)
    resolved = np.abs(np.einsum("scc->sc", triangle)).min(axis=1) > _SINGULAR
    triangle = np.where(resolved[:, None, None], triangle, np.eye(triangle.shape[-1]))
    back = np.linalg.solve(triangle, np.swapaxes(orthogonal * roots, 1, 2))
    return np.asarray((target / lengths) @ back), resolved
