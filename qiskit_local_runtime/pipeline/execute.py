"""Running sweeps: the one place where a simulator is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Runnable:
    """A sweep, the device it runs on and the simulator that was chosen for it."""

    sweep: Sweep
    device: ActiveDevice
    simulator: Simulator
    estimate: Estimate

    def describe(self) -> dict[str, object]:
        """What result metadata says about the simulation."""
        out: dict[str, object] = {"method": self.simulator.name, "active_qubits": self.device.num_qubits}
        if self.estimate.note:
            out["note"] = self.estimate.note
        return out


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
        return self._timed(lambda tools: what.simulator.sample(what.sweep, what.device, tools), seed)

    def expect(self, what: Runnable, terms: Terms, seed: np.random.SeedSequence) -> tuple[NDArray[np.float64], Stretch]:
        """Exact expectation values of terms, shape ``(rows, terms)``."""
        return self._timed(lambda tools: what.simulator.expect(what.sweep, what.device, terms, tools), seed)

    def now(self) -> datetime:
        """The time of day."""
        return self._clock.now()

    def _timed(self, work: Callable[[Tools], T], seed: np.random.SeedSequence) -> tuple[T, Stretch]:
        self._cancel.check()
        began, start = self._clock.monotonic(), self._clock.now()
        try:
            result = work(Tools(seed, self._cancel, self._engine))
        finally:
            self._busy(self._clock.monotonic() - began)
        return result, Stretch(start, self._clock.now())
