"""Cutting a sweep: rows, or shots of a row, that are simulated apart from each other.

Where the cuts are depends on the request only, never on cores, workers or measured times, and every shard has a child of the
seed: the same request and seed give the same bits on every engine.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from ..devices.device import ActiveDevice
from ..simulators.base import Simulator
from ..sweeps import Sweep, num_bytes

LEAST = 0.3
"""Seconds of estimated work below which a sweep stays whole: cutting it would not pay."""
_SHARDS = 64
"""Shards of work of a second or more; a power of two, which common numbers of workers divide."""
_SHORTEST, _LONGEST = 0.015, 2.0
"""Seconds of a shard: long beside a message, short beside a user's patience after ``cancel()``."""
_MOST_BYTES = 1 << 22
"""Of a shard's result: several are under way at a time."""
_MOST_WORK = 1.1
"""How much more all shards may cost than the whole: each simulates anew what rows, or shots of a row, share."""
_ALL = slice(None)


class Shard(NamedTuple):
    """Some rows of a sweep, and some randomizations or some shots of theirs."""

    rows: slice
    randomizations: slice = _ALL
    shots: slice = _ALL

    def of(self, sweep: Sweep) -> Sweep:
        """The shard as a sweep of its own."""
        flips = None if sweep.flips is None else sweep.flips[self.rows, :, self.randomizations]
        count = len(range(*self.shots.indices(sweep.shots)))
        return replace(sweep, values=sweep.values[self.rows], flips=flips, shots=count)


WHOLE = Shard(_ALL)


def sampling_shards(sweep: Sweep, simulator: Simulator, device: ActiveDevice, seconds: float) -> list[Shard]:
    """How to cut a sweep that is sampled.

    Args:
        sweep: a plain sweep.
        simulator: what runs it.
        device: on what.
        seconds: the estimated time of all of it.

    Returns:
        One shard, :data:`WHOLE`, or several in the order of rows.
    """
    rows, endings, randomizations, each = sweep.shape
    if seconds < LEAST or not rows:
        return [WHOLE]
    size = endings * randomizations * each * num_bytes(sweep.num_clbits)
    pieces = _pieces(seconds)
    cuts = _cuts_of_a_row(sweep, simulator, device, -(-pieces // rows)) if rows < pieces else []
    if len(cuts) > 1:
        return [cut._replace(rows=slice(row, row + 1)) for row in range(rows) for cut in cuts]
    most = max(1, _MOST_BYTES // max(1, size))
    return _by_rows(rows, max(_worthwhile(sweep, simulator, device, seconds, pieces), -(-rows // most)))


def exact_shards(sweep: Sweep, seconds: float) -> list[Shard]:
    """How to cut a sweep whose exact values are wanted: by rows."""
    rows = len(sweep.values)
    return [WHOLE] if seconds < LEAST or not rows else _by_rows(rows, _pieces(seconds))


def _pieces(seconds: float) -> int:
    pieces = _SHARDS
    while pieces * _SHORTEST > seconds:
        pieces //= 2
    return max(pieces, math.ceil(seconds / _LONGEST))


def _worthwhile(sweep: Sweep, simulator: Simulator, device: ActiveDevice, seconds: float, pieces: int) -> int:
    """As many pieces of rows, or as few, as do not do again too much of what rows share."""
    while pieces > 1:
        part = Shard(slice(0, -(-len(sweep.values) // pieces))).of(sweep)
        if pieces * simulator.estimate(part, device).seconds <= _MOST_WORK * seconds:
            return pieces
        pieces //= 2
    return 1


def _by_rows(rows: int, pieces: int) -> list[Shard]:
    parts = _equal(rows, pieces)
    return [Shard(part) for part in parts] if len(parts) > 1 else [WHOLE]


def _equal(many: int, pieces: int) -> list[slice]:
    """Parts that differ by one at most."""
    pieces = max(1, min(many, pieces))
    return [slice(many * i // pieces, many * (i + 1) // pieces) for i in range(pieces)]


def _cuts_of_a_row(sweep: Sweep, simulator: Simulator, device: ActiveDevice, pieces: int) -> list[Shard]:
    """Equal parts of the longer of the two axes, as many as pay: one, where all shots are drawn from one state."""
    row = Shard(slice(0, 1)).of(sweep)
    whole = simulator.estimate(row, device).seconds
    _, _, randomizations, each = sweep.shape
    for count in (pieces, pieces // 2, pieces // 4, pieces // 8):
        parts = _equal(max(randomizations, each), count)
        cuts = [Shard(_ALL, _ALL, part) if each >= randomizations else Shard(_ALL, part, _ALL) for part in parts]
        if len(cuts) * simulator.estimate(cuts[0].of(row), device).seconds <= _MOST_WORK * whole:
            return cuts
    return [WHOLE]
