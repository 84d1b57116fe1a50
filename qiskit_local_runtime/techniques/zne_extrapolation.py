"""Zero-noise extrapolation: fits through values measured at several noise factors, and which of them to believe.

Sources: Temme, Bravyi, Gambetta, "Error mitigation for short-depth quantum circuits", Phys. Rev. Lett. 119, 180509 (2017)
for polynomials; Endo, Benjamin, Li, "Practical quantum error mitigation for near-future applications", Phys. Rev. X 8,
031027 (2018) for exponentials; Cai, "Multi-exponential error extrapolation", npj Quantum Information 7, 80 (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import IBMInputValueError
from ..sweeps.curves import PARAMETERS, Curves, Measured
from ..sweeps.verdicts import Verdict, judge

_Array = NDArray[np.float64]

_ROUNDING = 1e-13
"""Of the largest value possible."""

REQUIRED_FACTORS = dict(PARAMETERS)
"""The extrapolators, and how many different noise factors each needs."""

MEASURED = -1
"""In ``Extrapolated.chosen``: no extrapolator was accepted, so the value measured at the lowest noise factor was taken."""


@dataclass(frozen=True, eq=False)
class Extrapolated:
    """Every extrapolator at every point, and the best of them at zero noise; ``…`` is the shape of the data."""

    extrapolators: tuple[str, ...]
    evs: _Array
    """``(…, extrapolators, points)``."""
    stds: _Array
    """``(…, extrapolators, points)``; infinite where the data do not determine the curve."""
    verdicts: NDArray[np.uint8]
    """``(…, extrapolators)``: a ``Verdict`` on each extrapolator's value at zero noise."""
    chosen: NDArray[np.intp]
    """``(…,)``: position of the first accepted extrapolator, or ``MEASURED``."""
    best_evs: _Array
    """``(…,)``: the chosen extrapolator at zero noise."""
    best_stds: _Array
    """``(…,)``."""
    best_slopes: _Array
    """``(…, factors)``: derivative of ``best_evs`` by each measured value, with which errors that data share propagate."""
    measured: Measured
    """What the curves were fitted to, ``…`` flattened."""
    curves: Curves
    """The fitted curves, at the points and last at zero, ``…`` flattened."""
    points: _Array
    """``(points,)``: the noise factors of ``evs`` and ``stds``."""
    bound: _Array
    """``(elements, 1)``: the largest absolute value possible."""
    straight: _Array
    """``(elements,)``: standard error of a straight line at zero noise, as far as there are two different factors."""

    @property
    def names(self) -> NDArray[np.str_]:
        """``(…,)``: name of the chosen extrapolator; ``fallback`` for the measured value."""
        return np.asarray(np.array([*self.extrapolators, "fallback"])[self.chosen])

    def why(self, *index: int) -> str:
        """How the choice for one element came about.

        Args:
            index: one number for each axis of ``chosen``.
        """
        chosen = int(self.chosen[index])
        tried = self.extrapolators if chosen == MEASURED else self.extrapolators[: chosen + 1]
        verdicts = [f"{name}: {Verdict(int(v)).reason}" for name, v in zip(tried, self.verdicts[index], strict=False)]
        return "; ".join([*verdicts, "the value at the lowest noise factor is taken"] if chosen == MEASURED else verdicts)


def extrapolate(
    values: ArrayLike,
    stds: ArrayLike,
    noise_factors: Sequence[float],
    extrapolators: Sequence[str] = ("exponential", "linear"),
    at: Sequence[float] = (0.0,),
    bound: ArrayLike = 1.0,
) -> Extrapolated:
    """Fit every extrapolator by weighted least squares and choose one for each element.

    The first one in order is chosen whose value at zero noise is determined by the data, has a standard error of at most
    ``bound``, is possible (within four standard errors of ``±bound``), and which the data do not contradict: it must not
    leave more than half of their variation and more than noise would, as decays do of values that grow. If there is none, the
    value measured at the lowest noise factor is taken.

    Standard errors follow from those of the data to first order. A standard error of 0 beside others that are not counts as
    the smallest of these; where all are 0, data weigh the same and results have error 0. Elements whose data are not finite
    are not fitted: their values are ``nan`` and the errors of their fits infinite.

    Args:
        values: ``(…, factors)`` measured values.
        stds: ``(…, factors)`` their standard errors, independent of one another.
        noise_factors: achieved factors, in any order.
        extrapolators: names out of ``REQUIRED_FACTORS``.
        at: noise factors at which the fits are evaluated, at least 0.
        bound: ``(…,)`` or a number: the largest absolute value possible, 1 for a Pauli.

    Raises:
        IBMInputValueError: shapes do not match, an extrapolator is unknown, there are not enough different noise factors, a
            factor or point is not finite, or a standard error is negative.
    """
    names = check_factors(extrapolators, noise_factors)
    x, points = np.asarray(noise_factors, np.float64), np.asarray(at, np.float64)
    y, errors = np.asarray(values, np.float64), np.asarray(stds, np.float64)
    _check_numbers(y, errors, x, points)
    shape = y.shape[:-1]
    limits = np.broadcast_to(np.asarray(bound, np.float64), shape).reshape(-1, 1)
    # errors of exact values are rounding, by which nothing can be weighed
    weighing = np.where(errors.reshape(-1, len(x)) < _ROUNDING * limits, 0.0, errors.reshape(-1, len(x)))
    data = Measured.of(x, _flattened(y.reshape(-1, len(x)), limits), weighing)
    curves = data.fit(names, np.append(points, 0.0))
    found = Extrapolated(
        names,
        curves.values[..., :-1].reshape(*shape, len(names), len(points)),
        curves.stds[..., :-1].reshape(*shape, len(names), len(points)),
        np.zeros((*shape, len(names)), dtype=np.uint8),
        np.zeros(shape, dtype=np.intp),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(y.shape),
        data,
        curves,
        points,
        limits,
        _straight(data),
    )
    return _decided(found, curves.stds[..., -1], data.stds[:, x.argmin()])


