"""Clifford circuits with Pauli noise: one reference run, and for every shot the Pauli by which it differs from it.

Source: Gidney, "Stim: a fast stabilizer circuit simulator", Quantum 5, 497 (2021), for the method of Pauli frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..sweeps import Shots, Sweep, Terms
from .base import Estimate, Tools
from .clifford import NotCliffordError
from .clifford_rows import Group, clifford_circuit, clifford_steps
from .frame_run import RowWise, Run, Track, track_of
from .heisenberg import pauli_expectations
from .recording import record_bits

_TWIRLED = "the device's noise is not Pauli noise; the stabilizer method simulates its Pauli twirl"
_BUDGET = 1 << 27
_BLOCK = 1 << 15
"""Most shots that share a seed."""
_EVENT_BYTES = 160
_USUAL_ERROR = 1e-3
"""Events of a gate and shot, for estimates."""


class FrameSimulator:
    """Clifford gates, measurements and resets anywhere, Pauli noise; other noise is Pauli-twirled, and said so.

    Rows whose gates differ by Paulis only (the random circuits of twirling) share one reference, and their frames move
    together. What a row draws depends on its number only: every block of its shots has a child of the seed, and its readout.

    Args:
        budget: bytes that the frames and errors moved at a time may take; the bits do not depend on it.
    """

    name = "stabilizer"

    def __init__(self, budget: int = _BUDGET) -> None:
        self._budget = budget

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        for tape in sweep.tapes:
            if tape.dynamic:
                return "the circuit has classical feed-forward"
            try:
                clifford_circuit(tape, tuple(sweep.parameters)).check(sweep.values)
            except NotCliffordError as reason:
                return str(reason)
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        rows, endings, randomizations, each = sweep.shape
        shots, gates = randomizations * each, len(sweep.tapes[0]) + 1
        count = device.num_qubits
        # the reference is simulated once, however many rows go along with it
        alone = gates * 4e-6 + count * 1e-4
        seconds = endings * (alone + rows * (gates * (2e-8 + shots * 4e-10) + count * 1e-5 + shots * count * 2e-8))
        moved = rows * shots * (count * 3 + gates * _EVENT_BYTES * _USUAL_ERROR)
        memory = int(min(self._budget, moved) + count * shots / 4 + shots * count * 3 + 64 * count * count)
        return Estimate(memory, seconds, "" if _all_pauli(sweep, device) else _TWIRLED)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        for ending, tape in enumerate(sweep.tapes):
            tools.cancel.check()
            circuit = clifford_circuit(tape, tuple(sweep.parameters))
            track = track_of(tape, tuple(sweep.parameters), device)
            for group in circuit.groups(sweep.values):
                _Sampling(sweep, ending, device, tools, track, group).into(shots, self._budget)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        out = np.empty((len(sweep.values), len(terms)))
        for row in range(len(sweep.values)):
            tools.cancel.check()
            out[row] = pauli_expectations(clifford_steps(sweep.tape, sweep, row), device, terms)
        return out


def _all_pauli(sweep: Sweep, device: ActiveDevice) -> bool:
    if device.noise is None:
        return True
    noise = device.noise
    steps = [step for tape in sweep.tapes for step in tape.steps]
    return all(channel.is_pauli for step in steps for channel, _ in (*noise.before(step), *noise.after(step)))


class _Sampling:
    """The shots of one group of rows and one ending, some rows or some blocks of one row at a time."""

    def __init__(self, sweep: Sweep, ending: int, device: ActiveDevice, tools: Tools, track: Track, group: Group) -> None:
        self._sweep, self._ending, self._device, self._tools = sweep, ending, device, tools
        self._track, self._group = track, group
        _, _, self._randomizations, self._each = sweep.shape
        self._shots = self._randomizations * self._each
        self._blocks = max(1, -(-self._shots // _BLOCK))
        self._size = -(-self._shots // self._blocks)

    def into(self, shots: Shots, budget: int) -> None:
        """Write the group's rows, as many at a time as fit in a budget of bytes."""
        if not shots.packed.size:
            return
        reference = self._track.reference(self._group, self._tools.cancel)
        words = -(-self._size // 64)
        each = 32 * self._track.num_qubits * words + len(self._group.tables)
        each += int(self._size * (2 * self._track.num_clbits + _EVENT_BYTES * self._track.places.rate))
        step = max(1, budget // (each * self._blocks))
        at_once = max(1, budget // (each * step))
        for start in range(0, len(self._group.rows), step):
            part = slice(start, start + step)
            shots.packed[self._group.rows[part], self._ending] = self._sampled(part, reference, at_once)

    def _sampled(self, part: slice, reference: tuple[bool, ...], at_once: int) -> NDArray[np.uint8]:
        """Packed bits of some rows, ``(rows, randomizations, shots, bytes)``."""
        rows, paulis = self._group.rows[part], self._group.paulis[:, part]
        bits = np.zeros((len(rows), self._blocks, self._size, self._track.num_clbits), dtype=np.bool_)
        for first in range(0, self._blocks, at_once):
            blocks = range(first, min(first + at_once, self._blocks))
            rngs = [self._rng(int(row), block) for row in rows for block in blocks]
            run = Run(self._track, self._group, np.repeat(paulis, len(blocks), axis=1), self._size, rngs)
            out = np.zeros((len(rngs), *bits.shape[2:]), dtype=np.bool_)
            run.measure(reference, self._tools.cancel, out)
            bits[:, blocks.start : blocks.stop] = out.reshape(len(rows), len(blocks), *bits.shape[2:])
        return self._recorded(rows, bits.reshape(len(rows), -1, bits.shape[-1])[:, : self._shots])

    def _recorded(self, rows: NDArray[np.intp], bits: NDArray[np.bool_]) -> NDArray[np.uint8]:
        everything = np.ascontiguousarray(bits).reshape(len(rows) * self._randomizations, self._each, bits.shape[-1])
        flips = None if self._sweep.flips is None else self._sweep.flips[rows, self._ending].reshape(len(everything), -1)
        final = self._track.final
        ideal = everything[..., [clbit for _, clbit in final]]
        rng = RowWise([self._rng(int(row)) for row in rows]).as_generator
        packed = record_bits(ideal, final, self._track.num_clbits, self._device, flips, rng, everything)
        return packed.reshape(len(rows), self._randomizations, self._each, packed.shape[-1])

    def _rng(self, row: int, *block: int) -> np.random.Generator:
        root = self._tools.seed
        return np.random.default_rng(
            np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, row, self._ending, *block))
        )
