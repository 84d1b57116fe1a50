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
    """Median seconds of one call of each, in turn after a warm-up; quick calls are looped to at least 50 ms a turn."""
    loops = [max(1, round(_LEAST_SECONDS / max(_warmed_up(call), 1e-6))) for call in (ours, peer)]
    mine, theirs = [], []
    for _ in range(repeats):
        mine.append(_looped(ours, loops[0]))
        theirs.append(_looped(peer, loops[1]))
    return statistics.median(mine), statistics.median(theirs)


_LEAST_SECONDS = 0.05


def _warmed_up(call: Callable[[], object]) -> float:
    call()
    return seconds(call)


def _looped(call: Callable[[], object], loops: int) -> float:
    start = time.perf_counter()
    for _ in range(loops):
        call()
    return (time.perf_counter() - start) / loops


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
