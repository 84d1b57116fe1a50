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
"""Parameter values of several value sets held at a time (32 MB): a matter of the request, not of the machine."""
_MOST_OF_ONE = 1 << 24
"""Those of one value set: reading a circuit anew for each part of its randomizations costs more than 128 MB."""


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
    shots = sweep.shape[3]
    out = Shots.empty(sweep.shape, sweep.num_clbits)
    for part in _parts(sweep, dressed, first_row):
        packed = sample(part.wide, part.number).packed
        if dressed.varied:
            packed = _narrowed(packed, part)[:, :, :, :shots] ^ part.undo[:, None, :, None]
        out.packed[part.rows, :, part.randomizations] = packed
    return out


def expect_wide(
    sweep: Sweep, dressed: Dressed, first_row: int, expect: Callable[[Sweep, int], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Exact values of terms for every value set and randomization, shape ``(rows, randomizations, terms)``.

    Draws are averaged; those of a single randomization are what varies.
    """
    found: dict[int, list[NDArray[np.float64]]] = {}
    for part in _parts(sweep, dressed, first_row):
        values = expect(part.wide, part.number)
        each = values.reshape(len(part.undo), -1, part.draws, values.shape[-1])
        alone = dressed.randomizations == 1 or not dressed.varied
        found.setdefault(part.rows.start, []).append(each[:, 0] if alone else each.mean(axis=2))
    return np.concatenate([np.concatenate(parts, axis=1) for parts in found.values()])


class _Part(NamedTuple):
    """Some value sets, or some randomizations of one, as a plain sweep."""

    rows: slice
    randomizations: slice
    wide: Sweep
    draws: int
    undo: NDArray[np.uint8]
    """What is flipped back in the bits, packed: shape ``(rows, randomizations, bytes)``."""
    number: int
    """Tells it apart from all others of the sweep."""


def _parts(sweep: Sweep, dressed: Dressed, first_row: int) -> Iterator[_Part]:
    shots = sweep.shape[3]
    draws, each = portions(shots, dressed.draws) if shots else (dressed.draws, 0)
    plain = replace(sweep, circuit=dressed.circuit, parameters=dressed.parameters, known_tape=dressed.tape)
    for rows, shares in _slices(len(sweep.values), dressed, draws):
        asked = sweep.values[rows]
        drawn = dressed.draw(len(asked), first_row + rows.start)
        flips = None if sweep.flips is None else sweep.flips[rows]
        for share, which in enumerate(shares):
            some = drawn.part(slice(None), which)
            values = dressed.values(asked, some)[:, :, :draws]
            undo = _packed(some.flips, dressed.flipped, sweep.num_clbits)
            if dressed.varied:
                turned = None if flips is None else _wide_flips(flips[:, :, which], draws)
                wide = replace(plain, values=values.reshape(-1, values.shape[-1]), shots=each, flips=turned)
            else:
                wide = replace(plain, values=values[:, 0, 0], flips=flips)
            yield _Part(rows, which, wide, draws, undo, rows.start + share * len(sweep.values))


def _slices(rows: int, dressed: Dressed, draws: int) -> Iterator[tuple[slice, list[slice]]]:
    """Value sets that are simulated together, and their randomizations; the draws of a randomization stay together."""
    each = max(1, draws * len(dressed.parameters))
    many = dressed.randomizations if dressed.varied else 1
    most = max(1, _MOST_OF_ONE // each)
    shares = [slice(start, start + most) for start in range(0, many, most)] if many > most else [slice(None)]
    step = max(1, _MOST_VALUES // (many * each))
    for start in range(0, rows, step):
        yield slice(start, start + step), shares


def _narrowed(packed: NDArray[np.uint8], part: _Part) -> NDArray[np.uint8]:
    """``(rows × randomizations × draws, endings, 1, shots, bytes)`` to ``(rows, endings, randomizations, shots, bytes)``."""
    _, endings, _, shots, width = packed.shape
    each = packed.reshape(len(part.undo), -1, part.draws, endings, shots, width).transpose(0, 3, 1, 2, 4, 5)
    return each.reshape(*each.shape[:3], part.draws * shots, width)


def _packed(flips: NDArray[np.bool_], clbits: tuple[int, ...], num_clbits: int) -> NDArray[np.uint8]:
    bits = np.zeros((*flips.shape[:2], num_clbits), dtype=np.bool_)
    bits[..., list(clbits)] = flips
    return pack_bools(bits)


def _wide_flips(flips: NDArray[np.bool_], draws: int) -> NDArray[np.bool_]:
    """``(rows, endings, randomizations, clbits)`` to ``(rows × randomizations × draws, endings, 1, clbits)``."""
    repeated = np.repeat(flips.transpose(0, 2, 1, 3)[:, :, None], draws, axis=2)
    return repeated.reshape(-1, flips.shape[1], 1, flips.shape[3])
