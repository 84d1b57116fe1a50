"""Fair share: what each instance has used of late."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

WINDOW_SECONDS = 28 * 24 * 3600.0
"""Usage counts for 28 days."""


class Shares:
    """Usage per instance in a rolling window, divided by the instance's share.

    Args:
        shares: how much of the backend's time is an instance's, in any unit; 1 for those not named.
    """

    def __init__(self, shares: Mapping[str, float] | None = None) -> None:
        self._shares = dict(shares or {})
        self._used: dict[str, deque[tuple[float, float]]] = {}
        self._total: dict[str, float] = {}

    def charge(self, instance: str, when: float, seconds: float) -> None:
        """Write down that an instance used some time."""
        if seconds:
            self._used.setdefault(instance, deque()).append((when, seconds))
            self._total[instance] = self._total.get(instance, 0.0) + seconds

    def used(self, instance: str, now: float) -> float:
        """Seconds an instance used in the window, for each unit of its share."""
        past = self._used.get(instance)
        if not past:
            return 0.0
        if past[0][0] <= now - WINDOW_SECONDS:
            while past and past[0][0] <= now - WINDOW_SECONDS:
                past.popleft()
            # added up anew: taking away what was added leaves a remainder
            self._total[instance] = math.fsum(seconds for _, seconds in past)
        return self._total[instance] / self._shares.get(instance, 1.0)
