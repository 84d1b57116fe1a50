"""Backends: a list, and each one's configuration, properties and status."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ...records.job import UNFINISHED
from ...records.query import Query
from ..backends.configuration import configuration
from ..backends.device import device
from ..backends.properties import bare_properties, properties
from ..backends.status import status
from ..call import Call
from ..context import Context
from ..endpoint import Endpoint
from .models import BackendFilters, BackendPage, CalibrationQuery

_NAMES_ONLY = "2025-01-01"
"""Before this version the list had names and nothing else."""


def listed(context: Context, call: Call) -> Response:
    """``GET /backends``."""
    call.asked(BackendFilters)
    if call.version < _NAMES_ONLY:
        return JSONResponse({"devices": context.names()})
    return JSONResponse({"devices": [device(name, _waiting(context, name)) for name in context.names()]})


def one_configuration(context: Context, call: Call) -> Response:
    """``GET /backends/{id}/configuration``."""
    asked, name = call.asked(CalibrationQuery), call.path["id"]
    return JSONResponse(configuration(context.backend(name), name, calibration_id=asked.calibration_id))


def one_properties(context: Context, call: Call) -> Response:
    """``GET /backends/{id}/properties``: bare ones where it has none, an empty object where none is as old as asked for."""
    asked, name = call.asked(CalibrationQuery), call.path["id"]
    limit = None if asked.updated_before is None else asked.updated_before.isoformat()
    backend = context.backend(name)
    found = properties(backend, name, updated_before=limit, calibration_id=asked.calibration_id)
    if found is None and limit is None:
        found = bare_properties(backend, name)
    return JSONResponse(found or {})


def one_status(context: Context, call: Call) -> Response:
    """``GET /backends/{id}/status``: IBM's client asks before each job."""
    name = context.served(call.path["id"])
    return JSONResponse(status(name, _waiting(context, name)))


def _waiting(context: Context, name: str) -> int:
    return context.runtime.count(Query(backend_name=name, statuses=UNFINISHED))


_JSON = "application/json"
_PATH = "/backends/{id}"
ROUTES = (
    Endpoint(
        "GET", "/backends", listed, "List backends", query=BackendFilters, returns=BackendPage, refuses=(400, 401), waits=True
    ),
    Endpoint(
        "GET",
        f"{_PATH}/configuration",
        one_configuration,
        "Read a backend's configuration",
        query=CalibrationQuery,
        returns=_JSON,
        waits=True,
    ),
    Endpoint(
        "GET",
        f"{_PATH}/properties",
        one_properties,
        "Read a backend's calibration",
        query=CalibrationQuery,
        returns=_JSON,
        waits=True,
    ),
    Endpoint("GET", f"{_PATH}/status", one_status, "Read whether a backend takes jobs", returns=_JSON, waits=True),
)
