"""A sweep with what runs it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..simulators.base import Estimate, Simulator, Tools
from ..sweeps import Shots, Sweep, Terms
from . import sharded
from .dress import Dressed, facts_of
from .shards import LEAST
from .widen import expect_wide, sample_wide


@dataclass(frozen=True, eq=False)
class Runnable:
    """A sweep, the device it runs on and the simulator that was chosen for it."""

    sweep: Sweep
    device: ActiveDevice
    simulator: Simulator
    estimate: Estimate
    dressed: Dressed | None = None
    """The sweep's circuit as it really runs; ``None``: as it is."""
    first_row: int = 0
    """Number of the sweep's first value set among those of the request."""

    def part(self, rows: slice) -> Runnable:
        """The same with some of the value sets."""
        flips = None if self.sweep.flips is None else self.sweep.flips[rows]
        sweep = replace(self.sweep, values=self.sweep.values[rows], flips=flips)
        return replace(self, sweep=sweep, first_row=self.first_row + rows.start)

    def describe(self) -> dict[str, object]:
        """What result metadata says about the simulation."""
        out: dict[str, object] = {"method": self.simulator.name, "active_qubits": self.device.num_qubits}
        if self.estimate.note:
            out["note"] = self.estimate.note
        return {**out, **self.estimate.facts, **facts_of(self.dressed)}

    @property
    def short(self) -> bool:
        """Whether it is run in one piece."""
        return self.estimate.seconds < LEAST

    def sample(self, tools: Tools) -> Shots:
        """Bits; cut into shards where that takes long."""

        def sample(sweep: Sweep, tools: Tools) -> Shots:
            if self.short:
                return self.simulator.sample(sweep, self.device, tools)
            return sharded.sample(sweep, self.device, self.simulator, tools)

        if self.dressed is None:
            return sample(self.sweep, tools)
        return sample_wide(self.sweep, self.dressed, self.first_row, lambda sweep, n: sample(sweep, tools.child(n)))

    def expect(self, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """Exact values of terms, shape ``(rows, variations, terms)``: one variation, or one a random circuit."""

        def expect(sweep: Sweep, tools: Tools) -> NDArray[np.float64]:
            if self.short:
                return self.simulator.expect(sweep, self.device, terms, tools)
            return sharded.expect(sweep, self.device, self.simulator, terms, tools)

        if self.dressed is None:
            return expect(self.sweep, tools)[:, None]
        return expect_wide(self.sweep, self.dressed, self.first_row, lambda sweep, n: expect(sweep, tools.child(n)))
