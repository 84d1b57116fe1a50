"""A job's facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["INITIALIZING", "QUEUED", "RUNNING", "DONE", "ERROR", "CANCELLED"]

FINAL: tuple[Status, ...] = ("DONE", "ERROR", "CANCELLED")
"""Statuses that never change again."""
UNFINISHED: tuple[Status, ...] = ("INITIALIZING", "QUEUED", "RUNNING")
"""All others."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One row: changed by returning a new one (``dataclasses.replace``)."""

    id: str
    routine: str
    backend_name: str
    status: Status = "INITIALIZING"
    phase: str = ""
    """Finer than the status while running: ``pre-processing``, ``waiting for the QPU``, ``on the QPU``,
    ``post-processing``."""
    created: datetime
    running: datetime | None = None
    granted: datetime | None = None
    """When the QPU became the job's."""
    finished: datetime | None = None
    tags: tuple[str, ...] = ()
    private: bool = False
    error: str = ""
    """One line for people; empty unless the job failed or was cancelled."""
    reason: str = ""
    """Why it was stopped: ``cancelled`` or ``ran too long``."""
    busy_seconds: float = 0.0
    """Measured: time the simulator was busy with the job."""
    quantum_seconds: float | None = None
    """Modelled: what the same shots take on the device the backend describes; ``None`` where it has no durations."""
    estimated_seconds: float | None = None
    """What it was estimated to use when it was submitted; ``None`` where the backend has no durations."""
    workload_id: str | None = None
    """The session or batch it belongs to; ``None`` in job mode."""
    instance: str = "local"
    """Whose share of the backend it uses."""
    queue: str = ""
    """The queue it waits in: the same for all processes that share a store, if they can all make the backend."""
    seed: int | None = None
    """Root seed of the request."""
    max_execution_time: float | None = None
    """Seconds of quantum time it may use; ``None``: the runtime's cap."""
    attempts: int = 0
    """How often it was started: more than once after a crash."""
    log_level: str = "WARNING"
    """The least important lines of the log to show."""
    form: str = ""
    """See :attr:`~qiskit_local_runtime.records.request.Request.form`."""
    log: tuple[str, ...] = ()
    """What happened, one line an event: time, level, text."""

    @property
    def used_seconds(self) -> float:
        """What it is charged for: modelled where the backend says how long things take, else measured."""
        return self.busy_seconds if self.quantum_seconds is None else self.quantum_seconds

    @property
    def final(self) -> bool:
        """Whether the job has ended."""
        return self.status in FINAL
