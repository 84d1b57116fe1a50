"""Qubits that meet no others: with many rows, all of them are drawn from their chances at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..devices.device import ActiveDevice
from ..pipeline.runnable import Runnable
from ..simulators.density import DensitySimulator
from ..sweeps import Shots, Sweep, num_bytes, pack_bools

_DENSITY = DensitySimulator()
_DRAWN = 1 << 22
"""Numbers drawn from one seed: a matter of the request, not of the machine."""


def is_lonely(run: Runnable) -> bool:
    """Whether a run is of one qubit that is measured once, at the end, without anything drawn but outcomes."""
    sweep = run.sweep
    return (
        run.dressed is None
        and run.device.num_qubits == 1
        and run.simulator.name == _DENSITY.name
        and len(sweep.tape.final_measurements) == 1
        and sweep.flips is None
    )


def drawn(runs: Sequence[Runnable], seed: np.random.SeedSequence, cancel: CancelToken) -> Shots:
    """Shots of qubits by themselves.

    Args:
        runs: one a qubit, all with the same rows and shots; see :func:`is_lonely`.
        seed: of all of them.
        cancel: whether they are still wanted.

    Returns:
        Shape ``(rows, 1, 1, shots)``; bit ``i`` is that of ``runs[i]``.
    """
    chances = np.stack([_chances(run.sweep, run.device, cancel) for run in runs], axis=-1)
    rows, _, _, shots = runs[0].sweep.shape
    out = np.empty((rows, 1, 1, shots, num_bytes(len(runs))), dtype=np.uint8)
    for number, part in enumerate(_blocks(rows, shots * len(runs))):
        cancel.check()
        rng = np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, number)))
        some = chances[part]
        out[part, 0, 0] = pack_bools(rng.random((len(some), shots, len(runs))) < some[:, None])
    return Shots(out, len(runs))


def _blocks(rows: int, each: int) -> Iterator[slice]:
    step = max(1, _DRAWN // max(each, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def _chances(sweep: Sweep, device: ActiveDevice, cancel: CancelToken) -> NDArray[np.float64]:
    """By which 1 is read, shape ``(rows,)``."""
    ideal = _DENSITY.chances(sweep, device, cancel)
    groups = device.noise.readout.groups if device.noise is not None else ()
    for group in groups:
        if group.qubits == (0,):
            return np.asarray(ideal @ group.matrix[:, 1])
    return ideal[:, 1]
