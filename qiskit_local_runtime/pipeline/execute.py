"""Running sweeps: the one place where a simulator is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..clock import Clock
from ..devices.device import ActiveDevice
from ..engines.base import Engine
from ..simulators.base import Estimate, Simulator, Tools
from ..sweeps import Shots, Sweep, Terms
from . import sharded
from .dress import Dressed, facts_of
from .shards import LEAST
from .widen import expect_wide, sample_wide

T = TypeVar("T")


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
        return {**out, **facts_of(self.dressed)}


@dataclass(frozen=True)
class Stretch:
    """From when to when something ran."""

    start: datetime
    stop: datetime


class Executor:
    """Calls simulators, and keeps account of the time they take.

    Args:
        engine: where long calls run.
        cancel: whether they are still wanted.
        clock: for time stamps.
        busy: told the seconds each call took.
        charge: told what is about to be sampled.
    """

    def __init__(
        self,
        engine: Engine,
        cancel: CancelToken,
        clock: Clock,
        busy: Callable[[float], None],
        charge: Callable[[Runnable], None] | None = None,
    ) -> None:
        self._engine, self._cancel, self._clock, self._busy = engine, cancel, clock, busy
        self._charge = charge

    def sample(self, what: Runnable, seed: np.random.SeedSequence) -> tuple[Shots, Stretch]:
        """Sample a sweep."""
        if self._charge is not None:
            self._charge(what)

        def sample(sweep: Sweep, tools: Tools) -> Shots:
            if what.estimate.seconds < LEAST:
                return what.simulator.sample(sweep, what.device, tools)
            return sharded.sample(sweep, what.device, what.simulator, tools)

        def run(tools: Tools) -> Shots:
            if what.dressed is None:
                return sample(what.sweep, tools)
            return sample_wide(what.sweep, what.dressed, what.first_row, lambda sweep, n: sample(sweep, tools.child(n)))

        return self.timed(run, seed)

    def expect(self, what: Runnable, terms: Terms, seed: np.random.SeedSequence) -> tuple[NDArray[np.float64], Stretch]:
        """Exact expectation values of terms, shape ``(rows, variations, terms)``: one variation, or one a random circuit."""

        def expect(sweep: Sweep, tools: Tools) -> NDArray[np.float64]:
            if what.estimate.seconds < LEAST:
                return what.simulator.expect(sweep, what.device, terms, tools)
            return sharded.expect(sweep, what.device, what.simulator, terms, tools)

        def run(tools: Tools) -> NDArray[np.float64]:
            if what.dressed is None:
                return expect(what.sweep, tools)[:, None]
            return expect_wide(what.sweep, what.dressed, what.first_row, lambda sweep, n: expect(sweep, tools.child(n)))

        return self.timed(run, seed)

    def now(self) -> datetime:
        """The time of day."""
        return self._clock.now()

    def timed(self, work: Callable[[Tools], T], seed: np.random.SeedSequence) -> tuple[T, Stretch]:
        """Do what counts as simulation."""
        self._cancel.check()
        began, start = self._clock.monotonic(), self._clock.now()
        try:
            result = work(Tools(seed, self._cancel, self._engine))
        finally:
            self._busy(self._clock.monotonic() - began)
        return result, Stretch(start, self._clock.now())
