"""Circuits that ask for the noise of one layer."""

from __future__ import annotations

from qiskit.circuit import QuantumCircuit

from ..sweeps.unique_layers import UniqueLayer
from .layer_boxes import layer_of

_AFTER = "noise_after"


def circuit_of(layer: UniqueLayer, num_qubits: int, *, after: bool) -> QuantumCircuit:
    """A circuit of a layer, all qubits of which are measured, so that idle ones belong to it.

    Args:
        layer: which.
        num_qubits: of the circuit, whose qubits are physical ones.
        after: whether the noise behind the gates is wanted instead of that before them.
    """
    out = QuantumCircuit(num_qubits, len(layer.qubits), metadata={_AFTER: after})
    out.compose(layer.circuit(), layer.qubits, inplace=True)
    out.measure(layer.qubits, range(len(layer.qubits)))
    return out


def asked_by(circuit: QuantumCircuit) -> tuple[UniqueLayer, bool]:
    """The layer of such a circuit, and whether the noise behind it is wanted."""
    gates = circuit.copy_empty_like()
    for item in circuit.data:
        if item.name == "measure":
            gates.barrier(item.qubits)
        else:
            gates._append(item)
    return layer_of(gates), bool((circuit.metadata or {}).get(_AFTER))
