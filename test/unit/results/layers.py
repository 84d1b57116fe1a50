"""Layers and noise that the tests of this folder share."""

from __future__ import annotations

import numpy as np
from qiskit.circuit import QuantumCircuit

from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

LAYER = UniqueLayer((("cx", (), (4, 1)), ("cz", (), (2, 7))), (1, 2, 3, 4, 7))
"""Qubit 3 is idle."""
MODEL = PauliLindblad(
    np.array([[1, 0, 0, 0, 0], [0, 2, 0, 0, 3], [0, 0, 3, 0, 0], [1, 0, 0, 2, 0]], dtype=np.uint8),
    np.array([0.01, 0.02, 0.03, 0.04]),
)


def flat(size: int = 9) -> QuantumCircuit:
    """The layer's gates on physical qubits."""
    circuit = QuantumCircuit(size)
    circuit.cz(2, 7)
    circuit.cx(4, 1)
    circuit.barrier(3)
    return circuit
