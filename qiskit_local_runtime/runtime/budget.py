"""What an instance has used, and whether it may use more."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..errors import IBMRuntimeError
from ..records.query import Query
from ..store import Store
from .settings import RuntimeSettings

WINDOW = timedelta(days=28)


def used(store: Store, instance: str, now: datetime) -> float:
    """Seconds an instance has used in the last 28 days: quantum time of jobs, wall clock of sessions."""
    since = now - WINDOW
    workloads = store.workloads()
    sessions = {row.id for row in workloads if row.mode == "dedicated"}
    jobs = store.find(Query(instance=instance, created_after=since))
    quantum = sum(
        row.busy_seconds if row.quantum_seconds is None else row.quantum_seconds
        for row in jobs
        if row.workload_id not in sessions
    )
    return quantum + sum(
        row.usage_seconds + _open_window(row.activated_at if row.state == "active" else None, now)
        for row in workloads
        if row.mode == "dedicated" and row.instance == instance and row.created >= since
    )


def _open_window(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else (now - since).total_seconds()


def check(store: Store, settings: RuntimeSettings, instance: str, now: datetime) -> None:
    """Refuse a job of an instance that has spent its budget.

    Raises:
        IBMRuntimeError: it has.
    """
    if settings.budget is None:
        return
    spent = used(store, instance, now)
    if spent >= settings.budget:
        raise IBMRuntimeError(
            f"This instance has met its usage limit: {instance!r} has used {spent:.1f} of {settings.budget:g} seconds in 28 "
            "days. Workloads will not run until time is made available: raise the runtime's budget, or wait."
        )
