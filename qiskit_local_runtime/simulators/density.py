"""Noisy circuits exactly: density matrices in the Pauli basis."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..devices.device import ActiveDevice
from ..errors import IBMInputValueError
from ..sweeps import Shots, Sweep, Tape, Terms
from .base import Estimate, Tools
from .density_compile import Blocks, blocks_of
from .density_runs import act
from .ptm import Vector, all_outcome_probabilities, ground, outcome_probabilities
from .recording import record
from .sampling import draw
from .state_compile import gates_of

_WIDEST_GATE = 3
_TOGETHER = 1 << 16
"""Numbers evolved together: rows of small states share the cost of a call, and stay in the cache."""
_ROWS = 32
"""Rows whose matrices are made together at least: a twirled circuit has hundreds of them a row."""
_MATRICES = 1 << 20
"""Numbers in matrices that are made together where there are few of them a row."""


class DensitySimulator:
    """Density matrices: any noise, resets included; measurements at the end."""

    name = "density_matrix"

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        return next((problem for tape in sweep.tapes if (problem := _problem(tape, device))), None)

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        size = 4.0**device.num_qubits
        rows, endings, randomizations, shots = sweep.shape
        gates = sweep.tape.gates
        wide = sum(len(step.qubits) > 1 for step in sweep.tape.body)
        passes = wide + device.num_qubits * (0.5 + 0.5 * endings)
        each = gates * 1.5e-6 + passes * (size * 1.6e-9 + 5e-6) + endings * randomizations * shots * 2e-7
        seconds = gates * 4e-5 + rows * each
        return Estimate(int(8 * max(size, _TOGETHER) * 4), seconds)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        shots = Shots.empty(sweep.shape, sweep.num_clbits)
        endings = [blocks_of(ending, device) if len(ending) else None for ending in sweep.ending_tapes] or [None]
        beginning = blocks_of(sweep.tape, device)
        for start, states in _evolved(sweep, device, beginning, tools.cancel):
            for ending, more in enumerate(endings):
                done = states if more is None else _evolve(states.copy(), more, tools.cancel)
                for i, state in enumerate(done):
                    self._record(state, sweep, device, tools, shots, start + i, ending)
        return shots

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if sweep.tape.final_measurements:
            raise IBMInputValueError("Exact expectation values of a circuit that measures: remove its measurements.")
        program = blocks_of(sweep.tape, device)
        out = np.empty((len(sweep.values), len(terms)))
        for start, states in _evolved(sweep, device, program, tools.cancel):
            for i, state in enumerate(states):
                out[start + i] = _values(state, terms)
        return out

    def chances(self, sweep: Sweep, device: ActiveDevice, cancel: CancelToken, ending: int = 0) -> NDArray[np.float64]:
        """Probabilities of the outcomes of all qubits after an ending, before readout, shape ``(rows, 2^qubits)``."""
        qubits = tuple(range(device.num_qubits))
        out = np.empty((len(sweep.values), 1 << device.num_qubits))
        for start, states in _evolved(sweep, device, blocks_of(sweep.tapes[ending], device), cancel):
            out[start : start + len(states)] = all_outcome_probabilities(states, qubits)
        return out

    @staticmethod
    def _record(state: Vector, sweep: Sweep, device: ActiveDevice, tools: Tools, shots: Shots, row: int, ending: int) -> None:
        final = sweep.tapes[ending].final_measurements
        chances = outcome_probabilities(state, tuple(qubit for qubit, _ in final))
        seed = np.random.SeedSequence(tools.seed.entropy, spawn_key=(*tools.seed.spawn_key, row, ending))
        rng = np.random.default_rng(seed)
        _, _, randomizations, each = sweep.shape
        outcomes = draw(chances, randomizations * each, rng).reshape(randomizations, each)
        flips = None if sweep.flips is None else sweep.flips[row, ending]
        shots.packed[row, ending] = record(outcomes, final, sweep.num_clbits, device, flips, rng)


def _problem(tape: Tape, device: ActiveDevice) -> str | None:
    if tape.dynamic:
        return "the circuit has classical feed-forward"
    touched: set[int] = set()
    for step in tape.body:
        if step.name == "measure":
            return "the circuit has a measurement before its end"
        if step.name == "initialize" and not touched.isdisjoint(step.qubits):
            return "the circuit initializes qubits that were used before"
        touched.update(step.qubits)
        if len(step.qubits) > _WIDEST_GATE and any(len(gate.qubits) > _WIDEST_GATE for gate in gates_of(step, {})):
            return f"{step.name} acts on {len(step.qubits)} qubits at once"
    for step in tape.steps:
        if step.name == "measure" and device.noise is not None and device.noise.before(step):
            return "its measurements have quantum errors of their own"
    return None


def _evolved(
    sweep: Sweep, device: ActiveDevice, program: Blocks, cancel: CancelToken
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The states of all rows, some at a time, each with the number of its first row; used up before the next are asked for."""
    count = max(_ROWS, _MATRICES // (1 + sum(16 ** len(block.qubits) for block in program.blocks)))
    step = max(1, min(count, _TOGETHER >> 2 * device.num_qubits))
    zero, qubits = ground(device.num_qubits), program.qubits
    buffers = np.empty((2, min(step, max(1, len(sweep.values))), len(zero)))
    for first in range(0, len(sweep.values), count):
        last = min(first + count, len(sweep.values))
        rotations = program.rotations(sweep, slice(first, last))
        matrices = [block.matrices(rotations) for block in program.blocks]
        for start in range(first, last, step):
            stop = min(start + step, last)
            part = slice(start - first, stop - first)
            own = [matrix if len(matrix) == 1 else matrix[part] for matrix in matrices]
            states, other = buffers[:, : stop - start]
            states[...] = zero
            yield start, act(states, program.runs, qubits, own, other, cancel)


def _evolve(states: Vector, program: Blocks, cancel: CancelToken) -> Vector:
    matrices = [block.matrices({}) for block in program.blocks]
    return act(states, program.runs, program.qubits, matrices, np.empty_like(states), cancel)


def _values(state: Vector, terms: Terms) -> NDArray[np.float64]:
    powers = 4 ** np.arange(terms.num_qubits)
    plain = (terms.letters <= 3).all(axis=1)
    out = np.empty(len(terms))
    out[plain] = state[terms.letters[plain].astype(np.int64) @ powers]
    for index in np.flatnonzero(~plain):
        out[index] = _contracted(state, terms.letters[index])
    return out


_COVECTORS = np.array(
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    + [[0.5] + [sign / 2 if i == p else 0 for i in (1, 2, 3)] for p in (3, 1, 2) for sign in (1, -1)]
)
"""Each letter in the Pauli basis, in the order of ``Terms.LETTERS``."""


def _contracted(state: Vector, letters: NDArray[np.uint8]) -> float:
    for letter in letters[::-1]:
        state = _COVECTORS[letter] @ state.reshape(4, -1)
    return float(state[0])
