"""What happens: everything the scheduler is told."""

from __future__ import annotations

from dataclasses import dataclass

from ..records.workload import Mode, WorkloadState


@dataclass(frozen=True, slots=True)
class Configured:
    """How much a backend does at the same time; without it: five lanes, one job at once."""

    backend: str
    lanes: int = 5
    """Classical slots: jobs of a batch or session side by side."""
    at_once: int = 1
    """Single jobs at the same time, and jobs on the QPU at the same time outside sessions."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session or batch was created; no clock runs yet."""

    workload: str
    mode: Mode
    backend: str
    instance: str
    max_time: float
    """Seconds from the start of its first job until it ends."""
    interactive_timeout: float
    """Seconds it may stand with nothing to do before it is deactivated."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A session or batch another process left behind, as its row says."""

    opened: Opened
    state: WorkloadState
    accepting: bool
    started_at: float | None
    idle_since: float | None
    """Since when its open window has had nothing to do; ``None``: it has jobs, which are submitted again."""
    activated_at: float | None
    usage: float


@dataclass(frozen=True, slots=True)
class Submitted:
    """A job arrived."""

    job: str
    backend: str
    instance: str = "local"
    workload: str | None = None
    """Its session or batch; ``None``: job mode."""
    again: bool = False
    """It had been accepted before a crash, so a workload that accepts no new jobs takes it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A job has done its pre-processing and wants the QPU."""

    job: str


@dataclass(frozen=True, slots=True)
class Released:
    """A job needs the QPU no more."""

    job: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that was started has ended, one way or another."""

    job: str
    usage: float = 0.0
    """Quantum seconds it is charged for."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Somebody wants a job cancelled; nothing happens if it has ended."""

    job: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A workload takes no new jobs; what it has is completed."""

    workload: str


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A workload ends now: running jobs complete, queued ones are cancelled."""

    workload: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""


Event = Configured | Opened | Restored | Submitted | Ready | Released | Finished | Cancelled | Closed | Abandoned | Ticked
