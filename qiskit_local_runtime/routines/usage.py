"""Quantum seconds of requests: before they run, and as they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..devices.device import Device
from ..pipeline.execute import Executor
from ..pipeline.metering import Meter, MeterModel, meter_of
from ..pipeline.plan import Plan, plan_of
from ..pipeline.runnable import Runnable
from ..records.request import Request
from ..sweeps import Sweep
from .base import RoutineTools
from .prepare import device_for


def executor_for(request: Request, tools: RoutineTools) -> Executor:
    """What runs a request's sweeps, and reports what they would take on the device the backend describes."""
    meter = _meter(device_for(request), request)
    return Executor(tools.engine, tools.cancel, tools.clock, tools.busy, Charge(meter, tools.quantum))


def estimated(request: Request, sampled: Iterable[tuple[Sweep, Runnable]]) -> float | None:
    """Quantum seconds of a request: modelled where the backend says how long its operations take.

    Args:
        request: whose backend and overhead count.
        sampled: sweeps with shots, and what runs them.

    Returns:
        ``None`` where it does not say.
    """
    meter = _meter(device_for(request), request)
    parts = [meter.sweep_seconds(sweep, what.device) for sweep, what in sampled]
    return meter.job_seconds(parts) if parts else None


def planned_work(request: Request, parts: Iterable[tuple[str, Runnable]]) -> Plan:
    """The plan of a request's sweeps, each with what it is for."""
    return plan_of(parts, _meter(device_for(request), request))


class Charge:
    """Charges a job for its sweeps: the overhead with the first one.

    Args:
        meter: knows how long things take.
        quantum: told the seconds.
    """

    def __init__(self, meter: Meter, quantum: Callable[[float], None]) -> None:
        self._meter, self._quantum = meter, quantum
        self._overhead = meter.model.overhead_seconds

    def __call__(self, what: Runnable) -> None:
        """A sweep is about to be sampled."""
        seconds = self._meter.sweep_seconds(what.sweep, what.device)
        if seconds is not None:
            overhead, self._overhead = self._overhead, 0.0
            self._quantum(overhead + seconds)


def _meter(device: Device, request: Request) -> Meter:
    return meter_of(device, MeterModel.of(request.backend))
