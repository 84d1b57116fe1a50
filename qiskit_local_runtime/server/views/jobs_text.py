"""A job as JSON."""

from __future__ import annotations

from typing import Any

from ...records.job import Job, Status
from ...runtime.worker import RAN_TOO_LONG
from ..programs import program_of
from ..times import stamp

STATES: dict[Status, str] = {
    "INITIALIZING": "Queued",
    "QUEUED": "Queued",
    "RUNNING": "Running",
    "DONE": "Completed",
    "CANCELLED": "Cancelled",
    "ERROR": "Failed",
}
_CAP = 10_800
"""Seconds of quantum time any job may use."""
TOO_LONG = 1305


def job_path(what: str = "") -> str:
    """The path of a job, or of something of it."""
    return "/jobs/{id}" + (f"/{what}" if what else "")


def job_json(row: Job) -> dict[str, Any]:
    """A job without its parameters."""
    too_long = row.reason == RAN_TOO_LONG
    status = STATES[row.status]
    out: dict[str, Any] = {
        "id": row.id,
        "backend": row.backend_name,
        "status": "Cancelled - Ran too long" if too_long else status,
        "state": {"status": status, **_reason(row, too_long)},
        "program": {"id": program_of(row.routine).id},
        "created": stamp(row.created),
        "cost": int(row.max_execution_time or _CAP),
        "tags": list(row.tags),
        "private": row.private,
        "usage": {"seconds": row.used_seconds, "quantum_seconds": row.used_seconds},
        "user_id": "local",
    }
    if row.finished is not None:
        out["ended"] = stamp(row.finished)
    if row.workload_id is not None:
        out["session_id"] = row.workload_id
    if row.estimated_seconds is not None:
        out["estimated_running_time_seconds"] = row.estimated_seconds
    return out


def _reason(row: Job, too_long: bool) -> dict[str, Any]:
    if too_long:
        reason = f"Job used more quantum time than max_execution_time allows ({row.max_execution_time} s): ran too long."
        return {"reason": reason, "reason_code": TOO_LONG, "reason_solution": "Allow more, or ask for less work in a job."}
    return {"reason": row.error} if row.error else {}
