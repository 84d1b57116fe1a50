"""A job's facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["INITIALIZING", "QUEUED", "RUNNING", "DONE", "ERROR", "CANCELLED"]

FINAL: tuple[Status, ...] = ("DONE", "ERROR", "CANCELLED")
"""Statuses that never change again."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One row: changed by returning a new one (``dataclasses.replace``)."""

    id: str
    routine: str
    backend_name: str
    status: Status = "INITIALIZING"
    phase: str = ""
    """Finer than the status while running: ``pre-processing``, ``on the QPU``, ``post-processing``."""
    created: datetime
    running: datetime | None = None
    finished: datetime | None = None
    tags: tuple[str, ...] = ()
    private: bool = False
    error: str = ""
    """One line for people; empty unless the job failed or was cancelled."""
    reason: str = ""
    """Why it was stopped: ``cancelled`` or ``ran too long``."""
    busy_seconds: float = 0.0
    """Measured: time the simulator was busy with the job."""

    @property
    def final(self) -> bool:
        """Whether the job has ended."""
        return self.status in FINAL
