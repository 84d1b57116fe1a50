"""Qubits that meet no others: with many rows, all of them are drawn from their chances at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..devices.device import ActiveDevice
from ..sweeps import Shots, Sweep, pack_bools
from .base import Estimate, Tools
from .density import DensitySimulator

MANY = 32
"""Rows above which it pays to draw all lonely qubits at once."""
_DENSITY = DensitySimulator()
_DRAWN = 1 << 22
"""Numbers drawn from one seed: a matter of the request, not of the machine."""


class Lonely(NamedTuple):
    """One qubit that is measured at the end at most."""

    sweep: Sweep
    device: ActiveDevice
    clbit: int
    """Of the whole circuit."""


def drawn(runs: Sequence[Lonely], tools: Tools) -> Shots:
    """Shots of qubits by themselves.

    Args:
        runs: one a qubit, all of the same shape.
        tools: nothing but their seed decides the bits.

    Returns:
        Bit ``i`` is that of ``runs[i]``.
    """
    chances = np.stack([_chances(run, tools.cancel) for run in runs], axis=-1)
    rows, endings, randomizations, shots = runs[0].sweep.shape
    out = Shots.empty((rows, endings, randomizations, shots), len(runs))
    root = tools.seed
    for number, part in enumerate(_blocks(rows, endings * randomizations * shots * len(runs))):
        tools.cancel.check()
        rng = np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, number)))
        some = chances[part, :, :, None]
        out.packed[part] = pack_bools(rng.random((len(some), endings, randomizations, shots, len(runs))) < some)
    return out


def drawing(sweep: Sweep) -> Estimate:
    """What one of many lonely qubits costs."""
    rows, endings, randomizations, shots = sweep.shape
    gates = len(sweep.tape) + 1
    each = gates * 3e-7 + randomizations * shots * 1.2e-8
    return Estimate(_DRAWN * 16, endings * (gates * 4e-5 + rows * each))


def _blocks(rows: int, each: int) -> Iterator[slice]:
    step = max(1, _DRAWN // max(each, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def _chances(run: Lonely, cancel: CancelToken) -> NDArray[np.float64]:
    """By which 1 is recorded, shape ``(rows, endings, randomizations)``."""
    sweep, device = run.sweep, run.device
    ideal = np.stack([_DENSITY.chances(sweep, device, cancel, ending) for ending in range(sweep.shape[1])], axis=1)
    measures = np.array([bool(tape.final_measurements) for tape in sweep.tapes])
    groups = device.noise.readout.groups if device.noise is not None else ()
    matrix = groups[0].matrix if groups else np.eye(2)
    plain: NDArray[np.float64] = (ideal @ matrix[:, 1]) * measures
    if sweep.flips is None:
        return plain[..., None]
    # flipped before, read, and flipped back
    mirrored = (ideal @ matrix[::-1, 0]) * measures
    return np.asarray(np.where(sweep.flips[..., 0], mirrored[..., None], plain[..., None]))
