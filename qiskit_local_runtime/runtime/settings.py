"""How a runtime behaves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import IBMInputValueError

HOUR = 3600.0
MAX_TIME: Mapping[str, float] = {"paid": 8 * HOUR, "open": 600.0}
"""Longest wall clock of a session or batch, in seconds, by plan."""


@dataclass(frozen=True, kw_only=True)
class RuntimeSettings:
    """How a runtime behaves.

    Raises:
        IBMInputValueError: a value is out of range.
    """

    unimplemented: Literal["raise", "warn"] = "raise"
    """What happens to options that are known but not applied yet: refused by name, or ignored with a warning."""
    plan: Literal["paid", "open"] = "paid"
    """The open plan has no sessions, and its batches end after ten minutes."""
    instance: str = "local"
    """Whose share of a backend jobs use that do not say."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Each instance's share of a backend's time; 1 for those not named."""
    lanes: int = 5
    """Jobs of one session or batch that are worked on side by side; only one is on the QPU."""
    at_once: int = 1
    """Single jobs a backend runs at the same time, outside sessions."""
    interactive_timeout: float = 60.0
    """Seconds a session or batch may stand with nothing to do before it is deactivated."""
    max_time: float | None = None
    """Longest wall clock of a session or batch in seconds; ``None``: by plan."""
    usage: Literal["modelled", "measured"] = "modelled"
    """What jobs are charged: what the same shots take on the device the backend describes (where it says), or the time the
    simulator was busy."""
    budget: float | None = None
    """Seconds of usage in 28 days after which an instance's jobs are refused; ``None``: no limit."""
    retention_days: float = 30.0
    """How long a store that outlives the process keeps jobs that have ended."""

    def __post_init__(self) -> None:
        for name, allowed in (
            ("unimplemented", ("raise", "warn")),
            ("plan", tuple(MAX_TIME)),
            ("usage", ("modelled", "measured")),
        ):
            if getattr(self, name) not in allowed:
                wanted = " or ".join(map(repr, allowed))
                raise IBMInputValueError(f"{name} must be {wanted}, found {getattr(self, name)!r}.")
        for name in ("lanes", "at_once"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise IBMInputValueError(f"{name} must be a whole number of at least 1, found {value!r}.")
        for name in ("interactive_timeout", "max_time", "budget", "retention_days"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and value >= 0):
                raise IBMInputValueError(
                    f"{name} must be a number of seconds (days for retention) of at least 0, found {value!r}."
                )
        for instance, share in self.shares.items():
            if not (_is_number(share) and share > 0):
                raise IBMInputValueError(f"shares[{instance!r}] must be a number of more than 0, found {share!r}.")
        if self.at_once > self.lanes:
            raise IBMInputValueError(f"at_once must be at most lanes, found at_once={self.at_once} and lanes={self.lanes}.")

    @property
    def longest(self) -> float:
        """Longest wall clock of a session or batch, in seconds."""
        return MAX_TIME[self.plan] if self.max_time is None else min(self.max_time, MAX_TIME[self.plan])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
