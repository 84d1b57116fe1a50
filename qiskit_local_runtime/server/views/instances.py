"""Instances, and what they have used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..instances import crn_of
from ..times import stamp

_DAYS = 28


def usage(context: Context, call: Call) -> Response:
    """``GET /instances/usage``: of the last 28 days."""
    settings, now = context.runtime.settings, context.runtime.clock.now()
    used = context.runtime.usage(call.instance)
    out: dict[str, Any] = {
        "instance_id": crn_of(call.instance),
        "plan_id": settings.plan,
        "usage_consumed_seconds": used,
        "usage_period": {"start_time": stamp(now - timedelta(days=_DAYS)), "end_time": stamp(now)},
        "usage_limit_reached": settings.budget is not None and used >= settings.budget,
    }
    if settings.budget is not None:
        out |= {
            "usage_limit_seconds": settings.budget,
            "usage_allocation_seconds": settings.budget,
            "usage_remaining_seconds": max(settings.budget - used, 0.0),
        }
    return JSONResponse(out)


def listed(context: Context, call: Call) -> Response:
    """``GET /instances``: the server's own, those with a share, and the caller's."""
    names = dict.fromkeys([context.runtime.instance, *context.runtime.settings.shares, call.instance])
    plan = context.runtime.settings.plan
    return JSONResponse({"instances": [{"crn": crn_of(name), "name": name, "plan": plan, "tags": []} for name in names]})


def one(context: Context, call: Call) -> Response:
    """``GET /instance``: the caller's."""
    settings = context.runtime.settings
    limit = {} if settings.budget is None else {"instance_limit": settings.budget, "usage_allocation_seconds": settings.budget}
    return JSONResponse({"crn": crn_of(call.instance), "plan": settings.plan, **limit})


ROUTES = (
    Endpoint(
        "GET",
        "/instances/usage",
        usage,
        "Read what the instance used",
        returns="application/json",
        refuses=(400, 401),
        waits=True,
    ),
    Endpoint("GET", "/usage", usage, "The same", returns="application/json", refuses=(400, 401), waits=True),
    Endpoint("GET", "/instances", listed, "List instances", returns="application/json", refuses=(400, 401)),
    Endpoint("GET", "/instance", one, "Read the instance's limits", returns="application/json", refuses=(400, 401)),
)
