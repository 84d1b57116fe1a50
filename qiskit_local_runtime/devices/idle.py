"""Noise that grows with idle time: ZZ between idle neighbours, and frequencies that are off.

It is no channel of any one instruction. :func:`~qiskit_local_runtime.sweeps.weave.woven` writes it into a scheduled circuit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .preset_values import Place, Values


@dataclass(frozen=True)
class IdleNoise:
    """Timed noise on active qubits (indices are active indices)."""

    zz: tuple[tuple[tuple[int, int], float], ...] = ()
    """Pairs, ascending, and their ZZ in Hz; see :mod:`~qiskit_local_runtime.sweeps.weave`."""
    detuning: tuple[float, ...] = ()
    """Standard deviation of each qubit's detuning in Hz."""
    draws: int = 1
    """Values of the detunings for the shots of one randomization."""
    seed: int = 0
    """The preset's own; the request's seed counts as well."""

    @property
    def detuned(self) -> tuple[int, ...]:
        """Qubits whose frequency is off."""
        return tuple(qubit for qubit, hertz in enumerate(self.detuning) if hertz)


@dataclass(frozen=True, eq=False)
class TimedNoise:
    """Timed noise of a whole device, on physical qubits."""

    pairs: tuple[Place, ...] = ()
    """Pairs with crosstalk, ascending."""
    crosstalk: Values | None = None
    drift: Values | None = None
    draws: int = 1
    seed: int = 0

    def restrict(self, qubits: tuple[int, ...]) -> IdleNoise | None:
        """The noise seen from active ``qubits`` (ascending); ``None`` if they have none."""
        place = {qubit: i for i, qubit in enumerate(qubits)}
        zz = []
        if self.crosstalk is not None:
            inside = [(a, b) for a, b in self.pairs if a in place and b in place]
            rates = [((place[a], place[b]), self.crosstalk.at((a, b))) for a, b in inside]
            zz = [(pair, hertz) for pair, hertz in rates if hertz]
        detuning = tuple(0.0 if self.drift is None else self.drift.at((qubit,)) for qubit in qubits)
        drifting = any(detuning)
        if not zz and not drifting:
            return None
        return IdleNoise(tuple(zz), detuning, self.draws if drifting else 1, self.seed)


def detunings(
    idle: IdleNoise, rows: int, randomizations: int, seed: np.random.SeedSequence, *, start: int = 0
) -> NDArray[np.float64]:
    """Detunings in Hz, shape ``(rows, randomizations, draws, qubits)``, Gaussian and independent.

    Args:
        idle: the noise.
        rows: how many rows.
        randomizations: of each row.
        seed: of all rows; each has a child of its own, so that rows drawn in portions are those drawn at once.
        start: number of the first row.
    """
    shape = (randomizations, idle.draws, len(idle.detuning))
    out = np.empty((rows, *shape))
    for row in range(rows):
        child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, idle.seed, start + row))
        out[row] = np.random.default_rng(child).standard_normal(shape)
    return np.asarray(out * np.array(idle.detuning))
