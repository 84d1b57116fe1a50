"""Aer noise models in the form of their ``to_dict()``, which IBM's client reads, with what that leaves out beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qiskit.circuit import Delay, QuantumCircuit

from .kind import Kind
from .noise_steps import Steps, StepTable, read_steps, used_qubits, write_steps


def is_noise_model(value: Any) -> bool:
    """Whether an object is Aer's noise model (Aer is not imported to find out)."""
    return type(value).__name__ == "NoiseModel" and type(value).__module__.startswith("qiskit_aer.")


def noise_to(model: Any, write: Callable[[Steps], Any] = write_steps) -> dict[str, Any]:
    """A noise model as dictionaries and lists.

    Args:
        model: Aer's.
        write: writes what happens in one case of an error.

    Raises:
        TypeError: it has passes, or operations that cannot be written.
    """
    sizes = _sizes(model)
    return {
        "errors": [_error_to(error, sizes, write) for error in model.to_dict()["errors"]],
        "basis_gates": list(model.basis_gates),
        "passes": [_pass_to(each) for each in model._custom_noise_passes],
    }


def _sizes(model: Any) -> dict[str, int]:
    """Number of qubits of each quantum error by its id; not seen from errors that leave some alone."""
    local = [error for places in model._local_quantum_errors.values() for error in places.values()]
    return {error.id: error.num_qubits for error in (*local, *model._default_quantum_errors.values())}


def _error_to(error: dict[str, Any], sizes: dict[str, int], write: Callable[[Steps], Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: error[name] for name in ("type", "id", "operations") if name in error}
    fields["probabilities"] = np.asarray(error["probabilities"], dtype=float)
    if "gate_qubits" in error:  # absent, not empty, means all qubits
        fields["gate_qubits"] = [list(qubits) for qubits in error["gate_qubits"]]
    if error["type"] == "qerror":
        fields["num_qubits"] = sizes[error["id"]]
        fields["instructions"] = [write(steps) for steps in error["instructions"]]
    return fields


def _pass_to(noise_pass: Any) -> dict[str, Any]:
    """Relaxation during delays, as ``NoiseModel.from_backend`` adds; of delays it needs no target."""
    if type(noise_pass).__name__ != "RelaxationNoisePass" or noise_pass._ops != (Delay,):
        raise TypeError(f"it has the noise pass {type(noise_pass).__name__}; only relaxation during delays is known")
    fields = {"t1s": noise_pass._t1s, "t2s": noise_pass._t2s, "excited_state_populations": noise_pass._p1s}
    # lists: Qiskit's base class of passes compares its arguments, which fails for arrays
    return {"dt": noise_pass._dt} | {name: np.asarray(value).tolist() for name, value in fields.items()}


def noise_from(fields: dict[str, Any], read: Callable[[Any, int], QuantumCircuit] = read_steps) -> Any:
    """A noise model from what :func:`noise_to` or its own ``to_dict()`` made.

    Args:
        fields: its parts.
        read: the reverse of ``write``; is told the number of qubits.
    """
    from qiskit_aer.noise import NoiseModel, RelaxationNoisePass

    model = NoiseModel(basis_gates=fields.get("basis_gates"))
    for error in fields["errors"]:
        if error["type"] == "roerror":
            _add_readout(model, error)
        else:
            _add_quantum(model, error, _quantum_error(error, read))
    for each in fields.get("passes", []):
        model._custom_noise_passes.append(RelaxationNoisePass(**each, op_types=Delay))
    return model


def _add_readout(model: Any, error: dict[str, Any]) -> None:
    from qiskit_aer.noise import ReadoutError

    readout = ReadoutError(error["probabilities"])
    if "gate_qubits" not in error:
        model.add_all_qubit_readout_error(readout, warnings=False)
    for qubits in error.get("gate_qubits", []):
        model.add_readout_error(readout, qubits, warnings=False)


def _add_quantum(model: Any, error: dict[str, Any], quantum: Any) -> None:
    if "gate_qubits" not in error:
        model.add_all_qubit_quantum_error(quantum, error["operations"], warnings=False)
    for qubits in error.get("gate_qubits", []):
        model.add_quantum_error(quantum, error["operations"], qubits, warnings=False)


def _quantum_error(error: dict[str, Any], read: Callable[[Any, int], QuantumCircuit]) -> Any:
    from qiskit_aer.noise import QuantumError

    size = error.get("num_qubits") or used_qubits(error["instructions"])
    circuits = [read(steps, size) for steps in error["instructions"]]
    made = QuantumError(list(zip(circuits, list(error["probabilities"]), strict=True)))
    # it divided them by their sum again, which may change the last bit, and with it what a seed gives
    made._probs = list(np.asarray(error["probabilities"], dtype=float))
    return made


SHARED: tuple[Kind, ...] = (Kind("NoiseModel", is_noise_model, noise_to, noise_from),)
"""Read and written by IBM's client as well."""


def _compact_to(model: Any) -> dict[str, Any]:
    table = StepTable()
    fields = noise_to(model, table.number)
    return fields | {"steps": table.steps, "cases": table.cases}


def _compact(fields: dict[str, Any]) -> Any:
    made: dict[tuple[int, int], QuantumCircuit] = {}

    def case(number: int, size: int) -> QuantumCircuit:
        if (number, size) not in made:
            made[number, size] = read_steps([fields["steps"][step] for step in fields["cases"][number]], size)
        return made[number, size]

    return noise_from(fields, case)


EXACT: tuple[Kind, ...] = (Kind("noise", is_noise_model, _compact_to, _compact),)
"""Every case of an error once: a device's errors share all but a few per cent of them."""
