"""Which calibration is meant: a local backend has one."""

from __future__ import annotations

from datetime import UTC, datetime

from ...errors import IBMInputValueError


def only_calibration(calibration_id: str | None) -> None:
    """Refuses to give one calibration for another.

    Raises:
        IBMInputValueError: a calibration is asked for by its identifier; those of a local backend have none.
    """
    if calibration_id:
        raise IBMInputValueError(
            f"calibration_id: expected none, since a local backend has one calibration, found {calibration_id!r}. Leave it out."
        )


def is_before(measured: str, limit: str | None) -> bool:
    """Whether a calibration was made before a time; ``None``: before any. Times without a zone are UTC.

    Raises:
        IBMInputValueError: the limit is not ISO 8601.
    """
    return limit is None or _time(measured) < _time(limit)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise IBMInputValueError(
            f"updated_before: expected a time such as 2026-01-31T12:00:00Z (ISO 8601), found {text!r}. Correct it."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
