"""The gates of an operation one by one, for the states that meet an event among them."""

from __future__ import annotations

import numpy as np

from .gate_matrices import Matrices
from .jump_program import PLACE, NoisyOperation
from .jumps import Jumps
from .state_ops import Gate, Owners, Rotations, State, apply_gate, gather_bits, owned

Pattern = tuple[tuple[int, float], ...]
"""The events of a shot in one operation: places and the numbers that decide what happens."""


def with_events(
    states: State,
    owners: Owners,
    operation: NoisyOperation,
    patterns: list[Pattern],
    rotations: Rotations,
    jumps: tuple[Jumps, ...],
) -> State:
    """An operation's gates one after the other, with the errors between them."""
    fired: dict[int, list[tuple[int, float]]] = {}
    for row, pattern in enumerate(patterns):
        for place, number in pattern:
            fired.setdefault(place, []).append((row, number))
    waiting: dict[int, Matrices] = {}
    for gate in operation.gates:
        if gate.family == PLACE:
            if gate.slot in fired:
                states = jumps[gate.slot].strike(_flushed(states, waiting, gate.qubits), gate.qubits, fired[gate.slot])
                continue
            if jumps[gate.slot].channel.is_pauli:
                continue
        matrices = owned(gate.matrices(rotations), owners)
        if len(gate.qubits) == 1:
            (qubit,) = gate.qubits
            waiting[qubit] = matrices @ waiting[qubit] if qubit in waiting else matrices
        else:
            states = _acted(_flushed(states, waiting, gate.qubits), gate, matrices)
    return _flushed(states, waiting, tuple(waiting))


def _flushed(states: State, waiting: dict[int, Matrices], qubits: tuple[int, ...]) -> State:
    for qubit in qubits:
        if qubit in waiting:
            states = apply_gate(states, waiting.pop(qubit), (qubit,))
    return states


def _acted(states: State, gate: Gate, matrices: Matrices) -> State:
    if not gate.diagonal:
        return apply_gate(states, matrices, gate.qubits)
    index = gather_bits(np.arange(states.shape[1]), list(gate.qubits))
    return np.asarray(states * np.diagonal(matrices, axis1=1, axis2=2)[:, index])
