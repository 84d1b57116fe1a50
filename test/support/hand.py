"""A routine held by hand: jobs get to the QPU and stay there until the test lets them go."""

from __future__ import annotations

import operator
import threading
from typing import Any

from qiskit.primitives import PrimitiveResult

from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines.base import RoutineTools


class HeldRoutine:
    """Pre-processes, waits for the QPU and then for the test's engine; the first PUB is the job's name."""

    name = "sampler"

    def __init__(self) -> None:
        self.started: list[str] = []
        self.on_the_qpu: list[str] = []
        self._changed = threading.Condition()

    def accept(self, request: Request) -> None:
        """Anything goes."""

    def estimate(self, request: Request) -> float | None:
        """Nobody knows."""
        return None

    def run(self, request: Request, tools: RoutineTools) -> PrimitiveResult:
        self._note(self.started, request)
        tools.phase("pre-processing")
        tools.phase("on the QPU")
        self._note(self.on_the_qpu, request)
        tools.engine.call(operator.add, 1, 2, cancel=tools.cancel)
        tools.busy(2.0)
        return PrimitiveResult([], {"name": request.pubs[0]})

    def _note(self, where: list[str], request: Request) -> None:
        with self._changed:
            where.append(request.pubs[0])
            self._changed.notify_all()

    def wait_until_started(self, *names: str) -> None:
        """Wait until these jobs are in lanes."""
        with self._changed:
            if not self._changed.wait_for(lambda: set(names) <= set(self.started), 10):
                raise AssertionError(f"expected {names} to start, found {self.started}")

    def wait_until_on_the_qpu(self, name: str) -> None:
        """Wait until a job is on the QPU."""
        with self._changed:
            if not self._changed.wait_for(lambda: name in self.on_the_qpu, 10):
                raise AssertionError(f"expected {name} on the QPU, found {self.on_the_qpu}")


def request(name: str, backend: Any, **fields: Any) -> Request:
    """A request for the held routine."""
    return Request(**{"routine": "sampler", "backend": backend, "pubs": (name,), "settings": None, "seed": 0} | fields)
