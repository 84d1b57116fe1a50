"""The OpenAPI description, made from the table of routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .about import own_version
from .endpoint import Endpoint
from .instances import CRN_PATTERN, LONGEST_CRN
from .versions import NEWEST, OLDEST, PATTERN
from .views.models import ErrorBody

_REFERENCE = "#/components/schemas/{model}"


def document(routes: Iterable[Endpoint]) -> dict[str, Any]:
    """The description of all routes, OpenAPI 3.1."""
    routes = tuple(routes)
    paths: dict[str, dict[str, Any]] = {}
    for each in routes:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Qiskit Runtime on this computer",
            "version": own_version(),
            "description": "The Qiskit Runtime REST API, answered by qiskit-local-runtime.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {"schemas": _schemas(routes), "securitySchemes": _SECURITY},
        "security": [{"bearer": []}, {"apikey": []}],
    }


_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apikey": {"type": "apiKey", "in": "header", "name": "Authorization"},
}
_HEADERS = (
    {
        "name": "Service-CRN",
        "in": "header",
        "schema": {"type": "string", "pattern": CRN_PATTERN, "maxLength": LONGEST_CRN},
        "description": "The instance; left out: the server's",
    },
    {
        "name": "IBM-API-Version",
        "in": "header",
        "schema": {"type": "string", "pattern": PATTERN, "default": NEWEST},
        "description": f"A date from {OLDEST} on",
    },
)


def _operation(each: Endpoint) -> dict[str, Any]:
    out: dict[str, Any] = {
        "summary": each.summary,
        "operationId": _name(each),
        "parameters": [*_path_parameters(each), *_query_parameters(each), *(() if each.public else _HEADERS)],
        "responses": {str(each.status): _success(each)} | {str(status): _refusal(status) for status in each.refuses},
    }
    if each.public:
        out["security"] = []
    if each.body is not None:
        out["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(each.body)}}}
    if each.form:
        fields = {"apikey": {"type": "string"}, "grant_type": {"type": "string"}}
        schema = {"type": "object", "properties": fields, "required": ["apikey"]}
        out["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    return out


def _name(each: Endpoint) -> str:
    words = re.sub(r"[{}]", "", each.path).strip("/").replace("/", "_").replace(".", "_")
    return f"{each.method.lower()}_{words}"


def _path_parameters(each: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", each.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names]


def _query_parameters(each: Endpoint) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    schema = each.query.model_json_schema()
    if "$defs" in schema:
        raise ValueError(f"{each.query.__name__}: expected fields of plain types")
    return [
        {"name": name, "in": "query", "required": False, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _success(each: Endpoint) -> dict[str, Any]:
    out: dict[str, Any] = {"description": HTTPStatus(each.status).phrase}
    if isinstance(each.returns, str):
        out["content"] = {each.returns: {"schema": {"type": "string"} if each.returns.startswith("text/") else {}}}
    elif each.returns is not None:
        out["content"] = {"application/json": {"schema": _ref(each.returns)}}
    return out


def _refusal(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": _ref(ErrorBody)}}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def _schemas(routes: Iterable[Endpoint]) -> dict[str, Any]:
    said = {each.body for each in routes if each.body is not None}
    told = {each.returns for each in routes if each.returns is not None and not isinstance(each.returns, str)} | {ErrorBody}
    models = [*((model, "validation") for model in said), *((model, "serialization") for model in told)]
    _, found = models_json_schema(sorted(models, key=lambda each: each[0].__name__), ref_template=_REFERENCE)  # type: ignore[arg-type]
    return dict(found["$defs"])
