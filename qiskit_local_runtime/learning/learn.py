"""From means of Paulis at several depths to the noise of a layer, with errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .conjugation import carried
from .decays import Decays, fit
from .learned import LearnedLayer
from .rates import RateProblem

Array = NDArray[np.float64]


def learned(
    layer: UniqueLayer, generators: NDArray[np.uint8], depths: tuple[int, ...], means: Array, counts: Array
) -> LearnedLayer:
    """Fit decays and rates, and repeat both without one randomization at a time for the errors.

    Args:
        layer: of Clifford gates.
        generators: ``(generators, qubits)``: the Paulis that were measured, and those the model is made of.
        depths: in pairs of layers, at least two different ones.
        means: ``(randomizations, depths, generators)``, as they were measured: signs included.
        counts: shots behind the mean of all randomizations, ``(generators,)``.

    Raises:
        IBMInputValueError: a gate is not Clifford, shapes do not match, or all depths are the same.
    """
    _check(generators, depths, means)
    partners, signs = carried(layer, generators)
    pairs = np.array(depths, dtype=np.intp)
    means = means * np.where(pairs[:, None] % 2 == 1, signs, 1)
    whole = means.mean(axis=0)
    amplitudes, decay_rates, variances = fit(whole, pairs, counts)
    problem = RateProblem(generators, generators, partners, variances)
    rates = problem.solve(decay_rates)
    others = _without_one(means)
    other_amplitudes, other_decays, _ = fit(others, pairs, counts)
    other_rates = np.array([problem.solve(each, rates > 0) for each in other_decays])
    # a rate at its bound of 0 hardly moves: how far it might be off is seen where there is no bound
    stds = np.where(rates > 0, _spread(other_rates), _spread(problem.unbounded(other_decays)))
    products = np.exp(-decay_rates)
    decays = Decays(
        letters=generators,
        partners=partners,
        depths=pairs,
        means=whole,
        mean_stds=_spread(others),
        amplitudes=amplitudes,
        amplitude_stds=_spread(other_amplitudes),
        products=products,
        product_stds=products * _spread(other_decays),
    )
    return LearnedLayer(layer, PauliLindblad(generators, rates), stds, decays, _readout(decays))


def _check(generators: NDArray[np.uint8], depths: tuple[int, ...], means: Array) -> None:
    if means.shape[1:] != (len(depths), len(generators)):
        raise IBMInputValueError(
            f"Expected means (randomizations, {len(depths)} depths, {len(generators)} Paulis), found shape {means.shape}."
        )
    if len(set(depths)) < 2:
        raise IBMInputValueError(
            f"layer_pair_depths: expected at least two different depths to see Paulis fade, found {list(depths)}. Add one."
        )


def _without_one(samples: Array) -> Array:
    """Means without one randomization each; a single one stays as it is."""
    count = len(samples)
    return samples if count == 1 else np.asarray((samples.sum(axis=0) - samples) / (count - 1))


def _spread(replicas: Array) -> Array:
    """Standard errors from estimates without one randomization each."""
    count = len(replicas)
    if count == 1:
        return np.full(replicas.shape[1:], np.nan)
    return np.asarray(np.sqrt((count - 1) / count * ((replicas - replicas.mean(axis=0)) ** 2).sum(axis=0)))


def _readout(decays: Decays) -> Array:
    alone = (decays.letters > 0).sum(axis=1) == 1
    found = [decays.amplitudes[alone & (decays.letters[:, qubit] > 0)].mean() for qubit in range(decays.letters.shape[1])]
    return np.asarray((1 - np.array(found)) / 2)
