"""The application: the table of routes, and what happens around each of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from . import versions
from .call import Call
from .context import Context
from .doorway import App, Doorway
from .endpoint import Endpoint
from .errors import ApiError, answer, refusal
from .instances import instance_of
from .views import backends, cloud, instances, jobs, meta, sessions, workloads

_LOG = logging.getLogger(__name__)

ROUTES: tuple[Endpoint, ...] = (
    *jobs.ROUTES,
    *sessions.ROUTES,
    *backends.ROUTES,
    *instances.ROUTES,
    *workloads.ROUTES,
    *cloud.ROUTES,
    *meta.ROUTES,
)
"""Everything the server answers."""


def create_app(context: Context) -> App:
    """The ASGI application that serves a runtime."""
    paths = dict.fromkeys(each.path for each in ROUTES)
    routes = [_route(path, [each for each in ROUTES if each.path == path], context) for path in paths]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _http_error, Exception: _fault})
    # a redirect would lead to a path without the prefix that the caller knows
    inner.router.redirect_slashes = False
    return Doorway(inner, context.settings)


def _route(path: str, endpoints: Sequence[Endpoint], context: Context) -> Route:
    """One route a path, which knows all methods that are possible there."""
    by_method = {each.method: each for each in endpoints}
    by_method |= {"HEAD": by_method["GET"]} if "GET" in by_method and by_method["GET"].head else {}

    async def handle(request: Request) -> Response:
        endpoint = by_method[request.method]
        try:
            call = await _call(request, endpoint, context)
            if endpoint.takes_long(call):
                return await run_in_threadpool(endpoint.run, context, call)
            return endpoint.run(context, call)
        except ClientDisconnect:
            return refusal(400, 1211, "The caller hung up before the body was complete.")
        except Exception as err:
            response = answer(err)
            if response.status_code >= 500:
                _LOG.exception("%s %s failed", endpoint.method, request.url.path)
            return response

    route = Route(path, handle, methods=list(by_method))
    route.methods = set(by_method)  # Starlette adds HEAD by itself
    return route


async def _call(request: Request, endpoint: Endpoint, context: Context) -> Call:
    headers = request.headers
    if not endpoint.public and not context.tokens.allows(headers.get("authorization")):
        raise ApiError(
            401,
            1200,
            "The token is missing, wrong or has expired.",
            "Send 'Authorization: apikey <token>' with the token the server was started with, or exchange it at "
            "/identity/token.",
        )
    return Call(
        path=request.path_params,
        query=tuple(request.query_params.multi_items()),
        raw=await _body(request, context.settings.body_seconds, min(context.settings.most_bytes, endpoint.most_bytes)),
        instance=context.runtime.instance
        if endpoint.public
        else instance_of(headers.get("service-crn"), context.runtime.instance),
        version="" if endpoint.public else versions.checked(headers.get("ibm-api-version")),
        content_type=headers.get("content-type", ""),
    )


async def _body(request: Request, seconds: float, most: int) -> bytes:
    """The body, read no further and waited for no longer than is allowed."""
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, most)
    except TimeoutError as err:
        raise ApiError(408, 1211, f"The body did not come within {seconds:g} s.", "Send the call again.") from err


async def _read(request: Request, most: int) -> bytes:
    too_large = ApiError(
        413, 1224, f"The body must have at most {most} bytes.", "Send fewer PUBs in a job; a batch holds many jobs."
    )
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > most:
        raise too_large
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_large
        parts.append(part)
    return b"".join(parts)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = {404: f"There is nothing at {request.url.path[:200]}.", 405: f"{request.method[:20]} is not possible here."}
    solution = "The pages /docs and /openapi.json list all there is."
    return refusal(
        error.status_code, 1200, text.get(error.status_code, str(error.detail)), solution, **dict(error.headers or {})
    )


def _fault(request: Request, error: Exception) -> Response:
    return answer(error)
