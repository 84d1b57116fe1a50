"""Circuits that show how Paulis fade as a layer is repeated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit

from ..errors import IBMInputValueError
from ..sweeps.euler import BASES, append_rotation
from ..sweeps.unique_layers import UniqueLayer
from .conjugation import exact

_QUARTER = np.pi / 2
_THERE = np.array([[0, 0, 0], [_QUARTER, 0, 0], [_QUARTER, _QUARTER, 0], [0, 0, 0]])
"""θ, φ, λ of what makes the state of eigenvalue 1 of I, X, Y, Z from ``|0⟩``."""
_BACK = np.array([[0, 0, 0], [-_QUARTER, 0, 0], [-_QUARTER, 0, -_QUARTER], [0, 0, 0]])
"""Of the inverse."""


class LearningCircuit(NamedTuple):
    """One circuit for all bases."""

    circuit: QuantumCircuit
    """Its qubit ``i`` is the layer's qubit ``i``, measured into bit ``i``; neither Paulis nor readout flips are in it."""
    parameters: tuple[Parameter, ...]
    """In the circuit's order."""
    values: NDArray[np.float64]
    """Shape ``(bases, parameters)``."""


def learning_circuit(layer: UniqueLayer, depth: int, bases: NDArray[np.uint8], basis: str) -> LearningCircuit:
    """Prepare a basis state, apply the layer ``2 × depth`` times, rotate back and measure.

    Twirling merges every two neighbouring rotations into one, so that the circuit of depth 0, which is not twirled, has one
    rotation where the others have ``2 × depth + 1``: what is left at depth 0 is what all depths have in common.

    Args:
        layer: what is learned about.
        depth: in pairs of layers.
        bases: ``(bases, qubits)``: 1 X, 2 Y, 3 Z.
        basis: the gates rotations are written in, a key of :data:`~qiskit_local_runtime.sweeps.euler.BASES`.

    Raises:
        IBMInputValueError: the depth is negative.
    """
    if depth < 0:
        raise IBMInputValueError(f"layer_pair_depths: expected whole numbers of at least 0, found {depth}. Correct it.")
    width, gates = len(layer.qubits), exact(layer).circuit()
    out = QuantumCircuit(width, width)
    ends = [np.zeros_like(_THERE)[bases]] if depth == 0 else [_THERE[bases], _BACK[bases]]
    parameters = _rotated(out, "there", basis)
    period = out.copy_empty_like()
    period.barrier()
    period.compose(gates, inplace=True)
    # nothing keeps the first and last layers from the rotations beside them, so that these merge with their twirls
    for item in (2 * depth * list(period.data))[1:]:
        out._append(item)
    if depth == 0:
        out.barrier()
    else:
        parameters += _rotated(out, "back", basis)
    out.measure(range(width), range(width))
    values = (np.stack(ends, axis=1) + np.array(BASES[basis].offsets)).reshape(len(bases), -1)
    place = {parameter: i for i, parameter in enumerate(parameters)}
    ordered = tuple(out.parameters)
    return LearningCircuit(out, ordered, values[:, [place[parameter] for parameter in ordered]])


def _rotated(out: QuantumCircuit, name: str, basis: str) -> list[Parameter]:
    angles = [Parameter(f"{name}_{qubit}_{angle}") for qubit in range(out.num_qubits) for angle in ("θ", "φ", "λ")]
    for qubit in range(out.num_qubits):
        append_rotation(out, qubit, angles[3 * qubit : 3 * qubit + 3], basis)
    return angles
