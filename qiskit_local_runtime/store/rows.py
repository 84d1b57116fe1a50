"""Rows as text: JSON with every field, times in UTC that sort as text."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from ..errors import IBMRuntimeError
from ..records.job import Job
from ..records.workload import Workload

R = TypeVar("R", Job, Workload)

_TIMES = {
    Job: ("created", "running", "granted", "finished"),
    Workload: ("created", "started_at", "activated_at", "closed_at", "last_job_started", "last_job_completed"),
}


class DamagedRowError(IBMRuntimeError):
    """A row that cannot be read; the others can."""


def time_text(when: datetime | None) -> str | None:
    """A time as text of one length, in UTC."""
    return None if when is None else when.astimezone(UTC).isoformat(timespec="microseconds")


def to_text(row: Job | Workload) -> str:
    """A row as JSON."""
    fields = dict(vars(row))
    for name in _TIMES[type(row)]:
        fields[name] = time_text(fields[name])
    if isinstance(row, Workload):
        fields["transitions"] = [(state, time_text(when)) for state, when in row.transitions]
    return json.dumps(fields, separators=(",", ":"))


def from_text(kind: type[R], text: str, name: str = "?") -> R:
    """A row from JSON; fields a later version has added are left out, missing ones get their default.

    Args:
        kind: of what.
        text: what :func:`to_text` made.
        name: the id it is stored under, for the error.

    Raises:
        DamagedRowError: it cannot be read.
    """
    try:
        found: Any = _workload(text) if kind is Workload else None
        row: R = found or _read(kind, json.loads(text))
        return row
    except (ValueError, TypeError, AttributeError) as err:
        what, cure = _WORDS[kind]
        raise DamagedRowError(
            f"The row of {what} {name} in the store is damaged ({type(err).__name__}: {err}). {cure.format(name=name)}"
        ) from err


@lru_cache(maxsize=64)
def _workload(text: str) -> Workload:
    """Read several times a job between two changes; frozen all through, so that readers may share it."""
    return _read(Workload, json.loads(text))


def _read(kind: type[R], fields: dict[str, Any]) -> R:
    known = {field.name for field in dataclasses.fields(kind)}
    values = {name: value for name, value in fields.items() if name in known}
    for name in _TIMES[kind]:
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(values[name])
    for name in ("tags", "log"):
        if name in values:
            values[name] = tuple(values[name])
    if "transitions" in values:
        values["transitions"] = tuple((state, datetime.fromisoformat(when)) for state, when in values["transitions"])
    return kind(**values)


_WORDS: dict[type[Job] | type[Workload], tuple[str, str]] = {
    Job: ("job", "delete_job({name!r}) removes it; the other jobs are not affected."),
    Workload: ("the session or batch", "Open another one; the others are not affected."),
}
