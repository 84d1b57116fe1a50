"""Sessions and batches."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from ...records.workload import Workload
from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..errors import ApiError
from ..instances import instance_of
from ..times import stamp
from .jobs import seen_workload
from .models import SessionBody, SessionPatch, SessionView


def create(context: Context, call: Call) -> Response:
    """``POST /sessions``."""
    body = call.body(SessionBody)
    name = body.backend or body.backend_name
    if name is None:
        raise ApiError(400, 1211, "backend: expected the name of a backend.", "GET /backends lists the names.")
    if body.interactive_ttl is not None:
        raise ApiError(400, 1229, "interactive_ttl: only who configures the runtime can set it.", "Leave it out.")
    instance = call.instance if body.instance is None else instance_of(body.instance, context.runtime.instance)
    backend = context.backend(name, instance)
    opened = context.runtime.open_workload(body.mode, backend, body.max_ttl, instance)
    return JSONResponse(session_json(context, context.runtime.workload(opened)))


def one(context: Context, call: Call) -> Response:
    """``GET /sessions/{id}``."""
    return JSONResponse(session_json(context, seen_workload(context, call, call.path["id"])))


def patch(context: Context, call: Call) -> Response:
    """``PATCH /sessions/{id}``: it takes no new jobs."""
    call.body(SessionPatch)
    context.runtime.close_workload(seen_workload(context, call, call.path["id"]).id)
    return Response(status_code=204)


def close(context: Context, call: Call) -> Response:
    """``DELETE /sessions/{id}/close``: it ends now."""
    context.runtime.cancel_workload(seen_workload(context, call, call.path["id"]).id)
    return Response(status_code=204)


def session_json(context: Context, row: Workload) -> dict[str, Any]:
    """A session or batch."""
    return {
        "id": row.id,
        "backend_name": row.backend_name,
        "mode": row.mode,
        "state": row.state,
        "state_reason": None,
        "accepting_jobs": row.accepting_jobs,
        "interactive_ttl": round(row.interactive_timeout),
        "max_ttl": round(row.max_time),
        "active_ttl": round(row.max_time),
        "started_at": stamp(row.started_at),
        "activated_at": stamp(row.activated_at),
        "closed_at": stamp(row.closed_at),
        "last_job_started": stamp(row.last_job_started),
        "last_job_completed": stamp(row.last_job_completed),
        "elapsed_time": round(context.runtime.workload_usage(row.id)),
        "user_id": "local",
        "timestamps": [{"status": state, "timestamp": stamp(when)} for state, when in row.transitions],
    }


_PATH = "/sessions/{id}"
ROUTES = (
    Endpoint(
        "POST",
        "/sessions",
        create,
        "Open a session or batch",
        body=SessionBody,
        returns=SessionView,
        refuses=(400, 401, 403, 404),
        waits=True,
    ),
    Endpoint("GET", _PATH, one, "Look a session or batch up", returns=SessionView, waits=True),
    Endpoint("PATCH", _PATH, patch, "Take no new jobs", status=204, body=SessionPatch, waits=True),
    Endpoint("DELETE", f"{_PATH}/close", close, "End a session or batch now", status=204, waits=True),
)
