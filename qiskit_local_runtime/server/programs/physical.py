"""Circuits on physical qubits, as wide as the device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qiskit.circuit import QuantumCircuit, Qubit


def widened(circuit: QuantumCircuit, observables: Any, num_qubits: int | None) -> QuantumCircuit:
    """A circuit of OpenQASM 3 on physical qubits (``$3``) with all of its device's, where its observables act on all.

    OpenQASM has no word for qubits that are not used, so that the circuit read ends with the last one it names; QRMI sends
    such circuits with the observables of the whole device.

    Args:
        circuit: one that was read; with a layout, if its qubits are physical.
        observables: as they came or were read.
        num_qubits: of the device.
    """
    if circuit.layout is None or num_qubits is None or _width(observables) != num_qubits:
        return circuit
    wide = circuit.copy()
    wide._layout = None  # the importer's, for fewer qubits
    wide.add_bits([Qubit() for _ in range(num_qubits - circuit.num_qubits)])
    return wide


def _width(observables: Any) -> int:
    """How many qubits the first observable acts on; 0: that is not to be seen."""
    while isinstance(observables, (list, tuple)) and observables:
        observables = observables[0]
    if isinstance(observables, Mapping):
        observables = next(iter(observables), "")
    return len(observables) if isinstance(observables, str) else getattr(observables, "num_qubits", None) or 0
