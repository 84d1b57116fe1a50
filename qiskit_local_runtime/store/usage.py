"""What a change of a row adds to the books: seconds of use, which outlive the row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..records.job import Job
from ..records.workload import Workload


@dataclass(frozen=True)
class Charge:
    """Seconds an instance used at some time."""

    instance: str
    when: datetime
    seconds: float


def of_job(before: Job | None, now: Job, workload: Workload | None) -> Charge | None:
    """A job is charged once, when it ends; one of a session not at all, since the session is.

    Args:
        before: its row as it was, if there was one.
        now: as it is.
        workload: its session or batch, if it has one.
    """
    if now.finished is None or (before is not None and before.final):
        return None
    if workload is not None and workload.mode == "dedicated":
        return None
    return _charge(now.instance, now.finished, now.used_seconds)


def of_workload(before: Workload | None, now: Workload) -> Charge | None:
    """A session is charged for each window when it closes; a batch not at all, since its jobs are."""
    if now.mode != "dedicated":
        return None
    when = max(t for t in (now.created, now.activated_at, now.last_job_completed, now.closed_at) if t is not None)
    return _charge(now.instance, when, now.usage_seconds - (0.0 if before is None else before.usage_seconds))


def _charge(instance: str, when: datetime, seconds: float) -> Charge | None:
    return Charge(instance, when, seconds) if seconds > 0 else None
