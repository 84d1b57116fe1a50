"""From what was asked for to what is simulated, and back: value sets × randomizations × draws become rows of one sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..sweeps import Shots, Sweep
from .dress import Dressed, portions

_MOST_VALUES = 1 << 22
"""Parameter values held at a time (32 MB): a matter of the request, not of the machine."""


def first_wide(sweep: Sweep, dressed: Dressed) -> Sweep:
    """What is simulated for the first value set, to choose a simulator by."""
    flips = None if sweep.flips is None else sweep.flips[:1]
    return next(_parts(replace(sweep, values=sweep.values[:1], flips=flips), dressed, 0))[1]


def sample_wide(sweep: Sweep, dressed: Dressed, first_row: int, sample: Callable[[Sweep, int], Shots]) -> Shots:
    """Sample a dressed sweep.

    Args:
        sweep: as asked for, shape ``(rows, endings, randomizations, shots)``.
        dressed: its circuit as it really runs.
        first_row: number of its first value set among those of the request.
        sample: samples a plain sweep; the number tells apart the parts it is called with.

    Returns:
        Bits in the shape asked for.
    """
    rows, endings, randomizations, shots = sweep.shape
    out = Shots.empty(sweep.shape, sweep.num_clbits)
    for part, wide in _parts(sweep, dressed, first_row):
        packed = sample(wide, part.start).packed
        count = min(part.stop, rows) - part.start
        if not dressed.varied:
            out.packed[part] = packed
            continue
        each = packed.reshape(count, randomizations, -1, endings, wide.shots, packed.shape[-1])
        ordered = each.transpose(0, 3, 1, 2, 4, 5).reshape(count, endings, randomizations, -1, packed.shape[-1])
        out.packed[part] = ordered[:, :, :, :shots]
    return out


def expect_wide(
    sweep: Sweep, dressed: Dressed, first_row: int, expect: Callable[[Sweep, int], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Exact values of terms for every value set and variation, shape ``(rows, randomizations × draws, terms)``."""
    found = []
    for part, wide in _parts(sweep, dressed, first_row):
        values = expect(wide, part.start)
        found.append(values.reshape(min(part.stop, len(sweep.values)) - part.start, -1, values.shape[-1]))
    return np.concatenate(found)


def _parts(sweep: Sweep, dressed: Dressed, first_row: int) -> Iterator[tuple[slice, Sweep]]:
    """Plain sweeps, each with the value sets it is for."""
    rows, _, _, shots = sweep.shape
    draws, each = portions(shots, dressed.draws) if shots else (dressed.draws, 0)
    many = dressed.randomizations if dressed.varied else 1
    step = max(1, _MOST_VALUES // max(1, many * draws * len(dressed.parameters)))
    plain = replace(sweep, circuit=dressed.circuit, parameters=dressed.parameters, known_tape=dressed.tape)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        values = dressed.values(sweep.values[part], first_row + start)[:, :, :draws]
        flips = None if sweep.flips is None else sweep.flips[part]
        if not dressed.varied:
            yield part, replace(plain, values=values[:, 0, 0], flips=flips)
            continue
        wide = values.reshape(-1, values.shape[-1])
        yield part, replace(plain, values=wide, shots=each, flips=_wide_flips(flips, draws))


def _wide_flips(flips: NDArray[np.bool_] | None, draws: int) -> NDArray[np.bool_] | None:
    """``(rows, endings, randomizations, clbits)`` to ``(rows × randomizations × draws, endings, 1, clbits)``."""
    if flips is None:
        return None
    repeated = np.repeat(flips.transpose(0, 2, 1, 3)[:, :, None], draws, axis=2)
    return repeated.reshape(-1, flips.shape[1], 1, flips.shape[3])
