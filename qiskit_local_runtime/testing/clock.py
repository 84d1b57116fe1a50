"""A clock that stands still until it is told to move."""

from __future__ import annotations

from ..clock import VirtualClock


class FakeClock(VirtualClock):
    """A clock for tests: the runtime's own virtual clock."""
