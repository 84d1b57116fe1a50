"""Noisy state vectors, many shots at a time: each shot draws its own errors.

Source: Dalibard, Castin, Mølmer, "Wave-function approach to dissipative processes in quantum optics", Phys. Rev. Lett. 68, 580
(1992), for drawing Kraus operators by the norm of what they leave.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..devices.channel import Channel
from ..devices.device import ActiveDevice
from ..errors import IBMInputValueError
from ..sweeps import Shots, Step, Sweep, Tape, Terms
from .base import Estimate, Tools
from .jump_program import event_rate
from .jump_trajectories import sample_jumps, states_of, tips_of
from .recording import record_bits
from .state import evolution_seconds
from .state_compile import Compiled, gates_of
from .state_ops import Gate, State, apply_gate, reduced

_AMPLITUDES = 1 << 17
"""Amplitudes evolved together; a number of its own, so that the bits do not depend on the machine."""
_PER_SHOT = 1.5e-7
"""Seconds to draw the bits of a shot once its state is there."""
_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


class TrajectorySimulator:
    """State vectors with any noise, measurements and resets anywhere, no feed-forward."""

    name = "trajectories"

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        if any(tape.dynamic for tape in sweep.tapes):
            return "the circuit has classical feed-forward"
        if any(tape.initializes_again for tape in sweep.tapes):
            return "the circuit initializes qubits that were used before"
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        rows, endings, randomizations, each = sweep.shape
        shots, gates = randomizations * each, len(sweep.tapes[0]) + 1
        rate = event_rate(sweep.tapes[0], device)
        if rate is not None:
            seconds = evolution_seconds(rows * endings * states_of(shots, rate), gates, device.num_qubits)
            drawing = rows * endings * (1e-3 + shots * _PER_SHOT)
            return Estimate(int(16 * 8 * tips_of(device.num_qubits) * 2.0**device.num_qubits), seconds + drawing)
        size = 2.0**device.num_qubits
        noisy = 1.0 if device.noise is None else 3.0
        seconds = rows * endings * gates * (3e-5 + shots * noisy * (size * 6e-9 + 1e-7))
        return Estimate(int(16 * max(size, _AMPLITUDES) * 6), seconds)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if all(event_rate(tape, device) is not None for tape in sweep.tapes):
            return sample_jumps(sweep, device, tools)
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        _, _, randomizations, each = sweep.shape
        step = max(1, _AMPLITUDES >> device.num_qubits)
        for row in range(len(sweep.values)):
            for ending, tape in enumerate(sweep.tapes):
                program = _Program(tape, sweep, row, device)
                seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, row, ending))
                rng = np.random.default_rng(seed)
                bits = np.zeros((randomizations * each, sweep.num_clbits), dtype=np.bool_)
                for start in range(0, len(bits), step):
                    program.run(bits[start : start + step], rng, tools)
                flips = None if sweep.flips is None else sweep.flips[row, ending]
                whole = bits.reshape(randomizations, each, sweep.num_clbits)
                final = tape.final_measurements
                ideal = whole[..., [clbit for _, clbit in final]]
                shots.packed[row, ending] = record_bits(ideal, final, sweep.num_clbits, device, flips, rng, whole)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """Always refuses: trajectories are samples."""
        raise IBMInputValueError(
            "The method trajectories has no exact expectation values. Set a precision larger than 0, or "
            "options.simulator.method = 'density_matrix'."
        )


class _Program:
    """A tape with the gates of one row."""

    def __init__(self, tape: Tape, sweep: Sweep, row: int, device: ActiveDevice) -> None:
        self._device, self._tape = device, tape
        families: dict[str, list[tuple[object, ...]]] = {}
        self._steps = [(step, tuple(_gates(step, families))) for step in tape.steps]
        gates = Compiled(tape.num_qubits, (), {name: tuple(found) for name, found in families.items()})
        self._rotations = gates.rotations(sweep, slice(row, row + 1))
        self._final = set(tape.final_measurements)

    def run(self, bits: NDArray[np.bool_], rng: np.random.Generator, tools: Tools) -> None:
        """Evolve ``len(bits)`` shots and write what they measure."""
        state = np.zeros((len(bits), 1 << self._tape.num_qubits), dtype=complex)
        state[:, 0] = 1
        noise = self._device.noise
        for count, (step, gates) in enumerate(self._steps):
            if count % 8 == 0:
                tools.cancel.check()
            for gate in gates:
                state = apply_gate(state, gate.matrices(self._rotations), gate.qubits)
            if noise is not None:
                for channel, where in noise.before(step) if step.name == "measure" else ():
                    state = _suffer(state, channel, where, rng)
            if step.name == "measure" and (step.qubits[0], step.clbits[0]) not in self._final:
                state = self._measured(state, step, bits, rng)
            elif step.name == "reset":
                state = _reset(state, step.qubits[0], rng)
            if noise is not None:
                for channel, where in noise.after(step):
                    state = _suffer(state, channel, where, rng)
        _read(state, tuple(self._tape.final_measurements), bits, rng)

    def _measured(self, state: State, step: Step, bits: NDArray[np.bool_], rng: np.random.Generator) -> State:
        ones, state = _collapse(state, step.qubits[0], rng)
        readout = None if self._device.noise is None else self._device.noise.readout
        seen = ones if not readout else readout.corrupt(ones[:, None], step.qubits, rng)[:, 0]
        bits[:, step.clbits[0]] = seen
        return state


def _gates(step: Step, families: dict[str, list[tuple[object, ...]]]) -> Iterator[Gate]:
    if step.name not in ("measure", "reset"):
        yield from gates_of(step, families)


def _suffer(state: State, channel: Channel, where: tuple[int, ...], rng: np.random.Generator) -> State:
    if channel.is_pauli:
        return _pauli_error(state, channel, where, rng)
    kraus = channel.kraus
    density = reduced(state, where)
    weights = np.stack([np.einsum("ij,sji->s", k.conj().T @ k, density).real for k in kraus], axis=1)
    cumulative = np.cumsum(np.clip(weights, 0, None), axis=1)
    picks = (rng.random(len(state))[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1)
    picks = np.minimum(picks, len(kraus) - 1)
    for number, operator in enumerate(kraus):
        rows = np.flatnonzero(picks == number)
        if len(rows):
            part = apply_gate(state[rows] if len(rows) < len(state) else state, operator[None], where)
            part /= np.sqrt(weights[rows, number])[:, None]
            if len(rows) == len(state):
                return part
            state[rows] = part
    return state


def _pauli_error(state: State, channel: Channel, where: tuple[int, ...], rng: np.random.Generator) -> State:
    cumulative = np.cumsum(channel.pauli_probabilities)
    picks = np.searchsorted(cumulative, rng.random(len(state)) * cumulative[-1], side="right")
    for index in np.unique(picks[picks > 0]):
        rows = np.flatnonzero(picks == index)
        part = state[rows]
        for place, qubit in enumerate(where):
            letter = (int(index) >> 2 * place) & 3
            if letter:
                part = apply_gate(part, _PAULIS[letter][None], (qubit,))
        state[rows] = part
    return state


def _collapse(state: State, qubit: int, rng: np.random.Generator) -> tuple[NDArray[np.bool_], State]:
    cube = state.reshape(len(state), -1, 2, 1 << qubit)
    ones = (np.abs(cube[:, :, 1]) ** 2).sum(axis=(1, 2))
    total = ones + (np.abs(cube[:, :, 0]) ** 2).sum(axis=(1, 2))
    outcome = rng.random(len(state)) * total < ones
    cube = cube * (np.arange(2)[None, None, :, None] == outcome[:, None, None, None])
    cube /= np.sqrt(np.where(outcome, ones, total - ones))[:, None, None, None]
    return outcome, cube.reshape(state.shape)


def _reset(state: State, qubit: int, rng: np.random.Generator) -> State:
    outcome, state = _collapse(state, qubit, rng)
    rows = np.flatnonzero(outcome)
    if len(rows):
        state[rows] = apply_gate(state[rows], _PAULIS[1][None], (qubit,))
    return state


def _read(state: State, final: tuple[tuple[int, int], ...], bits: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """One outcome a shot for the final measurements."""
    if not final:
        return
    cumulative = np.cumsum(state.real**2 + state.imag**2, axis=1)
    picks = (cumulative <= rng.random(len(state))[:, None] * cumulative[:, -1:]).sum(axis=1)
    picks = np.minimum(picks, state.shape[1] - 1)
    for qubit, clbit in final:
        bits[:, clbit] = (picks >> qubit) & 1
