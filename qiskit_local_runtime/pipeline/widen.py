"""From what was asked for to what is simulated, and back: value sets × randomizations × draws become rows of one sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sweeps import Shots, Sweep
from ..sweeps.shots import pack_bools
from .dress import Dressed, portions

_MOST_VALUES = 1 << 22
"""Parameter values held at a time (32 MB): a matter of the request, not of the machine."""


def first_wide(sweep: Sweep, dressed: Dressed) -> tuple[Sweep, Sweep]:
    """One variation of the first value set, to ask simulators whether they can, and a sweep as large as all of them.

    The second has the values of the first everywhere: variations differ in angles that change no costs.
    """
    flips = None if sweep.flips is None else sweep.flips[:1, :, :1]
    alone = replace(sweep, values=sweep.values[:1], flips=flips)
    one = next(_parts(alone, replace(dressed, randomizations=1), 0)).wide
    one = replace(one, values=one.values[:1], flips=None if one.flips is None else one.flips[:1])
    if not dressed.varied:
        return one, one
    draws, each = portions(sweep.shots, dressed.draws) if sweep.shots else (dressed.draws, 0)
    count = dressed.randomizations * draws
    flips = None if one.flips is None else np.broadcast_to(one.flips, (count, *one.flips.shape[1:]))
    values = np.broadcast_to(one.values, (count, one.values.shape[1]))
    return one, replace(one, values=values, shots=each, flips=flips)


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
    _, endings, randomizations, shots = sweep.shape
    out = Shots.empty(sweep.shape, sweep.num_clbits)
    for part in _parts(sweep, dressed, first_row):
        packed = sample(part.wide, part.rows.start).packed
        if dressed.varied:
            each = packed.reshape(-1, randomizations, part.draws, endings, part.wide.shots, packed.shape[-1])
            ordered = each.transpose(0, 3, 1, 2, 4, 5).reshape(-1, endings, randomizations, *_last_two(each))
            packed = ordered[:, :, :, :shots] ^ part.undo[:, None, :, None]
        out.packed[part.rows] = packed
    return out


def expect_wide(
    sweep: Sweep, dressed: Dressed, first_row: int, expect: Callable[[Sweep, int], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Exact values of terms for every value set and randomization, shape ``(rows, randomizations, terms)``.

    Draws are averaged; those of a single randomization are what varies.
    """
    found = []
    for part in _parts(sweep, dressed, first_row):
        values = expect(part.wide, part.rows.start)
        each = values.reshape(len(sweep.values[part.rows]), -1, part.draws, values.shape[-1])
        found.append(each[:, 0] if each.shape[1] == 1 else each.mean(axis=2))
    return np.concatenate(found)


class _Part(NamedTuple):
    """Some value sets as a plain sweep."""

    rows: slice
    wide: Sweep
    draws: int
    undo: NDArray[np.uint8]
    """What is flipped back in the bits, packed: shape ``(rows, randomizations, bytes)``."""


def _parts(sweep: Sweep, dressed: Dressed, first_row: int) -> Iterator[_Part]:
    rows, _, _, shots = sweep.shape
    draws, each = portions(shots, dressed.draws) if shots else (dressed.draws, 0)
    many = dressed.randomizations if dressed.varied else 1
    step = max(1, _MOST_VALUES // max(1, many * draws * len(dressed.parameters)))
    plain = replace(sweep, circuit=dressed.circuit, parameters=dressed.parameters, known_tape=dressed.tape)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        count = len(sweep.values[part])
        midway = dressed.flips(count, first_row + start)
        values = dressed.values(sweep.values[part], midway, first_row + start)[:, :, :draws]
        flips = None if sweep.flips is None else sweep.flips[part]
        undo = _packed(midway, dressed.flipped, sweep.num_clbits)
        if dressed.varied:
            wide = values.reshape(-1, values.shape[-1])
            yield _Part(part, replace(plain, values=wide, shots=each, flips=_wide_flips(flips, draws)), draws, undo)
        else:
            yield _Part(part, replace(plain, values=values[:, 0, 0], flips=flips), draws, undo)


def _packed(flips: NDArray[np.bool_], clbits: tuple[int, ...], num_clbits: int) -> NDArray[np.uint8]:
    bits = np.zeros((*flips.shape[:2], num_clbits), dtype=np.bool_)
    bits[..., list(clbits)] = flips
    return pack_bools(bits)


def _last_two(each: NDArray[np.uint8]) -> tuple[int, int]:
    """Shots of all draws together, and bytes."""
    return each.shape[2] * each.shape[4], each.shape[5]


def _wide_flips(flips: NDArray[np.bool_] | None, draws: int) -> NDArray[np.bool_] | None:
    """``(rows, endings, randomizations, clbits)`` to ``(rows × randomizations × draws, endings, 1, clbits)``."""
    if flips is None:
        return None
    repeated = np.repeat(flips.transpose(0, 2, 1, 3)[:, :, None], draws, axis=2)
    return repeated.reshape(-1, flips.shape[1], 1, flips.shape[3])
