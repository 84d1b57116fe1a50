"""Quantum seconds: what shots would take on the device a target describes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from ..devices.cache import IdentityCache
from ..devices.device import ActiveDevice, Device
from ..errors import IBMInputValueError
from ..sweeps import Sweep
from .metering_durations import Bindings, Durations, NoDuration
from .metering_path import Course, delay_parameters, steps_of


@dataclass(frozen=True)
class MeterModel:
    """What a job takes beside its circuits: ``overhead + Σ shots × (circuit duration + rep_delay)``.

    Raises:
        IBMInputValueError: a figure is negative or not finite.
    """

    overhead_seconds: float = 0.995
    """Once per job. Ten recorded jobs on ibm_fez fit 0.995 s + 0.2758 ms × shots (R² 0.9992)."""
    rep_delay_seconds: float = 250e-6
    """Between the shots, for the qubits to relax: the ``default_rep_delay`` of IBM's devices (ibm_fez's included), and nine
    tenths of the fit's time per shot."""
    while_rounds: int = 1
    """How often a ``while`` loop is taken to go round; an assumption, nothing bounds it before it runs."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not (math.isfinite(value) and value >= 0):
                raise IBMInputValueError(f"MeterModel.{each.name}: expected a finite number of at least 0, found {value!r}.")

    @classmethod
    def of(cls, backend: BackendV2) -> MeterModel:
        """The default model with the backend's own ``default_rep_delay`` (seconds), if it has one."""
        delay = getattr(backend, "default_rep_delay", None)
        said = isinstance(delay, (int, float)) and math.isfinite(delay) and delay >= 0
        return cls(rep_delay_seconds=float(delay)) if said else cls()


@dataclass(frozen=True, eq=False)
class Meter:
    """Works out the time of circuits and sweeps on one device; keeps what it found out as long as the circuits live.

    Safe to call from several threads. Circuits must not change between calls.
    """

    target: Target | None
    """``None``: nothing is known about durations."""
    model: MeterModel = field(default_factory=MeterModel)
    _begun: IdentityCache[Course] = field(default_factory=lambda: IdentityCache(2))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_durations", None if self.target is None else Durations(self.target))
