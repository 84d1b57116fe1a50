"""Aer noise models as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

_FIELDS = ("type", "operations", "probabilities", "gate_qubits")
_OPERATIONS = frozenset({"kraus", "pauli", "reset", "unitary"})


def is_noise_model(value: Any) -> bool:
    """Whether an object is Aer's noise model."""
    return type(value).__name__ == "NoiseModel" and type(value).__module__.startswith("qiskit_aer.")


def noise_to(model: Any) -> dict[str, Any]:
    """A noise model as dictionaries and lists.

    Raises:
        TypeError: it has passes, or operations that cannot be written.
    """
    if model._custom_noise_passes:
        raise TypeError("a noise model with noise passes, such as one of NoiseModel.from_backend, cannot be written down")
    found = model.to_dict(serializable=False)
    errors = [_error_to(error) for error in found["errors"]]
    return {"basis_gates": list(model.basis_gates), "errors": errors}


def _error_to(error: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: error[name] for name in ("type", "operations", "probabilities", "gate_qubits") if name in error
    }
    fields["probabilities"] = np.asarray(fields["probabilities"], dtype=float)
    fields["gate_qubits"] = [list(qubits) for qubits in fields.get("gate_qubits", [])]
    if error["type"] == "qerror":
        fields["instructions"] = [[_operation_to(step) for step in steps] for steps in error["instructions"]]
    return fields


def _operation_to(step: dict[str, Any]) -> dict[str, Any]:
    params = step.get("params", [])
    if step["name"] in ("kraus", "unitary"):
        params = [np.asarray(matrix, dtype=complex) for matrix in params]
    elif step["name"] not in _OPERATIONS and params:
        raise TypeError(f"a noise model with the operation {step['name']!r} cannot be written down")
    return {"name": step["name"], "qubits": list(step["qubits"]), "params": list(params)}


def noise_from(fields: dict[str, Any]) -> Any:
    """A noise model from what :func:`noise_to` made."""
    from qiskit_aer.noise import NoiseModel, QuantumError, ReadoutError

    model = NoiseModel(basis_gates=fields["basis_gates"])
    for error in fields["errors"]:
        places = error["gate_qubits"]
        if error["type"] == "roerror":
            readout = ReadoutError(error["probabilities"])
            if not places:
                model.add_all_qubit_readout_error(readout)
            for qubits in places:
                model.add_readout_error(readout, qubits)
            continue
        steps = [[(_operation(step), step["qubits"]) for step in part] for part in error["instructions"]]
        quantum = QuantumError(list(zip(steps, error["probabilities"].tolist(), strict=True)))
        if not places:
            model.add_all_qubit_quantum_error(quantum, error["operations"])
        for qubits in places:
            model.add_quantum_error(quantum, error["operations"], qubits)
    return model


def _operation(step: dict[str, Any]) -> Any:
    from qiskit.circuit import Reset
    from qiskit.circuit.library import PauliGate, UnitaryGate, get_standard_gate_name_mapping
    from qiskit.quantum_info import Kraus

    if step["name"] == "kraus":
        return Kraus(step["params"]).to_instruction()
    if step["name"] == "unitary":
        return UnitaryGate(step["params"][0])
    if step["name"] == "pauli":
        return PauliGate(step["params"][0])
    return Reset() if step["name"] == "reset" else get_standard_gate_name_mapping()[step["name"]]
