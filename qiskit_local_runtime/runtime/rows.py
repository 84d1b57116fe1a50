"""Rows of the scheduler's workloads as the store keeps them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..records.change import changed
from ..records.workload import Workload


def updated(row: Workload, group: Any) -> Workload:
    """A workload's row with what the scheduler knows now.

    Args:
        row: the row as it was.
        group: the scheduler's entry.
    """
    new = changed(
        row,
        state=group.state,
        accepting_jobs=group.accepting,
        started_at=_time(group.started_at),
        activated_at=_time(group.activated_at),
        closed_at=_time(group.closed_at),
        last_job_started=_time(group.last_job_started),
        last_job_completed=_time(group.last_job_completed),
        usage_seconds=group.usage,
    )
    if new.state == row.state:
        return new
    return changed(new, transitions=(*row.transitions, (new.state, _since(group, row))))


def _since(group: Any, row: Workload) -> datetime:
    if group.state == "active":
        when = group.activated_at
    elif group.state == "closed":
        when = group.closed_at
    else:
        when = group.inactive_since
    return _time(when) or row.created


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
