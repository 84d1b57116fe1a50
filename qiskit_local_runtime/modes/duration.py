"""Durations as users write them."""

from __future__ import annotations

import re

from ..errors import IBMInputValueError

_TEXT = re.compile(r"\s*(?:(\d{1,9})\s*h)?\s*(?:(\d{1,9})\s*m)?\s*(?:(\d{1,9})\s*s)?\s*", re.IGNORECASE)


def seconds_of(value: object, name: str) -> float | None:
    """Seconds from a whole number or a text such as ``"2h 30m 40s"``; ``None`` stays ``None``.

    Raises:
        IBMInputValueError: neither, or not more than 0.
    """
    if value is None:
        return None
    seconds: float | None = None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        seconds = float(value)
    elif isinstance(value, str) and (match := _TEXT.fullmatch(value)) and any(match.groups()):
        hours, minutes, rest = (int(part or 0) for part in match.groups())
        seconds = 3600.0 * hours + 60.0 * minutes + rest
    if seconds is None:
        raise IBMInputValueError(
            f"Invalid {name} value: {value!r}. Expected seconds as an int, or a text such as '25m' or '2h 30m 40s'."
        )
    if seconds <= 0:
        raise IBMInputValueError(f"Invalid {name} value: {value!r}. Expected more than 0 seconds.")
    return seconds
