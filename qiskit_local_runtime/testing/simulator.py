"""A simulator that plays given outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..simulators.base import Estimate, Tools
from ..sweeps import Shots, Sweep, Terms, pack_integers


class ScriptedSimulator:
    """Returns the outcomes it was given, over and over, whatever the circuit.

    Args:
        outcomes: integers over the classical bits, one a shot.
        value: what every expectation value is.
    """

    name = "scripted"

    def __init__(self, outcomes: Sequence[int] = (0,), value: float = 0.0) -> None:
        self._outcomes, self._value = np.asarray(outcomes, dtype=np.int64), value
        self.sweeps: list[Sweep] = []
        """Every sweep it was asked for."""

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """Never refuses."""
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """Free."""
        return Estimate(1, 1e-9)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        tools.cancel.check()
        self.sweeps.append(sweep)
        outcomes = np.resize(self._outcomes, sweep.shape)
        return Shots(pack_integers(outcomes, sweep.num_clbits), sweep.num_clbits)

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        tools.cancel.check()
        self.sweeps.append(sweep)
        return np.full((len(sweep.values), len(terms)), self._value)
