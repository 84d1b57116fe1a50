"""Device noise, built one instruction at a time, when a circuit first needs it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import ParameterExpression

from ..errors import IBMInputValueError
from ..sweeps import Step
from ..sweeps.durations import NOISELESS
from .channel import Channel
from .readout import Confusion, Readout

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

Channels = tuple[tuple[Channel, tuple[int, ...]], ...]
"""Channels, each with the qubits (or positions in an instruction's qubits) it acts on."""

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "ps": 1e-12}
_MOST_KEPT = 50_000
"""Channels of so many instructions are kept; only delays of ever new durations could be more."""


class DeviceNoise(ABC):
    """The noise of a whole device, on physical qubits; lazy and shared by all active sets.

    Args:
        dt: seconds of one ``dt``, ``None`` where unknown.
    """

    def __init__(self, dt: float | None) -> None:
        self.dt = dt
        self._lock = threading.Lock()
        self._channels: dict[tuple[Any, ...], Channels] = {}

    def channels(self, step: Step, qubits: tuple[int, ...], *, when: str) -> Channels:
        """The channels of a step on physical ``qubits``, positions into them; ``when``: ``"before"`` or ``"after"``."""
        label = step.label
        duration = self._seconds(step) if step.name == "delay" else None
        key = (step.name, label, qubits, duration, when)
        known = self._channels.get(key)
        if known is None:
            found = self._find(step.name, label, qubits, duration, when)
            with self._lock:
                if len(self._channels) >= _MOST_KEPT:
                    self._channels.clear()
                return self._channels.setdefault(key, found)
        return known

    def _seconds(self, step: Step) -> float:
        """Duration of a delay in seconds."""
        amount, unit = step.params[0], getattr(step.operation, "unit", "dt")
        if isinstance(amount, ParameterExpression):
            raise IBMInputValueError("A delay with a parameter as its duration cannot be noisy; assign its duration first.")
        if unit in _UNITS:
            return float(amount) * _UNITS[unit]
        if unit != "dt":
            raise IBMInputValueError(
                f"A delay of {amount} with the unit {unit!r} cannot be noisy: expected dt, {', '.join(_UNITS)}."
            )
        if self.dt is None:
            raise IBMInputValueError(
                f"A delay of {amount} dt on a backend whose dt is unknown: give the delay in seconds, ns or us."
            )
        return float(amount) * self.dt

    @abstractmethod
    def _find(self, name: str, label: str | None, qubits: tuple[int, ...], duration: float | None, when: str) -> Channels:
        """The channels of an instruction on physical qubits, positions into them; ``duration`` in seconds, of delays only."""

    @abstractmethod
    def readout(self, qubits: tuple[int, ...]) -> Readout:
        """Readout errors of some physical qubits, in active indices (positions in ``qubits``)."""

    @abstractmethod
    def aer_model(self, qubits: tuple[int, ...]) -> NoiseModel:
        """The noise of some physical qubits as an Aer model on active indices."""


class ActiveNoise:
    """A device's noise seen from its active qubits."""

    def __init__(self, noise: DeviceNoise, qubits: tuple[int, ...]) -> None:
        self._noise, self._qubits = noise, qubits
        self.readout = noise.readout(qubits)
        self._model: NoiseModel | None = None

    def after(self, step: Step) -> Channels:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        return () if step.name == "measure" else self._channels(step, "after")

    def before(self, step: Step) -> Channels:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        return self._channels(step, "before") if step.name == "measure" else ()

    def aer_model(self) -> NoiseModel:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        if self._model is None:
            self._model = self._noise.aer_model(self._qubits)
        return self._model

    def restricted(self, qubits: tuple[int, ...]) -> ActiveNoise:
        """See :class:`~qiskit_local_runtime.devices.device.Noise`."""
        return ActiveNoise(self._noise, tuple([self._qubits[q] for q in qubits]))

    def _channels(self, step: Step, when: str) -> Channels:
        if step.label == NOISELESS:  # Aer, for which a label is a name, knows no errors of theirs either
            return ()
        physical = tuple(self._qubits[q] for q in step.qubits)
        found = self._noise.channels(step, physical, when=when)
        return tuple((channel, tuple(step.qubits[i] for i in where)) for channel, where in found)


def confusion(position: int, prob_1_given_0: float, prob_0_given_1: float) -> Confusion:
    """The readout error of one qubit."""
    p, q = prob_1_given_0, prob_0_given_1
    return Confusion((position,), np.array([[1 - p, p], [q, 1 - q]]))