def _straight(data: Measured) -> _Array:
    if len(np.unique(data.x)) < 2:
        return np.zeros(len(data.y))
    return data.fit(("linear",), np.zeros(1)).stds[:, 0, 0]


def _undecayed(found: Extrapolated, stds: _Array) -> _Array:
    """Standard errors that say how little is known where data do not decay.

    An exponential is then a constant, and its error that of a mean, as if it were known that there is no noise. What is not
    known is the slope, and with it as much as with a straight line.
    """
    out = stds.copy()
    for place, name in enumerate(found.extrapolators):
        if name == "exponential":
            constant = found.curves.rates[place].max(axis=1) <= _ROUNDING
            out[:, place] = np.where(constant, np.maximum(out[:, place], found.straight), out[:, place])
    return out


def _flattened(y: _Array, limits: _Array) -> _Array:
    """Values that differ by rounding alone are the same: curves with many parameters would magnify it."""
    spread = y.max(axis=1, keepdims=True) - y.min(axis=1, keepdims=True)
    return np.where(spread < _ROUNDING * limits, y.mean(axis=1, keepdims=True), y)


def _decided(found: Extrapolated, stds: _Array, measured: _Array) -> Extrapolated:
    """Choose an extrapolator for each element.

    Args:
        found: what was fitted.
        stds: ``(elements, extrapolators)`` standard errors at zero noise.
        measured: ``(elements,)`` standard errors of the values at the lowest noise factor.
    """
    curves, data, shape = found.curves, found.measured, found.chosen.shape
    values, lowest = curves.values[..., -1], data.x.argmin()
    stds = _undecayed(found, stds)
    verdicts = judge(values, stds, curves.poor, found.bound)
    accepted = verdicts == Verdict.ACCEPTED
    chosen = np.where(accepted.any(axis=1), accepted.argmax(axis=1), MEASURED)
    slopes = _pick(chosen, curves.slopes[:, :, -1], np.eye(len(data.x))[[lowest]])
    return replace(
        found,
        verdicts=verdicts.reshape(*shape, len(found.extrapolators)),
        chosen=chosen.reshape(shape),
        best_evs=_pick(chosen, values, data.y[:, lowest]).reshape(shape),
        best_stds=_pick(chosen, stds, measured).reshape(shape),
        best_slopes=slopes.reshape(*shape, len(data.x)),
    )


class Replicas(NamedTuple):
    """What an extrapolation gives for resampled data."""

    evs: _Array
    """``(replicas, …, extrapolators, points)``."""
    zero: _Array
    """``(replicas, elements, extrapolators)``: at zero noise."""
    measured: _Array
    """``(replicas, elements)``: at the lowest noise factor."""


def extrapolate_replicas(values: ArrayLike, whole: Extrapolated) -> Replicas:
    """Repeat an extrapolation with resampled data, all replicas at once.

    Weights stay those of the whole data, and each search of rates starts from those found there. Replicas that are not
    finite give ``nan``.

    Args:
        values: ``(replicas, …, factors)``.
        whole: what :func:`extrapolate` returned for the whole data.

    Raises:
        IBMInputValueError: shapes do not match.
    """
    y, shape = np.asarray(values, np.float64), whole.best_slopes.shape
    if y.shape[1:] != shape:
        raise IBMInputValueError(f"Replicas must have the shape (replicas, {str(shape)[1:-1].rstrip(',')}); found {y.shape}.")
    count, elements = len(y), len(whole.measured.y)
    data = whole.measured.replicated(y.reshape(count, elements, shape[-1]))
    starts = [np.tile(rates, (count, 1)) for rates in whole.curves.rates]
    fitted = data.fit(whole.extrapolators, np.append(whole.points, 0.0), starts).values
    return Replicas(
        fitted[..., :-1].reshape(count, *whole.evs.shape),
        fitted[..., -1].reshape(count, elements, len(whole.extrapolators)),
        data.y[:, data.x.argmin()].reshape(count, elements),
    )


