"""Where the time comes from: a clock is an argument, never a global."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the runtime asks of a clock."""

    def now(self) -> datetime:
        """The time of day, with a time zone (UTC)."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring durations."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of ``time.monotonic()``."""
        return time.monotonic()
