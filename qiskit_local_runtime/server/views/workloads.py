"""Workloads: sessions, batches and single jobs in one list."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from ...records.job import Job
from ...records.query import Query
from ...records.workload import Workload
from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..errors import ApiError
from ..instances import crn_of
from ..times import stamp
from .jobs_text import STATES
from .models import WorkloadFilters

_MODES = {"dedicated": "session", "batch": "batch"}


@dataclass(frozen=True)
class _Entry:
    """A workload, ready for filters."""

    created: datetime
    id: str
    mode: str
    backend: str
    status: str
    tags: tuple[str, ...]
    shown: dict[str, Any]


def listed(context: Context, call: Call) -> Response:
    """``GET /workloads``: newest first, page by page."""
    filters = call.asked(WorkloadFilters)
    found = sorted(_all(context, call), key=lambda each: (each.created, each.id), reverse=filters.sort == "-createdAt")
    kept = [each for each in found if _meets(each, filters)]
    start = _place(filters)
    page = kept[start : start + filters.limit]
    end = start + len(page)
    out = {"workloads": [each.shown for each in page], "total_count": len(kept)}
    if end < len(kept):
        out["next"] = _cursor(end)
    if start:
        out["previous"] = _cursor(max(start - filters.limit, 0))
    return JSONResponse(out)


def _all(context: Context, call: Call) -> list[_Entry]:
    jobs = context.runtime.find(Query(instance=call.instance))
    groups = [_group(context, row, jobs) for row in context.runtime.workloads() if row.instance == call.instance]
    return [*groups, *(_single(row) for row in jobs if row.workload_id is None)]


def _single(row: Job) -> _Entry:
    status = STATES[row.status]
    shown = _shown(row.id, "job", row.backend_name, row.instance, row.created, status, row.tags, row.used_seconds)
    return _Entry(row.created, row.id, "job", row.backend_name, status, row.tags, shown | {"ended_at": stamp(row.finished)})


def _group(context: Context, row: Workload, jobs: Any) -> _Entry:
    mode, tags = _MODES[row.mode], tuple(dict.fromkeys(tag for job in jobs if job.workload_id == row.id for tag in job.tags))
    status = "Completed" if row.state == "closed" else "In progress" if row.state == "active" else "Pending"
    used = context.runtime.workload_usage(row.id)
    shown = _shown(row.id, mode, row.backend_name, row.instance, row.created, status, tags, used)
    count = sum(job.workload_id == row.id for job in jobs)
    more = {"ended_at": stamp(row.closed_at), "accepting_jobs": row.accepting_jobs, "num_jobs": count}
    return _Entry(row.created, row.id, mode, row.backend_name, status, tags, shown | more)


def _shown(
    name: str, mode: str, backend: str, instance: str, created: datetime, status: str, tags: tuple[str, ...], used: float
) -> dict[str, Any]:
    return {
        "id": name,
        "mode": mode,
        "backend": backend,
        "instance": crn_of(instance),
        "user_id": "local",
        "created_at": stamp(created),
        "status": status,
        "tags": list(tags),
        "usage_seconds": used,
    }


def _meets(each: _Entry, filters: WorkloadFilters) -> bool:
    wanted = {text.lower() for text in filters.status}
    return (
        filters.backend in (None, each.backend)
        and filters.mode in (None, each.mode)
        and filters.user in (None, "local")
        and filters.instance in (None, each.shown["instance"])
        and (not wanted or each.status.lower() in wanted)
        and set(filters.tags) <= set(each.tags)
        and (filters.created_after is None or each.created >= filters.created_after)
        and (filters.created_before is None or each.created <= filters.created_before)
        and (filters.search is None or any(filters.search in text for text in (each.id, *each.tags)))
    )


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def _place(filters: WorkloadFilters) -> int:
    if filters.next is not None and filters.previous is not None:
        raise ApiError(400, 1211, "next and previous: expected one of them, found both.", "Leave one out.")
    text = filters.next or filters.previous
    if text is None:
        return 0
    try:
        found = int(base64.urlsafe_b64decode(text).decode())
    except (binascii.Error, ValueError) as err:
        raise ApiError(
            400, 1211, f"next: expected a cursor that an answer gave, found {text[:80]!r}.", "Leave it out."
        ) from err
    if not 0 <= found < 2**53:
        raise ApiError(400, 1211, f"next: expected a cursor that an answer gave, found {text[:80]!r}.", "Leave it out.")
    return found


ROUTES = (
    Endpoint(
        "GET",
        "/workloads",
        listed,
        "List sessions, batches and single jobs",
        query=WorkloadFilters,
        returns="application/json",
        refuses=(400, 401),
        waits=True,
    ),
)
