"""From the decays of Paulis to the rates of a sparse Pauli–Lindblad model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..sweeps.lindblad import anticommute
from .nonnegative import nonnegative

_TRUST = 0.03
"""How much the assumption of symmetry weighs against what is measured: enough to decide what nothing measured does."""
_LEAST_WEIGHT = 1e-3
"""Of an equation, relative to the median: none is left out."""


@dataclass(frozen=True, eq=False)
class RateProblem:
    """Two equations for each Pauli ``P`` that is ``P′`` behind the layer.

    What is measured is the sum over generators that anticommute with ``P`` plus those that do with ``P′``:
    ``r_P = 2 Σ_k λ_k ([P, k] + [P′, k])``. That alone leaves rates open; as in the source both sums are assumed to be equal,
    ``f_P = f_P′``. The assumption is given so little weight that it only fills in what measurements leave open: products
    ``f_P f_P′`` are those measured, whether it is true or not.
    """

    generators: NDArray[np.uint8]
    """Shape ``(generators, qubits)``."""
    letters: NDArray[np.uint8]
    """``P``, shape ``(paulis, qubits)``."""
    partners: NDArray[np.uint8]
    """``P′``, same shape."""
    variances: NDArray[np.float64]
    """Of the measured rates ``r_P``, shape ``(paulis,)``."""

    def solve(self, decay_rates: NDArray[np.float64], start: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Rates that are not negative, shape ``(generators,)``.

        Args:
            decay_rates: ``r_P``, shape ``(paulis,)``.
            start: generators whose rates are likely not zero.
        """
        measured, weights, gram = self._equations
        return nonnegative(gram, measured.T @ (weights**2 * decay_rates), start)

    def unbounded(self, decay_rates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rates of either sign, ``(…, generators)`` for ``(…, paulis)``: what says how sure one is of a rate of 0."""
        measured, weights, gram = self._equations
        moments = (weights**2 * decay_rates) @ measured
        return np.asarray(np.linalg.solve(gram, moments.reshape(-1, len(gram)).T).T.reshape(moments.shape))

    @cached_property
    def _equations(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        before = 2.0 * anticommute(self.letters, self.generators)
        behind = 2.0 * anticommute(self.partners, self.generators)
        weights = np.sqrt(np.median(self.variances) / self.variances)
        weights = np.clip(weights, _LEAST_WEIGHT, 1 / _LEAST_WEIGHT)
        weighted = weights[:, None] * (before + behind)
        assumed = _TRUST * (before - behind)
        return before + behind, weights, weighted.T @ weighted + assumed.T @ assumed
