"""Paired timing: ours and the peer's runs alternate, so that a drifting machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    workload: str
    ours: float
    """Median seconds."""
    peer: float
    """Median seconds."""
    peer_name: str
    goal: float
    """Largest acceptable ours ÷ peer."""
    unit: str = "run"
    per: int = 1
    """How many units one call is (both figures are divided by it)."""

    @property
    def ratio(self) -> float:
        """Ours ÷ peer."""
        return self.ours / self.peer


def paired(ours: Callable[[], object], peer: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median seconds of each, run in turn after one warm-up of each."""
    ours()
    peer()
    mine, theirs = [], []
    for _ in range(repeats):
        mine.append(seconds(ours))
        theirs.append(seconds(peer))
    return statistics.median(mine), statistics.median(theirs)


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
