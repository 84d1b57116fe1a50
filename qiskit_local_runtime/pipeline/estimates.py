"""From means of terms to values of observables and their errors: readout factors divided out, noise extrapolated away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..techniques.trex import combined, divided, leave_one_out, mitigate
from ..techniques.zne_extrapolation import extrapolate, jackknifed

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Samples:
    """What was measured of one value set at one noise factor."""

    means: Array
    """Mean of each term in each randomization, shape ``(randomizations, terms)``."""
    variances: Array
    """Of each observable's estimate, from the spread of single shots, shape ``(observables,)``."""
    least: Array | None = None
    """What each observable's variance is at least, ``(observables,)``, as far as randomizations may be too few to show it."""


@dataclass(frozen=True, eq=False)
class Estimates:
    """Values of the observables of one value set."""

    fields: dict[str, Array]
    """By name in the result, shape ``(observables, …)``: ``evs``, ``stds``, ``ensemble_standard_error`` and, where noise was
    extrapolated, ``evs_noise_factors``, ``stds_noise_factors``, ``ensemble_stds_noise_factors`` ``(…, factors)``,
    ``evs_extrapolated``, ``stds_extrapolated`` ``(…, extrapolators, points)``."""
    extrapolators: tuple[str, ...] = ()
    """The extrapolator chosen for each observable."""


@dataclass(frozen=True)
class Extrapolation:
    """How noise is extrapolated away."""

    noise_factors: tuple[float, ...]
    """Those that were achieved."""
    extrapolators: tuple[str, ...]
    points: tuple[float, ...]
    """Noise factors at which fits are evaluated."""


def estimates(
    samples: Sequence[Samples],
    calibration: Array | None,
    coefficients: Array,
    how: Extrapolation | None,
    identity: NDArray[np.bool_] | None = None,
) -> Estimates:
    """Estimate observables, with errors by a delete-one jackknife over randomizations of the whole estimate.

    Args:
        samples: one for each noise factor.
        calibration: ``(calibration randomizations, terms)``, see :func:`~qiskit_local_runtime.techniques.trex.mitigate`.
        coefficients: ``(observables, terms)``.
        how: ``None``: there is one noise factor and nothing to extrapolate.
        identity: ``(terms,)``, which terms are the identity; ``None``: none.
    """
    identity = np.zeros(coefficients.shape[1], dtype=np.bool_) if identity is None else identity
    each = [_at_one_factor(sample, calibration, coefficients) for sample in samples]
    if how is None:
        return Estimates(each[0])
    # what is the same at every noise factor is no decay: it is put aside
    constant = coefficients[:, identity].sum(axis=1)
    decaying = np.where(identity, 0.0, coefficients)
    evs, stds, ensemble = (np.stack([one[name] for one in each], axis=-1) for name in _NAMES)
    weights = np.stack([one["_data_stds"] for one in each], axis=-1)
    bound = np.maximum(np.abs(decaying).sum(axis=1), 1e-12)
    bare = evs - constant[:, None]
    whole = extrapolate(bare, weights, how.noise_factors, how.extrapolators, how.points, bound)
    groups = _groups(samples, calibration, decaying, bare)
    if groups:
        whole = jackknifed(whole, *groups)
    fields = {
        "evs": whole.best_evs + constant,
        "stds": whole.best_stds,
        "ensemble_standard_error": np.sqrt((whole.best_slopes**2 * ensemble**2).sum(axis=-1)),
        "evs_noise_factors": evs,
        "stds_noise_factors": stds,
        "ensemble_stds_noise_factors": ensemble,
        "evs_extrapolated": whole.evs + constant[:, None, None],
        "stds_extrapolated": whole.stds,
    }
    return Estimates(fields, tuple(str(name) for name in whole.names))


_NAMES = ("evs", "stds", "ensemble_standard_error")


def public(fields: dict[str, Array]) -> dict[str, Array]:
    """The fields that go into a result."""
    return {name: values for name, values in fields.items() if not name.startswith("_")}


def _at_one_factor(sample: Samples, calibration: Array | None, coefficients: Array) -> dict[str, Array]:
    values, spread, of_calibration = mitigate(sample.means, calibration, coefficients)
    data = spread if _jackknifable(sample) else sample.variances
    data = data if sample.least is None else np.maximum(data, sample.least)
    return {
        "evs": values,
        "stds": np.sqrt(data + of_calibration),
        "ensemble_standard_error": np.sqrt(sample.variances + of_calibration),
        "_data_stds": np.sqrt(data),
    }


def _jackknifable(sample: Samples) -> bool:
    return len(sample.means) > 1


def _groups(samples: Sequence[Samples], calibration: Array | None, coefficients: Array, evs: Array) -> list[Array]:
    """Values without one randomization at a time, ``(replicas, observables, factors)`` each.

    One group for each factor's data, and one for the calibration, which all factors share; none where one randomization is
    all there is.
    """
    if not all(_jackknifable(sample) for sample in samples):
        return []
    divisor = np.ones(samples[0].means.shape[1]) if calibration is None else calibration.mean(axis=0)
    groups = []
    for place, sample in enumerate(samples):
        without = combined(divided(leave_one_out(sample.means), divisor), coefficients)
        replicas = np.repeat(evs[None], len(without), axis=0)
        replicas[..., place] = without
        groups.append(replicas)
    if calibration is not None and len(calibration) > 1:
        others = leave_one_out(calibration)
        shared = [combined(divided(sample.means.mean(axis=0), others), coefficients) for sample in samples]
        groups.append(np.stack(shared, axis=-1))
    return groups
