"""Gates and channels as what they make of a Pauli when they are undone: for each Pauli a short list of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..sweeps import Sweep
from .clifford import FROM_LETTER
from .density_compile import Blocks, blocks_of
from .ptm import Ptm

_NOTHING = 1e-13
"""Entries of transfer matrices below this are rounding."""


@dataclass(frozen=True, eq=False)
class Back:
    """What a process makes of Paulis in the Heisenberg picture, as branches: a factor and a Pauli to multiply by.

    Codes of Paulis are ``x + 2 z`` for each qubit, the first least significant.
    """

    factors: NDArray[np.float64]
    """Shape ``(branches, 4^k)``: of each Pauli's image, largest first."""
    flips: NDArray[np.uint8]
    """Shape ``(branches, 4^k)``: image XOR Pauli."""

    def __len__(self) -> int:
        return len(self.factors)


def back_of(ptm: Ptm) -> Back:
    """A process by its transfer matrix, shape ``(4^k, 4^k)``."""
    size = len(ptm)
    letters = np.arange(size)
    code = sum(FROM_LETTER[(letters >> shift) & 3].astype(np.intp) << shift for shift in range(0, size.bit_length() - 1, 2))
    rows = np.zeros_like(ptm)
    rows[np.ix_(code, code)] = np.where(np.abs(ptm) > _NOTHING, ptm, 0.0)
    order = np.argsort(-np.abs(rows), axis=1, kind="stable")
    sorted_rows = np.take_along_axis(rows, order, axis=1)
    branches = max(1, int((sorted_rows != 0).sum(axis=1).max()))
    flips = np.where(sorted_rows != 0, order ^ np.arange(size)[:, None], 0)
    return Back(sorted_rows[:, :branches].T.copy(), flips[:, :branches].T.astype(np.uint8))


BackSteps = tuple[tuple[tuple[int, ...], Back], ...]
"""Qubits and process, in the order of time."""


def back_steps(sweep: Sweep, device: ActiveDevice) -> Iterator[BackSteps]:
    """The circuit of each row of a sweep with the device's noise, gates of one pair merged; without final measurements."""
    program = blocks_of(sweep.tape, device)
    for row in range(len(sweep.values)):
        yield steps_of_row(program, sweep, row)


def steps_of_row(program: Blocks, sweep: Sweep, row: int) -> BackSteps:
    """One row of :func:`back_steps`."""
    rotations = program.rotations(sweep, slice(row, row + 1))
    known: dict[bytes, Back] = {}
    out = []
    for block in program.blocks:
        (matrix,) = block.matrices(rotations)
        key = matrix.tobytes()
        if key not in known:
            known[key] = back_of(matrix)
        out.append((block.qubits, known[key]))
    return tuple(out)
