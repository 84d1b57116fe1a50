"""A configuration in IBM's form, from a backend's target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from ...devices.registry_filters import is_ideal
from .described import date_of, said, version_of, width_of
from .operations import Operations, operations_of, qubits_of, standard_parameters
from .processor import processor_of
from .units import plain_nanoseconds

_MAX_SHOTS = 1_000_000
"""Where a backend says nothing: what Aer says of itself."""


def target_configuration(backend: BackendV2, name: str) -> dict[str, Any]:
    """What a backend's target says, as a configuration; JSON with finite numbers."""
    found = operations_of(backend.target)
    return {
        "backend_name": name,
        "backend_version": version_of(backend),
        "description": str(backend.description or f"{name}, simulated locally"),
        "online_date": date_of(backend),
        "processor_type": processor_of(backend),
        **_CONSTANT,
        "simulator": is_ideal(backend),
        "max_shots": int(said(backend, "max_shots") or _MAX_SHOTS),
        **_operations(backend.target, found, width_of(backend)),
        **_timing(backend.target),
    }


_CONSTANT: dict[str, Any] = {
    "local": False,
    "conditional": False,
    "open_pulse": False,
    "memory": True,
    "meas_levels": [2],
    "n_registers": 1,
    "credits_required": False,
    "allow_q_object": False,
    "dynamic_reprate_enabled": False,
    "multi_meas_enabled": True,
    "quantum_volume": None,
}
"""What holds for all that is simulated. It is local to the server, not to whoever reads this."""


def _operations(target: Target, found: Operations, width: int) -> dict[str, Any]:
    gates = [_gate(name, standard_parameters(name) or map(str, gate.params), target) for name, gate in found.gates.items()]
    gates += [
        _gate(name, standard_parameters(name) or (), target) for name in found.non_unitary if _partial(target, name, width)
    ]
    gates += [_gate(name, map(str, each.params), target) for name, each in found.signatures.items()]
    return {
        "n_qubits": width,
        "basis_gates": list(found.gates),
        "gates": gates,
        "supported_instructions": found.names,
        "instruction_signatures": [_signature(name, each) for name, each in found.signatures.items()],
        "supported_features": ["qasm3", "parameters", *(["dynamic_circuits"] if "if_else" in found.control_flow else [])],
        "coupling_map": _couplings(target),
        "meas_map": [list(range(width))],
    }


def _gate(name: str, parameters: Iterable[str], target: Target) -> dict[str, Any]:
    """Without a coupling map for a gate that acts on any qubits."""
    named = list(parameters)
    qubits = qubits_of(target, name)
    size = len(qubits[0]) if qubits else target.operation_from_name(name).num_qubits
    out: dict[str, Any] = {"name": name, "parameters": named, "qasm_def": _declaration(name, named, size)}
    return out if qubits is None else out | {"coupling_map": sorted(map(list, qubits))}


def _declaration(name: str, parameters: list[str], size: int) -> str:
    """OpenQASM 2 for a gate that is known by its name."""
    angles = f"({', '.join(f'p{place}' for place in range(len(parameters)))})" if parameters else ""
    return f"opaque {name}{angles} {', '.join(f'q{place}' for place in range(size))};"


def _signature(name: str, instruction: Any) -> dict[str, Any]:
    return {
        "name": name,
        "num_qubits": instruction.num_qubits,
        "num_clbits": instruction.num_clbits,
        "parameters": list(map(str, instruction.params)),
    }


def _partial(target: Target, name: str, width: int) -> bool:
    """Whether an instruction is missing on some qubits; on all of them, the format leaves it unsaid."""
    qubits = qubits_of(target, name)
    return qubits is not None and len(qubits) < width


def _couplings(target: Target) -> list[list[int]] | None:
    """The pairs of all two-qubit gates; ``None``: any pair will do."""
    pairs = {tuple(qubits) for qubits in target.qargs or () if qubits is not None and len(qubits) == 2}
    return sorted(map(list, pairs)) or None


def _timing(target: Target) -> dict[str, Any]:
    known = ("granularity", "min_length", "pulse_alignment", "acquire_alignment")
    out: dict[str, Any] = {"timing_constraints": {name: int(getattr(target, name)) for name in known}}
    if target.dt is not None:
        out["dt"] = out["dtm"] = plain_nanoseconds(target.dt)
    return out
