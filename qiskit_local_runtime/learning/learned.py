"""What is known about a layer once its noise is learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .decays import Decays


@dataclass(frozen=True, eq=False)
class LearnedLayer:
    """A layer and its noise, which acts before it."""

    layer: UniqueLayer
    model: PauliLindblad
    """On ``layer.qubits``, in their order; no rate is negative."""
    stds: NDArray[np.float64]
    """Standard errors of the model's rates, ``(generators,)``, by a delete-one jackknife over randomizations; NaN where
    there was one randomization only. Of rates that are 0, those of a fit in which they may be negative. What is due to the
    assumption of symmetry is not in them."""
    decays: Decays
    """The Paulis that were measured, and the fits."""
    readout: NDArray[np.float64]
    """By qubit, ``(qubits,)``: the chance that its bit is read wrong, averaged over 0 and 1, if states are prepared perfectly;
    what preparation does counts as well."""

    @property
    def total_rate(self) -> float:
        """Sum of the rates: half the logarithm of what cancelling the noise costs, ``γ``."""
        return float(self.model.rates.sum())
