"""One call, as the views see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .errors import ApiError

M = TypeVar("M", bound=BaseModel)
_MOST_PROBLEMS = 10


@dataclass(frozen=True)
class Call:
    """What a caller said."""

    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    raw: bytes
    """The body."""
    instance: str
    """Whose jobs it sees."""
    version: str
    """The date in ``IBM-API-Version``; empty: the newest."""
    content_type: str = ""

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ApiError: it is none.
        """
        import json

        if not self.raw.strip():
            return {}
        try:
            return json.loads(self.raw, parse_constant=_no_constant, object_pairs_hook=_each_once)
        except (ValueError, RecursionError) as err:
            raise ApiError(400, 1211, f"The body must be JSON: {err}.", "Send an object, UTF-8, with finite numbers.") from err

    def body(self, model: type[M]) -> M:
        """The body as a model.

        Raises:
            ApiError: a field is missing, unknown or of the wrong type.
        """
        return validated(model, self.json, "body")

    def asked(self, model: type[M]) -> M:
        """The query as a model; a name that is repeated gives a list.

        Raises:
            ApiError: a parameter is unknown, there twice, or has a wrong value.
        """
        values: dict[str, Any] = {}
        for name, value in self.query:
            if name == "access_token":
                continue
            if model.model_fields.get(name) is not None and "tuple" in str(model.model_fields[name].annotation):
                values.setdefault(name, []).append(value)
            elif name in values:
                raise ApiError(400, 1211, f"{name[:80]}: expected once in the query, found it again.", "Give it once.")
            else:
                values[name] = value
        return validated(model, values, "query")


def validated(model: type[M], value: Any, where: str) -> M:
    """A value as a model.

    Raises:
        ApiError: it does not fit; names the fields that are wrong, the first ten of them.
    """
    try:
        return model.model_validate(value)
    except ValidationError as err:
        raise ApiError(400, 1211, _problems(err, where), "Correct the call.") from err


def _problems(error: ValidationError, where: str) -> str:
    found = error.errors(include_url=False)
    more = f"; and {len(found) - _MOST_PROBLEMS} more" if len(found) > _MOST_PROBLEMS else ""
    return "; ".join(_problem(each, where) for each in found[:_MOST_PROBLEMS]) + more


def _problem(error: Any, where: str) -> str:
    name = ".".join(map(str, error["loc"]))[:200] or where
    if error["type"] == "extra_forbidden":
        return f"{name}: there is no such field in the {where}"
    return f"{name}: {error['msg']}, found {str(error.get('input'))[:80]!r}"


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a name that is there twice, one value would be dropped without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice[:80]!r} is there twice in an object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number JSON knows")
