"""What a routine offers: the body of a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from qiskit.primitives import PrimitiveResult

from ..cancellation import CancelToken
from ..clock import Clock
from ..engines.base import Engine
from ..records.request import Request

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


@dataclass(frozen=True)
class RoutineTools:
    """What a running job may use."""

    engine: Engine
    cancel: CancelToken
    clock: Clock
    busy: Callable[[float], None]
    """Reports seconds the simulator (the "QPU") was busy with the job."""
    phase: Callable[[str], None]
    """Reports the finer phase: ``pre-processing``, ``on the QPU`` (waits for the QPU first), ``post-processing``."""
    quantum: Callable[[float], None] = lambda seconds: None
    """Reports seconds the same work takes on the device the backend describes, before it is simulated; raises
    ``Cancelled`` where the job may not use as many."""


class Routine(Protocol):
    """The body of a job; stateless, safe to call from several threads."""

    name: str

    def accept(self, request: Request) -> None:
        """Refuse at the call what cannot run.

        Raises:
            IBMInputValueError: a PUB or option is wrong.
            IBMBackendError: the backend cannot run it.
            SimulationTooLargeError: it would not fit in memory.
        """

    def estimate(self, request: Request) -> float | None:
        """Quantum seconds of a request that was accepted, on the device its backend describes.

        Returns:
            ``None`` where the backend does not say how long its operations take, or the circuits are still to be transpiled.
        """

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """What an accepted request will run, circuits transpiled if that was asked for."""

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult:
        """Do the work; called once, in a worker thread, after :meth:`accept`."""
