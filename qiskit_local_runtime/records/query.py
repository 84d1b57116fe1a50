"""What jobs are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .job import Status


@dataclass(frozen=True, kw_only=True)
class Query:
    """Conditions, all of which a job must meet; ``None``: any."""

    backend_name: str | None = None
    routine: str | None = None
    routines: tuple[str, ...] | None = None
    """One of these."""
    workload_id: str | None = None
    instance: str | None = None
    statuses: tuple[Status, ...] | None = None
    tags: tuple[str, ...] = ()
    """All of these."""
    created_after: datetime | None = None
    """Created at this time or later."""
    created_before: datetime | None = None
    """Created at this time or earlier."""
    queues: tuple[str, ...] | None = None
    descending: bool = True
    """Newest first."""
    limit: int | None = None
    skip: int = 0
