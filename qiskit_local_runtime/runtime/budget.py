"""What an instance has used, and whether it may use more."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..errors import IBMRuntimeError
from ..records.workload import Workload
from ..store import Store
from .settings import RuntimeSettings

WINDOW = timedelta(days=28)


def used(store: Store, instance: str, now: datetime) -> float:
    """Seconds an instance has used in the last 28 days: quantum time of jobs, wall clock of sessions.

    What was used stays used when a job is deleted.
    """
    running = (row for row in store.workloads(open_only=True) if row.mode == "dedicated" and row.instance == instance)
    return store.used(instance, now - WINDOW) + sum(open_window(row, now) for row in running)


def open_window(row: Workload, now: datetime) -> float:
    """Seconds the window of a session has been open; 0 if it is not, and if the clock was set back since."""
    if row.state != "active" or row.activated_at is None:
        return 0.0
    return max((now - row.activated_at).total_seconds(), 0.0)


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
