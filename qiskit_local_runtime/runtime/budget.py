"""What an instance has used, and whether it may use more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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
    if settings.budget is not None:
        check_spent(settings, instance, used(store, instance, now))


def check_spent(settings: RuntimeSettings, instance: str, spent: float) -> None:
    """Refuse a job of an instance that has used so many seconds, if they are its whole budget.

    Raises:
        IBMRuntimeError: they are.
    """
    if settings.budget is not None and spent >= settings.budget:
        raise IBMRuntimeError(
            f"This instance has met its usage limit: {instance!r} has used {spent:.1f} of {settings.budget:g} seconds in "
            f"{WINDOW.days} days. Workloads will not run until time is made available: raise the runtime's budget, or wait."
        )


def as_json(settings: RuntimeSettings, instance_id: str, spent: float, now: datetime) -> dict[str, Any]:
    """What an instance used, as IBM's API says it: seconds, and times in UTC.

    Args:
        settings: of the runtime: its plan, and its budget, without which there are no limits to name.
        instance_id: as the caller knows the instance.
        spent: seconds used until now: see :func:`used`.
        now: the end of the period that counts.
    """
    out: dict[str, Any] = {
        "instance_id": instance_id,
        "plan_id": settings.plan,
        "usage_consumed_seconds": spent,
        "usage_period": {"start_time": _stamp(now - WINDOW), "end_time": _stamp(now)},
        "usage_limit_reached": settings.budget is not None and spent >= settings.budget,
    }
    if settings.budget is not None:
        out |= {
            "usage_limit_seconds": settings.budget,
            "usage_allocation_seconds": settings.budget,
            "usage_remaining_seconds": max(settings.budget - spent, 0.0),
        }
    return out


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
