"""Timing in turn: the runs of all contestants alternate, so that a drifting machine slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_LEAST_SECONDS = 0.05
"""Quick calls are looped to at least this."""


@dataclass(frozen=True)
class Timing:
    """Seconds that the same work took, again and again."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half of the samples are quicker."""
        return statistics.median(self.samples)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between them lies the middle half of the samples."""
        if len(self.samples) == 1:
            return self.samples[0], self.samples[0]
        low, _, high = statistics.quantiles(self.samples, n=4, method="inclusive")
        return low, high

    def __truediv__(self, units: float) -> Timing:
        """Per unit, of so many."""
        return Timing(tuple(sample / units for sample in self.samples))


def in_turn(calls: Sequence[Callable[[], object]], repeats: int, patience: float) -> list[Timing]:
    """Time each call ``repeats`` times, in turn, after one to warm up.

    A call whose warm-up takes longer than ``patience`` seconds is not made again: that one is its time.
    """
    first = [seconds(call) for call in calls]
    loops = [_loops(call, taken) for call, taken in zip(calls, first, strict=True)]
    samples: list[list[float]] = [[] for _ in calls]
    for _ in range(repeats):
        for call, taken, count, mine in zip(calls, first, loops, samples, strict=True):
            if taken <= patience:
                mine.append(_looped(call, count))
    return [Timing(tuple(mine) or (taken,)) for mine, taken in zip(samples, first, strict=True)]


def _loops(call: Callable[[], object], first: float) -> int:
    if first > 10 * _LEAST_SECONDS:
        return 1
    return max(1, round(_LEAST_SECONDS / max(seconds(call), 1e-6)))


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
