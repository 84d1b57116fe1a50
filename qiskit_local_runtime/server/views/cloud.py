"""What IBM Cloud answers before anything else: tokens, and where the instances are."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, Response

from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..errors import ApiError, body_of
from ..instances import crn_of
from ..tokens import HOUR

_PLANS = {"paid": ("local-paid", "Local", "paid"), "open": ("local-open", "Open", "free")}
"""Id, display name and kind of price of a runtime's plan."""


def token(context: Context, call: Call) -> Response:
    """``POST /identity/token``: an API key becomes an access token."""
    fields = parse_qs(call.raw.decode("utf-8", "replace"))
    issued = context.tokens.exchange(fields.get("apikey", [""])[0])
    if issued is None:
        wrong = "Provided API key could not be found."
        told = body_of(1200, wrong, "Send the token the server was started with.")
        return JSONResponse({"errorCode": "BXNIM0415E", "errorMessage": wrong, **told}, status_code=400)
    return JSONResponse(
        {
            "access_token": issued,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": HOUR,
            "expiration": int(time.time()) + HOUR,
            "scope": "ibm openid",
        }
    )


def search(context: Context, call: Call) -> Response:
    """``POST /v3/resources/search``: the instances, all in one page."""
    plan, _, _ = _PLANS[context.runtime.settings.plan]
    items = [_item(name, plan) for name in dict.fromkeys([context.runtime.instance, *context.runtime.settings.shares])]
    return JSONResponse({"items": items, "limit": 100})


def _item(name: str, plan: str) -> dict[str, Any]:
    return {
        "crn": crn_of(name),
        "name": name,
        "service_plan_unique_id": plan,
        "doc": {"extensions": {"backends": "local"}},
        "tags": [],
    }


def catalog(context: Context, call: Call) -> Response:
    """``GET /{plan}`` of the catalogue: what a plan is called."""
    known = ", ".join(plan for plan, _, _ in _PLANS.values())
    for plan, name, price in _PLANS.values():
        if call.path["id"] == plan:
            shown = {"en": {"display_name": name}}
            return JSONResponse({"id": plan, "name": plan, "overview_ui": shown, "metadata": {"pricing": {"type": price}}})
    raise ApiError(404, 1200, f"No plan has the id {call.path['id'][:80]!r}.", f"Expected one of {known}.")


def resources(context: Context, call: Call) -> Response:
    """``GET /v2/resource_instances``: the CRN of an instance by its name."""
    asked = dict(call.query).get("name")
    known = dict.fromkeys([context.runtime.instance, *context.runtime.settings.shares])
    found = [{"crn": crn_of(name), "name": name} for name in known if asked in (None, name)]
    return JSONResponse({"rows_count": len(found), "resources": found, "next_url": None})


_JSON = "application/json"
ROUTES = (
    Endpoint("POST", "/identity/token", token, "Exchange an API key", returns=_JSON, refuses=(400,), public=True, form=True),
    Endpoint("POST", "/v3/resources/search", search, "Find instances", returns=_JSON, refuses=(400, 401)),
    Endpoint("GET", "/catalog/{id}", catalog, "Look a plan up", returns=_JSON, refuses=(400, 401, 404)),
    Endpoint("GET", "/v2/resource_instances", resources, "Find an instance by name", returns=_JSON, refuses=(400, 401)),
)
