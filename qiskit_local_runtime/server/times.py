"""Times as the REST API writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(when: datetime | None) -> str | None:
    """A time in UTC, to the microsecond, with ``Z``."""
    return None if when is None else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