def jackknifed(whole: Extrapolated, *groups: ArrayLike) -> Extrapolated:
    """An extrapolation with standard errors from a delete-one jackknife of the whole estimate, and chosen by these.

    Unlike errors to first order, these know what the values at different noise factors share (a calibration, say), and how
    little steep curves through values near zero can be trusted. They are infinite where those to first order or a replica
    are not finite.

    Args:
        whole: what :func:`extrapolate` returned for the whole data.
        groups: ``(replicas, …, factors)`` each: the values without one sample of a source of randomness, for each sample;
            the sources are independent of one another (data, calibration), so that their variances add.

    Raises:
        IBMInputValueError: shapes do not match, or a group has fewer than two replicas.
    """
    spreads = [_spread(extrapolate_replicas(group, whole)) for group in groups]
    evs, zero, measured = (np.sqrt(np.sum(each, axis=0)) for each in zip(*spreads, strict=True))
    stds = np.where(np.isfinite(evs) & np.isfinite(whole.stds), evs, np.inf)
    zero = np.where(np.isfinite(zero) & np.isfinite(whole.curves.stds[..., -1]), zero, np.inf)
    return _decided(replace(whole, stds=stds), zero, np.where(np.isfinite(measured), measured, np.inf))


def _spread(replicas: Replicas) -> Replicas:
    """The jackknife's variances: those of independent samples' mean if the estimate is one."""
    count = len(replicas.zero)
    if count < 2:
        raise IBMInputValueError(
            f"Resampling needs at least two replicas; found {count}. Raise twirling.num_randomizations, or use the standard "
            "errors of extrapolate()."
        )
    return Replicas(*((count - 1) * np.where(np.isfinite(each), each, np.nan).var(axis=0) for each in replicas))


def check_factors(extrapolators: Sequence[str] | str, noise_factors: Sequence[float]) -> tuple[str, ...]:
    """The names of the extrapolators, one or several, if the noise factors suffice for each of them.

    Raises:
        IBMInputValueError: there is no name, one is unknown, or it needs more different noise factors.
    """
    names = (extrapolators,) if isinstance(extrapolators, str) else tuple(extrapolators)
    if not names:
        raise IBMInputValueError("zne.extrapolator must name at least one extrapolator; found none.")
    different = len(set(noise_factors))
    for name in names:
        if name not in REQUIRED_FACTORS:
            raise IBMInputValueError(f"zne.extrapolator must be one of {', '.join(REQUIRED_FACTORS)}; found {name!r}.")
        if different < REQUIRED_FACTORS[name]:
            raise IBMInputValueError(
                f"zne.extrapolator {name} needs at least {REQUIRED_FACTORS[name]} different zne.noise_factors; found "
                f"{different}: {', '.join(f'{factor:g}' for factor in noise_factors)}. Add noise factors (gate folding rounds "
                "them, so few gates make near ones equal), or choose another extrapolator."
            )
    return names


def _pick(chosen: NDArray[np.intp], fitted: _Array, measured: _Array) -> _Array:
    """Of ``fitted (elements, extrapolators, …)`` the chosen ones, of ``measured`` where none is chosen."""
    taken = chosen.reshape(-1, *[1] * (fitted.ndim - 2))
    return np.asarray(np.where(taken == MEASURED, measured, fitted[np.arange(len(chosen)), chosen]))


def _check_numbers(y: _Array, errors: _Array, x: _Array, points: _Array) -> None:
    if not (np.isfinite(x).all() and (x >= 0).all()):
        raise IBMInputValueError(f"zne.noise_factors must be finite and not negative; found {x.tolist()}.")
    if points.ndim != 1 or not (np.isfinite(points).all() and (points >= 0).all()):
        raise IBMInputValueError(f"zne.extrapolated_noise_factors must be finite and not negative; found {points.tolist()}.")
    if y.shape != errors.shape or y.ndim == 0 or y.shape[-1] != len(x):
        raise IBMInputValueError(
            f"Values and standard errors must have the shape (…, {len(x)}), one entry a noise factor; found {y.shape} and "
            f"{errors.shape}."
        )
    if (errors < 0).any():
        raise IBMInputValueError(f"Standard errors must not be negative; found {np.nanmin(errors)}.")
