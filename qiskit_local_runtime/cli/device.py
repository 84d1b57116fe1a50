"""The noisy device that the demo runs on."""

from __future__ import annotations

from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Measure
from qiskit.circuit.library import CZGate
from qiskit.providers import BackendV2
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties

_LINE = [[0, 1], [1, 2], [2, 3], [3, 4]]
_ERRORS = {Measure().name: 0.04, CZGate().name: 0.01}
"""Larger than a good device's, so that the demo has something to show."""


def demo_device() -> BackendV2:
    """Five qubits in a line, with gate and readout errors; needs no extra to be installed."""
    both_ways = _LINE + [pair[::-1] for pair in _LINE]
    backend = GenericBackendV2(5, basis_gates=["cz", "rz", "sx", "x"], coupling_map=both_ways, seed=1)
    for name, error in _ERRORS.items():
        for qubits, known in backend.target[name].items():
            worse = InstructionProperties(duration=known.duration, error=error)
            backend.target.update_instruction_properties(name, qubits, worse)
    return backend


def fitted(circuit: QuantumCircuit, backend: BackendV2) -> QuantumCircuit:
    """The circuit in the device's own gates."""
    return generate_preset_pass_manager(optimization_level=1, backend=backend, seed_transpiler=1).run(circuit)
