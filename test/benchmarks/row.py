"""One line of the table: what was timed, beside whom, and what was wanted."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Timing


@dataclass(frozen=True)
class Rival:
    """Who did the same work, and how long it took."""

    name: str
    family: str
    timing: Timing
    """Seconds a unit."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    label: str
    ours: Timing
    """Seconds a unit."""
    rivals: tuple[Rival, ...] = ()
    goal: float | None = None
    """Largest acceptable ours ÷ best rival."""
    limit: float | None = None
    """Largest acceptable seconds a unit, where the goal is a time."""
    unit: str = "run"

    @property
    def best(self) -> Rival | None:
        """The quickest rival; ``None``: there is none."""
        return min(self.rivals, key=lambda rival: rival.timing.median, default=None)

    @property
    def ratio(self) -> float | None:
        """Ours ÷ best rival, of the medians; ``None``: there is no rival."""
        return None if self.best is None else self.ours.median / self.best.timing.median

    @property
    def met(self) -> bool | None:
        """Whether the goal is; ``None``: there is none, or nobody to compare with."""
        if self.limit is not None:
            return self.ours.median <= self.limit
        return None if self.goal is None or self.ratio is None else self.ratio <= self.goal
