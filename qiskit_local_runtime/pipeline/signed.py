"""Outcomes that count with a sign: what is measured of circuits into which Paulis were injected to cancel noise.

Every outcome of a randomization counts ``γ · sign`` times. The mean over randomizations estimates what the circuit without
the noise gives, and a delete-one jackknife over them (:func:`~qiskit_local_runtime.pipeline.estimates.estimates`) its error.

Source: Temme, Bravyi, Gambetta, "Error mitigation for short-depth quantum circuits", Phys. Rev. Lett. 119, 180509 (2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from .term_values import TermValues

Array = NDArray[np.float64]


def signed_values(found: TermValues, signs: NDArray[np.int8], gamma: float, coefficients: Array) -> TermValues:
    """Statistics of terms measured together, outcomes counted with their signs.

    Args:
        found: without signs, of equally many shots in each randomization.
        signs: 1 or -1 of each randomization.
        gamma: by how much more outcomes count.
        coefficients: ``(observables, terms)``, those that ``found`` was computed with.

    Returns:
        Means ``γ · sign ·`` mean; variances over single shots, as each randomization were one of many draws.

    Raises:
        IBMInputValueError: there are not as many signs as randomizations.
    """
    means = signed_means(found.means, signs, gamma)
    # every outcome's square counts γ² times, whatever its sign
    squares = gamma**2 * (found.variances + (coefficients @ found.means.mean(axis=0)) ** 2)
    variances = squares - (coefficients @ means.mean(axis=0)) ** 2
    return TermValues(means, np.clip(variances, 0.0, None))


def signed_means(means: Array, signs: NDArray[np.int8], gamma: float, letters: NDArray[np.uint8] | None = None) -> Array:
    """Means of terms with signs.

    Args:
        means: ``(variations, terms)``, one or equally many variations for each randomization, one after another.
        signs: 1 or -1 of each randomization.
        gamma: by how much more outcomes count.
        letters: ``(terms, qubits)``: terms without any letter are the identity, which no noise changes; they stay as they
            are. ``None``: there are none.

    Raises:
        IBMInputValueError: there are not as many variations for each sign.
    """
    draws = len(means) // max(1, len(signs))
    if draws * len(signs) != len(means):
        raise IBMInputValueError(
            f"Expected signs of {len(means)} randomizations, or one for several draws of each, found {len(signs)}."
        )
    weighted = means * (gamma * np.repeat(signs, draws))[:, None]
    if letters is None:
        return np.asarray(weighted)
    return np.where((letters != 0).any(axis=1), weighted, means)


_FEW = 5.0
"""Negative signs of which so few are expected that randomizations may not show how results vary with them."""


def sign_variance(means: Array, gamma: float, coefficients: Array) -> Array | None:
    """Variance of observables that comes from signs which randomizations may not show; ``None``: they show it.

    Where hardly any sign is negative, all may be positive, and the spread between randomizations says nothing of the signs.

    Args:
        means: ``(randomizations, terms)``, with signs.
        gamma: by how much more outcomes count; ``(1 − 1 / γ) / 2`` of the signs are negative.
        coefficients: ``(observables, terms)``.
    """
    if len(means) * (1 - 1 / gamma) / 2 >= _FEW:
        return None
    return np.asarray((coefficients @ means.mean(axis=0)) ** 2 * (gamma**2 - 1) / len(means))
