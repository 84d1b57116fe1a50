"""A session's or a batch's facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Mode = Literal["job", "batch", "dedicated"]
"""IBM's words: a session is ``dedicated``."""
WorkloadState = Literal["open", "active", "inactive", "closed"]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One row: changed by returning a new one (``dataclasses.replace``)."""

    id: str
    mode: Mode
    backend_name: str
    queue: str = ""
    """See :attr:`~qiskit_local_runtime.records.job.Job.queue`."""
    instance: str = "local"
    state: WorkloadState = "open"
    accepting_jobs: bool = True
    max_time: float
    """Seconds of wall clock from the start of its first job (max TTL)."""
    interactive_timeout: float
    """Seconds it may stand with nothing queued or running before it is deactivated (interactive TTL)."""
    created: datetime
    started_at: datetime | None = None
    """Start of its first job."""
    activated_at: datetime | None = None
    """Start of its latest active window."""
    closed_at: datetime | None = None
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    usage_seconds: float = 0.0
    """Quantum time it is charged for, without the window that is open now."""
    transitions: tuple[tuple[str, datetime], ...] = ()
    """Each state it was in, and since when."""
