"""Versions of the REST API that the server speaks."""

from __future__ import annotations

import re

from .errors import ApiError

VERSIONS = (
    "2024-01-01",
    "2025-01-01",
    "2025-05-01",
    "2025-06-01",
    "2026-02-01",
    "2026-02-15",
    "2026-03-15",
    "2026-04-15",
)
"""Dates that IBM's documentation or clients name; any other from the first on is that of the last one before it."""
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]
PATTERN = r"^(202[4-9]|20[3-9][0-9]|2[1-9][0-9]{2}|[3-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
"""Of a date from the first version on."""
_DATE = re.compile(PATTERN)


def checked(asked: str | None) -> str:
    """The version a caller wants; the newest where it does not say.

    Raises:
        ApiError: no date, or one before the first.
    """
    if not asked:
        return NEWEST
    if not _DATE.fullmatch(asked):
        raise ApiError(
            400,
            1211,
            f"IBM-API-Version must be a date from {OLDEST} on, found {asked[:40]!r}.",
            f"Send one of {', '.join(VERSIONS)}, or leave the header out.",
        )
    return asked
