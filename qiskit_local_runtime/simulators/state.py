"""Noiseless state vectors, all rows of a sweep evolved together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..sweeps import Shots, Sweep, Tape, Terms
from .base import Estimate, Tools
from .recording import marginal, record
from .sampling import draw
from .state_compile import Compiled, compiled
from .state_expect import expectations
from .state_ops import Rotations, State

_CHUNK_BYTES = 1 << 22
"""States evolved together: as many as stay in the cache."""
_ROWS = 512
"""But no more than these: the matrices of a twirled circuit are more than small states."""
_COMPILED = 8e-6
"""Seconds until a gate is compiled."""


class StateSimulator:
    """Noiseless state vectors: unitary gates, then measurements."""

    name = "statevector"

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        for tape in sweep.tapes:
            problem = tape.not_pure or _noisy(tape, device)
            if problem:
                return problem
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        size = 2.0**device.num_qubits
        rows, endings, randomizations, shots = sweep.shape
        gates = sweep.tape.gates + 1
        evolution = gates * _COMPILED + rows * (1.5e-5 + gates * (2.5e-7 + 4e-10 * size))
        drawing = rows * endings * (randomizations * shots * 6e-8 + size * 2e-8)
        return Estimate(int(16 * size * 4), evolution + drawing)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        endings = [compiled(ending) if len(ending) else None for ending in sweep.ending_tapes] or [None]
        for start, states in _evolved(sweep, device, tools):
            for ending, more in enumerate(endings):
                done = states
                for operation in more.operations if more is not None else ():
                    done = operation.apply(done, {})
                final = sweep.tapes[ending].final_measurements
                qubits = tuple(qubit for qubit, _ in final)
                chances = marginal(done.real**2 + done.imag**2, device.num_qubits, qubits)
                for i, row in enumerate(chances):
                    tools.cancel.check()
                    _draw_row(row, sweep, device, tools, shots, start + i, ending)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        out = np.empty((len(sweep.values), len(terms)))
        for start, states in _evolved(sweep, device, tools):
            out[start : start + len(states)] = expectations(states, terms)
        return out


def evolution_seconds(states: float, gates: int, num_qubits: int) -> float:
    """Rough time to compile gates and to evolve so many states with them, each with angles of its own."""
    return gates * _COMPILED + states * gates * (2.5e-7 + 1.7e-10 * 2.0**num_qubits)


def _noisy(tape: Tape, device: ActiveDevice) -> str | None:
    if device.noise is None:
        return None
    for step in tape.steps:
        if device.noise.before(step) or device.noise.after(step):
            return f"{step.name} on qubits {list(step.qubits)} is noisy"
    return None


def _evolved(sweep: Sweep, device: ActiveDevice, tools: Tools) -> Iterator[tuple[int, State]]:
    """The states of all rows, some at a time, each with the number of its first row."""
    program = compiled(sweep.tape)
    size = 1 << device.num_qubits
    step = max(1, min(_ROWS, _CHUNK_BYTES // (16 * size)))
    for start in range(0, len(sweep.values), step):
        tools.cancel.check()
        rotations = program.rotations(sweep, slice(start, start + step))
        yield start, _run(program, len(sweep.values[start : start + step]), size, rotations, tools)


def _run(program: Compiled, rows: int, size: int, rotations: Rotations, tools: Tools) -> State:
    states = np.zeros((rows, size), dtype=complex)
    states[:, 0] = 1
    for operation in program.operations:
        if size > 1 << 16:
            tools.cancel.check()
        states = operation.apply(states, rotations)
    return states


def _draw_row(
    chances: NDArray[np.float64],
    sweep: Sweep,
    device: ActiveDevice,
    tools: Tools,
    shots: Shots,
    row: int,
    ending: int,
) -> None:
    final = sweep.tapes[ending].final_measurements
    seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, row, ending))
    rng = np.random.default_rng(seed)
    _, _, randomizations, each = sweep.shape
    outcomes = draw(chances, randomizations * each, rng).reshape(randomizations, each)
    flips = None if sweep.flips is None else sweep.flips[row, ending]
    shots.packed[row, ending] = record(outcomes, final, sweep.num_clbits, device, flips, rng)
