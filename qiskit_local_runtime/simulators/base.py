"""What every simulator offers, and what choosing between them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..devices.device import ActiveDevice
from ..engines.base import Engine
from ..sweeps import Shots, Sweep, Terms


@dataclass(frozen=True)
class Estimate:
    """What a simulation would cost."""

    bytes: int
    """Peak memory beside the result."""
    seconds: float
    """Rough time on one core."""
    note: str = ""
    """Anything a user must know about the meaning of the result, e.g. an approximation; empty: exact."""
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)
    """Anything else that result metadata say of the simulation."""


@dataclass(frozen=True)
class Tools:
    """What a running simulation may use."""

    seed: np.random.SeedSequence
    """Root of this sweep's randomness; children by ``spawn`` or explicit ``spawn_key``, never by adding."""
    cancel: CancelToken
    """``cancel.check()`` between chunks of some tens of milliseconds."""
    engine: Engine
    """Where calls that hold the GIL for more than some tens of milliseconds run."""

    def child(self, number: int) -> Tools:
        """The same with randomness of its own."""
        seed = np.random.SeedSequence(self.seed.entropy, spawn_key=(*self.seed.spawn_key, number))
        return replace(self, seed=seed)


class Simulator(Protocol):
    """A numerical method. Implementations are stateless apart from caches and safe to call from several threads."""

    name: str
    """Qiskit Aer's name of the method where there is one: statevector, density_matrix, stabilizer, …"""

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """Why it cannot run the sweep ("… contains a t gate, which is not Clifford"), or ``None`` if it can."""

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """What running the sweep would cost; only called when :meth:`refuses` returned ``None``."""

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """Measured bits, readout errors and flips applied."""

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """Exact expectation values, shape ``(rows, len(terms))``, of the state at the end of ``sweep.circuit``.

        Gate noise is included, readout error is not. ``sweep.endings``, ``shots`` and ``flips`` are ignored.

        Raises:
            IBMInputValueError: the method has no exact values (trajectories, a backend's own ``run()``).
        """
