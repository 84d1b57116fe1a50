"""Clifford circuits with Pauli noise: one reference run, and for every shot the Pauli by which it differs from it.

Source: Gidney, "Stim: a fast stabilizer circuit simulator", Quantum 5, 497 (2021), for the method of Pauli frames.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..devices.channel import Channel
from ..devices.device import ActiveDevice
from ..sweeps import Shots, Sweep, Tape, Terms
from .base import Estimate, Tools
from .clifford import CliffordStep, NotCliffordError, Table, clifford_steps
from .heisenberg import pauli_expectations
from .pauli_errors import Errors, draw_errors
from .recording import record_bits
from .tableau import Tableau

_TWIRLED = "the device's noise is not Pauli noise; the stabilizer method simulates its Pauli twirl"
_WORD = 64


class FrameSimulator:
    """Clifford gates, measurements and resets anywhere, Pauli noise; other noise is Pauli-twirled, and said so."""

    name = "stabilizer"

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        for tape in sweep.tapes:
            if tape.dynamic:
                return "the circuit has classical feed-forward"
            for row in _distinct_rows(sweep):
                try:
                    clifford_steps(tape, sweep, row)
                except NotCliffordError as reason:
                    return str(reason)
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        rows, endings, randomizations, each = sweep.shape
        shots, gates = randomizations * each, len(sweep.tapes[0].steps) + 1
        count = device.num_qubits
        seconds = rows * endings * (gates * (3e-5 + shots * 4e-10) + count * 1e-4 + shots * count * 2e-8)
        memory = int(count * shots / 4 + shots * count * 3 + 16 * count * count)
        return Estimate(memory, seconds, "" if _all_pauli(sweep, device) else _TWIRLED)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        for row in range(len(sweep.values)):
            for ending, tape in enumerate(sweep.tapes):
                seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, row, ending))
                run = _Run(tape, clifford_steps(tape, sweep, row), device, sweep, tools, np.random.default_rng(seed))
                flips = None if sweep.flips is None else sweep.flips[row, ending]
                shots.packed[row, ending] = run.bits(flips)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        out = np.empty((len(sweep.values), len(terms)))
        for row in range(len(sweep.values)):
            tools.cancel.check()
            out[row] = pauli_expectations(clifford_steps(sweep.tape, sweep, row), device, terms)
        return out


def _distinct_rows(sweep: Sweep) -> list[int]:
    if not sweep.parameters or len(sweep.values) <= 1:
        return [0] if len(sweep.values) else []
    return sorted(np.unique(sweep.values, axis=0, return_index=True)[1].tolist())


def _all_pauli(sweep: Sweep, device: ActiveDevice) -> bool:
    if device.noise is None:
        return True
    noise = device.noise
    steps = [step for tape in sweep.tapes for step in tape.steps]
    return all(channel.is_pauli for step in steps for channel, _ in (*noise.before(step), *noise.after(step)))


class _Run:
    """The frames of all shots of one row and ending, bit-packed: ``(2 n, words)``, rows ``x_0, z_0, x_1, z_1, …``."""

    def __init__(
        self,
        tape: Tape,
        steps: list[CliffordStep],
        device: ActiveDevice,
        sweep: Sweep,
        tools: Tools,
        rng: np.random.Generator,
    ) -> None:
        self._tape, self._steps, self._device, self._tools, self._rng = tape, steps, device, tools, rng
        _, _, self._randomizations, self._each = sweep.shape
        self._shots = self._randomizations * self._each
        self._words = -(-self._shots // _WORD)
        self._frame = np.zeros((2 * tape.num_qubits, self._words), dtype=np.uint64)
        self._flat = self._frame.reshape(-1)
        self._reference = Tableau(tape.num_qubits)
        self._recorded: dict[int, NDArray[np.bool_]] = {}

    def bits(self, flips: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
        """Packed bits, ``(randomizations, shots, bytes)``."""
        for qubit in range(self._tape.num_qubits):
            self._scramble(qubit)
        errors = iter(self._errors())
        final = set(self._tape.final_measurements)
        for count, each in enumerate(self._steps):
            if count % 256 == 0:
                self._tools.cancel.check()
            self._step(each, errors, final)
        return self._packed(flips)

    def _errors(self) -> list[Errors]:
        channels = [channel for each in self._steps for channel, _ in self._noise(each)]
        return draw_errors(channels, self._shots, self._rng)

    def _noise(self, each: CliffordStep) -> tuple[tuple[Channel, tuple[int, ...]], ...]:
        noise = self._device.noise
        if noise is None:
            return ()
        return noise.before(each.step) if each.step.name == "measure" else noise.after(each.step)

    def _step(self, each: CliffordStep, errors: Any, final: set[tuple[int, int]]) -> None:
        step = each.step
        for qubits, table in each.gates:
            self._reference.apply(qubits, table)
            self._conjugate(qubits, table)
        if step.name == "reset":
            self._reference.reset(step.qubits[0])
            self._frame[2 * step.qubits[0]] = 0
            self._scramble(step.qubits[0])
        for _, where in self._noise(each):
            self._insert(next(errors), where)
        if step.name == "measure":
            self._measure(step.qubits[0], step.clbits[0], is_final=(step.qubits[0], step.clbits[0]) in final)

    def _conjugate(self, qubits: tuple[int, ...], table: Table) -> None:
        rows = [2 * q + half for q in qubits for half in (0, 1)]
        changed = [
            (row, sources)
            for row, place, sources in zip(rows, range(len(rows)), table.sources, strict=True)
            if sources != (place,)
        ]
        new = []
        for _, sources in changed:
            value = self._frame[rows[sources[0]]].copy()
            for source in sources[1:]:
                value ^= self._frame[rows[source]]
            new.append(value)
        for (row, _), value in zip(changed, new, strict=True):
            self._frame[row] = value

    def _insert(self, errors: Errors, where: tuple[int, ...]) -> None:
        if not len(errors.shots):
            return
        words, masks = errors.shots >> 6, np.uint64(1) << (errors.shots & 63).astype(np.uint64)
        for place, qubit in enumerate(where):
            for half in (0, 1):
                hit = (errors.bits >> (2 * place + half)) & 1 == 1
                if hit.any():
                    np.bitwise_xor.at(self._flat, (2 * qubit + half) * self._words + words[hit], masks[hit])

    def _scramble(self, qubit: int) -> None:
        """A qubit in a Z eigenstate does not notice Z: make that true of the frames."""
        self._frame[2 * qubit + 1] ^= self._rng.integers(0, 2**64, self._words, dtype=np.uint64)

    def _measure(self, qubit: int, clbit: int, *, is_final: bool) -> None:
        outcome = bool(self._reference.measure(qubit))
        flipped = np.unpackbits(self._frame[2 * qubit].view(np.uint8), bitorder="little")[: self._shots].view(np.bool_)
        bits = flipped ^ outcome
        self._scramble(qubit)
        noise = self._device.noise
        if not is_final and noise is not None and noise.readout:
            bits = noise.readout.corrupt(bits[:, None], (qubit,), self._rng)[:, 0]
        self._recorded[clbit] = bits

    def _packed(self, flips: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
        final = self._tape.final_measurements
        shape = (self._randomizations, self._each)
        everything = np.zeros((*shape, self._tape.num_clbits), dtype=np.bool_)
        for clbit, bits in self._recorded.items():
            everything[..., clbit] = bits.reshape(shape)
        ideal = everything[..., [clbit for _, clbit in final]]
        return record_bits(ideal, final, self._tape.num_clbits, self._device, flips, self._rng, everything)
