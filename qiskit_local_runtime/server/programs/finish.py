"""What a call says beside its parameters, put into the request."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from ...errors import IBMInputValueError
from ...options import EnvironmentOptions
from ...records.request import Request
from .program import Asked

_MOST_SECONDS = 3 * 60 * 60


def finished(request: Request, asked: Asked, form: str) -> Request:
    """A request with the call's tags, limits and workload; these win over the options, tags are added to theirs.

    Raises:
        IBMInputValueError: one of them is wrong.
    """
    changes: dict[str, Any] = {
        "tags": tuple(dict.fromkeys((*asked.tags, *request.tags))),
        "private": request.private or asked.private,
        "workload": asked.workload,
        "form": form,
    }
    if asked.log_level is not None:
        changes["log_level"] = EnvironmentOptions(log_level=asked.log_level).log_level
    if asked.max_execution_time is not None:
        changes["max_execution_time"] = _seconds(asked.max_execution_time)
    return dataclasses.replace(request, **changes)


def _seconds(value: float) -> float:
    if not math.isfinite(value) or not 0 < value <= _MOST_SECONDS:
        raise IBMInputValueError(f"The job's limit must be a number of seconds up to {_MOST_SECONDS} (3 hours), found {value}.")
    return float(value)
