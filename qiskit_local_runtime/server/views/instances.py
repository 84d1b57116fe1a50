"""Instances, and what they have used."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ...runtime import budget
from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..instances import crn_of


def usage(context: Context, call: Call) -> Response:
    """``GET /instances/usage``: of the last 28 days."""
    runtime = context.runtime
    spent = runtime.usage(call.instance)
    return JSONResponse(budget.as_json(runtime.settings, crn_of(call.instance), spent, runtime.clock.now()))


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
