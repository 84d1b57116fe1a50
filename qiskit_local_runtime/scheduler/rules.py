"""What tells the execution modes apart: the table :data:`RULES`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..records.workload import Mode


@dataclass(frozen=True, slots=True)
class Rule:
    """One mode."""

    window: bool
    """Whether its first start opens a window, in which its later jobs go before all others."""
    exclusive: bool
    """Whether nobody else's job starts while the window is open; it opens on an empty backend only."""
    side_by_side: bool
    """Whether its jobs fill all lanes; otherwise they count towards what a backend runs at once."""
    wall_clock: bool
    """Whether usage is the length of the windows; otherwise the quantum time of the jobs."""


RULES: Mapping[Mode, Rule] = {
    "job": Rule(window=False, exclusive=False, side_by_side=False, wall_clock=False),
    "batch": Rule(window=True, exclusive=False, side_by_side=True, wall_clock=False),
    "dedicated": Rule(window=True, exclusive=True, side_by_side=True, wall_clock=True),
}
