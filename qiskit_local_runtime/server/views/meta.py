"""The server about itself: versions, tags in use, its description."""

from __future__ import annotations

from functools import cache

from starlette.responses import HTMLResponse, JSONResponse, Response

from ...records.query import Query
from ..about import own_version
from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from ..versions import VERSIONS
from .models import TagFilters


def versions(context: Context, call: Call) -> Response:
    """``GET /versions``: of the API."""
    return JSONResponse({"versions": list(VERSIONS), "server": f"qiskit-local-runtime {own_version()}"})


def tags(context: Context, call: Call) -> Response:
    """``GET /tags``: of the instance's jobs."""
    filters = call.asked(TagFilters)
    used = sorted({tag for row in context.runtime.find(Query(instance=call.instance)) for tag in row.tags})
    return JSONResponse({"tags": [tag for tag in used if filters.search is None or filters.search in tag]})


def openapi(context: Context, call: Call) -> Response:
    """``GET /openapi.json``."""
    return _described()


def docs(context: Context, call: Call) -> Response:
    """``GET /docs``: the same as a page to read."""
    return _written()


@cache
def _described() -> Response:
    from ..app import ROUTES
    from ..openapi import document

    return JSONResponse(document(ROUTES))


@cache
def _written() -> Response:
    from ..app import ROUTES
    from ..page import page

    return HTMLResponse(page(ROUTES))


_JSON = "application/json"
ROUTES = (
    Endpoint("GET", "/versions", versions, "List versions of the API", returns=_JSON, refuses=(), public=True),
    Endpoint("GET", "/tags", tags, "List tags", query=TagFilters, returns=_JSON, refuses=(400, 401), waits=True),
    Endpoint("GET", "/openapi.json", openapi, "Read this description", returns=_JSON, refuses=(), public=True),
    Endpoint("GET", "/docs", docs, "Read this description as a page", returns="text/html", refuses=(), public=True),
)
