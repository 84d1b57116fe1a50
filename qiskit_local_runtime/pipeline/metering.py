"""Quantum seconds: what shots would take on the device a target describes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.transpiler import Target

from ..devices.cache import IdentityCache
from ..devices.device import ActiveDevice, Device
from ..sweeps import Sweep
from .metering_durations import Bindings, Durations, NoDurationError
from .metering_model import MeterModel
from .metering_path import Course, delay_parameters

__all__ = ["Meter", "MeterModel", "circuit_seconds", "meter_of", "modelled_seconds", "sweep_seconds"]


@dataclass(frozen=True, eq=False)
class Meter:
    """Works out what circuits and sweeps take on one device; remembers a sweep's common beginning as long as it lives.

    Safe to call from several threads; circuits must not be changed between calls.
    """

    target: Target | None
    """``None``: nothing is known about durations."""
    model: MeterModel = field(default_factory=MeterModel)
    _begun: IdentityCache[Course] = field(default_factory=lambda: IdentityCache(2))

    def circuit_seconds(self, circuit: QuantumCircuit) -> float | None:
        """Seconds of one shot of a circuit on the whole device, without ``rep_delay``; see :func:`circuit_seconds`."""
        if self._durations is None:
            return None
        try:
            return self._course(circuit, tuple(range(circuit.num_qubits))).end
        except NoDurationError:
            return None

    def sweep_seconds(self, sweep: Sweep, device: ActiveDevice) -> float | None:
        """Seconds of all shots of a sweep: rows, endings and randomizations, without the job's overhead.

        Exact values (no shots) take none. Twirling is taken to add nothing, its gates being merged into their neighbours, and
        barriers count where the sweep's circuit still has them.

        Args:
            sweep: what is run.
            device: whose qubits it is run on, a restriction of the device that :attr:`target` describes.

        Returns:
            ``None`` where the target does not say how long an operation takes.
        """
        if self._durations is None:
            return None
        rows, endings, randomizations, shots = sweep.shape
        if shots == 0:
            return 0.0
        try:
            circuits = sum(count * sum(self._endings(sweep, device.qubits, values)) for values, count in _delays(sweep))
        except NoDurationError:
            return None
        return randomizations * shots * (circuits + rows * endings * self.model.rep_delay_seconds)

    def job_seconds(self, parts: Iterable[float | None]) -> float | None:
        """Seconds of a job that consists of some sweeps or circuits; ``None`` if one of them is not known."""
        total = self.model.overhead_seconds
        for part in parts:
            if part is None:
                return None
            total += part
        return total

    @cached_property
    def _durations(self) -> Durations | None:
        durations = None if self.target is None else Durations(self.target)
        return durations if durations is not None and durations.known else None

    def _endings(self, sweep: Sweep, physical: tuple[int, ...], values: Bindings) -> list[float]:
        """Seconds of one shot with each ending."""
        if values:
            begun = self._course(sweep.circuit, physical, values)
        else:
            begun = self._begun.get(sweep.circuit, physical, lambda: self._course(sweep.circuit, physical))
        if not sweep.endings:
            return [begun.end]
        courses = [begun.copy() for _ in sweep.endings]
        for course, ending in zip(courses, sweep.endings, strict=True):
            course.run(ending)
        return [course.end for course in courses]

    def _course(self, circuit: QuantumCircuit, physical: tuple[int, ...], values: Bindings | None = None) -> Course:
        assert self._durations is not None
        course = Course(self._durations, physical, self.model.while_rounds, values or {})
        course.run(circuit)
        return course


def circuit_seconds(circuit: QuantumCircuit, target: Target, model: MeterModel | None = None) -> float | None:
    """Scheduled duration of a circuit in the target's instruction set, each operation as soon as possible.

    Angles may be open. Of control flow the longest branch counts, and loops as often as they go round
    (``while``: :attr:`MeterModel.while_rounds`).

    Returns:
        Seconds; ``None`` where the target does not say how long an operation takes, or a delay's length is open.
    """
    return Meter(target, model or MeterModel()).circuit_seconds(circuit)


def modelled_seconds(
    executions: Iterable[tuple[QuantumCircuit, int]], target: Target, model: MeterModel | None = None
) -> float | None:
    """Quantum seconds of a job that runs circuits, each with its number of shots; ``None`` where :func:`circuit_seconds` is."""
    meter = Meter(target, model or MeterModel())
    found = ((shots, meter.circuit_seconds(circuit)) for circuit, shots in executions)
    parts = (None if each is None else shots * (each + meter.model.rep_delay_seconds) for shots, each in found)
    return meter.job_seconds(parts)


def sweep_seconds(sweep: Sweep, device: ActiveDevice, target: Target | None, model: MeterModel | None = None) -> float | None:
    """Quantum seconds of a sweep, without the job's overhead; see :meth:`Meter.sweep_seconds`."""
    return Meter(target, model or MeterModel()).sweep_seconds(sweep, device)


def meter_of(device: Device, model: MeterModel) -> Meter:
    """The meter of a device: the same one for as long as its calibration stays as it is."""
    return _METERS.get(device, model, lambda: Meter(device.target, model))


_METERS: IdentityCache[Meter] = IdentityCache(4)
"""By device, which is made anew when its calibration changes, and model."""


def _delays(sweep: Sweep) -> list[tuple[Bindings, int]]:
    """Distinct values of the parameters that delays depend on, and how many rows have them."""
    rows = len(sweep.values)
    open_delays = delay_parameters(sweep.circuit)
    columns = [i for i, parameter in enumerate(sweep.parameters) if parameter in open_delays]
    if not columns:
        return [({}, rows)]
    names = [sweep.parameters[i] for i in columns]
    distinct: NDArray[np.float64]
    distinct, counts = np.unique(sweep.values[:, columns], axis=0, return_counts=True)
    return [(dict(zip(names, row, strict=True)), n) for row, n in zip(distinct.tolist(), counts.tolist(), strict=True)]
